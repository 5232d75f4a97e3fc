"""Four-valued logic on whole columns.

A column of truths is three masks: where it is 是, where a fact is missing, where an open term
decides; elsewhere it is 否. A mask that is nowhere set is ``None``, so a population whose facts
are all known costs no more than plain boolean arrays. Numbers carry the same two masks of doubt.
All operations agree, row by row, with :mod:`heling.engines.law.interpret`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heling.engines.law.interpret import UNKNOWN, Void

Mask = NDArray[np.bool_]
Numbers = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Truth:
    """Rows × 是非. ``None`` = nowhere."""

    true: Mask | None
    unknown: Mask | None = None
    open: Mask | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """Rows × integers (numbers, enum codes, city codes, days); meaningless where in doubt."""

    values: Numbers
    unknown: Mask | None = None
    open: Mask | None = None


def either(*masks: Mask | None) -> Mask | None:
    """Union; None when all are."""
    present = [m for m in masks if m is not None]
    if len(present) < 2:
        return present[0] if present else None
    union = present[0] | present[1]
    for mask in present[2:]:
        np.logical_or(union, mask, out=union)
    return union


def both(a: Mask | None, b: Mask | None) -> Mask | None:
    return None if a is None or b is None else a & b


def without(a: Mask | None, b: Mask | None) -> Mask | None:
    """Rows of ``a`` that are not in ``b``."""
    return a if a is None or b is None else a & ~b


def scalar(value: bool | Void, size: int) -> Truth:  # noqa: FBT001 - the value itself
    """The same truth in every row."""
    every = np.ones(size, dtype=np.bool_)
    if isinstance(value, Void):
        return Truth(None, every if value is UNKNOWN else None, None if value is UNKNOWN else every)
    return Truth(every if value else None)


def negate(a: Truth, size: int) -> Truth:
    settled = either(a.true, a.unknown, a.open)
    true = np.ones(size, dtype=np.bool_) if settled is None else ~settled
    return Truth(true, a.unknown, a.open)


def conjunction(parts: Sequence[Truth]) -> Truth:
    """All hold; one 否 decides; of doubts, a missing fact comes first."""
    true = parts[0].true
    for part in parts[1:]:
        true = both(true, part.true)
    unknown = either(*(p.unknown for p in parts))
    opened = either(*(p.open for p in parts))
    if unknown is None and opened is None:
        return Truth(true)
    possible = either(parts[0].true, parts[0].unknown, parts[0].open)
    for part in parts[1:]:
        possible = both(possible, either(part.true, part.unknown, part.open))
    if opened is None:
        return Truth(true, both(possible, unknown))
    unknown = both(possible, unknown)
    return Truth(true, unknown, without(without(possible, true), unknown))


def disjunction(parts: Sequence[Truth]) -> Truth:
    """One 是 decides; of doubts, a missing fact comes first."""
    true = either(*(p.true for p in parts))
    unknown = without(either(*(p.unknown for p in parts)), true)
    opened = without(without(either(*(p.open for p in parts)), true), unknown)
    return Truth(true, unknown, opened)


def doubts(parts: Sequence[Truth | Quantity]) -> tuple[Mask | None, Mask | None]:
    """(unknown, open) where any part is in doubt; a missing fact comes first."""
    unknown = either(*(p.unknown for p in parts))
    return unknown, without(either(*(p.open for p in parts)), unknown)


def choose(test: Truth, then: Quantity, otherwise: Quantity) -> Quantity:
    """Row by row ``then if test else otherwise``; where the test is in doubt but both sides are
    the same known number, that number."""
    taken = test.true if test.true is not None else np.zeros(len(then.values), dtype=np.bool_)
    values: Numbers = np.where(taken, then.values, otherwise.values)
    unsure = either(test.unknown, test.open)
    sides_unknown = _taken_mask(taken, then.unknown, otherwise.unknown)
    sides_open = _taken_mask(taken, then.open, otherwise.open)
    if unsure is None:
        return Quantity(values, sides_unknown, sides_open)
    unknown, opened = doubts([test, then, otherwise])
    same = without(then.values == otherwise.values, either(*_sides(then, otherwise)))
    unsure = without(unsure, same)
    return Quantity(
        values,
        _patch(sides_unknown, unsure, unknown, same),
        _patch(sides_open, unsure, opened, same),
    )


def _sides(then: Quantity, otherwise: Quantity) -> tuple[Mask | None, ...]:
    return then.unknown, then.open, otherwise.unknown, otherwise.open


def _taken_mask(taken: Mask, then: Mask | None, otherwise: Mask | None) -> Mask | None:
    if then is None and otherwise is None:
        return None
    return either(both(taken, then), without(otherwise, taken))


def _patch(
    sure: Mask | None, unsure: Mask | None, doubt: Mask | None, same: Mask | None
) -> Mask | None:
    """``doubt`` where unsure, ``sure`` elsewhere (``same`` rows are settled)."""
    return either(both(unsure, doubt), without(without(sure, unsure), same))
