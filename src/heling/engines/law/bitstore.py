"""A population as bitmaps, one bit per elder, kept for many questions about it.

Elders stand in order of district and birth; every district begins a new 64-bit word, so that what
holds in a district is counted by whole words, and "born by" is one run of bits per district.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heling.engines.law import masks, planes
from heling.engines.law.fact_columns import FactColumn, check_columns
from heling.engines.law.interpret import OPERATORS
from heling.engines.law.masks import Mask
from heling.engines.law.model import Fact
from heling.engines.law.planes import Planes, packed
from heling.engines.law.units import PLACES, Bounds, Kind
from heling.kernel.errors import BadInput

_EPOCH = date(1970, 1, 1)
_LIMIT = 256
"""Masks kept: 188 kB each for 1.5 million elders."""
_NEVER = np.iinfo(np.int32).max
_FULL = np.uint64(2**64 - 1)


class BitStore:
    """The facts of ``size`` elders.

    ``districts``: a code per elder (integers), or None for one district with code 0; ``codes``:
    the districts in order; ``people``: how many live in each. ``households``: a number per elder,
    counting from 0, of people of one district; None where nobody knows who lives with whom. Raises
    BadInput for columns that do not fit. The store does not depend on rules: any rule set that
    knows the same facts may use it.
    """

    def __init__(
        self,
        declared: Mapping[str, Fact],
        facts: Mapping[str, FactColumn],
        size: int,
        districts: NDArray[Any] | None = None,
        households: NDArray[Any] | None = None,
    ) -> None:
        self.size = size
        self._declared = dict(declared)
        self._columns = check_columns(declared, facts, size)
        districts = np.zeros(size, dtype=np.int64) if districts is None else districts
        if districts.shape != (size,) or districts.dtype.kind not in "iu":
            raise BadInput.single("区县", f"应为 {size} 行的整数代码列")
        self._lay_out(districts)
        self._doors = None if households is None else self._find_doors(households)
        self._masks: dict[tuple[str, str, int], Mask] = {}
        self._planes: dict[str, Planes] = {}
        self._unknown: dict[str, Mask | None] = {}

    def _lay_out(self, districts: NDArray[Any]) -> None:
        birth = next((w for w, f in self._declared.items() if self._is_birth(w, f)), "")
        self._birth = birth
        days = self._days(birth) if birth else np.zeros(self.size, dtype=np.int32)
        order = np.lexsort((days, districts))
        self.codes, first, people = np.unique(
            districts[order], return_index=True, return_counts=True
        )
        self.people: NDArray[np.int64] = people.astype(np.int64)
        words = -(-self.people // 64)
        self.starts: NDArray[np.int64] = np.cumsum(words) - words
        self.words = int(words.sum())
        within = np.arange(self.size) - np.repeat(first, people)
        self._place = np.empty(self.size, dtype=np.int64)  # row → bit
        self._place[order] = np.repeat(self.starts * 64, people) + within
        self.every = packed(self._spread(np.ones(self.size, dtype=np.bool_)))
        self._born = self._spread(days, _NEVER)

    def _is_birth(self, word: str, fact: Fact) -> bool:
        return fact.type.kind is Kind.DATE and word in self._columns

    def _days(self, word: str) -> NDArray[np.int32]:
        """Days of birth, whoever's is unknown last."""
        column = self._columns[word]
        days = np.clip(column.values, -_NEVER, _NEVER - 1).astype(np.int32)
        return days if column.known is None else np.where(column.known, days, np.int32(_NEVER))

    def _spread(self, values: NDArray[Any], filler: int = 0) -> NDArray[Any]:
        """Rows as they came, put where their bits are."""
        spread = np.full(self.words * 64, filler, dtype=values.dtype)
        spread[self._place] = values
        return spread

    # Masks

    def given(self, word: str) -> bool:
        """Whether the population has this fact at all."""
        return word in self._columns

    def unknown(self, word: str) -> Mask | None:
        """Whose fact is missing; None when nobody's is."""
        if word not in self._unknown:
            self._unknown[word] = self._find_unknown(word)
        return self._unknown[word]

    def _find_unknown(self, word: str) -> Mask | None:
        column = self._columns.get(word)
        if column is None:
            return self.every
        if column.known is None or bool(column.known.all()):
            return None
        return packed(self._spread(~column.known))

    def holds(self, word: str) -> Mask | None:
        """Of whom a 是非 fact is known to be true; None when the fact is not given at all."""
        return self.compare(word, "==", 1) if word in self._columns else None

    def compare(self, word: str, symbol: str, limit: int) -> Mask:
        """Whose known value stands so to a number. Kept: another reform asks again."""
        key = (word, symbol, limit)
        if key not in self._masks:
            if len(self._masks) >= _LIMIT:
                self._masks.clear()
            column = self._columns[word]
            holds = OPERATORS[symbol](column.values, limit)
            if column.known is not None:
                holds &= column.known
            self._masks[key] = packed(self._spread(holds))
        return self._masks[key]

    def born_by(self, word: str, day: int) -> Mask:
        """Who is known to be born on a day (days since 1970) or before."""
        if word != self._birth:
            return self.compare(word, "<=", day)
        mask = np.zeros(self.words, dtype=np.uint64)
        for start, people in zip(self.starts.tolist(), self.people.tolist(), strict=True):
            run = self._born[start * 64 : start * 64 + people]
            # The same type as the run: of any other, NumPy would make a copy of it.
            whole, rest = divmod(int(run.searchsorted(np.int32(day), side="right")), 64)
            mask[start : start + whole] = _FULL
            if rest:
                mask[start + whole] = (1 << rest) - 1
        return mask

    def values(self, word: str) -> Planes:
        """A fact's values as bit planes; 0 where it is not given."""
        column = self._columns.get(word)
        if column is None:
            return planes.constant(0)
        if word not in self._planes:
            values, fact = column.values, self._declared[word]
            bounds = fact.bounds
            if fact.type.kind in (*PLACES, Kind.DATE):
                bounds = Bounds(int(values.min(initial=0)), int(values.max(initial=0)))
            self._planes[word] = planes.sliced(self._spread(values), bounds, word)
        return self._planes[word]

    # Households

    def _find_doors(self, households: NDArray[Any]) -> tuple[NDArray[np.int32], int, Mask]:
        """(household of every bit, how many there are, whose bits share theirs)."""
        if households.shape != (self.size,) or households.dtype.kind not in "iu":
            raise BadInput.single("户", f"应为 {self.size} 行的整数列")
        members = np.bincount(households)
        doors = self._spread(households.astype(np.int32))
        return doors, len(members), packed(self._spread(members[households] > 1))

    @property
    def knows_households(self) -> bool:
        return self._doors is not None

    def once(self, mask: Mask | None, but: Mask | None = None) -> Mask | None:
        """One person of every household in the mask (its eldest there), none of a household that
        is in ``but``. Without households everybody stands for themselves."""
        mask = masks.without(mask, but)
        if mask is None or self._doors is None:
            return mask
        doors, count, shared = self._doors
        bits = np.flatnonzero(planes.unpacked(mask & shared))
        first = np.full(count, -1, dtype=np.int64)
        first[doors[bits[::-1]]] = bits[::-1]  # the last one written stays: the first bit
        if but is not None:
            first[doors[np.flatnonzero(planes.unpacked(but & shared))]] = -1
        chosen = np.zeros(self.words * 64, dtype=np.bool_)
        chosen[first[first >= 0]] = True
        return mask & ~shared | packed(chosen)

    # Counting and looking

    def counts(self, mask: Mask | None) -> NDArray[np.int64]:
        """How many of a mask live in each district."""
        if mask is None or not self.words:
            return np.zeros(len(self.codes), dtype=np.int64)
        return np.add.reduceat(np.bitwise_count(mask), self.starts, dtype=np.int64)

    def rows(self, mask: Mask) -> NDArray[np.bool_]:
        """A mask as a bool per row, in the order in which the rows came."""
        return planes.unpacked(mask)[self._place]

    def first(self, mask: Mask) -> int | None:
        """A row of the mask; None when it is empty."""
        words = np.flatnonzero(mask)
        if not len(words):
            return None
        word = int(mask[words[0]])
        bit = int(words[0]) * 64 + (word & -word).bit_length() - 1
        return int(np.flatnonzero(self._place == bit)[0])

    def district(self, row: int) -> int:
        """The code of the district that a row belongs to."""
        word = int(self._place[row]) // 64
        return int(self.codes[int(np.searchsorted(self.starts, word, side="right")) - 1])

    def person(self, row: int) -> dict[str, object]:
        """The known facts of one row as JSON data, as :meth:`RuleSet.determine` reads them."""
        found: dict[str, object] = {}
        for word, column in self._columns.items():
            if column.known is None or column.known[row]:
                found[word] = _json(self._declared[word], column.values[row].item())
        return found


def _json(fact: Fact, value: Any) -> object:
    if fact.type.kind is Kind.ENUM:
        return fact.type.levels[value]
    if fact.type.kind in PLACES:
        return f"{value:06d}"
    if fact.type.kind is Kind.DATE:
        return (_EPOCH + timedelta(days=value)).isoformat()
    return bool(value) if fact.type.kind is Kind.BOOL else value
