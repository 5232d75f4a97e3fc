"""Numbers that look right and belong to nobody, each handed out once in a run.

Resident IDs. The first two of each sex for an area code and a day of birth take the
sequences 996 to 999: in the 15-digit numbers that today's elders were first given, those
four were kept for people already a hundred years old (shared/standards.md 2.11, [M]), so
nobody born in 1900 or later ever received one. The first 20,000 people of a run with a
city's usual number of area codes get no others (a full day borrows from the next area
code). Beyond that (load tests) ordinary sequences follow: valid and made up, but nobody
outside the ministry can exclude that a living person has one. All are marked demo.

Telephones. 154 is a mobile prefix that no operator holds in the ministry's table of
allotted network numbers (工信部, 截至2023年3月底), so it is well-formed and cannot ring [M].
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from heling.demo.profile import Bools, Ints
from heling.kernel.identifiers import resident_id_check_digit

PHONE_PREFIX = "+86154"
PHONE_SLOTS = 7
"""Numbers set aside for each elder: their own, five children's and a spouse's."""
_PHONE_SPACE = 10**8
_PHONE_STRIDE = 61_803_399  # odd and not a multiple of five: a bijection of the eight digits
MAX_ELDERS = _PHONE_SPACE // PHONE_SLOTS

_RESERVED = 2
_ORDINARY = 497  # sequences 2 … 995 of one parity
PER_CELL = _RESERVED + _ORDINARY
RESERVED_ONLY = 20_000
"""So many people at the beginning of a run get reserved sequences if any code has one left."""
_SEQUENCE_STRIDE = 37  # coprime with 497


def phone_tails(first_serial: int, count: int) -> Ints:
    """The eight digits behind 154 for ``count`` elders from ``first_serial``: (count, slots)."""
    slots = np.arange(first_serial * PHONE_SLOTS, (first_serial + count) * PHONE_SLOTS)
    return ((slots * _PHONE_STRIDE + 7_654_321) % _PHONE_SPACE).reshape(count, PHONE_SLOTS)


def _sequence(nth: Ints, female: Bools) -> Ints:
    """Three-digit sequence of the nth person of a sex in an (area, day) cell; odd = man."""
    reserved = 996 + 2 * nth + ~female
    ordinary = 2 * (1 + (nth - _RESERVED) * _SEQUENCE_STRIDE % _ORDINARY) - 1 + female
    return np.where(nth < _RESERVED, reserved, ordinary)


class IdIssuer:
    """Hands out the 17 digits and check character of GB 11643, never one twice.

    It counts how many of each sex it has given to every (area code, day of birth), so its
    memory depends on the number of codes and days (some MB), not on the number of people.
    """

    def __init__(
        self, areas: Sequence[str], births: Sequence[str], *, reserved_only: int = RESERVED_ONLY
    ) -> None:
        """``areas``: six-digit codes; ``births``: YYYYMMDD of every possible day, in order."""
        self._reserved_only = reserved_only
        self._issued = 0
        self._areas = areas
        self._births = births
        self._given: npt.NDArray[np.uint16] = np.zeros(len(areas) * len(births) * 2, np.uint16)
        self._area_weight = _weights(areas, 0)
        self._birth_weight = _weights(births, 6)
        self._sequence_weight = _weights([f"{n:03d}" for n in range(1000)], 14)
        self._sequence_text = [f"{n:03d}" for n in range(1000)]
        # The check digit of a sum of weights, by way of a 17-digit text with that sum.
        self._check = _check_by_remainder()

    def issue(self, area: Ints, day: Ints, female: Bools) -> list[str]:
        """One new number for each person: indexes of area code and day, and sex.

        A full cell spills into the next area code; ``ValueError`` when no code is left.
        """
        area = area.copy()
        nth = self._take(area, day, female)
        limit = _RESERVED if self._issued < self._reserved_only else PER_CELL
        self._issued += len(area)
        for person in np.flatnonzero(nth >= limit).tolist():
            place = (int(area[person]), int(day[person]), int(female[person]))
            found = self._spill(*place, limit=limit)
            if found is not None:
                area[person], nth[person] = found
            elif nth[person] >= PER_CELL:
                raise ValueError(f"no number is left for a birth on {self._births[place[1]]}")
        sequence = _sequence(nth, female)
        remainder = (
            self._area_weight[area] + self._birth_weight[day] + self._sequence_weight[sequence]
        ) % 11
        areas, births, texts, checks = (
            self._areas, self._births, self._sequence_text, self._check,
        )  # fmt: skip
        return [
            areas[a] + births[d] + texts[s] + checks[r]
            for a, d, s, r in zip(
                area.tolist(), day.tolist(), sequence.tolist(), remainder.tolist(), strict=True
            )
        ]

    def _take(self, area: Ints, day: Ints, female: Bools) -> Ints:
        """How many came before each person in their cell, this batch included."""
        cell = (area * len(self._births) + day) * 2 + female
        order = np.argsort(cell, kind="stable")
        ordered = cell[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        sizes = np.diff(np.r_[starts, len(ordered)])
        rank = np.empty(len(cell), dtype=np.int64)
        rank[order] = np.arange(len(cell)) - np.repeat(starts, sizes)
        nth = np.asarray(self._given[cell] + rank)
        filled = self._given[ordered[starts]] + sizes
        self._given[ordered[starts]] = np.minimum(filled, PER_CELL)
        return nth

    def _spill(self, area: int, day: int, female: int, *, limit: int) -> tuple[int, int] | None:
        """The next area code whose cell has given fewer than ``limit``, and its next number."""
        for step in range(1, len(self._areas)):
            other = (area + step) % len(self._areas)
            cell = (other * len(self._births) + day) * 2 + female
            nth = int(self._given[cell])
            if nth < limit:
                self._given[cell] += 1
                return other, nth
        return None


def _weights(texts: Sequence[str], at: int) -> Ints:
    """Weighted digit sum of each text standing at position ``at`` of the 17 digits."""
    powers = np.asarray([pow(2, 17 - n, 11) for n in range(17)], dtype=np.int64)
    digits = np.asarray([[int(c) for c in text] for text in texts], dtype=np.int64)
    return digits @ powers[at : at + digits.shape[1]]


def _check_by_remainder() -> list[str]:
    """Check character for each weighted sum modulo 11, taken from the kernel's own rule."""
    found = {}
    for n in range(1000):
        first17 = f"{n:017d}"
        found[int(_weights([first17], 0)[0]) % 11] = resident_id_check_digit(first17)
    return [found[remainder] for remainder in range(11)]
