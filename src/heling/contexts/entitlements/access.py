"""What may be done with entitlements, and which roles may do it."""

from __future__ import annotations

from enum import StrEnum

from heling.contexts.identity.public import RoleKey


class Perm(StrEnum):
    VIEW = "entitlements.view"
    OWN = "entitlements.own"
    APPLY = "entitlements.apply"
    APPLY_FOR = "entitlements.apply_for"
    ACCEPT = "entitlements.accept"
    FIRST_REVIEW = "entitlements.first_review"
    SECOND_REVIEW = "entitlements.second_review"
    PUBLISH = "entitlements.publish"
    RECORD_OBJECTION = "entitlements.record_objection"
    RESOLVE = "entitlements.resolve_objection"
    DECIDE = "entitlements.decide"
    DISCOVER = "entitlements.discover"
    INVITE = "entitlements.invite"
    CYCLES = "entitlements.cycles"
    VERIFY = "entitlements.verify"
    SNAPSHOT = "entitlements.snapshot"


LABELS = {
    Perm.VIEW: "查看申请、认定和决定",
    Perm.OWN: "看自己（或所代办老年人）能享受什么、办到哪一步",
    Perm.APPLY: "为自己或所代办的老年人申请",
    Perm.APPLY_FOR: "在社区为老年人代办申请",
    Perm.ACCEPT: "受理申请、退回补正",
    Perm.FIRST_REVIEW: "初审",
    Perm.SECOND_REVIEW: "复核",
    Perm.PUBLISH: "发布公示",
    Perm.RECORD_OBJECTION: "在窗口登记异议",
    Perm.RESOLVE: "处理异议",
    Perm.DECIDE: "作出给予、不予、变更、终止的决定",
    Perm.DISCOVER: "从登记信息中发现应享未享的老年人",
    Perm.INVITE: "联系免申即享对象并登记本人意愿",
    Perm.CYCLES: "编制和封存月度名册",
    Perm.VERIFY: "复核认定凭据",
    Perm.SNAPSHOT: "生成本市人口快照、更新应享名册",
}

GRANTS: dict[RoleKey, tuple[Perm, ...]] = {
    RoleKey.COMMITTEE: (Perm.VIEW, Perm.APPLY_FOR, Perm.INVITE, Perm.RECORD_OBJECTION),
    RoleKey.STREET: (
        Perm.VIEW,
        Perm.APPLY_FOR,
        Perm.ACCEPT,
        Perm.FIRST_REVIEW,
        Perm.DISCOVER,
        Perm.INVITE,
        Perm.RECORD_OBJECTION,
    ),
    RoleKey.COUNTY: (
        Perm.VIEW,
        Perm.SECOND_REVIEW,
        Perm.PUBLISH,
        Perm.RECORD_OBJECTION,
        Perm.RESOLVE,
        Perm.DECIDE,
        Perm.DISCOVER,
        Perm.INVITE,
    ),
    RoleKey.CITY: (
        Perm.VIEW,
        Perm.RESOLVE,
        Perm.DISCOVER,
        Perm.CYCLES,
        Perm.VERIFY,
        Perm.SNAPSHOT,
    ),
    RoleKey.AUDITOR: (Perm.VIEW, Perm.VERIFY),
    RoleKey.STAFF: (Perm.VIEW,),
    RoleKey.ELDER: (Perm.OWN, Perm.APPLY),
    RoleKey.FAMILY: (Perm.OWN, Perm.APPLY),
}
