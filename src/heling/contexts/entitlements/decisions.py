"""Writing decisions and awards: shared by deciding, changing and ending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from heling.contexts.entitlements.casework import next_id, signature
from heling.contexts.entitlements.domain.objections import DecisionKind, Outcome
from heling.contexts.entitlements.domain.standing import Standing
from heling.contexts.entitlements.domain.states import Ending
from heling.contexts.entitlements.events import Decided
from heling.contexts.entitlements.models import Application, Award, Decision, Item
from heling.contexts.places import public as places
from heling.kernel.actor import Actor
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record

_NUMBERED = "{place}养老待遇决〔{year}〕{number}号"


def write_decision(
    case: Application,
    kind: DecisionKind,
    standing: Sequence[Standing],
    reason: str,
    *,
    on: date,
    by: Actor,
    starts: date | None = None,
) -> Decision:
    """Append a decision whose lines hold every word of its letter, and tell the journal."""
    office = case.code[:6]  # the county that decides
    body = places.body_of(office)
    place = places.names([office]).get(office, "")
    decision_id = next_id("entitlements_decision")
    decision = Decision.objects.create(
        pk=decision_id,
        application=case,
        code=case.code,
        elder_id=case.elder_id,
        number=_NUMBERED.format(place=place, year=on.year, number=decision_id),
        kind=kind,
        determination_id=case.determination_id,
        lines=[_line(s, kind, starts) for s in standing],
        reason=reason,
        body_name=body[0] if body else f"{place}民政部门",
        body_phone=body[1] if body else "",
        decided_on=on,
        **signature(by),
    )
    record(
        Decided(
            application_id=case.pk,
            elder_id=case.elder_id,
            code=case.code,
            decision_id=decision.pk,
            outcome=kind,
            granted=tuple(s.grant for s in standing if s.outcome is Outcome.GRANTED),
        ),
        by=by,
    )
    return decision


def _line(standing: Standing, kind: DecisionKind, starts: date | None) -> dict[str, Any]:
    refused = kind in (DecisionKind.DENY, DecisionKind.END)
    outcome = Outcome.DENIED if refused else standing.outcome
    granted = outcome is Outcome.GRANTED
    return {
        "grant": standing.grant,
        "benefit": standing.benefit,
        "plain": standing.plain,
        "cite": standing.cite,
        "outcome": outcome.value,
        "amount": standing.amount if granted else None,
        "unit": standing.unit,
        "amount_text": standing.amount_text if granted else "",
        "starts": starts.isoformat() if granted and starts else None,
        "reasons": list(standing.reasons),
        "why": list(standing.why),
        "awaits": list(standing.awaits),
        "unverified": list(standing.unverified),
    }


def award(item: Item, line: Standing, decision: Decision, *, starts: date) -> Award:
    """Start an award. Refused when the elder has the same grant at the same time already."""
    with refusing():
        return Award.objects.create(
            item=item,
            application_id=item.application_id,
            decision=decision,
            determination_id=decision.determination_id,
            code=item.code,
            elder_id=item.elder_id,
            grant=item.grant,
            benefit=item.benefit,
            plain=item.plain,
            cite=item.cite,
            amount=line.amount,
            unit=line.unit,
            starts=starts,
        )


def end_awards(awards: Sequence[Award], *, last_day: date, ending: Ending) -> None:
    """Write the last day, once. An award that had not begun by then never begins."""
    for running in awards:
        running.ends = max(last_day, running.starts - timedelta(days=1))
        running.ending = ending
        with refusing():
            running.save(update_fields=["ends", "ending"])
