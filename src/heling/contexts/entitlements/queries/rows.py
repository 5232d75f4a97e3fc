"""Rows of the list pages, and what one page of them needs besides (names in one query)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from heling.contexts.entitlements.models import (
    Application,
    Candidate,
    Cycle,
    Notice,
    Objection,
)
from heling.contexts.places import public as places
from heling.contexts.registry import public as registry
from heling.kernel.actor import Actor, system

MOST_FOUND = 500


def applications(by: Actor) -> QuerySet[Application]:
    return Application.objects.visible_to(by)


def candidates(by: Actor) -> QuerySet[Candidate]:
    return Candidate.objects.visible_to(by)


def objections(by: Actor) -> QuerySet[Objection]:
    return Objection.objects.visible_to(by)


def cycles(by: Actor) -> QuerySet[Cycle]:
    """Rosters of the actor's territory and of those below and above it that contain it."""
    return Cycle.objects.visible_to(by)


def notices(by: Actor) -> QuerySet[Notice]:
    """Notices are public; an official sees those of the territory and of what lies above."""
    if by.territory is None:
        return Notice.objects.none()
    above = [by.territory.prefix[:length] for length in (4, 6, 9)]
    return Notice.objects.filter(
        Q(code__gte=by.territory.lo, code__lt=by.territory.hi) | Q(code__in=above)
    )


def of_elder(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Rows of the elders that the text finds. ``rows`` is already narrowed to the actor, and
    row-level security narrows the search to the same territory."""
    found = registry.search(text, by=system("查找"), limit=MOST_FOUND)
    return rows.filter(elder_id__in=[card.id for card in found])


def with_elders(rows: Sequence[Any]) -> None:
    """Attach ``elder_name``, ``elder_age`` and ``place_name``."""
    cards = registry.elder_cards({row.elder_id for row in rows}, by=system("列表"))
    today = timezone.localdate()
    for row in rows:
        card = cards.get(row.elder_id)
        row.elder_name = card.name if card else "（已不在本辖区）"
        row.elder_age = card.age(today) if card else None
        row.place_name = card.place_name if card else row.code


def with_elders_and_items(rows: Sequence[Application]) -> None:
    """Attach names and ``item_names``."""
    with_elders(rows)
    prefetch_related_objects(list(rows), "items")
    for row in rows:
        row.item_names = "、".join(item.benefit for item in row.items.all())  # type: ignore[attr-defined]


def with_places(rows: Sequence[Any]) -> None:
    names = places.names({row.code for row in rows})
    for row in rows:
        row.place_name = names.get(row.code, row.code)
