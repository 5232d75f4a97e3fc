"""What follows here from what happens in the registry. Every handler may run twice."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from heling.contexts.assessment.actions import void
from heling.contexts.assessment.models import (
    Answered,
    Assessment,
    Assessor,
    Dispute,
    RiskEvent,
    Transition,
)
from heling.contexts.assessment.models.assessment import OPEN
from heling.contexts.registry.public import (
    ElderDied,
    ElderLeft,
    ElderMerged,
    ElderReinstated,
    elder_cards,
)
from heling.kernel.actor import Actor, system
from heling.platform.journal.deliver import subscribe
from heling.platform.journal.models import Entry

_BY: Actor = system("评估随登记变化")


@subscribe(ElderDied, ElderLeft)
def stop(entry: Entry) -> None:
    """Death and moving away end what is under way and take the elder off the due list."""
    why = "老年人已登记去世" if entry.kind == ElderDied.kind else "老年人已登记迁出"
    for pk in _open_ids(entry.payload["elder_id"]):
        void(assessment_id=pk, reason=why, at=entry.at, by=_BY)
    Assessment.objects.filter(
        elder_id=entry.payload["elder_id"], in_force=True, stopped_on=None
    ).update(stopped_on=date.fromisoformat(entry.payload["on"]))


@subscribe(ElderReinstated)
def resume(entry: Entry) -> None:
    """A mistaken registration was taken back: the elder is due again."""
    Assessment.objects.filter(elder_id=entry.payload["elder_id"]).exclude(stopped_on=None).update(
        stopped_on=None
    )


@subscribe(ElderMerged)
def follow_merge(entry: Entry) -> None:
    """Two registrations became one: the assessments of the one that went belong to the other.

    Of two open ones under one scale the merged registration's is voided; of two in force the
    later one stays in force.
    """
    kept, gone = entry.payload["elder_id"], entry.payload["merged_id"]
    code = elder_cards([kept], by=_BY)[kept].code  # of today: it may have moved since
    taken = set(
        Assessment.objects.filter(elder_id=kept, state__in=OPEN).values_list("scale", flat=True)
    )
    for pk in _open_ids(gone, scales=taken):
        void(assessment_id=pk, reason="重复登记已合并，另有一次评估正在进行", at=entry.at, by=_BY)
    with transaction.atomic():
        _one_in_force(kept, gone)
        for model in (Assessor, RiskEvent, Dispute, Transition, Answered, Assessment):
            model.objects.filter(elder_id=gone).update(elder_id=kept, code=code)


def _open_ids(elder_id: int, scales: set[str] | None = None) -> list[int]:
    rows = Assessment.objects.filter(elder_id=elder_id, state__in=OPEN).order_by("pk")
    if scales is not None:
        rows = rows.filter(scale__in=scales)
    return list(rows.values_list("pk", flat=True))


def _one_in_force(kept: int, gone: int) -> None:
    later: dict[str, int] = {}
    rows = Assessment.objects.filter(elder_id__in=(kept, gone), in_force=True)
    for row in rows.order_by("assessed_on", "pk"):
        older = later.get(row.scale)
        if older is not None:
            Assessment.objects.filter(pk=older).update(in_force=False)
        later[row.scale] = row.pk
