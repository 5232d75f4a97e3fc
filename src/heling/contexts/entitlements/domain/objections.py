"""Objections and candidates: the two small tables beside the case."""

from __future__ import annotations

from enum import StrEnum

from heling.kernel.machine import Machine, Step


class ObjectionState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    MERGED = "merged"
    MOOT = "moot"


# One upheld objection sends the case back, which settles the other open ones with it; a case
# that ends for another reason (withdrawal, death) leaves nothing to object to.
OBJECTION: Machine[ObjectionState] = Machine(
    ObjectionState,
    {
        ObjectionState.OPEN: "待处理",
        ObjectionState.UPHELD: "异议成立",
        ObjectionState.REJECTED: "异议不成立",
        ObjectionState.MERGED: "并案处理",
        ObjectionState.MOOT: "无须处理",
    },
    [
        Step("uphold", (ObjectionState.OPEN,), ObjectionState.UPHELD, "认定异议成立"),
        Step("reject", (ObjectionState.OPEN,), ObjectionState.REJECTED, "认定异议不成立"),
        Step("merge", (ObjectionState.OPEN,), ObjectionState.MERGED, "并案"),
        Step("close", (ObjectionState.OPEN,), ObjectionState.MOOT, "结束"),
    ],
)


class ObjectionChannel(StrEnum):
    PUBLIC = "public"
    COUNTER = "counter"
    FAMILY = "family"


OBJECTION_CHANNELS = {
    ObjectionChannel.PUBLIC: "公示页提交",
    ObjectionChannel.COUNTER: "窗口登记",
    ObjectionChannel.FAMILY: "本人或家属提交",
}


class CandidateState(StrEnum):
    FOUND = "found"
    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    DISMISSED = "dismissed"


CANDIDATE: Machine[CandidateState] = Machine(
    CandidateState,
    {
        CandidateState.FOUND: "待联系",
        CandidateState.INVITED: "待本人确认",
        CandidateState.CONFIRMED: "已确认",
        CandidateState.DECLINED: "本人不需要",
        CandidateState.DISMISSED: "已移出",
    },
    [
        Step("invite", (CandidateState.FOUND,), CandidateState.INVITED, "邀请"),
        Step("confirm", (CandidateState.INVITED,), CandidateState.CONFIRMED, "确认"),
        Step("decline", (CandidateState.INVITED,), CandidateState.DECLINED, "婉拒"),
        Step(
            "dismiss",
            (CandidateState.FOUND, CandidateState.INVITED),
            CandidateState.DISMISSED,
            "移出名单",
        ),
        Step("restore", (CandidateState.DISMISSED,), CandidateState.FOUND, "恢复到名单"),
    ],
)
LIVE_CANDIDATES = (CandidateState.FOUND, CandidateState.INVITED)


class Cause(StrEnum):
    """Why somebody is determined (again)."""

    APPLICATION = "application"
    REVIEW = "review"
    FACTS = "facts"
    ASSESSMENT = "assessment"
    AGE = "age"
    LAW = "law"
    CHECK = "check"


CAUSE_LABELS = {
    Cause.APPLICATION: "申请",
    Cause.REVIEW: "审核",
    Cause.FACTS: "登记信息变化",
    Cause.ASSESSMENT: "能力评估变化",
    Cause.AGE: "到达年龄",
    Cause.LAW: "法规变化",
    Cause.CHECK: "定期核对",
}


class Outcome(StrEnum):
    """What became of one item of an application."""

    PENDING = "pending"
    GRANTED = "granted"
    DENIED = "denied"
    OPEN = "open"


OUTCOME_LABELS = {
    Outcome.PENDING: "办理中",
    Outcome.GRANTED: "给予",
    Outcome.DENIED: "不予",
    Outcome.OPEN: "尚待实施办法",
}


class DecisionKind(StrEnum):
    GRANT = "grant"
    DENY = "deny"
    CHANGE = "change"
    END = "end"


DECISION_LABELS = {
    DecisionKind.GRANT: "给予待遇决定书",
    DecisionKind.DENY: "不予给予待遇决定书",
    DecisionKind.CHANGE: "变更待遇决定书",
    DecisionKind.END: "终止待遇决定书",
}
