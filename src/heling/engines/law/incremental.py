"""Determination that follows changes: only those are judged again whose result can differ.

From one day to another, nothing changes for an elder but the age, and an age matters only where
it crosses a threshold of the packs; a rule that changes concerns everybody. The facts are kept as
a snapshot in order of birth, so that those who cross an age lie side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heling.engines.law.assemble import Assembly
from heling.engines.law.bands import Differences, all_roots
from heling.engines.law.columns import ColumnEngine, GrantColumn, latest_birth
from heling.engines.law.fact_columns import FactColumn
from heling.engines.law.graph import static_nodes
from heling.engines.law.interpret import Interpreter
from heling.engines.law.model import Fact
from heling.engines.law.units import Kind

Rows = NDArray[np.intp]


class Standing:
    """The determination of a population as of a day, kept current.

    ``facts`` are the caller's columns; tell :meth:`changed` of every row in which they were changed
    in place. Not thread-safe.
    """

    def __init__(
        self,
        engine: ColumnEngine,
        assembly: Assembly,
        interpreter: Interpreter,
        facts: Mapping[str, FactColumn],
        size: int,
        on: date,
    ) -> None:
        self._engine = engine
        self._interpreter = interpreter
        self._differences = Differences(all_roots(assembly), interpreter)
        self._static = sorted(static_nodes(interpreter.nodes))
        self._given = dict(facts)
        self._size = size
        self.on = on
        self._birth = _first_birth(assembly.facts, facts)
        self._take_snapshot()
        self._rules = self._rules_on(on)
        self._bands = self._differences.on(on)
        self._judged = engine.judge(self._facts, size, on, effects=True)

    @property
    def grants(self) -> dict[str, GrantColumn]:
        """Equal to a full run over the facts on :attr:`on`, in the order of the caller's rows."""
        return {word: _moved(c, self._place) for word, c in self._judged.items()}

    def advance(self, to: date) -> Rows:
        """Move to another day, earlier or later. Returns the rows that were judged again."""
        before, self.on = self.on, to
        rules = self._rules_on(to)
        if rules != self._rules:
            self._rules, self._bands = rules, self._differences.on(to)
            self._judged = self._engine.judge(self._facts, self._size, to, effects=True)
            return np.arange(self._size)
        places = self._crossing(*sorted((before, to)))
        self._judge(places)
        return self._order[places]

    def changed(self, rows: Rows) -> None:
        """Facts of these rows were changed in place. Raises BadInput when they no longer fit."""
        before, judged = self._order, self._judged
        self._take_snapshot()
        if not np.array_equal(before, self._order):
            moved = np.empty(self._size, dtype=np.intp)
            moved[before] = np.arange(self._size)
            self._judged = {w: _moved(c, moved[self._order]) for w, c in judged.items()}
        self._judge(self._place[np.unique(rows)])

    def _take_snapshot(self) -> None:
        """Copies of the facts in order of birth, unknown births last."""
        columns = self._engine.check(self._given, self._size)
        self._days = np.empty(0, dtype=np.int64)
        self._order: Rows = np.arange(self._size)
        if self._birth:
            birth = columns[self._birth]
            days = birth.values.astype(np.int64)
            if birth.known is not None:
                days = np.where(birth.known, days, np.iinfo(np.int64).max)
            self._order = np.argsort(days, kind="stable")
            known = self._size if birth.known is None else int(birth.known.sum())
            self._days = days[self._order[:known]]
        self._place: Rows = np.empty(self._size, dtype=np.intp)
        self._place[self._order] = np.arange(self._size)
        self._facts = {
            word: FactColumn(
                c.values[self._order], None if c.known is None else c.known[self._order]
            )
            for word, c in columns.items()
        }

    def _rules_on(self, on: date) -> list[object]:
        """Everything that depends on the day alone: constants, periods, what follows from them."""
        frame = self._interpreter.run({}, on)
        return [frame[i] for i in self._static]

    def _crossing(self, first: date, last: date) -> Rows:
        """Who reaches an age that some condition turns on, after ``first`` and by ``last``."""
        runs: list[tuple[int, int]] = []
        others: list[Rows] = []
        for ages in self._bands.births:
            for age in ages.ages:
                born = (latest_birth(age, first), latest_birth(age, last))
                if ages.fact.word == self._birth:
                    start, end = self._days.searchsorted(born, side="right").tolist()
                    runs.append((start, end))
                elif ages.fact.word in self._facts:
                    others.append(self._born_between(ages.fact.word, *born))
        places = _joined(runs)
        return np.unique(np.concatenate([places, *others])) if others else places

    def _born_between(self, word: str, early: int, late: int) -> Rows:
        """Places of those born after one day and by another, of a date that orders nothing."""
        column = self._facts[word]
        between = (column.values > early) & (column.values <= late)
        return np.flatnonzero(between if column.known is None else between & column.known)

    def _judge(self, places: Rows) -> None:
        if not len(places):
            return
        again = self._engine.judge_rows(self._facts, places, self.on)
        for word, column in self._judged.items():
            column.status[places] = again[word].status
            _write(column.amount, again[word].amount, places)
            _write(column.effect, again[word].effect, places)


def _joined(runs: list[tuple[int, int]]) -> Rows:
    """All places of some runs, each once, in order."""
    found, reached = [np.empty(0, dtype=np.intp)], 0
    for start, end in sorted(runs):
        found.append(np.arange(max(start, reached), max(end, reached)))
        reached = max(end, reached)
    return np.concatenate(found)


def _first_birth(declared: Mapping[str, Fact], given: Mapping[str, FactColumn]) -> str:
    """The date by which the snapshot is ordered; empty without one."""
    dates = (w for w in given if w in declared and declared[w].type.kind is Kind.DATE)
    return next(dates, "")


def _moved(column: GrantColumn, to: Rows) -> GrantColumn:
    return GrantColumn(
        column.status[to],
        None if column.amount is None else column.amount[to],
        None if column.effect is None else column.effect[to],
    )


def _write(old: NDArray[Any] | None, new: NDArray[Any] | None, rows: Rows) -> None:
    if old is not None and new is not None:
        old[rows] = new


def same(a: Mapping[str, GrantColumn], b: Mapping[str, GrantColumn]) -> bool:
    """Whether two determinations agree in every row."""
    return a.keys() == b.keys() and all(
        np.array_equal(a[w].status, b[w].status)
        and _equal(a[w].amount, b[w].amount)
        and _equal(a[w].effect, b[w].effect)
        for w in a
    )


def _equal(a: NDArray[Any] | None, b: NDArray[Any] | None) -> bool:
    return a is b if a is None or b is None else np.array_equal(a, b)
