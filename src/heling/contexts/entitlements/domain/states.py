"""The life of one application (a case), as a table.

One table gives the actions' rule, the buttons, the database's refusal, the diagram in the
README and the stateful test. ``OWNERS`` says whose turn it is in each state and which step
moves on: together with :mod:`procedure` it gives every case an owner and a due day.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heling.kernel.machine import Machine, Step


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    FIRST_PASSED = "first_passed"
    REFUSAL_PROPOSED = "refusal_proposed"
    SECOND_PASSED = "second_passed"
    REFUSAL_CONFIRMED = "refusal_confirmed"
    PUBLISHED = "published"
    OBJECTED = "objected"
    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"


UNDECIDED = (
    State.DRAFT,
    State.SUBMITTED,
    State.CORRECTION,
    State.ACCEPTED,
    State.FIRST_PASSED,
    State.REFUSAL_PROPOSED,
    State.SECOND_PASSED,
    State.REFUSAL_CONFIRMED,
    State.PUBLISHED,
    State.OBJECTED,
)
LIVE = (*UNDECIDED, State.GRANTED)
OVER = (State.DENIED, State.WITHDRAWN, State.TERMINATED)

_REVIEWED_ONCE = (State.FIRST_PASSED, State.REFUSAL_PROPOSED)

# Nobody is refused by one person: a refusal proposed by the first reviewer is confirmed or
# sent back by the second. A refusal is not publicised (its publication would only shame).
CASE: Machine[State] = Machine(
    State,
    {
        State.DRAFT: "草稿",
        State.SUBMITTED: "待受理",
        State.CORRECTION: "待补正",
        State.ACCEPTED: "已受理",
        State.FIRST_PASSED: "初审通过",
        State.REFUSAL_PROPOSED: "初审建议不予",
        State.SECOND_PASSED: "复核通过",
        State.REFUSAL_CONFIRMED: "复核建议不予",
        State.PUBLISHED: "公示中",
        State.OBJECTED: "异议处理中",
        State.GRANTED: "已决定给予",
        State.DENIED: "已决定不予",
        State.WITHDRAWN: "已撤回",
        State.TERMINATED: "已终止",
    },
    [
        Step("submit", (State.DRAFT,), State.SUBMITTED, "提交"),
        Step("accept", (State.SUBMITTED,), State.ACCEPTED, "受理"),
        Step(
            "request_correction",
            (State.SUBMITTED, State.ACCEPTED),
            State.CORRECTION,
            "退回补正",
        ),
        Step("resubmit", (State.CORRECTION,), State.SUBMITTED, "补正后重新提交"),
        Step("pass_first", (State.ACCEPTED,), State.FIRST_PASSED, "初审通过"),
        Step("fail_first", (State.ACCEPTED,), State.REFUSAL_PROPOSED, "初审建议不予"),
        Step("pass_second", (State.FIRST_PASSED,), State.SECOND_PASSED, "复核通过"),
        Step("fail_second", _REVIEWED_ONCE, State.REFUSAL_CONFIRMED, "复核建议不予"),
        Step("send_back", _REVIEWED_ONCE, State.ACCEPTED, "退回重新初审"),
        Step("publish", (State.SECOND_PASSED,), State.PUBLISHED, "公示"),
        Step("object", (State.PUBLISHED, State.OBJECTED), State.OBJECTED, "提出异议"),
        Step("clear_objections", (State.OBJECTED,), State.PUBLISHED, "结束异议处理"),
        Step("uphold_objection", (State.OBJECTED,), State.ACCEPTED, "因异议成立重新审核"),
        Step("grant", (State.PUBLISHED,), State.GRANTED, "决定给予"),
        Step("deny", (State.REFUSAL_CONFIRMED,), State.DENIED, "决定不予"),
        Step("withdraw", UNDECIDED, State.WITHDRAWN, "撤回"),
        Step("terminate", LIVE, State.TERMINATED, "终止"),
        # A death or departure recorded by mistake: back to the beginning of the review.
        Step("revive", (State.TERMINATED,), State.SUBMITTED, "恢复办理"),
    ],
)


class Owner(StrEnum):
    """Whose turn it is."""

    APPLICANT = "applicant"
    STREET = "street"
    COUNTY = "county"
    NOBODY = "nobody"


OWNER_LABELS = {
    Owner.APPLICANT: "申请人",
    Owner.STREET: "街道（乡镇）",
    Owner.COUNTY: "区县民政部门",
    Owner.NOBODY: "无需办理",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """What must happen next: by whom, within which term of the procedure, in words."""

    owner: Owner
    term: str
    todo: str


TURNS: dict[State, Turn] = {
    State.DRAFT: Turn(Owner.APPLICANT, "confirmation", "确认并提交申请"),
    State.SUBMITTED: Turn(Owner.STREET, "acceptance", "决定是否受理"),
    State.CORRECTION: Turn(Owner.APPLICANT, "correction", "补齐材料后重新提交"),
    State.ACCEPTED: Turn(Owner.STREET, "first_review", "初审"),
    State.FIRST_PASSED: Turn(Owner.COUNTY, "second_review", "复核"),
    State.REFUSAL_PROPOSED: Turn(Owner.COUNTY, "second_review", "复核初审的不予建议"),
    State.SECOND_PASSED: Turn(Owner.COUNTY, "publication", "列入公示"),
    State.REFUSAL_CONFIRMED: Turn(Owner.COUNTY, "decision", "作出不予决定"),
    State.PUBLISHED: Turn(Owner.COUNTY, "decision", "公示期满后作出决定"),
    State.OBJECTED: Turn(Owner.COUNTY, "objection", "核实并答复异议"),
}


class Channel(StrEnum):
    """Who brought the application in."""

    SELF = "self"
    FAMILY = "family"
    CLERK = "clerk"
    AUTOMATIC = "automatic"


CHANNEL_LABELS = {
    Channel.SELF: "本人申请",
    Channel.FAMILY: "家属代办",
    Channel.CLERK: "社区代办",
    Channel.AUTOMATIC: "免申即享",
}


class Ending(StrEnum):
    """Why a case or a running award ends."""

    DEATH = "death"
    MOVED = "moved"
    INELIGIBLE = "ineligible"
    RENOUNCED = "renounced"
    MERGED = "merged"


# What the registry can take back (恢复在册), and what a person may choose as the reason.
REVIVABLE = (Ending.DEATH, Ending.MOVED)
BY_HAND = (Ending.DEATH, Ending.MOVED, Ending.INELIGIBLE, Ending.RENOUNCED)
ENDING_LABELS = {
    Ending.DEATH: "老年人去世",
    Ending.MOVED: "迁出本地",
    Ending.INELIGIBLE: "不再符合条件",
    Ending.RENOUNCED: "本人放弃",
    Ending.MERGED: "重复登记已合并",
}
