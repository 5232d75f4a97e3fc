"""The life of one assessment, as a table."""

from __future__ import annotations

from enum import StrEnum

from heling.kernel.machine import Machine, Step


class State(StrEnum):
    DRAFT = "draft"
    AWAITING_SIGNATURE = "awaiting_signature"
    COMPLETED = "completed"
    DISPUTED = "disputed"
    SUPERSEDED = "superseded"
    VOIDED = "voided"


# A completed assessment is never edited: a later one supersedes it (on dispute or on time),
# or it is voided with a reason (wrong person). Both ends are final.
ASSESSMENT: Machine[State] = Machine(
    State,
    {
        State.DRAFT: "草稿",
        State.AWAITING_SIGNATURE: "待签字",
        State.COMPLETED: "已完成",
        State.DISPUTED: "有异议",
        State.SUPERSEDED: "已被新评估取代",
        State.VOIDED: "已作废",
    },
    [
        Step("submit", (State.DRAFT,), State.AWAITING_SIGNATURE, "提交签字"),
        Step("send_back", (State.AWAITING_SIGNATURE,), State.DRAFT, "退回修改"),
        Step("complete", (State.AWAITING_SIGNATURE,), State.COMPLETED, "完成签字"),
        Step("dispute", (State.COMPLETED,), State.DISPUTED, "提出异议"),
        Step("withdraw_dispute", (State.DISPUTED,), State.COMPLETED, "撤回异议"),
        Step("supersede", (State.COMPLETED, State.DISPUTED), State.SUPERSEDED, "以新评估取代"),
        Step(
            "void",
            (State.DRAFT, State.AWAITING_SIGNATURE, State.COMPLETED, State.DISPUTED),
            State.VOIDED,
            "作废",
        ),
    ],
)
