"""One tree, every use: columns = interpreter, and hiding a fact never turns an answer around.

Random programs over every operation of the language, and the real packs; random people, random
gaps in what is known about them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heling.engines.law import STATUS_CODES, Effect, FactColumn, RuleSet, Status
from heling.engines.law.columns import BLOCK, latest_birth
from heling.engines.law.tests.strategies import (
    EPOCH,
    ON,
    PROGRAM,
    RULED,
    RULES,
    SLOW,
    columns_of,
    person_of,
    program_text,
    rules_of,
    value_of,
)
from heling.kernel.period import age_on

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab

EFFECT_CODES = {effect: code for code, effect in enumerate(Effect)}


def assert_agreement(rules: RuleSet, people: list[dict[str, Any]], on: date) -> None:
    judged = rules.columns(columns_of(rules, people), len(people), on)
    for row, facts in enumerate(people):
        for grant in rules.determine(facts, on, outlook=False).grants:
            column = judged[grant.id]
            assert column.status[row] == STATUS_CODES[grant.status], (grant.id, facts)
            if column.amount is not None:
                assert column.amount[row] == (grant.amount or 0), (grant.id, facts)
            if column.effect is not None:
                assert column.effect[row] == EFFECT_CODES[grant.effect], (grant.id, facts)
            else:
                assert grant.effect is Effect.NONE


@pytest.mark.parametrize("measures", [False, True])
@pytest.mark.parametrize("city", RULED)
def test_columns_agree_with_the_interpreter_on_the_real_packs(city: str, measures: bool) -> None:
    rules = rules_of(city, measures=measures)

    @given(
        people=st.lists(person_of(rules), min_size=1, max_size=12), days=st.integers(-3000, 2000)
    )
    @settings(SLOW, max_examples=60)
    def check(people: list[dict[str, Any]], days: int) -> None:
        on = max(
            ON + timedelta(days=days), ON if any("出生日期" in p for p in people) else date.min
        )
        assert_agreement(rules, people, on)

    check()


@given(program=PROGRAM, rule=RULES, data=st.data())
@settings(SLOW)
def test_columns_agree_with_the_interpreter_on_any_program(
    make_lab: Callable[[], Lab],
    program: list[tuple[str, str | None, bool]],
    rule: str,
    data: st.DataObject,
) -> None:
    rules = make_lab().build(program_text(program, rule))
    people = data.draw(st.lists(person_of(rules), min_size=1, max_size=15))
    assert_agreement(rules, people, ON)


@given(program=PROGRAM, rule=RULES, data=st.data())
@settings(SLOW)
def test_what_is_hidden_never_turns_a_definite_answer(
    make_lab: Callable[[], Lab],
    program: list[tuple[str, str | None, bool]],
    rule: str,
    data: st.DataObject,
) -> None:
    rules = make_lab().build(program_text(program, rule))
    assert_sound(rules, data)


@pytest.mark.parametrize("city", RULED)
def test_real_packs_are_sound_under_hidden_facts(city: str) -> None:
    rules = rules_of(city)

    @given(data=st.data())
    @settings(SLOW, max_examples=120)
    def check(data: st.DataObject) -> None:
        assert_sound(rules, data)

    check()


def assert_sound(rules: RuleSet, data: st.DataObject) -> None:
    """Granted, denied or open with gaps stays so, with its amount, when the gaps are filled."""
    full = {w: data.draw(value_of(f), label=w) for w, f in rules.facts.items()}
    hidden = data.draw(st.sets(st.sampled_from(sorted(full))))
    partial = {w: v for w, v in full.items() if w not in hidden}
    complete = rules.determine(full, ON, outlook=False)
    for before in rules.determine(partial, ON, outlook=False).grants:
        after = complete.grant(before.id)
        assert after.status is not Status.UNKNOWN
        if before.status is Status.UNKNOWN:
            assert set(before.missing) <= hidden
            assert before.missing
        else:
            assert (before.status, before.amount) == (after.status, after.amount)
            assert before.effect in (Effect.UNKNOWN, after.effect) or (
                (before.effect, after.effect) == (Effect.KEEPS, Effect.NONE)
            )


@given(
    birth=st.dates(date(1900, 1, 1), date(2024, 12, 31)),
    on=st.dates(date(2000, 1, 1), date(2040, 12, 31)),
    age=st.integers(1, 110),
)
@settings(deadline=None, max_examples=1000)
def test_the_cut_off_of_birth_days_is_the_age(birth: date, on: date, age: int) -> None:
    assert ((birth - EPOCH).days <= latest_birth(age, on)) == (age_on(birth, on) >= age)


@pytest.mark.parametrize(
    "on",
    [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2025, 2, 28), date(2025, 3, 1)],
)
@pytest.mark.parametrize(
    "birth",
    [date(1964, 2, 28), date(1964, 2, 29), date(1964, 3, 1), date(1965, 2, 28), date(1965, 3, 1)],
)
@pytest.mark.parametrize("age", [59, 60, 61])
def test_the_cut_off_around_29_february(birth: date, on: date, age: int) -> None:
    assert ((birth - EPOCH).days <= latest_birth(age, on)) == (age_on(birth, on) >= age)


def test_more_rows_than_one_block(ningbo: RuleSet) -> None:
    size = BLOCK + 3
    low = np.zeros(size, dtype=np.bool_)
    low[[0, BLOCK - 1, BLOCK, size - 1]] = True
    facts = {
        "出生日期": FactColumn(np.full(size, np.datetime64("1950-05-01"), dtype="datetime64[D]")),
        "居住地": FactColumn(np.full(size, 330200)),
        "低保": FactColumn(low),
        "低保边缘": FactColumn(np.zeros(size, dtype=np.bool_)),
    }
    status = ningbo.columns(facts, size, ON)["无障碍改造补贴"].status
    assert np.flatnonzero(status == STATUS_CODES[Status.OPEN]).tolist() == [
        0,
        BLOCK - 1,
        BLOCK,
        size - 1,
    ]


def test_no_rows_at_all(ningbo: RuleSet) -> None:
    assert all(len(c.status) == 0 for c in ningbo.columns({}, 0, ON).values())
