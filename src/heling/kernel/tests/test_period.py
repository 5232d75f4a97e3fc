"""Spans of days and ages, against day-by-day counting."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.kernel.errors import BadInput
from heling.kernel.period import Period, age_on, birthday, gaps, overlapping

DAY_ZERO = date(2024, 2, 1)
HORIZON = 60


def _day(offset: int) -> date:
    return DAY_ZERO + timedelta(days=offset)


periods = st.builds(
    lambda start, length: Period(_day(start), None if length is None else _day(start + length)),
    st.integers(0, HORIZON - 10),
    st.none() | st.integers(0, 9),
)


def _days(period: Period) -> set[date]:
    return {_day(n) for n in range(HORIZON) if _day(n) in period}


def test_both_ends_belong_to_the_period() -> None:
    period = Period(date(2026, 1, 10), date(2026, 1, 20))
    inside = [d for d in range(9, 22) if date(2026, 1, d) in period]
    assert inside == list(range(10, 21))


def test_one_day_is_a_period_and_a_backward_one_is_not() -> None:
    day = date(2026, 1, 10)
    assert day in Period(day, day)
    with pytest.raises(BadInput, match="结束日期 2026-01-09 早于开始日期 2026-01-10"):
        Period(day, day - timedelta(days=1))


def test_open_end_lasts() -> None:
    period = Period(date(2026, 1, 10))
    assert date.max in period
    assert date(2026, 1, 9) not in period


@pytest.mark.parametrize(
    ("year", "month", "last"), [(2024, 2, 29), (2026, 2, 28), (2026, 12, 31), (2000, 2, 29)]
)
def test_month_ends(year: int, month: int, last: int) -> None:
    assert Period.month(year, month) == Period(date(year, month, 1), date(year, month, last))


@given(periods, periods)
def test_overlap_means_a_common_day(one: Period, other: Period) -> None:
    assert one.overlaps(other) == other.overlaps(one) == bool(_days(one) & _days(other))


@given(st.lists(periods, min_size=1, max_size=6))
def test_gaps_are_exactly_the_uncovered_days(spans: list[Period]) -> None:
    covered: set[date] = set().union(*(_days(p) for p in spans))
    last_start = max(p.start for p in spans)
    first_start = min(p.start for p in spans)
    missing = {_day(n) for n in range(HORIZON) if first_start <= _day(n) <= last_start} - covered
    found = gaps(spans)
    assert set().union(*(_days(g) for g in found)) == missing
    assert all(a.end < b.start for a, b in itertools.pairwise(found) if a.end)


def test_a_long_period_hides_the_gap_between_two_short_ones() -> None:
    long = Period(date(2026, 1, 1), date(2026, 12, 31))
    short = Period(date(2026, 2, 1), date(2026, 2, 10))
    later = Period(date(2026, 3, 1), date(2026, 3, 10))
    assert gaps([long, short, later]) == []
    assert gaps([Period(long.start), short, later]) == []


def test_gap_boundaries() -> None:
    first = Period(date(2026, 1, 1), date(2026, 1, 31))
    assert gaps([first, Period(date(2026, 2, 1))]) == []
    assert gaps([first, Period(date(2026, 2, 2))]) == [Period(date(2026, 2, 1), date(2026, 2, 1))]
    assert gaps([]) == []
    assert gaps([Period(date(2026, 1, 1), date.max), Period(date(2026, 5, 1))]) == []


@given(st.lists(periods, max_size=6))
def test_overlapping_is_empty_only_when_no_pair_overlaps(spans: list[Period]) -> None:
    any_pair = any(a.overlaps(b) for i, a in enumerate(spans) for b in spans[i + 1 :])
    assert bool(overlapping(spans)) == any_pair


births = st.dates(date(1880, 1, 1), date(2026, 12, 31))


@given(births, st.integers(0, 120))
def test_an_age_is_reached_on_the_birthday_and_not_before(birth: date, age: int) -> None:
    day = birthday(birth, age)
    assert age_on(birth, day) == age
    if age:
        assert age_on(birth, day - timedelta(days=1)) == age - 1


@given(births, st.integers(0, 45_000))
def test_age_never_falls_and_grows_by_one(birth: date, days: int) -> None:
    day = birth + timedelta(days=days)
    assert age_on(birth, day + timedelta(days=1)) - age_on(birth, day) in (0, 1)


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (date(1946, 11, 1), date(2026, 10, 31), 79),
        (date(1946, 11, 1), date(2026, 11, 1), 80),
        (date(1946, 11, 1), date(2026, 11, 2), 80),
        (date(1964, 2, 29), date(2025, 2, 28), 60),
        (date(1964, 2, 29), date(2025, 3, 1), 61),
        (date(1964, 2, 29), date(2024, 2, 28), 59),
        (date(1964, 2, 29), date(2024, 2, 29), 60),
        (date(1966, 12, 31), date(2026, 12, 31), 60),
    ],
)
def test_age_boundaries(birth: date, on: date, age: int) -> None:
    assert age_on(birth, on) == age


def test_leap_birthdays() -> None:
    born = date(1964, 2, 29)
    assert birthday(born, 60) == date(2024, 2, 29)
    assert birthday(born, 61) == date(2025, 3, 1)
    assert birthday(date(1800, 2, 28), 100) == date(1900, 2, 28)
