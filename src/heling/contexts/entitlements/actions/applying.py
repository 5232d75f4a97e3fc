"""Bringing a case in, mending it, taking it back: what the applicant's side does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from heling.contexts.entitlements import law
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.casefile import add_items, take_answers
from heling.contexts.entitlements.casework import (
    close_objections,
    lock_case,
    note,
    own,
    require_any,
    required,
    take,
)
from heling.contexts.entitlements.domain.objections import Cause
from heling.contexts.entitlements.domain.procedure import due_on
from heling.contexts.entitlements.domain.standing import standings
from heling.contexts.entitlements.domain.states import TURNS, Channel, State
from heling.contexts.entitlements.events import Applied
from heling.contexts.entitlements.models import Application
from heling.contexts.identity import public as identity
from heling.contexts.registry import public as registry
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record


@transaction.atomic
def apply_for(
    *,
    elder_id: int,
    grants: Sequence[str],
    on: date,
    by: Actor,
    consent: str = "",
    consent_document: str = "",
    statement: str = "",
    answers: Mapping[str, Any] | None = None,
    draft: bool = False,
) -> Application:
    """Apply for grants of the elder's city: by the elder, a representative, or a clerk.

    ``answers`` are the applicant's own answers by fact word; those that only an office can
    certify (``True`` for a status) are kept as claims to be verified. A clerk must say how
    the elder agreed. Raises BadInput, Refused (already applied, not on the register).
    """
    who = _applicant(elder_id, consent, consent_document, on=on, by=by)
    card = registry.elder_card(elder_id, by=by)
    if not card.active:
        raise Refused("这位老年人已不在册，不能申请。", hint="如属误登记，请先恢复在册。")
    declared = law.check_declared(card.code, answers or {}, on=on)
    claimed = [word for word, value in (answers or {}).items() if value is True]
    found = law.determine(card.id, on=on, by=by, declared=declared)
    stored = law.store(found, cause=Cause.APPLICATION, by=by)
    items = standings(found.determination, _known(grants, found))
    case = Application(
        code=found.card.code,
        elder_id=found.card.id,
        city=found.determination.city,
        state=State.DRAFT,
        statement=statement.strip(),
        declared=declared,
        claimed=claimed,
        determination=stored,
        **who,
    )
    turn = TURNS[State.DRAFT]
    case.owner, case.due_on = turn.owner, due_on(case.city, turn.term, on)
    with refusing():
        case.save()
        add_items(case, items, household_id=found.card.household_id)
    note(case, "apply", before="", by=by)
    record(
        Applied(
            application_id=case.pk,
            elder_id=case.elder_id,
            code=case.code,
            channel=case.channel,
            grants=tuple(grants),
        ),
        by=by,
    )
    if not draft:
        case.submitted_on = on
        take(case, "submit", by=by, on=on)
    return case


def _known(grants: Sequence[str], found: law.Found) -> list[str]:
    known = {g.id for g in found.determination.grants}
    if not grants:
        raise BadInput.single("申请项目", "请至少选择一项")
    if strange := [g for g in grants if g not in known]:
        raise BadInput.single("申请项目", f"本市没有“{strange[0]}”这一项，请从列表中选择")
    return list(dict.fromkeys(grants))


def _applicant(
    elder_id: int, consent: str, document: str, *, on: date, by: Actor
) -> dict[str, Any]:
    """Channel, name and consent of who applies. Raises Forbidden or BadInput."""
    if by.territory is None:
        by.require(Perm.APPLY)
        return _representative(elder_id, on=on, by=by)
    by.require(Perm.APPLY_FOR)
    if not consent.strip():
        raise BadInput.single("老年人是否同意", "请选择老年人同意的方式，没有同意不能代办")
    return {
        "channel": Channel.CLERK,
        "applied_by": by.user_id,
        "applicant_name": by.name,
        "relation": "社区工作人员",
        "consent": consent.strip(),
        "consent_document": document.strip(),
    }


def _representative(elder_id: int, *, on: date, by: Actor) -> dict[str, Any]:
    link = identity.speaker_for(by.user_id, elder_id=elder_id, on=on)
    if link is None:
        raise Forbidden("您没有代办这位老年人事项的授权。", hint="请到社区登记代办关系。")
    return {
        "channel": Channel.SELF if link.is_self else Channel.FAMILY,
        "applied_by": by.user_id,
        "applicant_name": by.name,
        "relation": link.relation_label,
        "consent": link.consent_label,
        "consent_document": link.document,
    }


@transaction.atomic
def submit(*, application_id: int, on: date, by: Actor, seen: int | None = None) -> Application:
    """提交草稿: the applicant (or the clerk who drew it up) sends the draft in."""
    require_any(by, Perm.APPLY, Perm.APPLY_FOR, Perm.INVITE)
    case = lock_case(application_id, by=by, seen=seen)
    case.submitted_on = on
    take(case, "submit", by=by, on=on)
    return case


@transaction.atomic
def resubmit(
    *,
    application_id: int,
    statement: str,
    on: date,
    by: Actor,
    answers: Mapping[str, Any] | None = None,
    seen: int | None = None,
) -> Application:
    """补正: say what was added, answer what was open; the facts are determined again."""
    require_any(by, Perm.APPLY, Perm.APPLY_FOR)
    case = lock_case(application_id, by=by, seen=seen)
    added = required(statement, where="补正说明")
    case.statement = f"{case.statement}\n{on} 补正：{added}".strip()
    take_answers(case, answers or {}, on=on, by=by)
    take(case, "resubmit", by=by, on=on, reason=added)
    return case


@transaction.atomic
def withdraw(
    *, application_id: int, reason: str, on: date, by: Actor, seen: int | None = None
) -> Application:
    """撤回: the applicant's side may take an application back until it is decided.

    A clerk may do so only for an application brought in through an office.
    """
    require_any(by, Perm.APPLY, Perm.APPLY_FOR)
    case = lock_case(application_id, by=by, seen=seen)
    through_office = case.channel in (Channel.CLERK, Channel.AUTOMATIC)
    if not own(case, by=by) and not through_office:
        raise Forbidden("本人或家属提交的申请只能由他们自己撤回。", hint="请联系申请人。")
    take(case, "withdraw", by=by, on=on, reason=required(reason, where="撤回理由"))
    close_objections(case, by=by, why="申请已撤回")
    return case
