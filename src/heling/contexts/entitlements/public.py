"""The door of entitlements: what somebody has on a day, tasks, the check of receipts, events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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
from heling.contexts.entitlements.queries.cases import current_awards
from heling.contexts.entitlements.queries.notices import (
    PublicNotice,
    public_notice,
    public_notices,
)
from heling.contexts.entitlements.queries.tasks import count_tasks, tasks_for
from heling.contexts.entitlements.verifying import Report, verify_receipts
from heling.kernel.actor import Actor


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


__all__ = [
    "Applied",
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
    "Terminated",
    "count_tasks",
    "demo_cases",
    "entitlements_on",
    "public_notice",
    "public_notices",
    "tasks_for",
    "verify_receipts",
]
