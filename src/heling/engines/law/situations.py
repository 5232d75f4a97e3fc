"""Every elder of a city explained: people in the same situation share one explanation.

A situation is a set of facts reduced to what the law distinguishes on the day
(:mod:`heling.engines.law.bands`). Reasons are made once per situation, with a mark where a reason
names an age; :meth:`Explained.of` writes a person's own age there, so that what it returns is what
:meth:`RuleSet.determine` says about that person.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from heling.engines.law.assemble import Assembly
from heling.engines.law.bands import Ages, Bands, Differences, all_roots
from heling.engines.law.columns import latest_birth
from heling.engines.law.determination import (
    ConflictResult,
    Encouragement,
    GrantResult,
    Question,
    Reason,
)
from heling.engines.law.fact_columns import FactColumn, check_columns
from heling.engines.law.interpret import Frame, Interpreter, Value
from heling.engines.law.judge import Judge
from heling.engines.law.model import Fact
from heling.engines.law.units import Kind
from heling.kernel.period import age_on

_EPOCH = date(1970, 1, 1)
_MARK = 0xE000
_ROOM = 1 << 62

Index = NDArray[np.intp]
Codes = NDArray[np.uint64]


class _AnyAge(int):
    """An age within a band: judged as a number, written as a mark that is not a digit."""

    mark: str

    def __str__(self) -> str:
        return self.mark


@dataclass(frozen=True, slots=True)
class Situation:
    """What the law says to everybody in one situation, as in :class:`Determination`."""

    grants: tuple[GrantResult, ...]
    encouraged: tuple[Encouragement, ...]
    conflicts: tuple[ConflictResult, ...]
    missing: tuple[Question, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Situations:
    """``of``: the situation of every row; ``people``: how many are in each; ``example``: a row
    that is in it. Situations are numbered from 0 in no particular order."""

    of: NDArray[np.int32]
    people: Index
    example: Index

    def __len__(self) -> int:
        return len(self.people)


class Explained:
    """Explanations of a whole population, kept once per situation."""

    def __init__(
        self,
        situations: Situations,
        each: list[Situation],
        births: list[tuple[Ages, FactColumn]],
        on: date,
    ) -> None:
        self.situations = situations
        self.each = each
        self._births = births
        self._on = on
        self._filled: dict[tuple[int, tuple[str, ...]], GrantResult] = {}

    @property
    def births(self) -> tuple[str, ...]:
        """The dates whose ages the shared reasons leave blank, in the order of :func:`aged`."""
        return tuple(ages.fact.word for ages, _ in self._births)

    def of(self, row: int) -> Situation:
        """One person's result: the shared one, with this person's age where an age is named."""
        shared = self.each[int(self.situations.of[row])]
        texts = tuple(self._age(column, row) for _, column in self._births)
        grants = tuple(self._fill(g, texts) for g in shared.grants)
        return dataclasses.replace(shared, grants=grants)

    def _age(self, column: FactColumn, row: int) -> str:
        if column.known is not None and not column.known[row]:
            return ""
        return str(age_on(_EPOCH + timedelta(days=int(column.values[row])), self._on))

    def _fill(self, grant: GrantResult, texts: tuple[str, ...]) -> GrantResult:
        key = (id(grant), texts)  # the results in ``each`` live as long as this does
        found = self._filled.get(key)
        if found is None:
            found = self._filled[key] = aged(grant, texts)
        return found


def aged(grant: GrantResult, ages: Sequence[str]) -> GrantResult:
    """A shared result with one person's ages in its reasons, one for each of ``births``."""
    table = {_MARK + n: text for n, text in enumerate(ages)}
    return dataclasses.replace(grant, reasons=tuple(_filled(r, table) for r in grant.reasons))


def _filled(reason: Reason, table: dict[int, str]) -> Reason:
    return dataclasses.replace(
        reason,
        text=reason.text.translate(table),
        plain=reason.plain.translate(table),
        because=tuple(_filled(r, table) for r in reason.because),
    )


class SituationEngine:
    """Groups and explains populations under one assembly."""

    def __init__(self, assembly: Assembly, interpreter: Interpreter) -> None:
        self._assembly = assembly
        self._interpreter = interpreter
        self._differences = Differences(all_roots(assembly), interpreter)
        self._judge = Judge(assembly)  # its own: its reasons hold marks instead of ages

    def group(self, facts: Mapping[str, FactColumn], size: int, on: date) -> Situations:
        """The distinct situations of ``size`` rows. Raises BadInput for columns that do not fit."""
        return self._group(
            check_columns(self._assembly.facts, facts, size), size, self._differences.on(on), on
        )

    def explain(self, facts: Mapping[str, FactColumn], size: int, on: date) -> Explained:
        """Every row explained. Raises BadInput for columns that do not fit."""
        columns = check_columns(self._assembly.facts, facts, size)
        bands = self._differences.on(on)
        situations = self._group(columns, size, bands, on)
        births = [
            (ages, columns[ages.fact.word])
            for ages in bands.births
            if ages.fact.word in columns and not ages.each_year
        ]
        marked = [
            (ages.shown, _marks(n, ages, columns, situations.example, on))
            for n, (ages, _) in enumerate(births)
        ]
        used = [*(a.fact for a in bands.births), *(f for f, _ in bands.cities), *bands.exact]
        people = _rows(used, columns, situations.example)
        each = [
            self._explain(person, on, [(shown, ages[i]) for shown, ages in marked])
            for i, person in enumerate(people)
        ]
        return Explained(situations, each, births, on)

    def _explain(
        self, person: dict[str, Value], on: date, marked: list[tuple[tuple[int, ...], Value]]
    ) -> Situation:
        frame: Frame = self._interpreter.run(person, on)
        for shown, age in marked:
            if not isinstance(frame[shown[0]], int):
                continue  # the birth is unknown
            for index in shown:
                frame[index] = age
        why = self._judge.explanation(frame)
        grants = self._judge.grants(frame, why, {})
        conflicts = self._judge.conflicts(frame, why)
        return Situation(
            grants,
            self._judge.encouraged(frame),
            conflicts,
            self._judge.questions(grants, conflicts),
        )

    def _group(
        self, columns: Mapping[str, FactColumn], size: int, bands: Bands, on: date
    ) -> Situations:
        key = _Key(size)
        for ages in bands.births:
            key.add(columns.get(ages.fact.word), _age_codes(ages.ages, on), len(ages.ages) + 1)
        for fact, cities in bands.cities:
            key.add(columns.get(fact.word), _city_codes(cities), len(cities) + 1)
        for fact in bands.exact:
            _add_exact(key, fact, columns.get(fact.word))
        return key.situations()


class _Key:
    """One number per row, grown fact by fact in mixed radix; squeezed when it would not fit."""

    def __init__(self, size: int) -> None:
        self._key = np.zeros(size, dtype=np.uint64)
        self._room = 1

    def add(self, column: FactColumn | None, code: Any, radix: int) -> None:
        """``code(values)`` gives numbers below ``radix``; an unknown value is one more."""
        if column is None:
            return
        codes = code(column.values)
        if column.known is not None:
            codes = np.where(column.known, codes, radix)
            radix += 1
        if self._room * radix >= _ROOM:
            distinct, self._key = _numbered(self._key)
            self._room = distinct
        self._key *= np.uint64(radix)
        self._key += codes.astype(np.uint64, copy=False)
        self._room *= radix

    def situations(self) -> Situations:
        _, example, of, people = np.unique(
            self._key, return_index=True, return_inverse=True, return_counts=True
        )
        return Situations(of.astype(np.int32), people, example)


def _numbered(key: Codes) -> tuple[int, Codes]:
    """Keys as positions among the distinct ones."""
    distinct, of = np.unique(key, return_inverse=True)
    return len(distinct), of.astype(np.uint64)


def _age_codes(ages: tuple[int, ...], on: date) -> Any:
    """How many of the ages are reached."""
    cutoffs = [latest_birth(age, on) for age in ages]

    def codes(births: NDArray[Any]) -> NDArray[Any]:
        if len(cutoffs) > 8:
            rising = np.array(cutoffs[::-1])
            return len(cutoffs) - np.searchsorted(rising, births, side="left")
        reached = np.zeros(len(births), dtype=np.uint8)
        for cutoff in cutoffs:
            reached += births <= cutoff
        return reached

    return codes


def _city_codes(cities: tuple[int, ...]) -> Any:
    """Which of the cities; any other place is one more."""

    def codes(places: NDArray[Any]) -> NDArray[Any]:
        found = np.full(len(places), len(cities), dtype=np.uint8)
        for number, city in enumerate(cities):
            found[places == city] = number
        return found

    return codes


def _add_exact(key: _Key, fact: Fact, column: FactColumn | None) -> None:
    """Every value counts: as it is where the bounds are narrow, else numbered."""
    if column is None:
        return
    if fact.type.kind is Kind.BOOL:
        key.add(column, lambda values: values.view(np.uint8), 2)
    elif fact.type.kind in (Kind.ENUM, Kind.NUMBER) and fact.bounds.high < 1 << 32:
        low, span = fact.bounds.low, fact.bounds.high - fact.bounds.low
        key.add(column, lambda values: np.clip(values.astype(np.int64) - low, 0, span), span + 1)
    else:
        known = column.values if column.known is None else column.values[column.known]
        distinct = np.unique(known)
        key.add(column, lambda values: np.searchsorted(distinct, values), len(distinct) + 1)


def _marks(
    number: int, ages: Ages, columns: Mapping[str, FactColumn], rows: Index, on: date
) -> list[Value]:
    """Per example row, the age at which its band begins, written as mark ``number``."""
    starts = []
    for age in (0, *ages.ages):
        start = _AnyAge(age)
        start.mark = chr(_MARK + number)
        starts.append(start)
    births = columns[ages.fact.word].values[rows]
    return [starts[band] for band in _age_codes(ages.ages, on)(births).tolist()]


def _rows(
    facts: list[Fact], columns: Mapping[str, FactColumn], rows: Index
) -> list[dict[str, Value]]:
    """Some rows as facts of single people, encoded for the interpreter."""
    people: list[dict[str, Value]] = [{} for _ in rows]
    for fact in facts:
        column = columns.get(fact.word)
        if column is None:
            continue
        values: list[Any] = column.values[rows].tolist()
        if fact.type.kind is Kind.DATE:
            values = [_EPOCH + timedelta(days=v) for v in values]
        known = [True] * len(rows) if column.known is None else column.known[rows].tolist()
        for person, value, have in zip(people, values, known, strict=True):
            if have:
                person[fact.word] = cast("Value", value)
    return people
