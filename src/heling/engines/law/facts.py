"""What is known about a person: reading facts, checking them, keeping their provenance.

A missing fact is unknown, never a default. A fact may come bare (``"低保": true``) or with where
it comes from and how long it holds (``{"值": true, "来源": "…", "自": "…", "至": "…"}``); outside
that time it is unknown again. See ``docs/law/facts.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from heling.engines.law.interpret import Value
from heling.engines.law.model import Fact
from heling.engines.law.syntax import AGE_BOUNDS
from heling.engines.law.units import Kind
from heling.kernel.errors import BadInput, Problem
from heling.kernel.identifiers import Territory
from heling.kernel.period import age_on

_BARE = (bool, int, str)
_PROVENANCE = {"值", "来源", "自", "至"}


@dataclass(frozen=True, slots=True)
class Facts:
    """``values``: what counts on the day, encoded for the engine. ``given``: the input as JSON,
    for the receipt. ``lapsed``: facts given but not valid on the day."""

    values: dict[str, Value]
    given: dict[str, Any]
    lapsed: tuple[str, ...]


def read_facts(data: Mapping[str, object], declared: Mapping[str, Fact], on: date) -> Facts:
    """Check every word, type and value. Raises BadInput listing everything that is wrong."""
    values: dict[str, Value] = {}
    given: dict[str, Any] = {}
    lapsed: list[str] = []
    problems: list[Problem] = []
    for word, raw in data.items():
        fact = declared.get(word)
        if fact is None:
            problems.append(_unknown(word, declared))
            continue
        bare = type(raw) in _BARE
        try:
            value, valid = (raw, True) if bare else _unpack(raw, word, on)
            if value is None:
                continue
            encoded = _READERS[fact.type.kind](fact, value, on)
        except BadInput as wrong:
            problems.extend(wrong.problems)
            continue
        given[word] = raw if bare else _plain_json(raw)
        if valid:
            values[word] = encoded
        else:
            lapsed.append(word)
    if problems:
        raise BadInput(*problems)
    _read_off(values, given, declared)
    return Facts(values, given, tuple(lapsed))


def _read_off(
    values: dict[str, Value], given: Mapping[str, object], declared: Mapping[str, Fact]
) -> None:
    """A county that was not said, off the place that it lies within."""
    for word, fact in declared.items():
        if fact.within and word not in given and fact.within in values:
            place = given[fact.within]
            county = _county_of(str(place["值"] if isinstance(place, Mapping) else place))
            if county:
                values[word] = county


def _unknown(word: str, declared: Mapping[str, Fact]) -> Problem:
    shared = {w: len(set(w) & set(word)) for w in declared}
    close = sorted((w for w, n in shared.items() if n >= 2), key=lambda w: -shared[w])
    hint = f"，是不是{'、'.join(f'“{w}”' for w in close[:3])}" if close else ""
    return Problem(word, f"没有“{word}”这个事实{hint}")


def _unpack(raw: object, word: str, on: date) -> tuple[object, bool]:
    """The value and whether it holds on the day."""
    if not isinstance(raw, Mapping):
        return raw, True
    if strange := raw.keys() - _PROVENANCE:
        raise BadInput.single(
            word, f"不认识的栏目“{min(map(str, strange))}”，可以写：值、来源、自、至"
        )
    start, end = (_day(raw[k], f"{word} {k}") if raw.get(k) else None for k in ("自", "至"))
    if start and end and end < start:
        raise BadInput.single(word, f"有效期写反了：自 {start} 至 {end}")
    return raw.get("值"), (start is None or start <= on) and (end is None or on <= end)


def _day(value: object, where: str) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise BadInput.single(where, f"“{value}”不是日期，请写成 1943-05-01 的样子")


def _read_bool(fact: Fact, value: object, on: date) -> Value:
    del on
    if type(value) is not bool:
        raise BadInput.single(fact.word, f"应为 true 或 false（不带引号），这里是 {value!r}")
    return value


def _read_enum(fact: Fact, value: object, on: date) -> Value:
    del on
    levels = fact.type.levels
    if not isinstance(value, str) or value not in levels:
        raise BadInput.single(fact.word, f"“{value}”不可用，可以写：{'、'.join(levels)}")
    return levels.index(value)


def _read_number(fact: Fact, value: object, on: date) -> Value:
    del on
    unit = fact.type.unit
    if type(value) is not int:
        raise BadInput.single(fact.word, f"应为整数，单位是{unit}，这里是 {value!r}")
    if not fact.bounds.low <= value <= fact.bounds.high:
        raise BadInput.single(
            fact.word,
            f"{value} {unit} 不在 {fact.bounds.low} 至 {fact.bounds.high} 之间，请核对单位",
        )
    return value


def _read_date(fact: Fact, value: object, on: date) -> Value:
    day = _day(value, fact.word)
    if day > on:
        raise BadInput.single(fact.word, f"{day} 在判定日 {on} 之后，请核对")
    if day.year < 1880 or age_on(day, on) > AGE_BOUNDS.high:
        raise BadInput.single(fact.word, f"{day} 太早，请核对年份")
    return day


def _read_city(fact: Fact, value: object, on: date) -> Value:
    del on
    if not isinstance(value, str):
        raise BadInput.single(
            fact.word, f'应为带引号的行政区划代码，例如 "110100"，这里是 {value!r}'
        )
    city = _city_of(value)
    if city is None:
        raise BadInput.single(
            fact.word, f"“{value}”不是行政区划代码，请写 6、9 或 12 位数字，例如 110100"
        )
    if not city:
        raise BadInput.single(fact.word, f"“{value}”只到省，请写到市，例如 110100")
    return city


def _read_county(fact: Fact, value: object, on: date) -> Value:
    del on
    county = _county_of(value) if isinstance(value, str) else None
    if county is None:
        raise BadInput.single(
            fact.word, f'应为带引号的区县代码，至少 6 位数字，例如 "110101"，这里是 {value!r}'
        )
    return county


@lru_cache(maxsize=4096)
def _county_of(code: str) -> int | None:
    """The county of a division code; None for a city, a province or no code at all."""
    try:
        prefix = Territory.parse(code).prefix
    except BadInput:
        return None
    return int(prefix[:6]) if len(prefix) >= 6 else None


@lru_cache(maxsize=4096)
def _city_of(code: str) -> int | None:
    """The city of a division code; 0 for a province, None for no code at all."""
    try:
        territory = Territory.parse(code)
    except BadInput:
        return None
    return 0 if territory.level == "省" else int(territory.city)


_READERS: dict[Kind, Callable[[Fact, object, date], Value]] = {
    Kind.BOOL: _read_bool,
    Kind.ENUM: _read_enum,
    Kind.NUMBER: _read_number,
    Kind.DATE: _read_date,
    Kind.CITY: _read_city,
    Kind.COUNTY: _read_county,
}


def _plain_json(raw: object) -> object:
    if isinstance(raw, Mapping):
        return {str(k): _plain_json(v) for k, v in raw.items() if v is not None}
    return raw.isoformat() if isinstance(raw, date) else raw
