"""A result in plain words, for the elder and the family: what was answered, not what it means.

Nothing is added to the standard's words: where help is needed is said with the text of
the option that the assessors chose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from heling.contexts.assessment.domain import load_scale
from heling.contexts.assessment.models import Assessment
from heling.contexts.registry.public import ElderCard, elder_cards
from heling.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class PlainResult:
    """One assessment in force. ``needs``: items below full points, as (name, words)."""

    id: int
    scale: str
    on: date
    level: str
    due: date
    overdue: bool
    needs: tuple[tuple[str, str], ...]
    fine: int
    reasons: tuple[str, ...]
    unverified: tuple[str, ...]
    assessors: tuple[str, ...]
    disputed: bool


@dataclass(frozen=True, slots=True)
class PlainElder:
    """One elder of the account, with the results in force and how many older ones there are."""

    elder: ElderCard
    results: tuple[PlainResult, ...]
    older: int


def own_results(*, today: date, by: Actor) -> list[PlainElder]:
    """Of every elder that the actor is or acts for, in the order of the account."""
    rows = list(
        Assessment.objects.visible_to(by)
        .filter(elder_id__in=by.elder_ids)
        .prefetch_related("team")
        .order_by("-assessed_on", "-pk")
    )
    cards = elder_cards(by.elder_ids, by=by)
    found = []
    for elder_id in by.elder_ids:
        if elder_id not in cards:
            continue
        mine = [row for row in rows if row.elder_id == elder_id]
        now = tuple(_plain(row, today) for row in mine if row.in_force)
        found.append(PlainElder(cards[elder_id], now, len(mine) - len(now)))
    return found


def _plain(row: Assessment, today: date) -> PlainResult:
    scale = load_scale(row.scale, row.scale_version)
    full = {item.code: item.max for item in scale.items}
    graded: dict[str, Any] = row.result or {}
    items = graded.get("items", [])
    below = [i for i in items if i["score"] < full[i["code"]]]
    due = row.due_on or today
    return PlainResult(
        id=row.pk,
        scale=scale.title,
        on=row.assessed_on or today,
        level=row.level_label,
        due=due,
        overdue=today > due,
        needs=tuple((i["name"], i["text"]) for i in below),
        fine=len(items) - len(below),
        reasons=tuple(rule["text"] for rule in graded.get("adjustments", [])),
        unverified=tuple(row.unverified),
        assessors=tuple(a.name for a in row.team.all()),
        disputed=row.state == "disputed",
    )
