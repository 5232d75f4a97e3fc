"""A population's facts: one column per word, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heling.engines.law.masks import Mask
from heling.engines.law.model import Fact
from heling.engines.law.units import PLACES, Kind
from heling.kernel.errors import BadInput, Problem


@dataclass(frozen=True, slots=True)
class FactColumn:
    """One fact for all rows. ``values``: bool; enum codes (position of the level); cities and counties
    as integers (``330200``, ``330203``); ``datetime64[D]`` or days since 1970-01-01; integers in the fact's unit.
    ``known``: rows where the fact is known; None when it is known everywhere."""

    values: NDArray[Any]
    known: Mask | None = None


def check_columns(
    declared: Mapping[str, Fact], given: Mapping[str, FactColumn], size: int
) -> dict[str, FactColumn]:
    """Columns as integers, or BadInput naming every column that does not fit."""
    problems = []
    checked = {}
    for word, column in given.items():
        fact = declared.get(word)
        wrong = "没有这个事实" if fact is None else _misfit(fact, column, size)
        if wrong:
            problems.append(Problem(word, wrong))
        else:
            checked[word] = _as_integers(column)
    if problems:
        raise BadInput(*problems)
    return checked


def _misfit(fact: Fact, column: FactColumn, size: int) -> str:
    values, known = column.values, column.known
    if values.shape != (size,) or (known is not None and known.shape != (size,)):
        return f"列长应为 {size}"
    if known is not None and known.dtype != np.bool_:
        return "known 应为是非列"
    kind = values.dtype.kind
    if fact.type.kind is Kind.BOOL:
        return "" if kind == "b" else "应为是非列"
    if fact.type.kind is Kind.DATE:
        return "" if values.dtype == np.dtype("datetime64[D]") or kind == "i" else "应为日期列"
    if kind not in "iu":
        return "应为整数列"
    return _out_of_bounds(fact, values, known)


def _out_of_bounds(fact: Fact, values: NDArray[Any], known: Mask | None) -> str:
    """Rows outside the fact's bounds would break the promise that nothing overflows."""
    if fact.type.kind in PLACES or not len(values):
        return ""
    low, high = fact.bounds.low, fact.bounds.high
    if int(values.min()) >= low and int(values.max()) <= high:
        return ""
    inside = (values >= low) & (values <= high)
    return (
        ""
        if known is not None and bool((inside | ~known).all())
        else f"数值应在 {low} 至 {high} 之间"
    )


def _as_integers(column: FactColumn) -> FactColumn:
    if column.values.dtype.kind == "M":
        return FactColumn(column.values.view(np.int64), column.known)
    if column.values.dtype == np.uint64:  # mixed with a signed column it would become a float
        return FactColumn(column.values.astype(np.int64), column.known)
    return column
