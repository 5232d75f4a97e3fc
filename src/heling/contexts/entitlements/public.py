"""The door of entitlements: what somebody has on a day, tasks, the check of receipts, events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from heling.contexts.entitlements import snapshots
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.demo import DemoOffice, demo_cases
from heling.contexts.entitlements.events import (
    Applied,
    CycleClosed,
    Decided,
    Determined,
    Invited,
    ObjectionResolved,
    Published,
    Terminated,
)
from heling.contexts.entitlements.models import Snapshot
from heling.contexts.entitlements.queries.cases import current_awards
from heling.contexts.entitlements.queries.notices import (
    PublicNotice,
    public_notice,
    public_notices,
)
from heling.contexts.entitlements.queries.tasks import count_tasks, tasks_for
from heling.contexts.entitlements.snapshots import CityFacts
from heling.contexts.entitlements.verifying import Report, verify_receipts
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound
from heling.platform.access.scope import scoped


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One award that runs. ``amount`` is an integer in ``unit`` (分 for money), None where
    the benefit has no amount; both days are included, ``ends`` None means until further notice."""

    award_id: int
    decision_id: int
    determination_id: int
    grant: str
    benefit: str
    cite: str
    amount: int | None
    unit: str
    starts: date
    ends: date | None


def entitlements_on(elder_id: int, *, on: date, by: Actor) -> tuple[Entitlement, ...]:
    """What was decided for the elder and runs on a day; empty for a stranger."""
    return tuple(
        Entitlement(
            award_id=award.pk,
            decision_id=award.decision_id,
            determination_id=award.determination_id,
            grant=award.grant,
            benefit=award.benefit,
            cite=award.cite,
            amount=award.amount,
            unit=award.unit,
            starts=award.starts,
            ends=award.ends,
        )
        for award in current_awards(elder_id, on=on, by=by)
    )


@dataclass(frozen=True, slots=True)
class SnapshotCard:
    """A snapshot of a city's facts: ``as_of`` the day of the facts, ``sha256`` of the file."""

    id: int
    as_of: date
    people: int
    sha256: str
    created_at: datetime


def latest_snapshot(*, by: Actor) -> SnapshotCard | None:
    """The newest snapshot of the actor's city; None where there is none, or for a stranger."""
    with scoped(by):
        row = snapshots.latest(by)
    if row is None:
        return None
    return SnapshotCard(row.pk, row.as_of, row.people, row.sha256, row.created_at)


def read_snapshot(snapshot_id: int, *, by: Actor) -> CityFacts:
    """Its columns, for counting. Raises NotFound for a stranger, or when a newer one took its place."""
    with scoped(by):
        row = Snapshot.objects.visible_to(by).filter(pk=snapshot_id).first()
    if row is None:
        raise NotFound("这份人口快照已经没有了。", hint="请刷新页面，用最新的快照。")
    return snapshots.read(row)


__all__ = [
    "Applied",
    "CityFacts",
    "CycleClosed",
    "Decided",
    "DemoOffice",
    "Determined",
    "Entitlement",
    "Invited",
    "ObjectionResolved",
    "Perm",
    "PublicNotice",
    "Published",
    "Report",
    "SnapshotCard",
    "Terminated",
    "count_tasks",
    "demo_cases",
    "entitlements_on",
    "latest_snapshot",
    "public_notice",
    "public_notices",
    "read_snapshot",
    "tasks_for",
    "verify_receipts",
]
