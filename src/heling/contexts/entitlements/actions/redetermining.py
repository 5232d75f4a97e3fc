"""重新认定: facts changed or an age was reached; the law is applied again, a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from heling.contexts.entitlements import law
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.actions.ending import terminate
from heling.contexts.entitlements.casework import (
    close_dues,
    lock_case,
    note,
    require_any,
    required,
)
from heling.contexts.entitlements.decisions import award, end_awards, write_decision
from heling.contexts.entitlements.domain.objections import Cause, DecisionKind, Outcome
from heling.contexts.entitlements.domain.procedure import due_on
from heling.contexts.entitlements.domain.standing import Standing, standings
from heling.contexts.entitlements.domain.states import LIVE, Ending, State
from heling.contexts.entitlements.events import DueRaised
from heling.contexts.entitlements.models import Application, Award, Due, Item
from heling.contexts.registry import public as registry
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound, Refused
from heling.kernel.identifiers import Territory
from heling.platform.journal.record import record


@dataclass(frozen=True, slots=True)
class Change:
    """What a new determination makes of one granted item."""

    application_id: int
    benefit: str
    before: Outcome
    before_amount: int | None
    now: Standing


@transaction.atomic
def raise_due(
    *, elder_id: int, cause: Cause, since: date, on: date, by: Actor, entry_id: int | None = None
) -> bool:
    """Note that an elder is to be determined again. False when that is noted already, or
    when nothing of the elder's runs that could change."""
    if not Application.objects.visible_to(by).filter(elder_id=elder_id, state__in=LIVE).exists():
        return False
    card = registry.elder_card(elder_id, by=by)
    city = Territory.parse(card.code).city
    try:
        with transaction.atomic():
            Due.objects.create(
                elder_id=card.id,
                code=card.code,
                cause=cause,
                since=since,
                due_on=due_on(city, "redetermination", on),
                entry_id=entry_id,
            )
    except IntegrityError:  # it is open already, or this very journal entry has asked before
        return False
    record(DueRaised(elder_id=card.id, code=card.code, cause=cause), by=by)
    return True


@transaction.atomic
def redetermine(*, elder_id: int, cause: Cause, on: date, by: Actor) -> tuple[Change, ...]:
    """Apply the law again to an elder and show it on every running case.

    Cases under review simply carry the new determination. For what is already granted, the
    differences are returned and wait for :func:`apply_changes`; without any, the elder's
    open re-determinations are done.
    """
    if by.role != "system":
        require_any(by, Perm.ACCEPT, Perm.FIRST_REVIEW, Perm.SECOND_REVIEW, Perm.DECIDE)
    cases = list(
        Application.objects.visible_to(by)
        .select_for_update(of=("self",))
        .filter(elder_id=elder_id, state__in=LIVE)
        .order_by("pk")
        .prefetch_related("items")
    )
    if not cases:
        raise NotFound("这位老年人没有正在办理或享受的待遇。", hint="请核对后再办。")
    declared = {word: value for case in cases for word, value in case.declared.items()}
    found = law.determine(elder_id, on=on, by=by, declared=declared)
    stored = law.store(found, cause=cause, by=by)
    changes: list[Change] = []
    for case in cases:
        items = [item for item in case.items.all() if item.live]
        now = {s.grant: s for s in standings(found.determination, [i.grant for i in items])}
        differing = [(i, now[i.grant]) for i in items if _differs(i, now[i.grant])]
        if case.state == State.GRANTED:
            changes += [
                Change(case.pk, i.benefit, Outcome(i.outcome), i.amount, s) for i, s in differing
            ]
            continue
        case.determination = stored
        case.version += 1
        case.save(update_fields=["determination", "version"])
        note(case, "redetermine", before=case.state, by=by)
    if changes:
        Due.objects.visible_to(by).filter(elder_id=elder_id, done_at=None).update(
            determination=stored
        )
    else:
        close_dues(elder_id, note="结果不变", by=by)
    return tuple(changes)


def _differs(item: Item, now: Standing) -> bool:
    return (item.outcome, item.amount) != (now.outcome, now.amount)


@transaction.atomic
def apply_changes(
    *,
    application_id: int,
    reason: str,
    on: date,
    by: Actor,
    seen: int | None = None,
) -> Application:
    """变更: carry a changed result into a granted case, from today on.

    What is no longer due ends yesterday's award; what changed in amount ends it and starts
    another. A case of which nothing is left is terminated. A reason is required, and nothing
    that is still unknown takes anything away.
    """
    by.require(Perm.DECIDE)
    case = _granted_case(application_id, by=by, seen=seen)
    why = required(reason, where="变更理由")
    found = law.determine(case.elder_id, on=on, by=by, declared=case.declared)
    items = [item for item in case.items.order_by("pk") if item.live]
    now = standings(found.determination, [i.grant for i in items])
    pairs = [(i, s) for i, s in zip(items, now, strict=True) if _differs(i, s)]
    if unclear := [s.benefit for _, s in pairs if s.outcome is Outcome.PENDING]:
        raise Refused(
            f"“{'”“'.join(unclear)}”还缺事实，不能变更。", hint="请先查明事实，再重新认定。"
        )
    if not pairs:
        raise Refused("按今天的事实，结果没有变化。", hint="无需变更。")
    case.determination = law.store(found, cause=Cause.CHECK, by=by)
    case.save(update_fields=["determination"])
    if all(s.outcome is Outcome.DENIED for s in now):
        close_dues(case.elder_id, note="已终止", by=by)
        return terminate(
            application_id=case.pk,
            ending=Ending.INELIGIBLE,
            last_day=on,
            reason=why,
            on=on,
            by=by,
        )
    _change(case, pairs, now, why, on=on, by=by)
    close_dues(case.elder_id, note="已变更", by=by)
    return case


def _granted_case(application_id: int, *, by: Actor, seen: int | None) -> Application:
    case = lock_case(application_id, by=by, seen=seen)
    if case.state != State.GRANTED:
        raise Refused("只有已决定给予的待遇才能变更。", hint="还在审核的申请请用“重新认定”。")
    return case


def _change(
    case: Application,
    pairs: Sequence[tuple[Item, Standing]],
    now: Sequence[Standing],
    why: str,
    *,
    on: date,
    by: Actor,
) -> None:
    decision = write_decision(case, DecisionKind.CHANGE, now, why, on=on, by=by, starts=on)
    for item, standing in pairs:
        running = Award.objects.filter(item=item, ends=None).order_by("pk")
        end_awards(list(running), last_day=on - timedelta(days=1), ending=Ending.INELIGIBLE)
        item.outcome, item.amount = standing.outcome, standing.amount
        item.live = standing.outcome is not Outcome.DENIED
        item.save(update_fields=["outcome", "amount", "live"])
        if standing.outcome is Outcome.GRANTED:
            award(item, standing, decision, starts=on)
    case.version += 1
    case.save(update_fields=["version"])
    note(case, "change", before=case.state, by=by, reason=why)


def elder_of(*, application_id: int, by: Actor) -> int:
    """The elder of a case. NotFound for a stranger."""
    return lock_case(application_id, by=by).elder_id
