"""What may be done in the registry, and which roles may do it."""

from __future__ import annotations

from enum import StrEnum

from heling.contexts.identity.public import RoleKey


class Perm(StrEnum):
    VIEW = "registry.view"
    REGISTER = "registry.register"
    EDIT = "registry.edit"
    CERTIFY = "registry.certify_status"
    REVEAL = "registry.reveal"
    MERGE = "registry.merge"
    EXPORT = "registry.export"
    RECORD_DEATH = "registry.record_death"
    OWN = "registry.own"


LABELS = {
    Perm.VIEW: "查看老年人信息（证件号、电话、银行卡遮挡）",
    Perm.REGISTER: "登记老年人",
    Perm.EDIT: "修改老年人信息、居住地和赡养人",
    Perm.CERTIFY: "登记和撤销身份认定（低保、特困、优抚等）",
    Perm.REVEAL: "查看完整证件号、电话、银行卡（每次留痕）",
    Perm.MERGE: "合并重复登记",
    Perm.EXPORT: "导出名册（每次留痕）",
    Perm.RECORD_DEATH: "登记去世、迁出，恢复误登记",
    Perm.OWN: "看自己（或所代办老年人）的信息",
}

_CLERK = (Perm.VIEW, Perm.REGISTER, Perm.EDIT, Perm.REVEAL, Perm.RECORD_DEATH)
_OFFICE = (Perm.VIEW, Perm.CERTIFY, Perm.REVEAL, Perm.MERGE, Perm.EXPORT, Perm.RECORD_DEATH)

GRANTS: dict[RoleKey, tuple[Perm, ...]] = {
    RoleKey.COMMITTEE: _CLERK,
    RoleKey.STREET: (*_CLERK, Perm.CERTIFY, Perm.MERGE, Perm.EXPORT),
    RoleKey.COUNTY: (*_OFFICE, Perm.REGISTER, Perm.EDIT),
    RoleKey.CITY: _OFFICE,
    RoleKey.ASSESSOR: (Perm.VIEW,),
    RoleKey.AUDITOR: (Perm.VIEW,),
    RoleKey.STAFF: (Perm.VIEW,),
    RoleKey.ELDER: (Perm.OWN,),
    RoleKey.FAMILY: (Perm.OWN,),
}
