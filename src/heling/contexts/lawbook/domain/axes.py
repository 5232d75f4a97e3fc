"""Two axes of time: the day that a rule speaks of, and the moment at which it was known.

An edition applies to determinations for days ``on`` >= ``effective_from``; the system knows it
from ``known_from`` on. An edition published today for days gone by is a retroactive change: asked
with what was known yesterday, the answer is still yesterday's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

TICK = timedelta(microseconds=1)
"""The database's smallest step of time."""


class Placed(Protocol):
    """What places an edition on both axes; ``id`` grows with each edition."""

    @property
    def id(self) -> int: ...
    @property
    def pack(self) -> str: ...
    @property
    def by_city(self) -> bool: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def known_from(self) -> datetime: ...


E = TypeVar("E", bound=Placed)


def in_force(editions: Iterable[E], *, on: date, known: datetime | None) -> dict[str, E]:
    """The edition of each pack for a day, as known at a moment (None: all that is known).

    Of those that apply and were known the one known last; a city's own before released ones.
    """
    best: dict[str, E] = {}
    for edition in editions:
        if edition.effective_from > on or (known is not None and edition.known_from > known):
            continue
        other = best.get(edition.pack)
        if other is None or _rank(edition) > _rank(other):
            best[edition.pack] = edition
    return best


def _rank(edition: Placed) -> tuple[bool, datetime, int]:
    return edition.by_city, edition.known_from, edition.id


def after(at: datetime, last: datetime | None) -> datetime:
    """When an edition becomes known: now, and always after the one before it, whatever the
    clock of this machine says."""
    return at if last is None or at > last else last + TICK


def superseded(editions: Iterable[E], *, effective_from: date) -> tuple[E, ...]:
    """Editions of one pack that would apply to no day any more, once an edition from this day on
    is published: those that begin on the day or later."""
    return tuple(e for e in editions if e.by_city and e.effective_from >= effective_from)
