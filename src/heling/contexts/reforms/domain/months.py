"""The months that a plan looks at."""

from __future__ import annotations

from datetime import date

from heling.kernel.errors import BadInput

MOST_MONTHS = 24
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 1)


def first_of(text: str) -> date:
    """``2026-11`` → the first day of it. Raises BadInput."""
    try:
        day = date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        day = None
    if day is None or not _FIRST <= day <= _LAST:
        raise BadInput.single(
            "起始月份", f"“{text[:20]}”不是 2000 年到 2099 年的月份，请写成 2026-11 的样子"
        )
    return day


def check_count(months: int) -> int:
    """How many months. Raises BadInput for none, or more than two years."""
    if not 1 <= months <= MOST_MONTHS:
        raise BadInput.single("月数", f"{months} 不行，请写 1 到 {MOST_MONTHS} 之间的整数")
    return months


def months_from(first: date, count: int) -> tuple[date, ...]:
    """The first days of so many months."""
    turns = (divmod(first.month - 1 + n, 12) for n in range(count))
    return tuple(date(first.year + years, month + 1, 1) for years, month in turns)
