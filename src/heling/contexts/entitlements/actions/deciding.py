"""决定: after an undisturbed publicity, or after a refusal confirmed by two."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.casefile import current_standings
from heling.contexts.entitlements.casework import lock_case, required, take
from heling.contexts.entitlements.decisions import award, write_decision
from heling.contexts.entitlements.domain.objections import (
    DecisionKind,
    ObjectionState,
    Outcome,
)
from heling.contexts.entitlements.domain.standing import check_may_pass
from heling.contexts.entitlements.domain.states import CASE, State
from heling.contexts.entitlements.models import Application, Decision, Objection
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Refused

_LONGEST_BACK = timedelta(days=366)


@transaction.atomic
def decide(
    *,
    application_id: int,
    on: date,
    by: Actor,
    reason: str = "",
    starts: date | None = None,
    seen: int | None = None,
) -> Decision:
    """Decide a case: grant after publicity (awards run from ``starts``), or deny.

    Which of the two follows from the case's state. Refused before the day after the
    publicity period and while an objection is open; a refusal needs a reason.
    """
    by.require(Perm.DECIDE)
    case = lock_case(application_id, by=by, seen=seen)
    if case.state == State.REFUSAL_CONFIRMED:
        return _deny(case, required(reason, where="不予的理由"), on=on, by=by)
    CASE.next("grant", case.state)
    _check_publicity_over(case, on=on)
    return _grant(case, reason.strip(), starts or on, on=on, by=by)


def _check_publicity_over(case: Application, *, on: date) -> None:
    ends = case.publicity_ends
    if ends is None or on <= ends:
        raise Refused(
            f"公示到 {ends} 才结束，现在不能作出决定。", hint="请在公示期满的次日起办理。"
        )
    if Objection.objects.filter(application=case, state=ObjectionState.OPEN).exists():
        raise Refused("还有异议没有处理，不能作出决定。", hint="请先处理异议。")


def _grant(case: Application, reason: str, starts: date, *, on: date, by: Actor) -> Decision:
    if not on - _LONGEST_BACK <= starts <= on + _LONGEST_BACK:
        raise BadInput.single("起始日", "应在决定日前后一年之内，请核对年份")
    standing = current_standings(case, on=on, by=by)
    check_may_pass(standing)
    decision = write_decision(
        case, DecisionKind.GRANT, standing, reason, on=on, by=by, starts=starts
    )
    items = {item.grant: item for item in case.items.filter(live=True).order_by("pk")}
    for line in standing:
        item = items[line.grant]
        item.outcome, item.amount = line.outcome, line.amount
        item.live = line.outcome is not Outcome.DENIED
        item.save(update_fields=["outcome", "amount", "live"])
        if line.outcome is Outcome.GRANTED:
            award(item, line, decision, starts=starts)
    case.decided_on = on
    take(case, "grant", by=by, on=on, reason=reason)
    return decision


def _deny(case: Application, reason: str, *, on: date, by: Actor) -> Decision:
    standing = current_standings(case, on=on, by=by)
    decision = write_decision(case, DecisionKind.DENY, standing, reason, on=on, by=by)
    case.items.update(outcome=Outcome.DENIED)
    case.decided_on = on
    take(case, "deny", by=by, on=on, reason=reason)
    return decision
