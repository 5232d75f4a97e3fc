"""Parameters of a population: the national default and what regions change, from TOML.

No place is named in code: a region's table in ``data/regions.toml`` is found by the
longest division prefix that a village lies under, part by part.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

Table = Mapping[str, Any]


@cache
def load(name: str) -> Table:
    """One data file of this package as a table; callers must not change it."""
    return tomllib.loads(files("heling.demo").joinpath("data", f"{name}.toml").read_text("utf-8"))


def regional(code: str, part: str) -> Any:
    """``part`` of the region that ``code`` lies in, else the national default (or ``None``)."""
    regions = load("regions")
    for length in (12, 9, 6, 4, 2):
        found = regions.get(code[:length], {}).get(part)
        if found is not None:
            return found
    return load("national").get(part)


def curve(points: Sequence[Sequence[float]], at: Floats | Ints) -> Floats:
    """Value at each x of a curve through ``points``, flat beyond its ends."""
    table = np.asarray(points, dtype=np.float64)
    return np.interp(at, table[:, 0], table[:, 1])


def cumulative(weights: Sequence[float]) -> Floats:
    """Upper bounds in (0, 1] for drawing an index by one uniform number."""
    bounds: Floats = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.asarray(bounds / bounds[-1])


def pick(bounds: Floats, draw: Floats) -> Ints:
    """Index drawn for each uniform number in ``[0, 1)``; ``bounds`` from :func:`cumulative`."""
    return np.minimum(np.searchsorted(bounds, draw, side="right"), len(bounds) - 1)


def pick_by_row(bounds: Floats, row: Ints, draw: Floats) -> Ints:
    """As :func:`pick`, with one line of ``bounds`` (rows × choices) for each draw."""
    return np.asarray(np.minimum((draw[:, None] >= bounds[row]).sum(axis=1), bounds.shape[1] - 1))
