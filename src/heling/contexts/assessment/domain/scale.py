"""A scale as data: what is asked, what each answer is worth, how the level follows.

Nothing here knows a particular scale. The values come from ``scales/*.yaml`` through
:mod:`heling.contexts.assessment.domain.reading`; every value carries how sure it is.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from heling.kernel.errors import Refused


class Certainty(StrEnum):
    """How sure a value is (shared/standards.md). Only ``M`` is shown as 待核实."""

    TWO_SOURCES = "V2"
    ONE_SOURCE = "V1"
    UNVERIFIED = "M"

    @property
    def unverified(self) -> bool:
        return self is Certainty.UNVERIFIED


class IncomparableScales(Refused):
    """Two results of different scales, or of different versions of one scale."""


@functools.total_ordering
@dataclass(frozen=True, slots=True)
class Level:
    """One level of one scale in one version; a *greater* level is a *worse* ability.

    ``disability`` is the scale's own word in its brackets (轻度失能, 完全失能 …), empty
    where it has none. Which word of an ordinance a level meets is an interpretation of
    the law pack, not of this module.
    """

    scale_id: str
    scale_version: str
    number: int
    name: str
    disability: str

    def __lt__(self, other: Level) -> bool:
        if (self.scale_id, self.scale_version) != (other.scale_id, other.scale_version):
            raise IncomparableScales(
                f"两个等级出自不同的量表或版本（{self.scale_id} 第 {self.scale_version} 版、"
                f"{other.scale_id} 第 {other.scale_version} 版），不能比较，也不能互相换算。",
                hint="请用同一量表的评估结果。",
            )
        return self.number < other.number

    def __str__(self) -> str:
        if self.disability and self.disability not in self.name:
            return f"{self.number} 级 {self.name}（{self.disability}）"
        return f"{self.number} 级 {self.name}"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. ``key`` is how it is stored: its own code, or its score as text."""

    score: int
    text: str
    code: str
    certainty: Certainty
    note: str

    @property
    def key(self) -> str:
        return self.code or str(self.score)


@dataclass(frozen=True, slots=True)
class Item:
    """One question, e.g. B.1.1 进食; ``hint`` is what the scale says it means."""

    code: str
    name: str
    hint: str
    options: tuple[Option, ...]

    @property
    def max(self) -> int:
        return max(o.score for o in self.options)

    @property
    def title(self) -> str:
        return f"{self.code} {self.name}"


@dataclass(frozen=True, slots=True)
class Band:
    """Sums from ``low`` to ``high``, both included, lead to ``value`` (a level or grade number)."""

    low: int
    high: int
    value: int
    certainty: Certainty

    def __contains__(self, total: int) -> bool:
        return self.low <= total <= self.high

    @property
    def span(self) -> str:
        return f"{self.low} 分" if self.low == self.high else f"{self.low}–{self.high} 分"


@dataclass(frozen=True, slots=True)
class Group:
    """A first-level indicator. ``bands`` (to grades) only where the scale combines grades.

    ``step`` is the greatest common step of its sums: 5 for the ADL of the care insurance.
    """

    code: str
    name: str
    max: int
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    step: int

    @property
    def title(self) -> str:
        return f"{self.code} {self.name}"


@dataclass(frozen=True, slots=True)
class Combination:
    """``table[row grade][column grade]`` is a level number; the column is the *worst* of
    the grades of the ``columns`` groups."""

    row: str
    columns: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class RaiseRule:
    """A 等级变更 rule: exactly one condition and exactly one effect.

    Conditions: ``coma``; any of ``diagnoses``; at least ``events_at_least`` risk events in
    ``within_days``. Effects: ``set_level`` (a level number) or ``worsen`` (levels).
    """

    code: str
    text: str
    certainty: Certainty
    note: str
    coma: bool
    diagnoses: tuple[str, ...]
    events_at_least: int
    within_days: int
    set_level: int | None
    worsen: int


@dataclass(frozen=True, slots=True)
class RaiseRules:
    """The rules and what happens when several ``worsen`` rules are met: ``once`` or ``each``."""

    rules: tuple[RaiseRule, ...]
    choice: str
    choice_text: str
    choice_certainty: Certainty


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of the process (persons, months, working days) with its sentence."""

    value: int
    text: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a Table A field; ``alone`` excludes every other one; ``icd`` is ICD-10."""

    code: str
    label: str
    icd: str
    alone: bool


class FieldKind(StrEnum):
    TEXT = "text"
    DATE = "date"
    SINGLE = "single"
    MULTI = "multi"
    COUNTS = "counts"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of Table A; ``code`` is the standard's number where it is known."""

    key: str
    code: str
    name: str
    kind: FieldKind
    choices: tuple[Choice, ...]
    certainty: Certainty

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(code, Chinese label) in the standard's order, for form choices."""
        return tuple((c.code, c.label) for c in self.choices)

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(c.code for c in self.choices)


class Method(StrEnum):
    """``sum``: the total decides. ``combination``: the table of grades decides."""

    SUM = "sum"
    COMBINATION = "combination"


@dataclass(frozen=True, slots=True)
class Scale:
    """A whole scale in one version. ``sha256`` is of the values, not of the file's layout."""

    id: str
    version: str
    title: str
    source: str
    in_force_from: date
    in_force_certainty: Certainty
    sha256: str
    method: Method
    max: int | None
    levels: tuple[Level, ...]
    grades: tuple[str, ...]
    groups: tuple[Group, ...]
    bands: tuple[Band, ...]
    combination: Combination | None
    raises: RaiseRules | None
    process: Mapping[str, Fact]
    table_a: tuple[Field, ...]

    @property
    def standard(self) -> str:
        """The standard's number alone: ``GB/T 42195-2022``."""
        return self.source.split("（")[0]

    @property
    def items(self) -> Iterator[Item]:
        return (item for group in self.groups for item in group.items)

    def group(self, code: str) -> Group:
        return next(g for g in self.groups if g.code == code)

    def level(self, number: int) -> Level:
        return next(level for level in self.levels if level.number == number)

    def band(self, total: int) -> Band:
        """The band that a sum of scores falls into; its ``value`` is the level's number."""
        return next(band for band in self.bands if total in band)

    def field(self, key: str) -> Field:
        """A Table A field by key. KeyError when the scale has no such field."""
        for field in self.table_a:
            if field.key == key:
                return field
        raise KeyError(key)
