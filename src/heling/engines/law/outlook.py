"""What would change a result, and what the years will bring.

"What if" persons differ from the real one in one or two facts. They form a small population, so
the columns judge all of them in one sweep. An age is not a wish: it is free and its day is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import numpy as np

from heling.engines.law.assemble import Assembly, Right
from heling.engines.law.columns import ColumnEngine, GrantColumn
from heling.engines.law.determination import FactChange, Milestone, Status, WouldChange
from heling.engines.law.fact_columns import FactColumn
from heling.engines.law.graph import Node, Op, reach
from heling.engines.law.interpret import Frame, Interpreter, Value
from heling.engines.law.judge import status_of
from heling.engines.law.model import Change, Constant, Fact
from heling.engines.law.overlays import districts_of
from heling.engines.law.units import Kind
from heling.engines.law.wording import Wording
from heling.kernel.period import age_on, birthday

_EPOCH = date(1970, 1, 1).toordinal()
_STATUSES = tuple(Status)
_BETTER = (Status.GRANTED, Status.OPEN)
_GIVES = np.array([s in _BETTER for s in Status])
_LOSES = np.array([s is Status.DENIED for s in Status])
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


@dataclass(frozen=True, slots=True, eq=False)
class _Variant:
    """One fact taking another value; ``distance`` orders levels and ages by nearness."""

    word: str
    value: int
    change: FactChange
    cost: int
    distance: int


class _WhatIfs:
    """The variants of one person and all pairs of them, as arrays.

    Row r changes variant ``first[r]`` and variant ``second[r]``; singles come first and have as
    second the dummy variant n, which changes nothing.
    """

    def __init__(self, variants: list[_Variant], words: dict[str, int]) -> None:
        n = len(variants)
        self.variants = variants
        self.word = np.array([*(words[v.word] for v in variants), -1])
        self.value = np.array([*(v.value for v in variants), 0])
        cost = np.array([*(v.cost for v in variants), 0])
        distance = np.array([*(v.distance for v in variants), 0])
        i, j = np.triu_indices(n, 1)
        apart = self.word[i] != self.word[j]
        self.first = np.concatenate([np.arange(n), i[apart]])
        self.second = np.concatenate([np.full(n, n), j[apart]])
        self.order = np.lexsort(
            (
                distance[self.first] + distance[self.second],
                cost[self.first] + cost[self.second],
                self.second < n,
            )
        )
        self.size = len(self.first)

    def column(self, word: int, base: int | None, filler: int, kind: type[Any]) -> FactColumn:
        """One fact over all rows: the person's own value but where a row changes it."""
        first, second = self.word[self.first] == word, self.word[self.second] == word
        own = filler if base is None else base
        values = np.where(
            first,
            self.value[self.first],
            np.where(second, self.value[self.second], own),
        )
        known = None if base is not None else first | second
        return FactColumn(values.astype(kind), known)

    def row(self, index: int) -> tuple[FactChange, ...]:
        """The changes of one row."""
        both = (int(self.first[index]), int(self.second[index]))
        return tuple(self.variants[i].change for i in both if i < len(self.variants))


class Outlook:
    """Counterfactuals and timeline for one assembly."""

    def __init__(
        self, assembly: Assembly, interpreter: Interpreter, columns: ColumnEngine, wording: Wording
    ) -> None:
        self._assembly = assembly
        self._interpreter = interpreter
        self._columns = columns
        self._wording = wording
        needs = {r.grant.word: _facts_of(r) for r in assembly.rights}
        wanted = set().union(*needs.values()) if needs else set()
        self._facts = [f for w, f in assembly.facts.items() if w in wanted]
        self._words = {f.word: i for i, f in enumerate(self._facts)}
        self._needs = {
            grant: np.array([*(f.word in words for f in self._facts), True])
            for grant, words in needs.items()
        }
        self._ages = AgeLimits(assembly.graph.nodes)
        self._turns = sorted(_turns(assembly))
        self._known_variants: dict[tuple[str, int], FactChange] = {}

    # What would change it

    def would_change(
        self, facts: dict[str, Value], frame: Frame, on: date
    ) -> dict[str, tuple[WouldChange, ...]]:
        """Per grant, the cheapest single or double changes that flip it.

        For a right not held: what would give it (granted, or open). For one that is held: which
        single change would lose it.
        """
        ages = sorted(self._ages.on(on))
        variants = [v for f in self._facts for v in self._values(f, facts.get(f.word), ages, on)]
        if not variants:
            return {}
        whatifs = _WhatIfs(variants, self._words)
        population = {f.word: self._column(whatifs, f, facts) for f in self._facts}
        judged = self._columns.judge(population, whatifs.size, on, effects=False)
        return {
            r.grant.word: self._ways(r, status_of(r, frame)[0], whatifs, judged[r.grant.word])
            for r in self._assembly.rights
        }

    def _column(self, whatifs: _WhatIfs, fact: Fact, facts: dict[str, Value]) -> FactColumn:
        base = facts.get(fact.word)
        return whatifs.column(
            self._words[fact.word],
            None if base is None else _integer(base),
            fact.bounds.low,
            np.bool_ if fact.type.kind is Kind.BOOL else np.int64,
        )

    def _ways(
        self, right: Right, now: Status, whatifs: _WhatIfs, column: GrantColumn
    ) -> tuple[WouldChange, ...]:
        """Rows that flip the grant, by relevance, minimality and cost; a few of them."""
        held = now in _BETTER
        n = len(whatifs.variants)
        flips = (_LOSES if held else _GIVES)[column.status]
        needed = self._needs[right.grant.word][whatifs.word]
        flips &= needed[whatifs.first] & needed[whatifs.second]
        alone = np.append(flips[:n], False)
        single = whatifs.second == n
        flips &= single | ~(held | alone[whatifs.first] | alone[whatifs.second])
        found: dict[tuple[object, ...], WouldChange] = {}
        for index in whatifs.order[flips[whatifs.order]]:
            way = _way(whatifs.row(index), column, index)
            facts = tuple(c.fact for c in way.changes)
            found.setdefault((facts, way.status, way.amount), way)
            if len(found) == MOST:
                break
        return tuple(found.values())

    def _values(
        self, fact: Fact, now: Value | None, ages: list[int], on: date
    ) -> Iterable[_Variant]:
        """Every other value that the fact could take."""
        kind = fact.type.kind
        if kind is Kind.BOOL:
            return [self._variant(fact, v, 0) for v in (True, False) if v is not now]
        if kind is Kind.ENUM:
            here = cast("int", now) if now is not None else 0
            codes = [c for c in range(len(fact.type.levels)) if c != now]
            return [self._variant(fact, c, abs(c - here)) for c in codes]
        if kind is Kind.CITY:
            home = int(self._assembly.city)
            return [] if now == home else [self._variant(fact, home, 0)]
        if kind is Kind.COUNTY:
            districts = districts_of(self._assembly.packs)
            return [self._variant(fact, c, 0) for c in districts if c != now]
        if kind is Kind.DATE and isinstance(now, date):
            return _birthdays(fact, now, ages, on)
        return []

    def _variant(self, fact: Fact, value: int, distance: int) -> _Variant:
        change = self._known_variants.get((fact.word, value))
        if change is None:
            change = self._change(fact, value)
            self._known_variants[(fact.word, value)] = change
        return _Variant(fact.word, int(value), change, _COST[fact.change], distance)

    def _change(self, fact: Fact, value: int) -> FactChange:
        shown = self._wording.show(self._assembly.fact_nodes[fact.word], value)
        if fact.type.kind is Kind.BOOL:
            text, plain = self._wording.statement(fact, value)
        else:
            text, plain = f"{fact.word}：{shown}", f"您的{fact.word}是{shown}"
        return FactChange(fact.word, shown, text, plain, fact.change.value)

    # What the years will bring

    def timeline(self, facts: dict[str, Value], frame: Frame, on: date) -> tuple[Milestone, ...]:
        """Days after ``on`` on which a grant's status or amount changes by itself: birthdays and
        dated versions of the rules, all other facts as they are."""
        births = [v for v in facts.values() if isinstance(v, date)]
        days = {birthday(b, a): a for b in births for a in self._ages.on(on) if birthday(b, a) > on}
        dates = sorted(days.keys() | {d for d in self._turns if d > on})
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


def _way(changes: tuple[FactChange, ...], column: GrantColumn, index: int) -> WouldChange:
    status = _STATUSES[column.status[index]]
    if column.amount is None or status is not Status.GRANTED:
        return WouldChange(changes, status, None)
    return WouldChange(changes, status, int(column.amount[index]))


def _birthdays(fact: Fact, birth: date, ages: list[int], on: date) -> Iterable[_Variant]:
    """Growing older, judged as being born so much earlier; the day is the real birthday."""
    for age in ages:
        if age > age_on(birth, on):
            day = birthday(birth, age)
            text = f"满{age}周岁（{day}）"
            plain = f"满{age}岁（{day.year}年{day.month}月{day.day}日）"
            change = FactChange(fact.word, f"{age}周岁", text, plain, Change.AGE.value, day)
            yield _Variant(fact.word, _integer(_born(age, on)), change, _COST[Change.AGE], age)


def _integer(value: Value) -> int:
    """A fact's value as it stands in a column."""
    return value.toordinal() - _EPOCH if isinstance(value, date) else int(cast("int", value))


def _born(age: int, on: date) -> date:
    """A day of birth that makes somebody exactly ``age`` on the day."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return date(on.year - age, on.month, day)


class AgeLimits:
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
