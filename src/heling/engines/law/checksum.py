"""One number that stands for all results of a county, the same wherever they were computed.

For every person and grant the five integers (key, code of the grant, status, amount, effect) are
hashed to 64 bits; the checksum of a county is the sum of its hashes, so the order of rows does not
matter and two equal rows do not cancel out. The hash is xxHash64 chained over the five (each
result is the seed of the next, the first seed is 42), which is exactly Spark's ``xxhash64`` over
five BIGINTs; it is five multiplications a number, so NumPy computes it for a whole column at once,
where crc32 or md5 would need a text per row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from heling.engines.law.columns import GrantColumn

NO_AMOUNT = -1
"""Stands for the amount of a grant without one (amounts are never negative)."""
SEED = 42

Hashes = NDArray[np.uint64]
_P1, _P2, _P3, _P4, _P5 = (
    np.uint64(n)
    for n in (
        0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
        0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5,
    )
)  # fmt: skip


def grant_code(word: str) -> int:
    """A grant as a number that does not depend on what other grants there are."""
    return crc32(word.encode())


def hashed(values: NDArray[Any], seed: Hashes) -> Hashes:
    """xxHash64 of one 8-byte integer per row; arithmetic wraps at 64 bits."""
    found = seed + _P5 + np.uint64(8)
    found ^= _rotated(values.astype(np.int64).view(np.uint64) * _P2, 31) * _P1
    found = _rotated(found, 27) * _P1 + _P4
    found ^= found >> np.uint64(33)
    found *= _P2
    found ^= found >> np.uint64(29)
    found *= _P3
    found ^= found >> np.uint64(32)
    return found


def _rotated(bits: Hashes, by: int) -> Hashes:
    return (bits << np.uint64(by)) | (bits >> np.uint64(64 - by))


def checksums(
    judged: Mapping[str, GrantColumn], keys: NDArray[Any], counties: NDArray[Any]
) -> dict[int, int]:
    """County → checksum of its rows. ``keys`` and ``counties``: one integer per row."""
    size = len(keys)
    sums = {int(c): 0 for c in np.unique(counties)}
    for word, column in judged.items():
        amount = np.full(size, NO_AMOUNT) if column.amount is None else column.amount
        effect = np.zeros(size, np.int64) if column.effect is None else column.effect
        found = np.full(size, SEED, dtype=np.uint64)
        for part in (keys, np.full(size, grant_code(word)), column.status, amount, effect):
            found = hashed(part, found)
        signed = found.view(np.int64)
        for county in sums:
            here = signed[counties == county]
            # halves, so that no sum of a province's rows can overflow
            high, low = int((here >> 32).sum()), int((here & 0xFFFFFFFF).sum())
            sums[county] += (high << 32) + low
    return sums
