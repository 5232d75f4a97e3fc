"""A roster's way in: its states, and what may become of one row."""

from __future__ import annotations

from enum import StrEnum

from heling.kernel.machine import Machine, Step


class BatchState(StrEnum):
    CHECKING = "checking"
    CHECKED = "checked"
    UNREADABLE = "unreadable"
    WRITING = "writing"
    WRITTEN = "written"
    DROPPED = "dropped"


BATCH = Machine(
    BatchState,
    {
        BatchState.CHECKING: "正在检查",
        BatchState.CHECKED: "已检查，等待确认",
        BatchState.UNREADABLE: "文件读不了",
        BatchState.WRITING: "正在写入",
        BatchState.WRITTEN: "已写入",
        BatchState.DROPPED: "已放弃",
    },
    [
        Step("checked", (BatchState.CHECKING,), BatchState.CHECKED, "记为已检查"),
        Step("unreadable", (BatchState.CHECKING,), BatchState.UNREADABLE, "记为读不了"),
        Step("write", (BatchState.CHECKED,), BatchState.WRITING, "写入"),
        Step("written", (BatchState.WRITING,), BatchState.WRITTEN, "记为已写入"),
        Step("back", (BatchState.WRITING,), BatchState.CHECKED, "退回"),
        Step(
            "drop",
            (BatchState.CHECKING, BatchState.CHECKED, BatchState.UNREADABLE),
            BatchState.DROPPED,
            "放弃",
        ),
    ],
)


def standing(state: BatchState, *, run_over: bool) -> BatchState:
    """Where a batch really stands: a run may end without having moved it (stopped while it
    waited in the queue, given up after its worker died again and again)."""
    left_behind = {
        BatchState.CHECKING: BatchState.UNREADABLE,
        BatchState.WRITING: BatchState.CHECKED,
    }
    return left_behind.get(state, state) if run_over else state


class Verdict(StrEnum):
    """What would happen to a row."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    SIMILAR = "similar"
    ERROR = "error"


VERDICTS = {
    Verdict.NEW: "新登记",
    Verdict.SAME: "已登记，内容相同",
    Verdict.CHANGED: "已登记，内容有变化",
    Verdict.SIMILAR: "可能与已有登记是同一人",
    Verdict.ERROR: "有问题，需要改正",
}
