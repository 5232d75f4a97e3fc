"""终止: death and moving away stop what must stop; losing a condition is decided by a person."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from heling.contexts.entitlements import law
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.casework import (
    close_dues,
    close_objections,
    lock_case,
    own,
    require_any,
    required,
    take,
)
from heling.contexts.entitlements.decisions import end_awards, write_decision
from heling.contexts.entitlements.domain.objections import (
    LIVE_CANDIDATES,
    CandidateState,
    DecisionKind,
)
from heling.contexts.entitlements.domain.standing import standings
from heling.contexts.entitlements.domain.states import BY_HAND, ENDING_LABELS, LIVE, Ending, State
from heling.contexts.entitlements.events import Terminated
from heling.contexts.entitlements.models import Application, Award, Candidate
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden
from heling.platform.journal.record import record


@transaction.atomic
def terminate(
    *,
    application_id: int,
    ending: str,
    last_day: date,
    reason: str,
    on: date,
    by: Actor,
    seen: int | None = None,
) -> Application:
    """End a case and its awards. ``last_day`` is the last day enjoyed; a reason is required."""
    by.require(Perm.DECIDE)
    case = lock_case(application_id, by=by, seen=seen)
    if ending not in BY_HAND:
        raise BadInput.single("终止原因", "请从列表中选择")
    if last_day > on:
        raise BadInput.single("最后享受日", f"{last_day} 在今天之后，请核对")
    end_case(case, Ending(ending), last_day, required(reason, where="终止理由"), on=on, by=by)
    return case


@transaction.atomic
def renounce(
    *, application_id: int, reason: str, on: date, by: Actor, seen: int | None = None
) -> Application:
    """放弃: the elder's own side gives up what was granted; today is the last day enjoyed."""
    require_any(by, Perm.APPLY)
    case = lock_case(application_id, by=by, seen=seen)
    if not own(case, by=by):
        raise Forbidden("只有本人或其代办人可以放弃待遇。", hint="请由本人办理。")
    why = required(reason, where="放弃的原因")
    end_case(case, Ending.RENOUNCED, on, why, on=on, by=by)
    return case


@transaction.atomic
def terminate_all(*, elder_id: int, ending: Ending, last_day: date, on: date, by: Actor) -> int:
    """Everything of an elder ends: cases, awards, candidates, open re-determinations.

    For death and for leaving the city; does nothing a second time. Returns how many cases.
    """
    cases = (
        Application.objects.visible_to(by)
        .select_for_update(of=("self",))
        .filter(elder_id=elder_id, state__in=LIVE)
        .order_by("pk")
    )
    reason = f"{ENDING_LABELS[ending]}（{last_day}），依登记信息终止"
    ended = 0
    for case in cases:
        end_case(case, ending, last_day, reason, on=on, by=by)
        ended += 1
    Candidate.objects.visible_to(by).filter(elder_id=elder_id, state__in=LIVE_CANDIDATES).update(
        state=CandidateState.DISMISSED, note=ENDING_LABELS[ending]
    )
    close_dues(elder_id, note=ENDING_LABELS[ending], by=by)
    return ended


def end_case(
    case: Application, ending: Ending, last_day: date, reason: str, *, on: date, by: Actor
) -> None:
    """End a locked case, its awards after ``last_day``, and what was open about it."""
    case.ending, case.last_day = ending, last_day
    granted = case.state == State.GRANTED
    running = list(Award.objects.filter(application=case, ends=None).order_by("pk"))
    take(case, "terminate", by=by, on=on, reason=reason)
    close_objections(case, by=by, why=f"申请已终止：{ENDING_LABELS[ending]}")
    if granted:
        grants = list(case.items.order_by("pk").values_list("grant", flat=True))
        lines = standings(law.read(case.determination), grants)
        write_decision(case, DecisionKind.END, lines, reason, on=on, by=by)
    end_awards(running, last_day=last_day, ending=ending)
    record(
        Terminated(
            application_id=case.pk,
            elder_id=case.elder_id,
            code=case.code,
            ending=ending,
            last_day=last_day,
            grants=tuple(a.grant for a in running),
        ),
        by=by,
    )
