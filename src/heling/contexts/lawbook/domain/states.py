"""The life of a draft, as a table."""

from __future__ import annotations

from enum import StrEnum

from heling.kernel.machine import Machine, Step


class DraftState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """Where an edition comes from."""

    RELEASED = "released"
    PUBLISHED = "published"


ORIGIN_LABELS = {Origin.RELEASED: "随软件发布", Origin.PUBLISHED: "本市发布"}

OPEN = (DraftState.DRAFT, DraftState.SUBMITTED, DraftState.RETURNED)
WRITABLE = (DraftState.DRAFT, DraftState.RETURNED)

DRAFT: Machine[DraftState] = Machine(
    DraftState,
    {
        DraftState.DRAFT: "起草中",
        DraftState.SUBMITTED: "待审定",
        DraftState.RETURNED: "已退回",
        DraftState.PUBLISHED: "已发布",
        DraftState.WITHDRAWN: "已撤回",
    },
    [
        Step("save", WRITABLE, DraftState.DRAFT, "修改"),
        Step("submit", (DraftState.DRAFT,), DraftState.SUBMITTED, "提交审定"),
        Step("recall", (DraftState.SUBMITTED,), DraftState.DRAFT, "取回修改"),
        Step("return", (DraftState.SUBMITTED,), DraftState.RETURNED, "退回"),
        Step("publish", (DraftState.SUBMITTED,), DraftState.PUBLISHED, "发布"),
        Step("withdraw", OPEN, DraftState.WITHDRAWN, "撤回"),
    ],
)
