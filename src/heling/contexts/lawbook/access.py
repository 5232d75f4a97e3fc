"""What may be done with the rule book, and which roles may do it."""

from __future__ import annotations

from enum import StrEnum

from heling.contexts.identity.public import RoleKey


class Perm(StrEnum):
    VIEW = "lawbook.view"
    DRAFT = "lawbook.draft"
    PUBLISH = "lawbook.publish"


LABELS = {
    Perm.VIEW: "查看规则包和它的历次版本",
    Perm.DRAFT: "起草和修改本市的规则包，提交审定",
    Perm.PUBLISH: "审定并发布别人起草的规则版本",
}

# The same people draft and approve, never one person both for one edition (the database says so
# too). Whoever applies the law may read it as the machine does.
GRANTS: dict[RoleKey, tuple[Perm, ...]] = {
    RoleKey.CITY: (Perm.VIEW, Perm.DRAFT, Perm.PUBLISH),
    RoleKey.COUNTY: (Perm.VIEW,),
    RoleKey.STREET: (Perm.VIEW,),
    RoleKey.COMMITTEE: (Perm.VIEW,),
    RoleKey.ASSESSOR: (Perm.VIEW,),
    RoleKey.AUDITOR: (Perm.VIEW,),
    RoleKey.STAFF: (Perm.VIEW,),
}
