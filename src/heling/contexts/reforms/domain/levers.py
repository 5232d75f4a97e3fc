"""What a planner may move: every number and every condition of a city's packs.

A lever shows money in 元 and everything else as the law does; the rules count in 分.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from heling.engines.law import RuleSet
from heling.engines.law.model import OPEN_LIMIT as LIMIT
from heling.engines.law.model import Constant, Duty, Fill, Pack
from heling.engines.law.units import BOOL, Unit

ASSUMED = "待核实"
_MONEY = "分"
_AGE = ("周岁",)
_ROUND = {"小时/月": 100, "分/小时": 20_000}
"""Where the slider of an open term ends; a number beyond it may still be typed."""


@dataclass(frozen=True, slots=True)
class Lever:
    """A number (or an open condition, ``truth``) of the law. ``today`` is its value in the units
    of the rules, None while it is open; ``low`` to ``high`` is where the slider goes, as shown."""

    word: str
    article: str
    quote: str
    law: str
    unit: str
    money: bool
    truth: bool
    today: int | None
    floor: bool
    filled_by: str
    unverified: bool
    note: str
    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def open(self) -> bool:
        return self.today is None

    def shown(self, value: int) -> Decimal:
        """A value of the rules as the planner reads it."""
        return Decimal(value) / 100 if self.money else Decimal(value)

    def counted(self, shown: Decimal) -> int:
        """Its inverse; exact, because a form takes two decimals for money and none otherwise."""
        return int(shown * 100) if self.money else int(shown)


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression of the law: of a definition (``is``) or of a grant (``when``, ``amount``)."""

    word: str
    field: str
    label: str
    article: str
    quote: str
    law: str
    today: str
    unverified: bool
    note: str


@dataclass(frozen=True, slots=True)
class Levers:
    """Everything that may be moved. ``fixed``: words that a table decides, moved by its numbers."""

    numbers: tuple[Lever, ...]
    conditions: tuple[Condition, ...]
    fixed: tuple[str, ...]


def levers_of(rules: RuleSet, on: date) -> Levers:
    """What stands in the packs of a city on a day."""
    fills = {f.target: f for p in rules.packs for f in p.fills}
    numbers = tuple(_number(c, fills.get(c.word), p, on) for p in rules.packs for c in p.constants)
    conditions = tuple(c for p in rules.packs for c in _conditions(p))
    tables = tuple(
        word for p in rules.packs for word, formula in _formulas(p) if not isinstance(formula, str)
    )
    return Levers(numbers, conditions, tables)


def _number(item: Constant, fill: Fill | None, pack: Pack, on: date) -> Lever:
    versions = item.versions if fill is None else fill.versions
    today = next((v.value for v in versions if on in v.period), None)
    unit = str(item.type.unit)
    money = item.type.unit.over == (_MONEY,)
    low, high = _range(item.type.unit, today)
    scale = 100 if money else 1
    return Lever(
        word=item.word,
        article=item.cite.label,
        quote=item.cite.quote,
        law=pack.title,
        unit=unit.replace(_MONEY, "元") if money else unit,
        money=money,
        truth=item.type == BOOL,
        today=today,
        floor=item.floor,
        filled_by=item.filled_by,
        unverified=ASSUMED in (item.status, "" if fill is None else fill.status),
        note=item.note if fill is None else fill.source,
        low=Decimal(low) / scale,
        high=Decimal(high) / scale,
        step=Decimal(1),
    )


def _range(unit: Unit, today: int | None) -> tuple[int, int]:
    if unit.over == _AGE:
        return 50, 110
    if today:
        return 0, min(LIMIT, max(10, today * 2))
    return 0, _ROUND.get(str(unit), 1_000_000 if unit.over == (_MONEY,) else 100)


def _conditions(pack: Pack) -> Iterator[Condition]:
    for item in pack.definitions:
        if isinstance(item.formula, str):
            yield _condition(pack, item, "is", "定义", item.formula)
    for grant in pack.grants:
        if grant.duty is not Duty.MUST:
            continue  # it creates no right, so nothing would move
        yield _condition(pack, grant, "when", "给谁", grant.when)
        if isinstance(grant.amount, str) and grant.amount:
            yield _condition(pack, grant, "amount", "给多少", grant.amount)


def _condition(pack: Pack, item: object, field: str, label: str, today: str) -> Condition:
    cite = item.cite  # type: ignore[attr-defined] # a definition or a grant
    return Condition(
        word=item.word,  # type: ignore[attr-defined]
        field=field,
        label=label,
        article=cite.label,
        quote=cite.quote,
        law=pack.title,
        today=tidy(today),
        unverified=getattr(item, "status", "") == ASSUMED,
        note=getattr(item, "note", ""),
    )


def _formulas(pack: Pack) -> Iterator[tuple[str, object]]:
    yield from ((d.word, d.formula) for d in pack.definitions)
    yield from ((g.word, g.amount) for g in pack.grants)


def tidy(expression: str) -> str:
    """One line, single spaces: how two expressions are compared."""
    return " ".join(expression.split())
