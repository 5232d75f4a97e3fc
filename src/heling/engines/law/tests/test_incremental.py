"""Following changes ends where a full run ends, and judges few people on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heling.engines.law import FactColumn, RuleSet
from heling.engines.law.incremental import same
from heling.engines.law.tests.strategies import (
    ON,
    PROGRAM,
    RULED,
    RULES,
    SLOW,
    columns_of,
    person_of,
    program_text,
    rules_of,
)
from heling.kernel.errors import BadInput

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab


def assert_follows(rules: RuleSet, people: list[dict[str, Any]], days: list[int]) -> None:
    facts, size = columns_of(rules, people), len(people)
    standing = rules.standing(facts, size, ON)
    for day in days:
        on = ON + timedelta(days=day)
        standing.advance(on)
        assert standing.on == on
        assert same(standing.grants, rules.columns(facts, size, on))


@pytest.mark.parametrize("city", RULED)
def test_any_days_on_the_real_packs(city: str) -> None:
    rules = rules_of(city, measures=True)

    @given(
        people=st.lists(person_of(rules), min_size=1, max_size=20),
        days=st.lists(st.integers(-4000, 4000) | st.integers(-40, 40), min_size=1, max_size=4),
    )
    @settings(SLOW)
    def check(people: list[dict[str, Any]], days: list[int]) -> None:
        assert_follows(rules, people, days)

    check()


@given(program=PROGRAM, rule=RULES, data=st.data())
@settings(SLOW)
def test_any_days_of_any_program(
    make_lab: Callable[[], Lab],
    program: list[tuple[str, str | None, bool]],
    rule: str,
    data: st.DataObject,
) -> None:
    rules = make_lab().build(program_text(program, rule))
    people = data.draw(st.lists(person_of(rules), min_size=1, max_size=12))
    assert_follows(rules, people, data.draw(st.lists(st.integers(-900, 900), max_size=3)))


def _ages(rng: np.random.Generator, size: int) -> dict[str, FactColumn]:
    return {
        "出生日期": FactColumn(rng.integers(-16_000, -1_000, size).astype(np.int32)),
        "户籍地": FactColumn(np.full(size, 330200)),
        "居住地": FactColumn(np.full(size, 330200)),
        "居家": FactColumn(np.ones(size, dtype=np.bool_)),
        "低保": FactColumn(np.zeros(size, dtype=np.bool_)),
    }


def test_a_month_judges_only_who_crosses_an_age(ningbo: RuleSet) -> None:
    facts = _ages(np.random.default_rng(3), 20_000)
    standing = ningbo.standing(facts, 20_000, ON)
    rows = standing.advance(date(2026, 12, 1))
    born = facts["出生日期"].values.astype("datetime64[D]")
    for age in (60, 70, 80):
        first, last = (np.datetime64(f"{2026 - age}-{month}-01") for month in (11, 12))
        crossing = np.flatnonzero((born > first) & (born <= last))
        assert set(crossing) <= set(rows)
        rows = np.setdiff1d(rows, crossing)
    assert not len(rows)


def test_the_day_itself_and_the_day_before(ningbo: RuleSet) -> None:
    """Born on 1 November 1946: eighty on the day, not before it."""
    facts = _ages(np.random.default_rng(3), 1) | {
        "出生日期": FactColumn(np.array(["1946-11-01"], dtype="datetime64[D]"))
    }
    standing = ningbo.standing(facts, 1, date(2026, 10, 30))
    assert not len(standing.advance(date(2026, 10, 31)))
    assert standing.advance(date(2026, 11, 1)).tolist() == [0]
    assert not len(standing.advance(date(2026, 11, 2)))
    assert standing.advance(date(2026, 10, 31)).tolist() == [0]


def test_a_rule_that_changes_concerns_everybody(ningbo: RuleSet) -> None:
    facts = _ages(np.random.default_rng(3), 50)
    standing = ningbo.standing(facts, 50, date(2018, 9, 30))
    assert len(standing.advance(date(2018, 10, 1))) == 50
    assert same(standing.grants, ningbo.columns(facts, 50, date(2018, 10, 1)))


def test_changed_rows(ningbo: RuleSet) -> None:
    rng = np.random.default_rng(3)
    facts = _ages(rng, 300)
    standing = ningbo.standing(facts, 300, ON)
    rows = rng.integers(0, 300, 40)
    facts["低保"].values[rows] = True
    facts["出生日期"].values[rows] -= 8_000
    standing.changed(rows)
    assert same(standing.grants, ningbo.columns(facts, 300, ON))
    standing.advance(ON + timedelta(days=200))
    assert same(standing.grants, ningbo.columns(facts, 300, standing.on))


def test_a_change_that_no_longer_fits_is_refused(ningbo: RuleSet) -> None:
    facts = {"失能等级": FactColumn(np.zeros(2, dtype=np.uint8))}
    standing = ningbo.standing(facts, 2, ON)
    facts["失能等级"].values[1] = 9
    with pytest.raises(BadInput, match="失能等级"):
        standing.changed(np.array([1]))
