"""Everybody explained through a shared situation hears what they would hear alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heling.engines.law import FactColumn, RuleSet
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


def assert_own_words(rules: RuleSet, people: list[dict[str, Any]], on: date) -> None:
    explained = rules.explain_all(columns_of(rules, people), len(people), on)
    for row, facts in enumerate(people):
        own, shared = rules.determine(facts, on, outlook=False), explained.of(row)
        assert shared.grants == own.grants
        assert shared.conflicts == own.conflicts
        assert shared.encouraged == own.encouraged
        assert shared.missing == own.missing


@pytest.mark.parametrize("measures", [False, True])
@pytest.mark.parametrize("city", RULED)
def test_the_situation_speaks_as_the_person_on_the_real_packs(city: str, measures: bool) -> None:
    rules = rules_of(city, measures=measures)

    @given(people=st.lists(person_of(rules), min_size=1, max_size=12), days=st.integers(0, 2000))
    @settings(SLOW)
    def check(people: list[dict[str, Any]], days: int) -> None:
        assert_own_words(rules, people, ON + timedelta(days=days))

    check()


@given(program=PROGRAM, rule=RULES, data=st.data())
@settings(SLOW)
def test_the_situation_speaks_as_the_person_on_any_program(
    make_lab: Callable[[], Lab],
    program: list[tuple[str, str | None, bool]],
    rule: str,
    data: st.DataObject,
) -> None:
    rules = make_lab().build(program_text(program, rule))
    assert_own_words(rules, data.draw(st.lists(person_of(rules), min_size=1, max_size=12)), ON)


def _born(days: list[str]) -> dict[str, FactColumn]:
    return {"出生日期": FactColumn(np.array(days, dtype="datetime64[D]"))}


def test_ages_between_two_lines_of_the_law_share_a_situation(ningbo: RuleSet) -> None:
    facts = _born(["1954-11-01", "1950-01-01", "1946-11-02", "1946-11-01", "1930-05-05"])
    found = ningbo.explain_all(facts, 5, ON)
    of = found.situations.of
    assert of[0] == of[1]
    assert of[1] == of[2]
    assert of[2] != of[3]
    assert of[3] == of[4]
    assert sorted(found.situations.people.tolist()) == [2, 3]


def test_each_reads_the_own_age_in_a_shared_reason(ningbo: RuleSet) -> None:
    facts = _born(["1946-11-01", "1930-05-05"])
    facts["居住地"] = FactColumn(np.full(2, 330200))
    facts["居家"] = FactColumn(np.ones(2, dtype=np.bool_))
    found = ningbo.explain_all(facts, 2, ON)
    assert len(found.situations) == 1
    texts = [str(found.of(row).grants) for row in (0, 1)]
    assert "80周岁，符合" in texts[0]
    assert "96周岁，符合" in texts[1]
    assert not any(chr(0xE000) in text for text in texts)


def test_an_age_used_as_a_number_makes_every_year_a_situation(lab: Lab) -> None:
    rules = lab.grant("周岁(出生日期) + 老年 > 老年 + 老年")
    facts = _born(["1956-01-01", "1955-01-01", "1955-02-01"])
    of = rules.explain_all(facts, 3, ON).situations.of.tolist()
    assert of[0] != of[1]
    assert of[1] == of[2]


def test_a_place_counts_only_as_this_city_or_another(ningbo: RuleSet) -> None:
    facts = {"居住地": FactColumn(np.array([330200, 450100, 110100]))}
    of = ningbo.explain_all(facts, 3, ON).situations.of.tolist()
    assert of[0] != of[1]
    assert of[1] == of[2]


def test_facts_that_no_rule_reads_do_not_split(nanning: RuleSet) -> None:
    facts = {"独居": FactColumn(np.array([True, False]))}
    assert len(nanning.explain_all(facts, 2, ON).situations) == 1


def test_nobody_at_all(ningbo: RuleSet) -> None:
    assert len(ningbo.explain_all({}, 0, ON).situations) == 0


def test_columns_that_do_not_fit_are_refused(ningbo: RuleSet) -> None:
    with pytest.raises(BadInput, match="低保"):
        ningbo.explain_all({"低保": FactColumn(np.array([1, 0]))}, 2, ON)


def test_many_wide_facts_still_fit_one_key(lab: Lab) -> None:
    """Four quantities of 2^40 values each exceed a 64-bit key: it is squeezed on the way."""
    words = "甲乙丙丁"
    rules = lab.build(
        "grants:\n  款: {cite: 2, duty: 应当, benefit: 款, when: 甲 + 乙 > 丙 + 丁}\n",
        facts="facts:\n"
        + "".join(f"  {w}: {{type: integer, unit: 分, max: {2**40}, ask: 几？}}\n" for w in words),
    )
    rng = np.random.default_rng(1)
    values = rng.integers(0, 2**40, (4, 50))
    facts = {w: FactColumn(v) for w, v in zip(words, values, strict=True)}
    found = rules.explain_all(facts, 50, ON)
    assert len(found.situations) == 50
    for row in range(50):
        person = {w: int(v[row]) for w, v in zip(words, values, strict=True)}
        assert found.of(row).grants == rules.determine(person, ON, outlook=False).grants
