"""The formulas mean what the interpreter means: every node, complete facts, filled open terms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from heling.engines.law import RuleSet
from heling.engines.law.encoding import (
    HORIZON,
    Encoding,
    Regime,
    Unknowns,
    regimes,
    same,
    solver_for,
    value_in,
)
from heling.engines.law.interpret import Interpreter, Value
from heling.engines.law.model import Constant
from heling.engines.law.tests.strategies import (
    PROGRAM,
    RULED,
    RULES,
    SLOW,
    program_text,
    rules_of,
    value_of,
)
from heling.engines.law.units import Kind

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab


def a_day(regime: Regime) -> st.SearchStrategy[date]:
    """Born on any day up to 2018 or later, judged on any day after: leap days well represented."""
    first = max(regime.start, date(2018, 10, 1))
    leaps = [d for d in (date(2024, 2, 28), date(2024, 2, 29), date(2025, 3, 1)) if d >= first]
    return st.sampled_from([first, HORIZON, *leaps]) | st.dates(first, HORIZON)


def open_value(constant: Constant) -> st.SearchStrategy[Value]:
    if constant.type.kind is Kind.BOOL:
        return st.booleans()
    return st.sampled_from([0, 1, 3, 4000]) | st.integers(0, constant.bounds.high)


def assert_same_values(rules: RuleSet, data: st.DataObject) -> None:
    regime = regimes(rules.assembly)[-1]
    on = data.draw(a_day(regime), label="on")
    given = {w: data.draw(value_of(f), label=w) for w, f in rules.facts.items()}
    facts = rules.read(given, date(2026, 11, 1)).values
    unknowns = Unknowns(rules.assembly, regime, z3.Context())
    facts = {w: _possible(w, v, on, unknowns) for w, v in facts.items()}
    used = [n.payload for n in rules.assembly.graph.nodes if isinstance(n.payload, Constant)]
    opens = {
        c.word: data.draw(open_value(c), label=c.word) for c in used if c.word in unknowns.opens
    }
    frame = Interpreter(rules.assembly.graph.nodes).run({**facts, **opens}, on)
    encoding = Encoding(unknowns)
    solver = solver_for(unknowns.limits, unknowns.context, 10_000)
    solver.add(same(unknowns.on, on))
    solver.add(*(same(unknowns.facts[w], v) for w, v in facts.items()))
    solver.add(*(same(unknowns.opens[w], v) for w, v in opens.items()))
    assert solver.check() == z3.sat
    model = solver.model()
    for node in rules.assembly.graph.nodes:
        encoded = value_in(model, encoding.of(node))
        assert encoded == frame[node.index], (node.op, node.payload, facts, opens)


def _possible(word: str, value: Value, on: date, unknowns: Unknowns) -> Value:
    """Dates no later than the day, and nobody older than 150; places among those that the formulas
    know."""
    if isinstance(value, date):
        return max(min(value, on), date(on.year - 149, 1, 1))
    if type(value) is int and value > 100_000 and word in ("户籍地", "居住地"):
        return unknowns.places[0] if value == unknowns.places[0] else unknowns.places[-1]
    if word == "居住区县":
        return value if value in unknowns.counties else unknowns.counties[-1]
    return value


@pytest.mark.parametrize("measures", [False, True])
@pytest.mark.parametrize("city", RULED)
def test_formulas_agree_with_the_interpreter_on_the_real_packs(city: str, measures: bool) -> None:
    rules = rules_of(city, measures=measures)

    @given(data=st.data())
    @SLOW
    def check(data: st.DataObject) -> None:
        assert_same_values(rules, data)

    check()


@given(program=PROGRAM, rule=RULES, data=st.data())
@SLOW
def test_formulas_agree_with_the_interpreter_on_any_program(
    make_lab: Callable[[], Lab],
    program: list[tuple[str, str | None, bool]],
    rule: str,
    data: st.DataObject,
) -> None:
    assert_same_values(make_lab().build(program_text(program, rule)), data)


def test_started_parts_agree_with_the_interpreter(lab: Lab) -> None:
    rules = lab.build("define:\n  甲: {cite: 2, is: '进一(补贴, 户数)'}\n")

    @given(data=st.data())
    @SLOW
    def check(data: st.DataObject) -> None:
        assert_same_values(rules, data)

    check()


def test_regimes_begin_and_end_where_a_rule_does(lab: Lab) -> None:
    rules = lab.build(
        "  甲: {cite: 2, unit: 小时, versions: [{from: 2020-01-01, to: 2021-06-30, value: 1},"
        " {from: 2021-07-01, value: 2}]}\n"
    )
    one = timedelta(days=1)
    assert regimes(rules.assembly) == (
        Regime(date(2020, 1, 1), date(2021, 7, 1) - one),
        Regime(date(2021, 7, 1), HORIZON),
    )


def test_a_day_is_a_day_of_the_calendar(ningbo: RuleSet) -> None:
    context = z3.Context()
    unknowns = Unknowns(ningbo.assembly, Regime(date(2024, 1, 1), date(2100, 12, 31)), context)
    for month_day, year, exists in (
        (229, 2024, True),
        (229, 2025, False),
        (229, 2100, False),
        (230, 2024, False),
        (431, 2024, False),
        (1231, 2024, True),
        (1300, 2024, False),
    ):
        solver = solver_for(unknowns.limits, context, 10_000)
        solver.add(unknowns.on.year == year, unknowns.on.month_day == month_day)
        assert (solver.check() == z3.sat) is exists, (year, month_day)


def _sat(*questions: Any) -> bool:
    solver = z3.Solver(ctx=questions[0].ctx)
    solver.add(*questions)
    return bool(solver.check() == z3.sat)


def test_the_unknowns_are_no_wider_than_what_facts_may_be(lab: Lab) -> None:
    rules = lab.build()
    unknowns = Unknowns(rules.assembly, regimes(rules.assembly)[-1], z3.Context())
    limits = unknowns.limits
    homes, level = unknowns.facts["户数"], unknowns.facts["等级"]
    born, price = unknowns.facts["出生日期"], unknowns.opens["价格"]
    for possible, impossible in (
        (homes == 1, homes == 0),
        (homes == 9, homes == 10),
        (level == 0, level == -1),
        (level == 2, level == 3),
        (price == 0, price == -1),
        (born.key == unknowns.on.key, born.key > unknowns.on.key),
        (born.key == 1880_01_01, born.key < 1880_01_01),
    ):
        assert _sat(*limits, possible)
        assert not _sat(*limits, impossible)
