"""What may be done with assessments, and which roles may do it."""

from __future__ import annotations

from enum import StrEnum

from heling.contexts.identity.public import RoleKey


class Perm(StrEnum):
    VIEW = "assessment.view"
    VIEW_LEVEL = "assessment.view_level"
    ARRANGE = "assessment.arrange"
    ARRANGE_REVIEW = "assessment.arrange_review"
    PERFORM = "assessment.perform"
    SIGN = "assessment.sign"
    VOID = "assessment.void"
    RECORD_DISPUTE = "assessment.record_dispute"
    OWN = "assessment.own"
    DISPUTE = "assessment.dispute"


LABELS = {
    Perm.VIEW: "查看评估的各项作答、结果和报告",
    Perm.VIEW_LEVEL: "只看评估等级和日期",
    Perm.ARRANGE: "安排评估、指派评估人员、看到期名单",
    Perm.ARRANGE_REVIEW: "对有异议的结果安排复评",
    Perm.PERFORM: "上门评估、填写评估表（限本人参加的评估）",
    Perm.SIGN: "在本人参加的评估上签字",
    Perm.VOID: "写明理由作废评估",
    Perm.RECORD_DISPUTE: "在窗口登记对评估结果的异议",
    Perm.OWN: "看自己（或所代办老年人）的评估结果",
    Perm.DISPUTE: "对自己（或所代办老年人）的评估结果提出异议",
}

_OVERSIGHT = (Perm.VIEW, Perm.VOID, Perm.ARRANGE_REVIEW, Perm.RECORD_DISPUTE)

GRANTS: dict[RoleKey, tuple[Perm, ...]] = {
    RoleKey.ASSESSOR: (Perm.PERFORM, Perm.SIGN),
    RoleKey.STREET: (Perm.VIEW, Perm.ARRANGE, Perm.RECORD_DISPUTE),
    RoleKey.COUNTY: _OVERSIGHT,
    RoleKey.CITY: _OVERSIGHT,
    RoleKey.COMMITTEE: (Perm.VIEW_LEVEL,),
    RoleKey.AUDITOR: (Perm.VIEW,),
    RoleKey.STAFF: (Perm.VIEW_LEVEL,),
    RoleKey.ELDER: (Perm.OWN, Perm.DISPUTE),
    RoleKey.FAMILY: (Perm.OWN, Perm.DISPUTE),
}
