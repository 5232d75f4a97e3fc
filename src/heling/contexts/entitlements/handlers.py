"""What the floors below tell: death and departure end things, changed facts raise a task, a
merge brings cases along, taking back a death has them reviewed.

At-least-once delivery: every reaction is idempotent. Nothing negative happens by itself but
what the law attaches to death and departure; everything else waits for a person.
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from heling.contexts.assessment.public import AssessmentCompleted, AssessmentVoided
from heling.contexts.entitlements.actions.carrying import carry_over, revive
from heling.contexts.entitlements.actions.ending import terminate_all
from heling.contexts.entitlements.actions.redetermining import raise_due
from heling.contexts.entitlements.domain.objections import Cause
from heling.contexts.entitlements.domain.states import Ending
from heling.contexts.registry.public import (
    ElderChanged,
    ElderDied,
    ElderLeft,
    ElderMerged,
    ElderMoved,
    ElderReinstated,
    StatusChanged,
    SupportersChanged,
)
from heling.kernel.actor import system
from heling.kernel.identifiers import Territory
from heling.platform.journal.deliver import subscribe
from heling.platform.journal.models import Entry

BY = system("待遇自动处理")


@subscribe(ElderDied)
def end_on_death(entry: Entry) -> None:
    """The day of death is the last day enjoyed."""
    _end(entry, Ending.DEATH)


@subscribe(ElderLeft)
def end_on_departure(entry: Entry) -> None:
    _end(entry, Ending.MOVED)


@subscribe(ElderMoved)
def follow_a_move(entry: Entry) -> None:
    """Inside one city the cases follow (by foreign key) and are looked at again; leaving the
    city ends what that city's ordinance gave."""
    before, after = (Territory(entry.payload[key]) for key in ("code", "to_code"))
    if before.city != after.city:
        _end(entry, Ending.MOVED)
    else:
        _due(entry, Cause.FACTS)


@subscribe(ElderMerged)
def carry_over_a_merge(entry: Entry) -> None:
    """One person has one set of cases, and is looked at again with the facts of both."""
    carry_over(
        kept_id=entry.payload["elder_id"],
        merged_id=entry.payload["merged_id"],
        on=timezone.localdate(entry.at),
        by=BY,
    )
    _due(entry, Cause.FACTS)


@subscribe(ElderReinstated)
def review_what_had_ended(entry: Entry) -> None:
    """What death or departure ended by itself does not come back by itself, but is reviewed."""
    revive(elder_id=entry.payload["elder_id"], on=timezone.localdate(entry.at), by=BY)


@subscribe(StatusChanged, ElderChanged, SupportersChanged)
def look_again_at_facts(entry: Entry) -> None:
    _due(entry, Cause.FACTS)


@subscribe(AssessmentCompleted, AssessmentVoided)
def look_again_at_level(entry: Entry) -> None:
    _due(entry, Cause.ASSESSMENT)


def _end(entry: Entry, ending: Ending) -> None:
    assert entry.elder_id is not None  # noqa: S101 - these events are about an elder
    terminate_all(
        elder_id=entry.elder_id,
        ending=ending,
        last_day=date.fromisoformat(entry.payload["on"]),
        on=timezone.localdate(entry.at),
        by=BY,
    )


def _due(entry: Entry, cause: Cause) -> None:
    assert entry.elder_id is not None  # noqa: S101 - these events are about an elder
    day = timezone.localdate(entry.at)
    raise_due(elder_id=entry.elder_id, cause=cause, since=day, on=day, by=BY, entry_id=entry.pk)
