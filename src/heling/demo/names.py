"""Plausible Chinese names for the generation, with their pinyin, drawn by index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from pypinyin import lazy_pinyin

from heling.demo.profile import Bools, Floats, Ints, cumulative, load, pick, regional


@dataclass(frozen=True, slots=True)
class _Stock:
    """Given names of one generation and sex: rows of the common list from ``start`` on.

    The first ``singles`` of the ``size`` names have one character.
    """

    start: int
    size: int
    singles: int
    share_single: float

    def draw(self, which: Floats) -> Ints:
        """Row for each uniform number; the low end of [0, 1) gives the short names."""
        share = self.share_single
        short = (which / share * self.singles).astype(np.int64)
        long = (which - share) / (1 - share) * (self.size - self.singles)
        return self.start + np.where(which < share, short, self.singles + long.astype(np.int64))


@dataclass(frozen=True, slots=True)
class GivenNames:
    """All given names in one list; ``stocks[generation * 2 + female]`` says which rows."""

    names: tuple[str, ...]
    pinyin: tuple[str, ...]
    born_from: tuple[int, ...]
    stocks: tuple[_Stock, ...]

    def draw(self, years: Ints, female: Bools, which: Floats) -> Ints:
        """Row of a name that suits each year of birth and sex."""
        row = np.searchsorted(np.asarray(self.born_from), years, side="right") - 1
        stock = np.maximum(row, 0) * 2 + female
        found = np.zeros(len(which), dtype=np.int64)
        for number, table in enumerate(self.stocks):
            mask = stock == number
            found[mask] = table.draw(which[mask])
        return found


@cache
def given_names() -> GivenNames:
    names: list[str] = []
    stocks = []
    rows = load("names")["generation"]
    for row in rows:
        for sex in ("men", "women"):
            firsts, seconds = (dict.fromkeys(characters) for characters in row[sex])
            own = [*seconds, *(a + b for a in firsts for b in seconds if a != b)]
            stocks.append(_Stock(len(names), len(own), len(seconds), row["share_single"]))
            names += own
    return GivenNames(
        names=tuple(names),
        pinyin=tuple(" ".join(lazy_pinyin(name)) for name in names),
        born_from=tuple(row["born_from"] for row in rows),
        stocks=tuple(stocks),
    )


@dataclass(frozen=True, slots=True)
class Surnames:
    """Surnames with pinyin, and one drawing table per (village group, ethnicity)."""

    names: tuple[str, ...]
    pinyin: tuple[str, ...]
    tables: dict[tuple[int, int], tuple[Ints, Floats]]

    def draw(self, group: Ints, ethnicity: Ints, which: Floats) -> Ints:
        """Index into ``names`` for people of village groups and ethnicities (n each)."""
        found = np.zeros(len(which), dtype=np.int64)
        for key, (ids, bounds) in self.tables.items():
            mask = (group == key[0]) & (ethnicity == key[1])
            if mask.any():
                found[mask] = ids[pick(bounds, which[mask])]
        return found


def surnames(groups: list[str], ethnicities: tuple[str, ...]) -> Surnames:
    """Tables for division prefixes ``groups``; an ethnicity without a list borrows 汉族's."""
    national = load("names")["surnames"]
    ids: dict[str, int] = {}
    tables: dict[tuple[int, int], tuple[Ints, Floats]] = {}
    for at, code in enumerate(groups):
        own = regional(code, "surnames") or {}
        for number, ethnicity in enumerate(ethnicities):
            rows = (
                own.get(ethnicity) or national.get(ethnicity) or own.get("汉族", national["汉族"])
            )
            index = [ids.setdefault(name, len(ids)) for name, _ in rows]
            tables[at, number] = (
                np.asarray(index, dtype=np.int64),
                cumulative([weight for _, weight in rows]),
            )
    readings = load("names")["readings"]
    return Surnames(
        names=tuple(ids),
        pinyin=tuple(readings.get(name) or lazy_pinyin(name)[0] for name in ids),
        tables=tables,
    )
