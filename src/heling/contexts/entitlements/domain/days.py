"""Counting days as the Civil Code does: not the first day, and never ending on a day off.

民法典第二百零一条：开始的当日不计入，自下一日开始计算。第二百零三条：期间的最后一日是
法定休假日的，以法定休假日结束的次日为期间的最后一日。
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_DAY = timedelta(days=1)


class Counting(StrEnum):
    CALENDAR = "calendar"
    WORKING = "working"


COUNTING_LABELS = {Counting.CALENDAR: "日", Counting.WORKING: "个工作日"}


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days off and make-up working days, for the ``years`` whose official plan is entered.

    Outside those years weekends alone count as days off: :meth:`knows` tells, and a screen
    that shows such a day marks it.
    """

    off: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]

    def knows(self, day: date) -> bool:
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        if day in self.work:
            return True
        return day.weekday() < 5 and day not in self.off

    def on_or_after(self, day: date) -> date:
        """The first working day that is not before ``day``."""
        while not self.is_working(day):
            day += _DAY
        return day


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time: 7 日, 10 个工作日."""

    days: int
    counting: Counting

    def last_day(self, start: date, calendar: WorkCalendar) -> date:
        """The last day of the term when it is set running on ``start`` (which is not counted)."""
        if self.counting is Counting.CALENDAR:
            return calendar.on_or_after(start + self.days * _DAY)
        day = start
        for _ in range(self.days):
            day = calendar.on_or_after(day + _DAY)
        return day

    def __str__(self) -> str:
        return f"{self.days}{COUNTING_LABELS[self.counting]}"
