"""免申即享: contact those whom the facts entitle, and take down what they want."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from heling.contexts.entitlements import law
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.casefile import add_items, take_answers
from heling.contexts.entitlements.casework import (
    lock_case,
    note,
    own,
    require_any,
    required,
    take,
)
from heling.contexts.entitlements.domain.objections import (
    CANDIDATE,
    CandidateState,
    Cause,
    Outcome,
)
from heling.contexts.entitlements.domain.procedure import due_on
from heling.contexts.entitlements.domain.standing import standings
from heling.contexts.entitlements.domain.states import TURNS, Channel, State
from heling.contexts.entitlements.events import Invited
from heling.contexts.entitlements.models import Application, Candidate
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, NotFound, Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record

AUTOMATIC_CONSENT = "待本人确认"


@transaction.atomic
def invite_candidates(
    *, candidate_ids: Sequence[int], on: date, by: Actor
) -> tuple[Application, ...]:
    """Draw up a draft for each elder chosen, from facts alone; the elder then confirms.

    One draft per elder holds all of the elder's chosen grants. Whoever is no longer
    entitled is dismissed instead. Refused when a candidate was invited already.
    """
    by.require(Perm.INVITE)
    chosen = _lock(candidate_ids, by=by)
    for candidate in chosen:
        CANDIDATE.next("invite", candidate.state)
    elders: dict[int, list[Candidate]] = {}
    for candidate in chosen:
        elders.setdefault(candidate.elder_id, []).append(candidate)
    drafts = (_draft(elder_id, rows, on=on, by=by) for elder_id, rows in elders.items())
    return tuple(draft for draft in drafts if draft is not None)


def _draft(elder_id: int, rows: Sequence[Candidate], *, on: date, by: Actor) -> Application | None:
    found = law.determine(elder_id, on=on, by=by)
    now = {s.grant: s for s in standings(found.determination, [r.grant for r in rows])}
    # Facts are certain but a rival benefit may not be asked about yet: the elder is asked then.
    still = [r for r in rows if now[r.grant].outcome in (Outcome.GRANTED, Outcome.PENDING)]
    for row in rows:
        if row not in still:
            _move(row, "dismiss", note_="按最新事实已不符合")
    if not still:
        return None
    case = Application(
        code=found.card.code,
        elder_id=found.card.id,
        city=found.determination.city,
        channel=Channel.AUTOMATIC,
        state=State.DRAFT,
        applied_by=None,
        applicant_name=found.card.name,
        relation="本人",
        consent=AUTOMATIC_CONSENT,
        determination=law.store(found, cause=Cause.APPLICATION, by=by),
        owner=TURNS[State.DRAFT].owner,
        due_on=due_on(found.determination.city, TURNS[State.DRAFT].term, on),
    )
    with refusing():
        case.save()
        items = [now[r.grant] for r in still]
        add_items(case, items, household_id=found.card.household_id)
    for row in still:
        row.application_id = case.pk
        _move(row, "invite")
    note(case, "invite", before="", by=by)
    record(
        Invited(
            application_id=case.pk,
            elder_id=case.elder_id,
            code=case.code,
            grants=tuple(r.grant for r in still),
        ),
        by=by,
    )
    return case


@transaction.atomic
def confirm_candidate(
    *,
    application_id: int,
    how: str,
    on: date,
    by: Actor,
    answers: Mapping[str, Any] | None = None,
    seen: int | None = None,
) -> Application:
    """The elder agrees: by themselves, by a representative, or to a clerk who writes down
    ``how`` (上门、电话…). The draft becomes an application, with the elder's ``answers``."""
    case = _invited(application_id, by=by, seen=seen)
    if own(case, by=by):
        how = how.strip() or "本人（代办人）在线确认"
    else:
        by.require(Perm.INVITE)
        how = required(how, where="本人同意的方式")
    case.consent = how[:40]
    case.applied_by = by.user_id
    case.submitted_on = on
    if answers:
        take_answers(case, answers, on=on, by=by)
    take(case, "submit", by=by, on=on, reason=how)
    _move_all(case, "confirm")
    return case


@transaction.atomic
def decline_candidate(
    *, application_id: int, reason: str, on: date, by: Actor, seen: int | None = None
) -> Application:
    """The elder does not want it: the draft is withdrawn, and nobody asks again for a year."""
    case = _invited(application_id, by=by, seen=seen)
    if not own(case, by=by):
        by.require(Perm.INVITE)
    take(case, "withdraw", by=by, on=on, reason=required(reason, where="不需要的原因"))
    _move_all(case, "decline", note_=reason.strip()[:200])
    return case


def _invited(application_id: int, *, by: Actor, seen: int | None) -> Application:
    require_any(by, Perm.INVITE, Perm.APPLY)
    case = lock_case(application_id, by=by, seen=seen)
    if case.channel != Channel.AUTOMATIC or case.state != State.DRAFT:
        raise Refused("这份申请不在待本人确认的状态。", hint="请刷新页面，看最新状态。")
    return case


@transaction.atomic
def dismiss_candidates(*, candidate_ids: Sequence[int], reason: str, on: date, by: Actor) -> int:
    """移出名单, with a reason (facts are wrong, served otherwise). Returns how many."""
    by.require(Perm.INVITE)
    why = required(reason, where="移出原因")
    chosen = _lock(candidate_ids, by=by)
    for candidate in chosen:
        if candidate.state != CandidateState.FOUND:
            raise Refused("已邀请的对象请等本人确认或婉拒。", hint="请只选“待联系”的对象。")
        _move(candidate, "dismiss", note_=f"{on} {why}"[:200])
    return len(chosen)


def _lock(ids: Sequence[int], *, by: Actor) -> list[Candidate]:
    if not ids:
        raise BadInput.single("名单", "请至少选择一位")
    rows = list(
        Candidate.objects.visible_to(by)
        .select_for_update(of=("self",))
        .filter(pk__in=set(ids))
        .order_by("pk")
    )
    if len(rows) != len(set(ids)):
        raise NotFound("有的对象没有找到。", hint="请刷新名单后重新选择。")
    return rows


def _move(candidate: Candidate, step: str, *, note_: str = "") -> None:
    candidate.state = CANDIDATE.next(step, candidate.state)
    candidate.note = note_ or candidate.note
    with refusing():
        candidate.save(update_fields=["state", "note", "application_id"])


def _move_all(case: Application, step: str, *, note_: str = "") -> None:
    rows = Candidate.objects.select_for_update(of=("self",)).filter(application_id=case.pk)
    for row in rows.order_by("pk"):
        _move(row, step, note_=note_)
