"""Rows of the list pages, and the choices of the forms that start from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from heling.contexts.assessment.domain import Scale, State, load_scale, scale_ids
from heling.contexts.assessment.models import Assessment, Dispute
from heling.contexts.identity.public import Holder, RoleKey, holders
from heling.contexts.registry.public import ElderCard, elder_card, elder_cards
from heling.kernel.actor import Actor, system

_BY = system("评估列表")  # row-level security still holds the rows to the reader's scope


def all_rows(by: Actor) -> QuerySet[Assessment]:
    """What the actor may see, whatever its state; of an assessor, the own ones."""
    return Assessment.objects.visible_to(by)


def due_rows(by: Actor) -> QuerySet[Assessment]:
    """Assessments in force whose next one is expected, for who arranges or oversees."""
    return Assessment.objects.visible_to(by).filter(in_force=True, stopped_on=None)


def dispute_rows(by: Actor) -> QuerySet[Dispute]:
    return Dispute.objects.visible_to(by).select_related("assessment")


def attach_elders(rows: Sequence[Any]) -> None:
    """Give each row its ``elder`` card (None where the registry does not show it)."""
    cards = elder_cards({row.elder_id for row in rows}, by=_BY)
    for row in rows:
        row.elder = cards.get(row.elder_id)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One assessment of an elder, for the elder's page."""

    id: int
    scale: str
    on: date | None
    planned_on: date | None
    level: str
    state: State
    state_label: str
    due: date | None
    in_force: bool
    unverified: bool


def history(elder_id: int, *, by: Actor) -> list[HistoryLine]:
    """All assessments of one elder that the actor may see, the latest first."""
    rows = Assessment.objects.visible_to(by).filter(elder_id=elder_id).order_by("-pk")
    return [
        HistoryLine(
            id=row.pk,
            scale=title_of(row.scale),
            on=row.assessed_on,
            planned_on=row.planned_on,
            level=row.level_label,
            state=State(row.state),
            state_label=row.get_state_display(),
            due=row.due_on,
            in_force=row.in_force,
            unverified=bool(row.unverified),
        )
        for row in rows
    ]


def title_of(scale_id: str) -> str:
    return load_scale(scale_id).title


def standard_of(scale_id: str) -> str:
    """The standard's number alone, for narrow columns."""
    return load_scale(scale_id).standard


@dataclass(frozen=True, slots=True)
class Arranging:
    """What the arranging form offers for one elder. ``first_team``: not for the review."""

    elder: ElderCard
    scales: tuple[Scale, ...]
    assessors: tuple[Holder, ...]
    first_team: frozenset[int]
    assessed_before: bool


def arranging(elder_id: int, *, on: date, by: Actor, reviews_id: int | None = None) -> Arranging:
    """NotFound for an elder out of sight."""
    elder = elder_card(elder_id, by=by)
    seen = Assessment.objects.in_scope(by)
    reviewed = seen.filter(pk=reviews_id, elder_id=elder.id).first() if reviews_id else None
    first = frozenset(reviewed.team.values_list("user_id", flat=True)) if reviewed else frozenset()
    return Arranging(
        elder=elder,
        scales=tuple(load_scale(s) for s in scale_ids()),
        assessors=tuple(
            h for h in holders(RoleKey.ASSESSOR, code=elder.code, on=on) if h.user_id not in first
        ),
        first_team=first,
        assessed_before=seen.graded().filter(elder_id=elder.id).exists(),
    )
