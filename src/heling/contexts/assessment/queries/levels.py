"""Levels in force on a day: what other contexts build on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from heling.contexts.assessment.models import Assessment
from heling.kernel.actor import Actor
from heling.kernel.identifiers import Territory

_COLUMNS = (
    "elder_id", "pk", "scale", "scale_version", "level", "level_label", "assessed_on", "due_on",
    "unverified", "state",
)  # fmt: skip
_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class LevelFact:
    """The level of one elder under one scale in one version.

    ``label`` is the level's full name, ``on`` the day of assessment, ``due`` the last day on
    which the next assessment is in time. ``unverified`` names every 待核实 value that decided
    this level: whoever decides by it shows them. Levels of different scales or versions are
    never compared or converted.
    """

    assessment_id: int
    scale: str
    version: str
    level: int
    label: str
    on: date
    due: date
    unverified: tuple[str, ...]
    disputed: bool = False

    def overdue(self, on: date) -> bool:
        """Was the next assessment due before ``on``? The level stays the last one known."""
        return on > self.due


def level_on(elder_id: int, *, on: date, by: Actor, scale: str | None = None) -> LevelFact | None:
    """The elder's level on a day: that of the last valid assessment up to and including it.

    Without ``scale`` the latest of any scale, and the fact says which. None where nobody
    has assessed the elder, or where the actor may not see the elder.
    """
    rows = Assessment.objects.in_scope(by).graded().filter(elder_id=elder_id, assessed_on__lte=on)
    if scale is not None:
        rows = rows.filter(scale=scale)
    found = rows.order_by("-assessed_on", "-pk").values_list(*_COLUMNS).first()
    return _fact(found) if found else None


def levels_on(
    *,
    on: date,
    by: Actor,
    scale: str,
    territory: Territory | None = None,
    ids: Sequence[int] | None = None,
) -> Iterator[tuple[int, LevelFact]]:
    """``(elder_id, level)`` of everybody in scope, by ascending elder id, in constant memory.

    For monthly cycles. ``territory`` narrows the actor's own, ``ids`` the elders. Must run inside a transaction
    that holds the actor's scope, because rows arrive through a server-side cursor.
    """
    rows = Assessment.objects.in_scope(by).graded().filter(scale=scale, assessed_on__lte=on)
    if territory is not None:
        rows = rows.filter(code__gte=territory.lo, code__lt=territory.hi)
    if ids is not None:
        rows = rows.filter(elder_id__in=ids)
    latest = rows.order_by("elder_id", "-assessed_on", "-pk").distinct("elder_id")
    for row in latest.values_list(*_COLUMNS).iterator(chunk_size=_CHUNK):
        yield row[0], _fact(row)


def assessed_between(*, since: date, until: date, by: Actor) -> set[int]:
    """Elders assessed after one day and up to the other: on one of the two their level is not
    known yet."""
    before, after = sorted((since, until))
    rows = Assessment.objects.in_scope(by).graded()
    rows = rows.filter(assessed_on__gt=before, assessed_on__lte=after).order_by()
    return set(rows.values_list("elder_id", flat=True))


def due_between(
    *, first: date, last: date, by: Actor, scale: str | None = None
) -> Iterator[tuple[int, LevelFact]]:
    """``(elder_id, level)`` whose next assessment is due from ``first`` to ``last``, by day.

    Both days included. Elders who died or moved away are left out.
    """
    rows = Assessment.objects.in_scope(by).filter(
        in_force=True, stopped_on=None, due_on__range=(first, last)
    )
    if scale is not None:
        rows = rows.filter(scale=scale)
    ordered = rows.order_by("due_on", "pk").values_list(*_COLUMNS)
    for row in ordered.iterator(chunk_size=_CHUNK):
        yield row[0], _fact(row)


def _fact(row: tuple[Any, ...]) -> LevelFact:
    return LevelFact(
        assessment_id=row[1],
        scale=row[2],
        version=row[3],
        level=row[4],
        label=row[5],
        on=row[6],
        due=row[7],
        unverified=tuple(row[8]),
        disputed=row[9] == "disputed",
    )
