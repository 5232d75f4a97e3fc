"""Integers of a whole population as bit planes: plane ``i`` is the bitmap of everybody's bit ``i``.

Numbers are two's complement, least significant plane first, the last plane is the sign. A plane
that is the same for everybody is a bool, so that arithmetic with constants costs next to nothing.
Results get as many planes as the bounds of the node need, never fewer: nothing can overflow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heling.engines.law.masks import Mask
from heling.engines.law.units import Bounds

Plane = Mask | bool
Bits = tuple[Plane, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """``word`` names the fact of which these are the values as they stand, if they are."""

    bits: Bits
    word: str = ""


def width(bounds: Bounds) -> int:
    """How many planes hold every value within the bounds, sign included."""
    return max(bounds.low.bit_length(), (~bounds.low).bit_length(), bounds.high.bit_length()) + 1


def constant(value: int) -> Planes:
    """The same number for everybody."""
    return Planes(tuple(bool(value >> i & 1) for i in range(width(Bounds(value, value)))))


class Arithmetic:
    """Sums, products and comparisons over the people of one bitmap ``every``."""

    def __init__(self, every: Mask) -> None:
        self.every = every

    def mask(self, plane: Plane) -> Mask:
        if isinstance(plane, bool):
            return self.every if plane else self.every ^ self.every
        return plane

    def add(self, a: Planes, b: Planes, planes: int) -> Planes:
        return Planes(self._sum(a.bits, b.bits, planes, carry=False))

    def subtract(self, a: Planes, b: Planes, planes: int) -> Planes:
        """a + not b + 1."""
        inverted = tuple(self._not(p) for p in b.bits)
        return Planes(self._sum(a.bits, inverted, planes, carry=True))

    def multiply(self, a: Planes, b: Planes, planes: int) -> Planes:
        """Shifted sums, modulo two to the number of planes, which the bounds make exact."""
        if sum(isinstance(p, bool) for p in a.bits) > sum(isinstance(p, bool) for p in b.bits):
            a, b = b, a
        total: Bits = (False,) * planes
        for shift, plane in enumerate(islice(_extended(b.bits), planes)):
            if plane is not False:
                row = islice(_extended(a.bits), planes - shift)
                term = (False,) * shift + tuple(self._and(p, plane) for p in row)
                total = self._sum(total, term, planes, carry=False)
        return Planes(total)

    def less(self, a: Planes, b: Planes) -> Mask:
        """a < b: the sign of a - b, with room for it."""
        return self.mask(self.subtract(a, b, max(len(a.bits), len(b.bits)) + 1).bits[-1])

    def equal(self, a: Planes, b: Planes) -> Mask:
        """Where no plane differs."""
        planes = max(len(a.bits), len(b.bits))
        pairs = zip(_extended(a.bits), _extended(b.bits), strict=False)
        differ: Plane = False
        for p, q in islice(pairs, planes):
            differ = self._or(differ, self._xor(p, q))
        return self.mask(self._not(differ))

    def select(self, taken: Mask, then: Planes, otherwise: Planes) -> Planes:
        planes = max(len(then.bits), len(otherwise.bits))
        pairs = zip(_extended(then.bits), _extended(otherwise.bits), strict=False)
        return Planes(tuple(self._mux(taken, p, q) for p, q in islice(pairs, planes)))

    def greatest(self, values: Planes, among: Mask) -> Mask:
        """Those among some people whose value is greatest."""
        left, sign = among, self.mask(values.bits[-1])
        if (left & ~sign).any():
            left = left & ~sign
        for plane in reversed(values.bits[:-1]):
            best = left & self.mask(plane)
            if best.any():
                left = best
        return left

    def value(self, values: Planes, of: Mask) -> int:
        """The value that all of some people have."""
        bits = [bool((self.mask(plane) & of).any()) for plane in values.bits]
        return sum(bit << i for i, bit in enumerate(bits[:-1])) - (bits[-1] << len(bits) - 1)

    def _sum(self, a: Bits, b: Bits, planes: int, *, carry: bool) -> Bits:
        found: list[Plane] = []
        moved: Plane = carry
        for p, q in islice(zip(_extended(a), _extended(b), strict=False), planes):
            half = self._xor(p, q)
            found.append(self._xor(half, moved))
            moved = self._or(self._and(p, q), self._and(moved, half))
        return tuple(found)

    def _not(self, p: Plane) -> Plane:
        return (not p) if isinstance(p, bool) else self.every ^ p

    @staticmethod
    def _and(p: Plane, q: Plane) -> Plane:
        if isinstance(p, bool):
            return q if p else False
        if isinstance(q, bool):
            return p if q else False
        return p & q

    def _or(self, p: Plane, q: Plane) -> Plane:
        if isinstance(p, bool):
            return True if p else q
        if isinstance(q, bool):
            return True if q else p
        return p | q

    def _xor(self, p: Plane, q: Plane) -> Plane:
        if isinstance(p, bool):
            return self._not(q) if p else q
        if isinstance(q, bool):
            return self._not(p) if q else p
        return p ^ q

    def _mux(self, taken: Mask, p: Plane, q: Plane) -> Plane:
        if p is q:
            return p
        return self._or(self._and(p, taken), self._and(q, self.every ^ taken))


def _extended(bits: Bits) -> Iterator[Plane]:
    """The planes, then the sign for ever."""
    yield from bits
    while True:
        yield bits[-1]


def packed(holds: NDArray[np.bool_]) -> Mask:
    """A bool per person (a multiple of 64 of them) as uint64 words, first person lowest."""
    return np.packbits(holds, bitorder="little").view(np.uint64)


def unpacked(mask: Mask) -> NDArray[np.bool_]:
    """Inverse of :func:`packed`."""
    return np.unpackbits(mask.view(np.uint8), bitorder="little").view(np.bool_)


def sliced(values: NDArray[Any], bounds: Bounds, word: str = "") -> Planes:
    """A column of integers within bounds (a multiple of 64 rows) as planes."""
    wide = values.astype(np.int64, copy=False)
    planes = width(bounds)
    bits = [packed((wide >> i & 1).astype(np.bool_)) for i in range(planes - 1)]
    sign: Plane = packed(wide < 0) if bounds.low < 0 else False
    return Planes((*bits, sign), word)


def column(planes: Planes, rows: int) -> NDArray[np.int64]:
    """Inverse of :func:`sliced`."""
    values = np.zeros(rows, dtype=np.int64)
    last = len(planes.bits) - 1
    for i, plane in enumerate(planes.bits):
        weight = -(1 << i) if i == last else 1 << i
        if isinstance(plane, bool):
            values += weight * int(plane)
        else:
            values += unpacked(plane) * np.int64(weight)
    return values
