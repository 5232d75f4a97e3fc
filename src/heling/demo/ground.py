"""The ground that people are put on: villages, their weights, streets, and area codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from heling.demo.drafts import VillageRef
from heling.demo.names import Surnames, surnames
from heling.demo.profile import Bools, Floats, Ints, cumulative, regional

GROUND_STREAM = 2**32 - 1
"""Spawn key of the random stream for the ground; blocks of people use 0, 1, 2 …"""

_URBAN_WEIGHT = 2.2  # a community has so many times the elders of a village
_OWN_PREFIX, _CITY_PREFIX = 0.88, 0.07  # first number from here; from this city; else elsewhere
_STREETS_PER_VILLAGE = 5


@dataclass(frozen=True, slots=True)
class Ground:
    """Tables over the ``v`` villages of a run; every index below is a row of one of them."""

    villages: tuple[VillageRef, ...]
    bounds: Floats  # (v,) for drawing a village
    urban: Bools  # (v,)
    ethnicities: tuple[str, ...]
    ethnicity_bounds: Floats  # (groups, ethnicities)
    ethnicity_group: Ints  # (v,)
    surname_tables: Surnames
    surname_group: Ints  # (v,)
    areas: tuple[str, ...]
    area_bounds: Floats  # (counties, areas)
    county: Ints  # (v,) row of area_bounds
    elsewhere: tuple[tuple[str, str], ...]
    elsewhere_bounds: Floats  # (groups, elsewhere)
    elsewhere_group: Ints  # (v,)
    streets: tuple[tuple[str, ...], ...]  # (v) × _STREETS_PER_VILLAGE

    @classmethod
    def of(cls, villages: Sequence[VillageRef], *, seed: int) -> Ground:
        """Prepare the tables; depends on the seed and the villages only."""
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(GROUND_STREAM,)))
        urban = np.asarray([v.urban for v in villages], dtype=np.bool_)
        size = rng.lognormal(0.0, 0.55, len(villages)) * np.where(urban, _URBAN_WEIGHT, 1.0)
        codes = [v.code12 for v in villages]
        counties, county = _grouped([code[:6] for code in codes])
        ethnicities, ethnicity_bounds, ethnicity_group = _ethnicities(codes)
        areas, area_bounds = _area_codes(counties)
        elsewhere, elsewhere_bounds, elsewhere_group = _elsewhere(codes)
        surname_codes, surname_group = _groups_of("surnames", codes)
        return cls(
            villages=tuple(villages),
            bounds=cumulative(size.tolist()),
            urban=urban,
            ethnicities=ethnicities,
            ethnicity_bounds=ethnicity_bounds,
            ethnicity_group=ethnicity_group,
            surname_tables=surnames(surname_codes, ethnicities),
            surname_group=surname_group,
            areas=areas,
            area_bounds=area_bounds,
            county=county,
            elsewhere=elsewhere,
            elsewhere_bounds=elsewhere_bounds,
            elsewhere_group=elsewhere_group,
            streets=tuple(_streets(village, rng) for village in villages),
        )


def _grouped(keys: Sequence[str]) -> tuple[list[str], Ints]:
    """Distinct keys in order of appearance, and the row of each key among them."""
    rows: dict[str, int] = {}
    index = [rows.setdefault(key, len(rows)) for key in keys]
    return list(rows), np.asarray(index, dtype=np.int64)


def _groups_of(part: str, codes: Sequence[str]) -> tuple[list[str], Ints]:
    """Villages that share one regional table of ``part``: a code for each group, and rows."""
    by_county = {code[:6]: repr(regional(code[:6], part)) for code in codes}
    keys, rows = _grouped([by_county[code[:6]] for code in codes])
    sample = {by_county[code[:6]]: code for code in codes}
    return [sample[key] for key in keys], rows


def _matrix(rows: Sequence[dict[str, float]]) -> tuple[tuple[str, ...], Floats]:
    """Weighted choices of several groups over one common list: names and bounds by row."""
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return names, np.asarray([cumulative([row.get(name, 0.0) for name in names]) for row in rows])


def _ethnicities(codes: Sequence[str]) -> tuple[tuple[str, ...], Floats, Ints]:
    groups, rows = _groups_of("ethnicity", codes)
    names, bounds = _matrix([regional(code, "ethnicity") for code in groups])
    return names, bounds, rows


def _elsewhere(codes: Sequence[str]) -> tuple[tuple[tuple[str, str], ...], Floats, Ints]:
    groups, rows = _groups_of("elsewhere", codes)
    tables = [regional(code, "elsewhere")["places"] for code in groups]
    named = {code: name for table in tables for code, name, _ in table}
    names, bounds = _matrix([{code: weight for code, _, weight in table} for table in tables])
    return tuple((code, named[code]) for code in names), bounds, rows


def _area_codes(counties: Sequence[str]) -> tuple[tuple[str, ...], Floats]:
    """Prefixes of first numbers for people of each county: its own old codes above all."""
    return _matrix([_prefix_shares(county, counties) for county in counties])


def _own_prefixes(county: str) -> dict[str, float]:
    return _shares(regional(county, "number_prefixes") or [[county, 1]])


def _prefix_shares(county: str, counties: Sequence[str]) -> dict[str, float]:
    neighbours = [c for c in counties if c[:4] == county[:4] and c != county]
    parts: list[tuple[float, dict[str, float]]] = [(_OWN_PREFIX, _own_prefixes(county))]
    parts += [(_CITY_PREFIX / len(neighbours), _own_prefixes(c)) for c in neighbours]
    parts.append(
        (1 - _OWN_PREFIX - _CITY_PREFIX, _shares(regional(county, "elsewhere")["number_prefixes"]))
    )
    total: dict[str, float] = {}
    for share, table in parts:
        for code, weight in table.items():
            total[code] = total.get(code, 0.0) + share * weight
    return total


def _shares(rows: Sequence[Sequence[Any]]) -> dict[str, float]:
    whole = sum(weight for _, weight in rows)
    return {code: weight / whole for code, weight in rows}


def _streets(village: VillageRef, rng: np.random.Generator) -> tuple[str, ...]:
    """Beginnings of addresses in a village: estates on roads, or hamlets."""
    words = regional(village.code12, "place_names")
    picks = rng.random((_STREETS_PER_VILLAGE, 3))
    return tuple(
        _estate(village, words, row.tolist()) if village.urban else _hamlet(village, n, row[0])
        for n, row in enumerate(picks)
    )


def _estate(village: VillageRef, words: Any, picks: Sequence[float]) -> str:
    names = village.zones or words["estates"]
    road = words["roads"][int(picks[0] * len(words["roads"]))]
    return f"{road}{1 + int(picks[1] * 288)}号{names[int(picks[2] * len(names))]}"


def _hamlet(village: VillageRef, nth: int, pick: float) -> str:
    if village.zones:
        return village.zones[int(pick * len(village.zones))]
    words = regional(village.code12, "hamlet_words")
    pattern: str = regional(village.code12, "hamlet")
    return pattern.format(x=words[int(pick * len(words))], n=nth + 1)
