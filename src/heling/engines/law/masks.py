"""Four-valued logic on whole columns.

A column of truths is three masks: where it is 是, where a fact is missing, where an open term
decides; elsewhere it is 否. A mask that is nowhere set is ``None``, so a population whose facts
are all known costs no more than plain boolean arrays. Numbers carry the same two masks of doubt.
A mask is one bool per person or one bit per person in uint64 words: the operations are the same.
All operations agree, row by row, with :mod:`heling.engines.law.interpret`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heling.engines.law.interpret import UNKNOWN, Void

Mask = NDArray[Any]
Numbers = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Truth:
    """People × 是非. ``None`` = nowhere."""

    true: Mask | None
    unknown: Mask | None = None
    open: Mask | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """People × integers (numbers, enum codes, city codes, days); meaningless where in doubt.

    ``values``: an integer array, or bit planes (:mod:`heling.engines.law.planes`).
    """

    values: Any
    unknown: Mask | None = None
    open: Mask | None = None


def either(*masks: Mask | None) -> Mask | None:
    """Union; None when all are."""
    present = [m for m in masks if m is not None]
    if len(present) < 2:
        return present[0] if present else None
    union = present[0] | present[1]
    for mask in present[2:]:
        np.bitwise_or(union, mask, out=union)
    return union


def both(a: Mask | None, b: Mask | None) -> Mask | None:
    return None if a is None or b is None else a & b


def all_of(*masks: Mask | None) -> Mask | None:
    """Intersection; None when one is."""
    if any(m is None for m in masks):
        return None
    present = [m for m in masks if m is not None]
    if len(present) < 2:
        return present[0]
    common = present[0] & present[1]
    for mask in present[2:]:
        np.bitwise_and(common, mask, out=common)
    return common


def without(a: Mask | None, b: Mask | None) -> Mask | None:
    """People of ``a`` who are not in ``b``."""
    return a if a is None or b is None else a & ~b


def scalar(value: bool | Void, every: Mask) -> Truth:  # noqa: FBT001 - the value itself
    """The same truth for everybody."""
    if isinstance(value, Void):
        return Truth(None, every if value is UNKNOWN else None, None if value is UNKNOWN else every)
    return Truth(every if value else None)


def negate(a: Truth, every: Mask) -> Truth:
    settled = either(a.true, a.unknown, a.open)
    return Truth(every if settled is None else every ^ settled, a.unknown, a.open)


def conjunction(parts: Sequence[Truth]) -> Truth:
    """All hold; one 否 decides; of doubts, a missing fact comes first."""
    true = all_of(*(p.true for p in parts))
    unknown = either(*(p.unknown for p in parts))
    opened = either(*(p.open for p in parts))
    if unknown is None and opened is None:
        return Truth(true)
    possible = all_of(*(either(p.true, p.unknown, p.open) for p in parts))
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


def taken(chosen: Mask, then: Mask | None, otherwise: Mask | None) -> Mask | None:
    """``then`` where chosen, ``otherwise`` elsewhere."""
    if then is None and otherwise is None:
        return None
    return either(both(chosen, then), without(otherwise, chosen))


def patch(
    sure: Mask | None, unsure: Mask | None, doubt: Mask | None, same: Mask | None
) -> Mask | None:
    """``doubt`` where unsure, ``sure`` elsewhere (``same`` rows are settled)."""
    return either(both(unsure, doubt), without(without(sure, unsure), same))
