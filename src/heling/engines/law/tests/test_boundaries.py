"""The edges of the rules, walked one by one: every threshold, one less and one more.

For each grant all combinations of its facts are made; a fact with a scale takes only the values
where something may turn: the birthday on the day, a day before and a day after; the number it is
compared with, one less and one more. Interpreter, columns and formulas say the same of everybody.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import numpy as np
import pytest
import z3

from heling.engines.law import STATUS_CODES, Effect, FactColumn, RuleSet, Status, load_city
from heling.engines.law.assemble import Right, Side
from heling.engines.law.columns import latest_birth
from heling.engines.law.encoding import Day, Encoding, Formula, Unknowns, regimes, value_in
from heling.engines.law.graph import Node, Op, reach
from heling.engines.law.interpret import Frame, Interpreter, Value, Void
from heling.engines.law.judge import effect_of, status_of
from heling.engines.law.model import Fact
from heling.engines.law.outlook import AgeLimits
from heling.engines.law.overlays import districts_of
from heling.engines.law.tests.strategies import RULED, rules_of
from heling.engines.law.units import Kind

ON = date(2026, 11, 1)
EPOCH = date(1970, 1, 1)
EFFECT_CODES = {effect: code for code, effect in enumerate(Effect)}
ELSEWHERE = 110100

Person = dict[str, Value]


def facts_under(*roots: Node) -> list[Fact]:
    return [n.payload for n in reach(roots) if isinstance(n.payload, Fact)]


def contests_of(rules: RuleSet, right: Right) -> list[Side]:
    return [
        side
        for s in rules.assembly.settlements
        for side in s.sides
        if right.grant.word in side.party.grants and s.total is None
    ]


class Edges:
    """Values of every fact at which something may turn on one day."""

    def __init__(self, rules: RuleSet, on: date) -> None:
        self._nodes = rules.assembly.graph.nodes
        self._ages = sorted(AgeLimits(self._nodes).on(on))
        self._home = int(rules.assembly.city)
        self._packs = rules.packs
        self._on = on

    def of(self, fact: Fact, frames: Iterable[Frame]) -> list[Value]:
        kind = fact.type.kind
        if kind is Kind.BOOL:
            return [False, True]
        if kind is Kind.ENUM:
            return list(range(len(fact.type.levels)))
        if kind is Kind.CITY:
            return [self._home, ELSEWHERE]
        if kind is Kind.COUNTY:
            return [*districts_of(self._packs), self._home + 99]
        if kind is Kind.DATE:
            days = [EPOCH + timedelta(days=latest_birth(a, self._on)) for a in self._ages]
            return sorted({d + timedelta(days=n) for d in days for n in (-1, 0, 1)})
        near = {fact.bounds.low, fact.bounds.high}
        for frame in frames:
            near |= {t + n for t in self._compared(fact, frame) for n in (-1, 0, 1)}
        return sorted(n for n in near if fact.bounds.low <= n <= fact.bounds.high)

    def _compared(self, fact: Fact, frame: Frame) -> Iterator[int]:
        """What a number is compared with, as it comes out for somebody."""
        for node in self._nodes:
            if node.op is Op.COMPARE:
                for side, other in (node.children, node.children[::-1]):
                    value = frame[other.index]
                    if side.payload is fact and not isinstance(value, Void):
                        yield int(value)  # type: ignore[arg-type]

    def people(self, facts: list[Fact], frames: Iterable[Frame] = ()) -> list[Person]:
        seen = list(frames)
        values = [self.of(f, seen) for f in facts]
        words = [f.word for f in facts]
        return [dict(zip(words, row, strict=True)) for row in itertools.product(*values)]


class Readings:
    """The three readings of one rule set on one day."""

    def __init__(self, rules: RuleSet, on: date) -> None:
        self.rules, self.on = rules, on
        self.interpreter = Interpreter(rules.assembly.graph.nodes)
        regime = next(r for r in regimes(rules.assembly) if r.start <= on <= r.end)
        self.context = z3.Context()
        self.unknowns = Unknowns(rules.assembly, regime, self.context)
        self.encoding = Encoding(self.unknowns)
        self._terms: dict[object, Formula] = {}

    def frames(self, people: list[Person]) -> list[Frame]:
        return [self.interpreter.run(p, self.on) for p in people]

    def check_columns(self, right: Right, people: list[Person], frames: list[Frame]) -> None:
        facts = {w: self._column(w, people) for w in people[0]}
        column = self.rules.columns(facts, len(people), self.on)[right.grant.word]
        contests = contests_of(self.rules, right)
        for row, frame in enumerate(frames):
            status, amount = status_of(right, frame)
            assert column.status[row] == STATUS_CODES[status], people[row]
            if column.amount is not None:
                assert column.amount[row] == (amount or 0), people[row]
            if column.effect is not None:
                assert column.effect[row] == EFFECT_CODES[_effect(status, contests, frame)]

    def _column(self, word: str, people: list[Person]) -> FactColumn:
        values = [p[word] for p in people]
        if isinstance(values[0], date):
            return FactColumn(np.array(values, dtype="datetime64[D]"))
        return FactColumn(np.array(values))

    def check_formulas(self, nodes: list[Node], people: list[Person], frames: list[Frame]) -> int:
        """Definite values agree, whatever the open terms may be; how many were compared."""
        compared = 0
        for person, frame in zip(people, frames, strict=True):
            model = self._model(person)
            for node in nodes:
                if not isinstance(frame[node.index], Void):
                    compared += 1
                    value = value_in(model, self.encoding.of(node))
                    assert value == frame[node.index], (person, node.op)
        return compared

    def _model(self, person: Person) -> z3.ModelRef:
        model = z3.Model(self.context)
        for word, value in {**person, "": self.on}.items():
            term = self.unknowns.facts[word] if word else self.unknowns.on
            if isinstance(term, Day):
                assert isinstance(value, date)
                model.update_value(term.year, self._term(value.year))
                model.update_value(term.month_day, self._term(value.month * 100 + value.day))
            else:
                model.update_value(term, self._term(value))
        return model

    def _term(self, value: Value) -> Formula:
        key = (type(value), value)
        if key not in self._terms:
            made = z3.BoolVal if isinstance(value, bool) else z3.IntVal
            self._terms[key] = made(value, self.context)
        return self._terms[key]


def _effect(status: Status, contests: list[Side], frame: Frame) -> Effect:
    if status in (Status.GRANTED, Status.OPEN):
        for side in contests:
            effect = effect_of(frame[side.rivals.index], frame[side.keeps.index])
            if effect is not Effect.NONE:
                return effect
    return Effect.NONE


@pytest.mark.parametrize("city", RULED)
def test_every_grant_at_every_edge(city: str) -> None:
    rules = rules_of(city, measures=True)
    edges, readings = Edges(rules, ON), Readings(rules, ON)
    counted = {}
    for right in rules.assembly.rights:
        roots = [n for n in (right.when, right.amount) if n is not None]
        people = edges.people(facts_under(*roots))
        frames = readings.frames(people)
        readings.check_columns(right, people, frames)
        decided = [n for n in roots if n.op is not Op.CONSTANT]
        assert readings.check_formulas(decided, people, frames) > 0
        counted[right.grant.word] = len(people)
        assert {True, False} & {f[right.when.index] for f in frames}
    assert min(counted.values()) >= 4


@pytest.mark.parametrize("measures", [False, True])
def test_every_conflict_at_every_edge(measures: bool) -> None:
    """One person for each way in which the grants of the conflict may stand, and for each the
    edges of all that the conflict itself asks."""
    rules = load_city("330200", measures=measures)
    edges, readings = Edges(rules, ON), Readings(rules, ON)
    rights = {r.grant.word: r for r in rules.assembly.rights}
    met = set()
    for settlement in (s for s in rules.assembly.settlements if s.total is None):
        parties = [rights[w] for s in settlement.sides for w in s.party.grants]
        kinds = _representatives(edges, readings, parties)
        nodes = [n for s in settlement.sides for n in (s.rivals, s.keeps)]
        for person, frame in kinds:
            others = [f for f in facts_under(*nodes) if f.word not in person]
            people = [{**person, **more} for more in edges.people(others, [frame])]
            frames = readings.frames(people)
            readings.check_formulas(nodes, people, frames)
            for right in parties:
                readings.check_columns(right, people, frames)
                contests = contests_of(rules, right)
                met |= {_effect(status_of(right, f)[0], contests, f) for f in frames}
    expected = {Effect.NONE, Effect.KEEPS, Effect.YIELDS}
    assert met == (expected if measures else {*expected, Effect.OPEN})


def _representatives(
    edges: Edges, readings: Readings, parties: list[Right]
) -> list[tuple[Person, Frame]]:
    roots = [n for r in parties for n in (r.when, r.amount) if n is not None]
    people = edges.people(facts_under(*roots))
    found: dict[object, tuple[Person, Frame]] = {}
    for person, frame in zip(people, readings.frames(people), strict=True):
        found.setdefault(tuple(status_of(r, frame) for r in parties), (person, frame))
    return list(found.values())


def test_edges_lie_on_both_sides(ningbo: RuleSet) -> None:
    edges = Edges(ningbo, ON)
    born = edges.of(ningbo.facts["出生日期"], [])
    assert {date(1946, 10, 31), date(1946, 11, 1), date(1946, 11, 2)} <= set(born)
    assert len(born) == 9
