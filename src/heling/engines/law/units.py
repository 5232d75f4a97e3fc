"""Types and units of the rule language.

Six kinds of value: 是非 (bool), 等级 (enum, ordered or not), 数量 (integer with a unit),
日期 (date), 地方 (city) and 区县 (county). No floats: money is 分, and a quantity that does not divide evenly
is written in a smaller unit.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    BOOL = "bool"
    ENUM = "enum"
    NUMBER = "integer"
    DATE = "date"
    CITY = "city"
    COUNTY = "county"


KIND_NAMES = {
    Kind.BOOL: "是非",
    Kind.ENUM: "等级",
    Kind.NUMBER: "数量",
    Kind.DATE: "日期",
    Kind.CITY: "地方",
    Kind.COUNTY: "区县",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of words over a product of words: ``小时/月``, ``分/小时``, or nothing at all."""

    over: tuple[str, ...] = ()
    under: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Unit | None:
        """Read ``小时/月`` or ``人·次/月``; None when it is not a unit."""
        if not re.fullmatch(r"[\w·²³]+(/[\w·²³]+)?", text):
            return None
        over, _, under = text.partition("/")
        return cls(tuple(sorted(over.split("·"))), tuple(sorted(under.split("·"))) if under else ())

    def __mul__(self, other: Unit) -> Unit:
        over = Counter(self.over + other.over)
        under = Counter(self.under + other.under)
        return Unit(
            tuple(sorted((over - under).elements())), tuple(sorted((under - over).elements()))
        )

    def __truediv__(self, other: Unit) -> Unit:
        return self * Unit(other.under, other.over)

    def __str__(self) -> str:
        over = "·".join(self.over)
        return f"{over or '1'}/{'·'.join(self.under)}" if self.under else over


PLAIN = Unit()
YEARS = Unit(("周岁",))


@dataclass(frozen=True, slots=True)
class Type:
    """What a word or an expression is. ``levels`` (worst last when ordered) only for enums."""

    kind: Kind
    unit: Unit = PLAIN
    levels: tuple[str, ...] = ()
    ordered: bool = False

    def __str__(self) -> str:
        if self.kind is Kind.NUMBER:
            return f"数量（{self.unit}）" if str(self.unit) else "没有单位的数"
        if self.kind is Kind.ENUM:
            return f"等级（{'、'.join(self.levels)}）"
        return KIND_NAMES[self.kind]


BOOL = Type(Kind.BOOL)
DATE = Type(Kind.DATE)
CITY = Type(Kind.CITY)
COUNTY = Type(Kind.COUNTY)
PLACES = (Kind.CITY, Kind.COUNTY)
NUMBER = Type(Kind.NUMBER)
AGE = Type(Kind.NUMBER, YEARS)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The smallest and largest value a number can take: overflow is excluded at load time."""

    low: int
    high: int

    def __add__(self, other: Bounds) -> Bounds:
        return Bounds(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Bounds) -> Bounds:
        return Bounds(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Bounds) -> Bounds:
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Bounds(min(corners), max(corners))

    def __or__(self, other: Bounds) -> Bounds:
        """Either one: what a choice between two values can give."""
        return Bounds(min(self.low, other.low), max(self.high, other.high))

    def within(self, limit: int) -> bool:
        return -limit <= self.low and self.high <= limit
