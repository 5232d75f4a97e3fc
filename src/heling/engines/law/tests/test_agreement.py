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
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heling.engines.law import STATUS_CODES, Effect, FactColumn, RuleSet, Status, load_city
from heling.engines.law.columns import BLOCK, latest_birth
from heling.engines.law.model import Fact
from heling.engines.law.units import Kind
from heling.kernel.period import age_on

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab

ON = date(2026, 11, 1)
EPOCH = date(1970, 1, 1)
EFFECT_CODES = {effect: code for code, effect in enumerate(Effect)}
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)


def value_of(fact: Fact) -> st.SearchStrategy[Any]:
    """Facts as a person would write them, with the values near every threshold well represented."""
    kind = fact.type.kind
    if kind is Kind.BOOL:
        return st.booleans()
    if kind is Kind.ENUM:
        return st.sampled_from(fact.type.levels)
    if kind is Kind.CITY:
        return st.sampled_from(["330200", "450100", "999900", "330203001002"])
    if kind is Kind.DATE:
        around = [date(ON.year - k, ON.month, ON.day) for k in (60, 70, 80)]
        near = [d + timedelta(days=n) for d in around for n in (-1, 0, 1)]
        return st.sampled_from([*near, date(1964, 2, 29)]) | st.dates(date(1900, 1, 1), ON)
    low, high = fact.bounds.low, fact.bounds.high
    return st.sampled_from([low, low + 1, high]) | st.integers(low, high)


def person_of(rules: RuleSet) -> st.SearchStrategy[dict[str, Any]]:
    """A person of whom any set of facts may be unknown."""
    return st.fixed_dictionaries({}, optional={w: value_of(f) for w, f in rules.facts.items()})


def columns_of(rules: RuleSet, people: list[dict[str, Any]]) -> dict[str, FactColumn]:
    found = {}
    for word, fact in rules.facts.items():
        known = np.array([word in p for p in people])
        encoded = [_encode(fact, p[word]) if word in p else _filler(fact) for p in people]
        dtype: Any = np.bool_ if fact.type.kind is Kind.BOOL else np.int64
        found[word] = FactColumn(np.array(encoded, dtype=dtype), known)
    return found


def _filler(fact: Fact) -> int:
    return fact.bounds.low


def _encode(fact: Fact, value: Any) -> int:
    if fact.type.kind is Kind.ENUM:
        return fact.type.levels.index(value)
    if fact.type.kind is Kind.CITY:
        return int(value[:4]) * 100
    if fact.type.kind is Kind.DATE:
        return (value - EPOCH).days
    return value


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
@pytest.mark.parametrize("city", ["330200", "450100"])
def test_columns_agree_with_the_interpreter_on_the_real_packs(city: str, measures: bool) -> None:
    rules = load_city(city, measures=measures)

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


# Random programs

NUMBERS = st.sampled_from(
    [
        "补贴",
        "min(0, 补贴)",
        "max(补贴, 0)",
        "重时 * 价格",
        "中时 * 价格",
        "补贴 + 补贴",
        "补贴 - 补贴",
    ]
)
TRUTHS = st.sampled_from(
    [
        "低保", "独居", "另定", "等级 >= 中", "等级 < 重", "等级 != 轻", "类别 == 甲", "类别 in (甲, 乙)",
        "户籍地 == 本市", "户籍地 == 居住地", "居住地 != 户籍地", "周岁(出生日期) >= 老年",
        "老年 > 周岁(出生日期)", "周岁(出生日期) <= 老年", "周岁(出生日期) == 老年",
        "周岁(出生日期) != 老年", "重时 > 中时", "户数 * 每户 > 每户 * 户数",
    ]
)  # fmt: skip


def _bigger_numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        st.tuples(inner, st.sampled_from("+-"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, TRUTHS, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
    )


NUMERIC = st.recursive(NUMBERS, _bigger_numbers, max_leaves=4)


def _bigger_truths(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda t: f"not ({t})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(NUMERIC, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMERIC).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
    )


CONDITIONS = st.recursive(TRUTHS, _bigger_truths, max_leaves=8)
PROGRAM = st.lists(
    st.tuples(CONDITIONS, st.none() | NUMERIC, st.booleans()), min_size=2, max_size=4
)
RULES = st.sampled_from(["exclusive", "higher_of", "stack", "choice"])


def _program(grants: list[tuple[str, str | None, bool]], rule: str) -> str:
    lines = ["grants:"]
    for n, (when, amount, tabled) in enumerate(grants):
        rest = ""
        if amount is not None:
            formula = (
                f"{{table: 等级, rows: {{轻: '0', 重: '{amount}'}}, else: 补贴}}"
                if tabled
                else f"'{amount}'"
            )
            rest = f", amount: {formula}, unit: 分/月"
        lines.append(f"  项{n}: {{cite: 2, duty: 应当, benefit: 项, when: '{when}'{rest}}}")
    if rule == "stack":
        return "\n".join(lines) + "\n"
    choice = ", choice: 类别, otherwise: higher_of" if rule == "choice" else ""
    lines += [
        "conflicts:",
        f"  重复: {{cite: 2/2, rule: {rule}{choice}, between: {{",
        "    甲: {grants: [项0], value: 补贴 + 补贴}, 乙: {when: 独居, value: 重时 * 价格}}}",
    ]
    return "\n".join(lines) + "\n"


@given(program=PROGRAM, rule=RULES, data=st.data())
@settings(SLOW)
def test_columns_agree_with_the_interpreter_on_any_program(
    make_lab: Callable[[], Lab],
    program: list[tuple[str, str | None, bool]],
    rule: str,
    data: st.DataObject,
) -> None:
    rules = make_lab().build(_program(program, rule))
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
    rules = make_lab().build(_program(program, rule))
    assert_sound(rules, data)


@pytest.mark.parametrize("city", ["330200", "450100"])
def test_real_packs_are_sound_under_hidden_facts(city: str) -> None:
    rules = load_city(city)

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
