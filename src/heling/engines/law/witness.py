"""A counterexample shown as a person, as plain as can be, and judged again by the interpreter.

Z3 gives any person; from that one we go, fact by fact, to the plainest value that still breaks the
claim. What comes out is a facts file that ``heling law determine`` reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import z3

from heling.engines.law.claims import Promise, Rise
from heling.engines.law.encoding import Encoding, Formula, Regime, Term, Unknowns, same, value_in
from heling.engines.law.graph import reach
from heling.engines.law.interpret import Interpreter, Value
from heling.engines.law.model import Constant, Direction, Fact
from heling.engines.law.units import PLACES, Kind

_AGES = (70, 75, 65, 80, 85, 60, 90)
_ROUND = (0, 1, 10, 100, 1_000, 5_000, 10_000, 50_000, 100_000)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """A day and complete facts for all that the claim depends on, as JSON.

    ``twin`` holds the facts that are different for a second person (``monotone``). ``assumed``
    gives open terms values without which the rules say 尚待实施办法 instead.
    """

    on: date
    facts: Json
    twin: Json
    assumed: dict[str, int | bool]

    def to_json(self) -> Json:
        return {
            "on": self.on.isoformat(),
            "facts": self.facts,
            "twin": self.twin,
            "assumed": self.assumed,
        }


class Witness:
    """Finds the plainest model of one question, which ``solver`` has answered with some model."""

    def __init__(self, promise: Promise, solver: z3.Solver, people: list[Encoding]) -> None:
        self._promise = promise
        self._solver = solver
        self._unknowns = [p.unknowns for p in people]
        nodes = reach(promise.roots)
        self._facts = [n.payload for n in nodes if isinstance(n.payload, Fact)]
        opens = self._unknowns[0].opens
        self._opens = [
            n.payload for n in nodes if isinstance(n.payload, Constant) and n.payload.word in opens
        ]

    def person(self, model: z3.ModelRef) -> Person:
        """From this model to one that is as plain as can be. It is judged by the interpreter."""
        first = self._unknowns[0]
        model = self._plainest(model, self._terms())
        on = first.on.as_date(model)
        people = [self._values(u, model) for u in self._unknowns]
        assumed = {c.word: value_in(model, first.opens[c.word]) for c in self._opens}
        needed = self._needed(people, cast("dict[str, Value]", assumed), on)
        shown = [{f.word: _shown(f, p[f.word]) for f in self._facts} for p in people]
        twin = {w: v for w, v in shown[-1].items() if v != shown[0][w]}
        return Person(on, shown[0], twin, cast("dict[str, int | bool]", needed))

    def _values(self, unknowns: Unknowns, model: z3.ModelRef) -> dict[str, Value]:
        return {f.word: value_in(model, unknowns.facts[f.word]) for f in self._facts}

    def _terms(self) -> Iterable[tuple[Term, Iterable[Value]]]:
        """What is to be made plain, in order, with values that are plainer first."""
        first, regime = self._unknowns[0], self._unknowns[0].regime
        yield first.on, [regime.start]
        for fact in self._facts:
            for unknowns in self._unknowns:
                yield unknowns.facts[fact.word], _plain(fact, regime, unknowns)
        for constant in self._opens:
            numbers: Iterable[Value] = (False,) if constant.type.kind is Kind.BOOL else _ROUND
            yield first.opens[constant.word], numbers

    def _plainest(
        self, model: z3.ModelRef, terms: Iterable[tuple[Term, Iterable[Value]]]
    ) -> z3.ModelRef:
        for term, values in terms:
            for value in values:
                self._solver.push()
                self._solver.add(same(term, value))
                if self._solver.check() == z3.sat:
                    model = self._solver.model()
                    break
                self._solver.pop()
        return model

    def _needed(
        self, people: list[dict[str, Value]], assumed: dict[str, Value], on: date
    ) -> dict[str, Value]:
        """The assumed values without which the violation would be in doubt."""
        interpreter = Interpreter(list(self._promise.nodes))
        if not broken(self._promise, interpreter, people, assumed, on):
            raise AssertionError(f"two readings of {self._promise.stated.word} disagree")
        for word in tuple(assumed):
            fewer = {w: v for w, v in assumed.items() if w != word}
            if broken(self._promise, interpreter, people, fewer, on):
                assumed = fewer
        return assumed


def broken(
    promise: Promise,
    interpreter: Interpreter,
    people: list[dict[str, Value]],
    assumed: Mapping[str, Value],
    on: date,
) -> bool:
    """Whether the interpreter too sees these people break the promise, without a doubt."""
    frames = [interpreter.run({**facts, **assumed}, on) for facts in people]
    if any(f[promise.given.index] is not True for f in frames):
        return False
    seen = [f[promise.must.index] for f in frames]
    if promise.rise is None:
        return seen[0] is False
    return falls(promise.rise, seen[0], seen[1])


def falls(rise: Rise, lower: Value, higher: Value) -> bool:
    """Whether the value moves as it must not; never when it is in doubt."""
    if not isinstance(lower, int) or not isinstance(higher, int):
        return False
    return higher < lower if rise.direction is Direction.NEVER_LOWER else higher > lower


def _plain(fact: Fact, regime: Regime, unknowns: Unknowns) -> Iterable[Value]:
    kind = fact.type.kind
    if kind is Kind.BOOL:
        return (False,)
    if kind is Kind.ENUM:
        return range(len(fact.type.levels))
    if kind is Kind.CITY:
        return unknowns.places
    if kind is Kind.COUNTY:
        return unknowns.counties
    if kind is Kind.DATE:
        return [date(regime.start.year - age, 1, 1) for age in _AGES]
    return [n for n in _ROUND if fact.bounds.low <= n <= fact.bounds.high]


def _shown(fact: Fact, value: Value) -> Formula:
    """A fact's value as a person writes it in JSON."""
    if fact.type.kind is Kind.ENUM:
        return fact.type.levels[cast("int", value)]
    if fact.type.kind in PLACES:
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
