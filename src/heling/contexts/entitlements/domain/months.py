"""Months: what stood when a month was closed never moves again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from heling.kernel.errors import BadInput, Refused
from heling.kernel.machine import Machine, Step
from heling.kernel.period import Period


class CycleState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


CYCLE: Machine[CycleState] = Machine(
    CycleState,
    {CycleState.OPEN: "编制中", CycleState.CLOSED: "已封存"},
    [Step("close", (CycleState.OPEN,), CycleState.CLOSED, "封存")],
)


def month_of(day: date) -> Period:
    """The calendar month that contains a day."""
    return Period.month(day.year, day.month)


def months_between(since: date, until: date) -> Iterator[date]:
    """First days of the months that ended after ``since`` and are over on ``until``.

    From 1 September to 1 November: September and October.
    """
    month = date(since.year, since.month, 1)
    while (after := next_month(month)) <= until:
        yield month
        month = after


def next_month(month: date) -> date:
    """The first day of the month after the one that contains a day."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def parse_month(text: str) -> Period:
    """Read ``2026-11``. Raises BadInput."""
    try:
        year, month = (int(part) for part in text.strip().split("-"))
        return Period.month(year, month)
    except ValueError:
        raise BadInput.single("月份", f"“{text}”不是月份，请写成 2026-11 的样子") from None


def check_may_open(month: Period, today: date) -> None:
    """A month is drawn up once it has begun: nothing is known about the future."""
    if month.start > today:
        raise Refused(f"{month.start:%Y年%-m月}还没有开始，不能编制。", hint="请到当月再编制。")


def check_may_close(month: Period, today: date) -> None:
    """A month is sealed when its last day is over. Raises Refused."""
    assert month.end is not None  # noqa: S101 - a month always ends
    if today <= month.end:
        raise Refused(
            f"{month.start:%Y年%-m月}还没有结束，不能封存。",
            hint=f"{month.end:%-m月%-d日}过后再封存。",
        )
