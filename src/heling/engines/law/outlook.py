"""What would change a result, and what the years will bring.

"What if" persons differ from the real one in one or two facts. They form a small population, so
the columns judge all of them in one sweep. An age is not a wish: it is free and its day is known.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import numpy as np

from heling.engines.law.assemble import Assembly, Right
from heling.engines.law.columns import ColumnEngine, FactColumn, GrantColumn
from heling.engines.law.determination import FactChange, Milestone, Status, WouldChange
from heling.engines.law.graph import Node, Op, reach
from heling.engines.law.interpret import Frame, Interpreter, Value
from heling.engines.law.judge import status_of
from heling.engines.law.model import Change, Constant, Fact
from heling.engines.law.units import Kind
from heling.engines.law.wording import Wording
from heling.kernel.period import age_on, birthday

_EPOCH = date(1970, 1, 1).toordinal()
_STATUSES = tuple(Status)
_BETTER = (Status.GRANTED, Status.OPEN)
_COST = {
    Change.AGE: 1,
    Change.CHOICE: 1,
    Change.CLAIM: 2,
    Change.ASSESSMENT: 3,
    Change.MOVE: 6,
    Change.FIXED: 99,
}
MOST = 5
"""How many ways out are listed for one grant, cheapest first."""


@dataclass(frozen=True, slots=True)
class _Variant:
    """One fact taking another value; ``distance`` orders levels by nearness."""

    word: str
    value: Value
    change: FactChange
    cost: int
    distance: int


class Outlook:
    """Counterfactuals and timeline for one assembly."""

    def __init__(
        self, assembly: Assembly, interpreter: Interpreter, columns: ColumnEngine, wording: Wording
    ) -> None:
        self._assembly = assembly
        self._interpreter = interpreter
        self._columns = columns
        self._wording = wording
        self._needs = {r.grant.word: _facts_of(r) for r in assembly.rights}
        self._ages = _AgeLimits(assembly.graph.nodes)

    # What would change it

    def would_change(
        self, facts: dict[str, Value], frame: Frame, on: date
    ) -> dict[str, tuple[WouldChange, ...]]:
        """Per grant, the cheapest single or double changes that flip it.

        For a right not held: what would give it (granted, or open). For one that is held: which
        single change would lose it.
        """
        singles = self._variants(facts, on)
        pairs = [
            pair for pair in itertools.combinations(singles, 2) if pair[0].word != pair[1].word
        ]
        rows: list[tuple[_Variant, ...]] = [(v,) for v in singles]
        rows += pairs
        if not rows:
            return {}
        judged = self._columns.run(self._population(facts, rows), len(rows), on, effects=False)
        return {
            right.grant.word: self._ways(right, status_of(right, frame)[0], rows, judged)
            for right in self._assembly.rights
        }

    def _ways(
        self,
        right: Right,
        now: Status,
        rows: list[tuple[_Variant, ...]],
        judged: dict[str, GrantColumn],
    ) -> tuple[WouldChange, ...]:
        column, needs = judged[right.grant.word], self._needs[right.grant.word]
        wanted = (Status.DENIED,) if now in _BETTER else _BETTER
        codes = [_STATUSES.index(s) for s in wanted]
        hits = np.flatnonzero(np.isin(column.status, codes))
        found: list[tuple[tuple[_Variant, ...], Status, int | None]] = []
        alone: set[_Variant] = set()
        for i in hits:
            row = rows[i]
            if len(row) == 2 and (now in _BETTER or alone.intersection(row)):
                continue
            if any(v.word not in needs for v in row):
                continue
            if len(row) == 1:
                alone.add(row[0])
            status = _STATUSES[column.status[i]]
            amount = (
                int(column.amount[i])
                if column.amount is not None and status is Status.GRANTED
                else None
            )
            found.append((row, status, amount))
        found.sort(key=lambda f: (len(f[0]), sum(v.cost for v in f[0]), _span(f[0])))
        return tuple(_distinct(found))[:MOST]

    def _variants(self, facts: dict[str, Value], on: date) -> list[_Variant]:
        """Every other value that a fact of interest could take."""
        wanted = set().union(*self._needs.values()) if self._needs else set()
        found: list[_Variant] = []
        for word, fact in self._assembly.facts.items():
            if word in wanted:
                found.extend(self._values(fact, facts.get(word), on))
        return found

    def _values(self, fact: Fact, now: Value | None, on: date) -> Iterable[_Variant]:
        kind = fact.type.kind
        if kind is Kind.BOOL:
            values = [v for v in (True, False) if v is not now]
            return [self._variant(fact, v, 0) for v in values]
        if kind is Kind.ENUM:
            here = cast("int", now) if now is not None else 0
            codes = [c for c in range(len(fact.type.levels)) if c != now]
            return [self._variant(fact, c, abs(c - here)) for c in codes]
        if kind is Kind.CITY:
            home = int(self._assembly.city)
            return [] if now == home else [self._variant(fact, home, 0)]
        if kind is Kind.DATE and isinstance(now, date):
            return self._birthdays(fact, now, on)
        return []

    def _variant(self, fact: Fact, value: Value, distance: int) -> _Variant:
        node = self._assembly.fact_nodes[fact.word]
        shown = self._wording.show(node, value)
        if fact.type.kind is Kind.BOOL:
            text, plain = self._wording.statement(fact, value)
        else:
            text, plain = f"{fact.word}：{shown}", f"您的{fact.word}是{shown}"
        change = FactChange(fact.word, shown, text, plain, fact.change.value)
        return _Variant(fact.word, value, change, _COST[fact.change], distance)

    def _birthdays(self, fact: Fact, birth: date, on: date) -> Iterable[_Variant]:
        """Growing older, as being born so much earlier; the day is the real birthday."""
        for age in sorted(self._ages.on(on)):
            if age > age_on(birth, on):
                day = birthday(birth, age)
                text = f"满{age}周岁（{day}）"
                plain = f"满{age}岁（{day.year}年{day.month}月{day.day}日）"
                change = FactChange(fact.word, f"{age}周岁", text, plain, Change.AGE.value, day)
                yield _Variant(fact.word, _born(age, on), change, _COST[Change.AGE], age)

    def _population(
        self, facts: dict[str, Value], rows: list[tuple[_Variant, ...]]
    ) -> dict[str, FactColumn]:
        """The real person once per row, each row with its changes."""
        size = len(rows)
        changed: dict[str, list[tuple[int, Value]]] = {}
        for i, row in enumerate(rows):
            for variant in row:
                changed.setdefault(variant.word, []).append((i, variant.value))
        columns = {}
        for word in facts.keys() | changed.keys():
            fact = self._assembly.facts[word]
            kind = np.bool_ if fact.type.kind is Kind.BOOL else np.int64
            base = facts.get(word)
            values: np.ndarray[Any, Any] = np.full(
                size, _integer(base) if base is not None else fact.bounds.low, dtype=kind
            )
            known = None if base is not None else np.zeros(size, dtype=np.bool_)
            for i, value in changed.get(word, ()):
                values[i] = _integer(value)
                if known is not None:
                    known[i] = True
            columns[word] = FactColumn(values, known)
        return columns

    # What the years will bring

    def timeline(self, facts: dict[str, Value], frame: Frame, on: date) -> tuple[Milestone, ...]:
        """Days after ``on`` on which a grant's status or amount changes by itself: birthdays and
        dated versions of the rules, all other facts as they are."""
        births = [v for w, v in facts.items() if isinstance(v, date)]
        days = {birthday(b, a): a for b in births for a in self._ages.on(on) if birthday(b, a) > on}
        dates = sorted(days.keys() | {d for d in _turns(self._assembly) if d > on})
        before = self._statuses(frame)
        found = []
        for day in dates:
            after = self._statuses(self._interpreter.run(facts, day))
            changes = tuple(
                (word, status, amount)
                for word, (status, amount) in after.items()
                if before[word] != (status, amount)
            )
            if changes:
                age = days.get(day)
                text = f"满{age}周岁" if age is not None else "规定变动"
                found.append(Milestone(day, age, text, changes))
            before = after
        return tuple(found)

    def _statuses(self, frame: Frame) -> dict[str, tuple[Status, int | None]]:
        return {r.grant.word: status_of(r, frame) for r in self._assembly.rights}


def _facts_of(right: Right) -> frozenset[str]:
    roots = (right.when,) if right.amount is None else (right.when, right.amount)
    return frozenset(n.payload.word for n in reach(roots) if isinstance(n.payload, Fact))


def _span(row: tuple[_Variant, ...]) -> int:
    return sum(v.distance for v in row)


def _distinct(
    found: list[tuple[tuple[_Variant, ...], Status, int | None]],
) -> Iterable[WouldChange]:
    """One entry per combination of facts and outcome: the nearest level that does it."""
    seen = set()
    for row, status, amount in found:
        key = (tuple(v.word for v in row), status, amount)
        if key not in seen:
            seen.add(key)
            yield WouldChange(tuple(v.change for v in row), status, amount)


def _integer(value: Value) -> int:
    """A fact's value as it stands in a column."""
    return value.toordinal() - _EPOCH if isinstance(value, date) else int(cast("int", value))


def _born(age: int, on: date) -> date:
    """A day of birth that makes somebody exactly ``age`` on the day."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return date(on.year - age, on.month, day)


class _AgeLimits:
    """Ages at which a condition may turn: every number that an age is compared with."""

    def __init__(self, nodes: list[Node]) -> None:
        self._limits = [
            (side, cast("str", node.payload))
            for node in nodes
            if node.op is Op.COMPARE and any(_is_age(c) for c in node.children)
            for side in node.children
            if not _is_age(side)
        ]

    def on(self, on: date) -> set[int]:
        found = set()
        for node, symbol in self._limits:
            value = node.payload.on(on) if isinstance(node.payload, Constant) else node.payload
            if type(value) is int:
                found.add(value)
                if symbol in (">", "<=", "==", "!="):
                    found.add(value + 1)
        return found


def _is_age(node: Node) -> bool:
    while node.op is Op.WORD:
        node = node.children[0]
    return node.op is Op.AGE


def _turns(assembly: Assembly) -> set[date]:
    """Days on which a rule changes: versions begin, packs begin or end."""
    found = {p.period.start for p in assembly.packs}
    found |= {p.period.end + timedelta(days=1) for p in assembly.packs if p.period.end}
    for node in assembly.graph.nodes:
        if isinstance(node.payload, Constant):
            found |= {v.period.start for v in node.payload.versions}
    return found
