"""Acceptance and the two reviews: four eyes, two offices, one result of law."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.casefile import current_standings
from heling.contexts.entitlements.casework import lock_case, required, signature, take
from heling.contexts.entitlements.domain.standing import check_may_pass
from heling.contexts.entitlements.domain.states import CASE
from heling.contexts.entitlements.models import Application, Review, Stage, Verdict
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Refused
from heling.platform.access.refusals import refusing

_STEPS = {
    (Stage.FIRST, Verdict.PASS): "pass_first",
    (Stage.FIRST, Verdict.FAIL): "fail_first",
    (Stage.SECOND, Verdict.PASS): "pass_second",
    (Stage.SECOND, Verdict.FAIL): "fail_second",
    (Stage.SECOND, Verdict.RETURN): "send_back",
}


@transaction.atomic
def accept(*, application_id: int, on: date, by: Actor, seen: int | None = None) -> Application:
    """受理."""
    by.require(Perm.ACCEPT)
    case = lock_case(application_id, by=by, seen=seen)
    take(case, "accept", by=by, on=on)
    return case


@transaction.atomic
def request_correction(
    *, application_id: int, what: str, on: date, by: Actor, seen: int | None = None
) -> Application:
    """退回补正: say exactly what is missing; the applicant reads these words."""
    by.require(Perm.ACCEPT)
    case = lock_case(application_id, by=by, seen=seen)
    take(case, "request_correction", by=by, on=on, reason=required(what, where="需要补正的内容"))
    return case


@transaction.atomic
def first_review(
    *,
    application_id: int,
    verdict: str,
    on: date,
    by: Actor,
    reason: str = "",
    seen: int | None = None,
) -> Application:
    """初审 (street): pass, or propose refusal with a reason.

    Passing is refused while the law's result has unknown facts or gives nothing; Conflict
    when the facts have changed since the determination that the reviewer read.
    """
    by.require(Perm.FIRST_REVIEW)
    return _review(application_id, Stage.FIRST, verdict, reason, on=on, by=by, seen=seen)


@transaction.atomic
def second_review(
    *,
    application_id: int,
    verdict: str,
    on: date,
    by: Actor,
    reason: str = "",
    seen: int | None = None,
) -> Application:
    """复核 (county), by another person: pass, confirm refusal, or send back for a new round."""
    by.require(Perm.SECOND_REVIEW)
    return _review(application_id, Stage.SECOND, verdict, reason, on=on, by=by, seen=seen)


def _review(
    application_id: int,
    stage: Stage,
    verdict: str,
    reason: str,
    *,
    on: date,
    by: Actor,
    seen: int | None,
) -> Application:
    case = lock_case(application_id, by=by, seen=seen)
    step = _step(stage, verdict)
    CASE.next(step, case.state)  # refuse by the table before anything else is said
    _four_eyes(case, by=by)
    items = current_standings(case, on=on, by=by)
    if verdict == Verdict.PASS:
        check_may_pass(items)
    else:
        reason = required(reason, where="理由")
    with refusing():
        Review.objects.create(
            application=case,
            code=case.code,
            elder_id=case.elder_id,
            round=case.round,
            stage=stage,
            verdict=verdict,
            reason=reason.strip(),
            determination_id=case.determination_id,
            **signature(by),
        )
    if step == "send_back":
        case.round += 1
    take(case, step, by=by, on=on, reason=reason.strip())
    return case


def _step(stage: Stage, verdict: str) -> str:
    known = [v for s, v in _STEPS if s is stage]
    if verdict not in known:
        raise BadInput.single("意见", f"请选择{'、'.join(str(v.label) for v in known)}")
    return _STEPS[stage, Verdict(verdict)]


def _four_eyes(case: Application, *, by: Actor) -> None:
    if by.user_id is not None and case.applied_by == by.user_id:
        raise Refused("您代办了这份申请，不能再审核它。", hint="请由同事审核。")
    signed = case.reviews.filter(round=case.round, user_id=by.user_id).first()
    if signed is not None:
        raise Refused("初审和复核不能是同一人，您已在本轮签过字。", hint="请由另一位同事办理。")
