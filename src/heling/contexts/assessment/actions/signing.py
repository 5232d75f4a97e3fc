"""From the filled form to a completed assessment: submit, send back, sign."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction

from heling.contexts.assessment.access import Perm
from heling.contexts.assessment.domain import (
    ASSESSMENT,
    NOTHING_STATED,
    Assessor,
    Reason,
    Scale,
    ScaleResult,
    State,
    check_team,
    next_due,
    result_json,
    score,
)
from heling.contexts.assessment.domain.answers import DIAGNOSES
from heling.contexts.assessment.domain.filling import (
    NO_RISK_EVENTS,
    adjustments_json,
    adjustments_of,
    answers_of,
)
from heling.contexts.assessment.domain.process import RiskEvent
from heling.contexts.assessment.events import (
    AssessmentCompleted,
    AssessmentSentBack,
    AssessmentSigned,
    AssessmentSubmitted,
    AssessmentSuperseded,
)
from heling.contexts.assessment.fingerprint import fingerprint
from heling.contexts.assessment.models import Assessment, Dispute
from heling.contexts.assessment.steps import (
    about,
    day_of,
    level_of,
    lock_as_assessor,
    lock_draft,
    move,
    scale_of,
)
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Conflict, Problem, Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record

_ASK_DIAGNOSES = Problem("疾病诊断", "还没有填写，痴呆等诊断影响等级；都没有的，请勾选“以上都没有”")
_ASK_RISKS = Problem(
    "近 30 天内照护风险事件", "还没有询问，两次及以上影响等级；没有发生的，请勾选“没有发生”"
)


@transaction.atomic
def submit(*, assessment_id: int, today: date, by: Actor) -> Assessment:
    """Grade the form and freeze it for signature.

    Raises BadInput naming every unanswered item, every fact that a 等级变更 rule needs and
    nobody stated, and everything missing about visit and team; then nothing is written.
    """
    assessment = lock_draft(assessment_id, by=by)
    scale = scale_of(assessment)
    problems = _visit_problems(assessment, today, by=by)
    team_notes: tuple[str, ...] = ()
    try:
        team_notes = _check_team(assessment, scale)
    except BadInput as error:
        problems += error.problems
    try:
        result = _grade(assessment, scale, today)
    except BadInput as error:
        problems += error.problems
    if problems:
        raise BadInput(*problems)
    _write_result(assessment, scale, result, team_notes)
    move(assessment, "submit", by=by)
    with refusing():
        assessment.save()
    record(AssessmentSubmitted(**about(assessment)), by=by)
    return assessment


def _visit_problems(assessment: Assessment, today: date, *, by: Actor) -> list[Problem]:
    on = assessment.assessed_on
    if on is None:
        return [Problem("评估日期", "还没有填写，请填实际上门评估的日期")]
    if on > today:
        return [Problem("评估日期", f"{on} 还没有到，请填实际上门评估的日期")]
    before = _in_force(assessment, by=by)
    if before is not None and before.assessed_on and on < before.assessed_on:
        return [Problem("评估日期", f"{on} 早于现行评估的日期 {before.assessed_on}，请核对")]
    return []


def _check_team(assessment: Assessment, scale: Scale) -> tuple[str, ...]:
    first = assessment.reviews
    return check_team(
        scale,
        [
            Assessor(
                person_id=a.user_id,
                name=a.name,
                medical=a.medical,
                expert=a.expert,
                on_site=a.on_site,
            )
            for a in assessment.team.all()
        ],
        reason=Reason(assessment.reason),
        first_team=frozenset(first.team.values_list("user_id", flat=True)) if first else None,
        guardian_present=bool(assessment.guardian),
    )


def _grade(assessment: Assessment, scale: Scale, today: date) -> ScaleResult:
    """Score the form. BadInput names unanswered items *and* facts that nobody stated."""
    events = [RiskEvent(kind=e.kind, on=e.on) for e in assessment.risk_events.all()]
    problems = list(_not_asked(assessment, scale, told=bool(events)))
    adjustments = NOTHING_STATED
    try:
        adjustments = adjustments_of(
            scale, assessment.answers, assessment.facts, events, on=assessment.assessed_on or today
        )
    except BadInput as error:
        problems += error.problems
    try:
        result = score(scale, answers_of(assessment.answers), adjustments=adjustments)
    except BadInput as error:
        raise BadInput(*error.problems, *problems) from error
    if problems:
        raise BadInput(*problems)
    if result.not_stated:  # a rule of a later scale that this form does not know how to ask
        raise BadInput(*(Problem("等级变更", sentence) for sentence in result.not_stated))
    assessment.adjustments = adjustments_json(adjustments)
    return result


def _not_asked(assessment: Assessment, scale: Scale, *, told: bool) -> Iterator[Problem]:
    """The 等级变更 facts that nobody has stated. Coma is an item and is named among those.

    ``told``: there are risk events, inside the window or not.
    """
    rules = scale.raises.rules if scale.raises else ()
    if any(rule.diagnoses for rule in rules) and assessment.facts.get(DIAGNOSES) is None:
        yield _ASK_DIAGNOSES
    said = told or assessment.facts.get(NO_RISK_EVENTS)
    if any(rule.events_at_least for rule in rules) and not said:
        yield _ASK_RISKS


def _write_result(
    assessment: Assessment, scale: Scale, result: ScaleResult, team_notes: tuple[str, ...]
) -> None:
    due = next_due(scale, day_of(assessment))
    assessment.result = result_json(result)
    assessment.level = result.final.number
    assessment.level_label = str(result.final)
    assessment.due_on = due.on
    assessment.unverified = [*result.unverified, *team_notes, *due.unverified]
    assessment.result_sha256 = fingerprint(assessment)
    assessment.version += 1


@transaction.atomic
def send_back(*, assessment_id: int, reason: str, by: Actor) -> Assessment:
    """An assessor found something wrong before all had signed: back to draft, signatures off."""
    assessment = lock_as_assessor(assessment_id, by=by, permission=Perm.PERFORM)
    if not reason.strip():
        raise BadInput.single("退回理由", "请写明要改什么")
    move(assessment, "send_back", by=by, reason=reason.strip())
    assessment.result = assessment.adjustments = assessment.level = assessment.due_on = None
    assessment.result_sha256 = assessment.level_label = ""
    assessment.unverified = []
    assessment.version += 1
    with refusing():
        assessment.save()
        assessment.team.update(signed_at=None, signed_name="", signed_sha256="")
    record(AssessmentSentBack(**about(assessment)), by=by)
    return assessment


@transaction.atomic
def sign(*, assessment_id: int, name: str, sha256: str, at: datetime, by: Actor) -> Assessment:
    """Sign in person; the last signature completes the assessment.

    ``name`` is typed by the signer and must be the own one; ``sha256`` is the fingerprint of
    the result on the screen. Signing twice changes nothing.
    """
    assessment = lock_as_assessor(assessment_id, by=by, permission=Perm.SIGN)
    member = assessment.team.get(user_id=by.user_id or 0)
    if member.signed_at is not None:
        return assessment
    if assessment.state != State.AWAITING_SIGNATURE:
        label = ASSESSMENT.labels[State(assessment.state)]
        raise Refused(f"现在是“{label}”，不能签字。", hint="填完并提交签字后才可以。")
    if sha256 != assessment.result_sha256:
        raise Conflict("结果在您打开页面后改过。", hint="请重新核对结果，再签字。")
    if name.strip() != member.name:
        raise BadInput.single("签名", f"请输入您本人的姓名“{member.name}”，不能代签")
    member.signed_at, member.signed_name, member.signed_sha256 = at, name.strip(), sha256
    with refusing():
        member.save(update_fields=["signed_at", "signed_name", "signed_sha256"])
    record(AssessmentSigned(**about(assessment), result_sha256=sha256), by=by)
    if not assessment.team.filter(signed_at=None).exists():
        _complete(assessment, at=at, by=by)
    return assessment


def _complete(assessment: Assessment, *, at: datetime, by: Actor) -> None:
    before = _in_force(assessment, by=by, lock=True)
    if before is not None:
        _supersede(before, assessment, at=at, by=by)
    assessment.supersedes = before
    assessment.completed_at = at
    assessment.in_force = True
    move(assessment, "complete", by=by)
    with refusing():
        assessment.save(update_fields=["state", "supersedes", "completed_at", "in_force"])
    record(
        AssessmentCompleted(
            **about(assessment),
            scale=assessment.scale,
            level=level_of(assessment),
            on=day_of(assessment),
        ),
        by=by,
    )


def _supersede(before: Assessment, successor: Assessment, *, at: datetime, by: Actor) -> None:
    if before.state == State.DISPUTED and before.pk != successor.reviews_id:
        raise Refused(
            "现行的评估结果有异议，须由其他评估人员复评。",
            hint="请作废这份草稿，由区县民政发起复评。",
        )
    if before.state != State.SUPERSEDED:  # already so where its successor was voided
        move(before, "supersede", by=by, reason=f"由第 {successor.pk} 号评估取代")
    before.in_force = False
    with refusing():
        before.save(update_fields=["state", "in_force"])
    Dispute.objects.filter(assessment=before, closed_at=None).update(
        closed_at=at,
        outcome=Dispute.Outcome.REASSESSED,
        outcome_note=f"复评结果：{successor.level_label}",
    )
    record(AssessmentSuperseded(**about(before), successor_id=successor.pk), by=by)


def _in_force(assessment: Assessment, *, by: Actor, lock: bool = False) -> Assessment | None:
    """The assessment that this one will take the place of."""
    rows = Assessment.objects.in_scope(by).filter(
        elder_id=assessment.elder_id, scale=assessment.scale, in_force=True
    )
    return (rows.select_for_update() if lock else rows).first()
