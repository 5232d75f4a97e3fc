"""Spans of days. Both ends are inclusive, as ordinances write them; ``None`` is open."""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from heling.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` to ``end``, both included. ``end=None`` means until further notice."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise BadInput.single(
                "起止日期", f"结束日期 {self.end} 早于开始日期 {self.start}，请改正"
            )

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def overlaps(self, other: Period) -> bool:
        return (other.end is None or self.start <= other.end) and (
            self.end is None or other.start <= self.end
        )

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        return cls(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def gaps(periods: Sequence[Period]) -> list[Period]:
    """Days between the first start and the last that none of the periods covers."""
    found = []
    ordered = sorted(periods, key=lambda p: p.start)
    covered_to = ordered[0].end if ordered else None
    for period in ordered[1:]:
        if covered_to is None:
            break
        # Subtracting two days cannot run off the calendar; adding one to date.max does.
        if (period.start - covered_to).days > 1:
            found.append(Period(covered_to + timedelta(days=1), period.start - timedelta(days=1)))
        covered_to = None if period.end is None else max(covered_to, period.end)
    return found


def overlapping(periods: Sequence[Period]) -> list[tuple[Period, Period]]:
    """Pairs of neighbouring periods (sorted by start) that share at least one day.

    Empty exactly when no two of the periods overlap: if two do, so do two neighbours.
    """
    ordered = sorted(periods, key=lambda p: p.start)
    return [(a, b) for a, b in itertools.pairwise(ordered) if a.overlaps(b)]


def age_on(birth: date, on: date) -> int:
    """Whole years of age (周岁) on a day.

    A person reaches an age on the birthday itself; somebody born on 29 February
    reaches it on 1 March of a common year (the day after the 28th has passed).
    """
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def birthday(birth: date, age: int) -> date:
    """The day on which somebody born on ``birth`` reaches ``age``: inverse of :func:`age_on`."""
    year = birth.year + age
    if (birth.month, birth.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return date(year, birth.month, birth.day)
