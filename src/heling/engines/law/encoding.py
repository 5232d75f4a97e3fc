"""The graph as formulas for Z3: what every node is worth for everybody at once.

A fact becomes an unknown within the bounds that facts are checked against, an open term an unknown
that is not negative, the day any day on which the same rules are in force. A date is a year and a
month-day (``501`` = 1 May) rather than a count of days, because an age follows from these two
exactly, 29 February included. Facts are complete here: the claims are about people, not about what
is known of them. With complete facts and filled open terms every node has the value that
:mod:`heling.engines.law.interpret` gives it; a property test compares all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import z3

from heling.engines.law.assemble import Assembly
from heling.engines.law.graph import Node, Op, reach
from heling.engines.law.interpret import OPERATORS, Value, Void, static_value
from heling.engines.law.model import Constant, Fact
from heling.engines.law.overlays import districts_of
from heling.engines.law.syntax import AGE_BOUNDS
from heling.engines.law.units import PLACES, Kind

EARLIEST = date(1880, 1, 1)
"""Facts with an earlier date are refused (:mod:`heling.engines.law.facts`)."""
HORIZON = date(2100, 12, 31)
"""Rules without an end are proved up to here."""
_ELSEWHERE = (110100, 310100, 440100, 510100, 610100, 230100, 530100, 650100)
_LEAP_DAY = 229
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Formula = Any
"""A Z3 expression; z3 has no types."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date as formulas: year, and month × 100 + day."""

    year: Formula
    month_day: Formula

    @property
    def key(self) -> Formula:
        """Ordered as dates are."""
        return self.year * 10_000 + self.month_day

    def as_date(self, model: z3.ModelRef) -> date:
        """The date that a model gives it."""
        month_day = _number(model, self.month_day)
        return date(_number(model, self.year), month_day // 100, month_day % 100)


Term = Any
"""A formula; for a date a :class:`Day`."""


@dataclass(frozen=True, slots=True)
class Regime:
    """Days, both inclusive, on which no rule changes."""

    start: date
    end: date


def regimes(assembly: Assembly) -> tuple[Regime, ...]:
    """The days up to the horizon, cut wherever a version or a pack begins or ends."""
    spans = [p.period for p in assembly.packs]
    spans += [v.period for c in assembly.constants.values() for v in c.versions]
    turns = {s.start for s in spans} | {s.end + timedelta(days=1) for s in spans if s.end}
    starts = sorted(t for t in turns if EARLIEST <= t <= HORIZON)
    ends = [t - timedelta(days=1) for t in starts[1:]] + [HORIZON]
    return tuple(Regime(a, b) for a, b in zip(starts, ends, strict=True))


def _number(model: z3.ModelRef, formula: Formula) -> int:
    return cast("int", model.eval(formula, model_completion=True).as_long())


class Unknowns:
    """The unknowns of one person under one regime, and what limits them.

    ``other`` shares everything with this person but one fact.
    """

    def __init__(self, assembly: Assembly, regime: Regime, context: z3.Context) -> None:
        self.context = context
        self.regime = regime
        self.limits: list[Formula] = []
        self.on = self._day("on", regime.start, regime.end)
        self.places = _places(assembly)
        self.counties = _counties(assembly)
        self.facts: dict[str, Term] = {w: self._fact(f, "") for w, f in assembly.facts.items()}
        self._constants = assembly.constants
        self.opens: dict[str, Formula] = {
            w: self._open(c) for w, c in assembly.constants.items() if c.on(regime.start) is None
        }

    def other(self, fact: Fact) -> Unknowns:
        """Somebody who differs in this fact alone, under the same rules on the same day."""
        twin = copy(self)
        twin.limits = []
        return twin.with_new(fact)

    def with_new(self, fact: Fact) -> Unknowns:
        """Give this person another unknown for a fact."""
        self.facts = {**self.facts, fact.word: self._fact(fact, "'")}
        return self

    def settled(self, *, high: bool) -> Unknowns:
        """The same person if every open term were as low, or as high, as it could be."""
        extreme = copy(self)
        extreme.opens = {w: self._extreme(self._constants[w], high=high) for w in self.opens}
        return extreme

    def _extreme(self, constant: Constant, *, high: bool) -> Formula:
        if constant.type.kind is Kind.BOOL:
            return z3.BoolVal(high, self.context)
        bounds = constant.bounds
        return z3.IntVal(bounds.high if high else max(0, bounds.low), self.context)

    def _integer(self, name: str, low: int, high: int) -> Formula:
        unknown = z3.Int(name, self.context)
        self.limits += [unknown >= low, unknown <= high]
        return unknown

    def _fact(self, fact: Fact, mark: str) -> Term:
        kind, name = fact.type.kind, f"fact {fact.word}{mark}"
        if kind is Kind.BOOL:
            return z3.Bool(name, self.context)
        if kind is Kind.DATE:
            day = self._day(name, EARLIEST, self.regime.end)
            self.limits.append(day.key <= self.on.key)
            self.limits.append(self.on.key - day.key < (AGE_BOUNDS.high + 1) * 10_000)
            return day
        if kind in PLACES:
            place = z3.Int(name, self.context)
            codes = self.places if kind is Kind.CITY else self.counties
            self.limits.append(z3.Or([place == code for code in codes]))
            return place
        if kind is Kind.ENUM:
            return self._integer(name, 0, len(fact.type.levels) - 1)
        return self._integer(name, fact.bounds.low, fact.bounds.high)

    def _open(self, constant: Constant) -> Formula:
        name = f"open {constant.word}"
        if constant.type.kind is Kind.BOOL:
            return z3.Bool(name, self.context)
        return self._integer(name, max(0, constant.bounds.low), constant.bounds.high)

    def _day(self, name: str, first: date, last: date) -> Day:
        """Any date of the calendar from ``first`` to ``last``."""
        year = self._integer(f"{name} year", first.year, last.year)
        month_day = z3.Int(f"{name} day", self.context)
        months = [
            z3.And(month_day > 100 * month, month_day <= 100 * month + length)
            for month, length in enumerate(_LENGTHS, start=1)
        ]
        leap = z3.And(year % 4 == 0, z3.Or(year % 100 != 0, year % 400 == 0))
        day = Day(year, month_day)
        self.limits += [
            z3.Or(months),
            z3.Or(month_day != _LEAP_DAY, leap),
            day.key >= first.year * 10_000 + first.month * 100 + first.day,
            day.key <= last.year * 10_000 + last.month * 100 + last.day,
        ]
        return day


def _places(assembly: Assembly) -> list[int]:
    """This city and as many others as there are city facts, and one more: the language can only
    ask whether two places are the same, so more of them would add nothing."""
    here = [int(assembly.city)] if assembly.city else []
    needed = 1 + sum(f.type.kind is Kind.CITY for f in assembly.facts.values())
    return here + [code for code in _ELSEWHERE if code not in here][:needed]


def _counties(assembly: Assembly) -> list[int]:
    """Every district with an overlay, and two of the city that have none."""
    there = [*districts_of(assembly.packs)]
    first = int(assembly.city or 110100)
    others = (code for code in range(first + 1, first + 100) if code not in there)
    return [*there, next(others), next(others)]


class Encoding:
    """Formulas of nodes for one person; each node once."""

    def __init__(self, unknowns: Unknowns) -> None:
        self.unknowns = unknowns
        self._terms: dict[int, Term] = {}

    def of(self, node: Node) -> Term:
        for each in reach((node,)) if node.index not in self._terms else ():
            if each.index not in self._terms:
                self._terms[each.index] = self._encode(each)
        return self._terms[node.index]

    def _encode(self, node: Node) -> Term:
        if isinstance(node.payload, Fact):
            return self.unknowns.facts[node.payload.word]
        if isinstance(node.payload, Constant) and node.payload.word in self.unknowns.opens:
            return self.unknowns.opens[node.payload.word]
        value = static_value(node, self.unknowns.regime.start)
        if not isinstance(value, Void):
            return self._literal(node, value)
        return _ENCODERS[node.op](self, node, [self._terms[c.index] for c in node.children])

    def _literal(self, node: Node, value: Value) -> Formula:
        context = self.unknowns.context
        if node.type.kind is Kind.BOOL:
            return z3.BoolVal(bool(value), context)
        return z3.IntVal(cast("int", value), context)

    def copy(self, node: Node, below: list[Term]) -> Term:
        del node
        return below[0]

    def age(self, node: Node, below: list[Term]) -> Formula:
        del node
        birth, on = cast("Day", below[0]), self.unknowns.on
        return on.year - birth.year - z3.If(on.month_day < birth.month_day, 1, 0)

    def negation(self, node: Node, below: list[Term]) -> Formula:
        del node
        return z3.Not(below[0])

    def conjunction(self, node: Node, below: list[Term]) -> Formula:
        del node
        return z3.And(below)

    def disjunction(self, node: Node, below: list[Term]) -> Formula:
        del node
        return z3.Or(below)

    def comparison(self, node: Node, below: list[Term]) -> Formula:
        a, b = (t.key if isinstance(t, Day) else t for t in below)
        return OPERATORS[cast("str", node.payload)](a, b)

    def sum(self, node: Node, below: list[Term]) -> Formula:
        del node
        return below[0] + below[1]

    def difference(self, node: Node, below: list[Term]) -> Formula:
        del node
        return below[0] - below[1]

    def product(self, node: Node, below: list[Term]) -> Formula:
        del node
        return below[0] * below[1]

    def started_parts(self, node: Node, below: list[Term]) -> Formula:
        del node
        return -(-below[0] / below[1])  # integers: Z3 rounds down for a positive divisor

    def extreme(self, node: Node, below: list[Term]) -> Formula:
        best = below[0]
        for other in below[1:]:
            better = other < best if node.op is Op.MIN else other > best
            best = z3.If(better, other, best)
        return best

    def choose(self, node: Node, below: list[Term]) -> Term:
        del node
        test, then, otherwise = below
        if isinstance(then, Day):
            return Day(
                z3.If(test, then.year, otherwise.year),
                z3.If(test, then.month_day, otherwise.month_day),
            )
        return z3.If(test, then, otherwise)

    def lookup(self, node: Node, below: list[Term]) -> Formula:
        del node
        key, *rows = below
        value = rows[-1]
        for code in range(len(rows) - 2, -1, -1):
            value = z3.If(key == code, rows[code], value)
        return value


_ENCODERS: dict[Op, Callable[[Encoding, Node, list[Term]], Term]] = {
    Op.WORD: Encoding.copy,
    Op.AGE: Encoding.age,
    Op.NOT: Encoding.negation,
    Op.ALL: Encoding.conjunction,
    Op.ANY: Encoding.disjunction,
    Op.COMPARE: Encoding.comparison,
    Op.ADD: Encoding.sum,
    Op.SUBTRACT: Encoding.difference,
    Op.MULTIPLY: Encoding.product,
    Op.DIVIDE_UP: Encoding.started_parts,
    Op.MIN: Encoding.extreme,
    Op.MAX: Encoding.extreme,
    Op.CHOOSE: Encoding.choose,
    Op.LOOKUP: Encoding.lookup,
}


def same(term: Term, value: Value) -> Formula:
    """The formula that a term has a value."""
    if isinstance(term, Day):
        day = cast("date", value)
        return z3.And(term.year == day.year, term.month_day == day.month * 100 + day.day)
    return term == value


def value_in(model: z3.ModelRef, term: Term) -> bool | int | date:
    """What a model gives a term, as the interpreter writes it."""
    if isinstance(term, Day):
        return term.as_date(model)
    if z3.is_bool(term):
        return bool(z3.is_true(model.eval(term, model_completion=True)))
    return _number(model, term)


def solver_for(limits: Iterable[Formula], context: z3.Context, milliseconds: int) -> z3.Solver:
    """A solver that knows the limits and gives up after so long on one question."""
    solver = z3.Solver(ctx=context)
    solver.set("timeout", milliseconds)
    solver.add(*limits)
    return solver
