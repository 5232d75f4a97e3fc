"""After completion: doubts, voiding, reports."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from heling.contexts.assessment.access import Perm
from heling.contexts.assessment.domain import State
from heling.contexts.assessment.domain.process import dispute_deadline
from heling.contexts.assessment.events import (
    AssessmentDisputed,
    AssessmentVoided,
    DisputeWithdrawn,
    ReportDownloaded,
)
from heling.contexts.assessment.models import Assessment, Dispute
from heling.contexts.assessment.models.assessment import GRADED
from heling.contexts.assessment.steps import about, author, lock, move, scale_of, whose
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Problem
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record


@transaction.atomic
def void(*, assessment_id: int, reason: str, at: datetime, by: Actor) -> Assessment:
    """Declare an assessment void, with a reason. What it had taken the place of holds again."""
    assessment = lock(assessment_id, by=by)
    graded = assessment.state in GRADED
    _require_voider(assessment, graded=graded, by=by)
    if not reason.strip():
        raise BadInput.single("作废理由", "请写明为什么作废，例如“认错了人”")
    move(assessment, "void", by=by, reason=reason.strip())
    held = assessment.in_force
    assessment.in_force = False
    with refusing():
        assessment.save(update_fields=["state", "in_force"])
        if held and assessment.supersedes_id is not None:
            _restore(assessment.supersedes_id)
    _close_dispute(assessment, Dispute.Outcome.VOIDED, note=reason.strip(), at=at)
    record(AssessmentVoided(**about(assessment), graded=graded), by=by)
    return assessment


def _require_voider(assessment: Assessment, *, graded: bool, by: Actor) -> None:
    if by.may(Perm.VOID) or by.role == "system":
        return
    if graded:
        raise Forbidden("已完成的评估只能由区县以上民政部门作废。", hint="请联系区县民政。")
    if by.may(Perm.ARRANGE):
        return
    by.require(Perm.PERFORM)  # visible_to has made sure that the assessor takes part


def _restore(predecessor_id: int) -> None:
    predecessor = Assessment.objects.select_for_update().get(pk=predecessor_id)
    if predecessor.state != State.VOIDED:
        predecessor.in_force = True
        predecessor.save(update_fields=["in_force"])


@transaction.atomic
def dispute(
    *,
    assessment_id: int,
    reason: str,
    raised_by: str,
    relation: str,
    on: date,
    by: Actor,
) -> Dispute:
    """Doubt a result: by the elder or the family, or recorded at the counter for them.

    A dispute after the deadline that a rule names is taken all the same and shows as late:
    the rule is 待核实, and whether it bars is for the authority to say.
    """
    if not by.may(Perm.DISPUTE):
        by.require(Perm.RECORD_DISPUTE)
    assessment = lock(assessment_id, by=by)
    problems = [
        Problem(where, message)
        for where, value, message in (
            ("理由", reason, "请写明哪一项、为什么不同意"),
            ("提出人", raised_by, "请写明是谁提出的"),
            ("与老年人的关系", relation, "请写明提出人与老年人的关系"),
        )
        if not value.strip()
    ]
    if problems:
        raise BadInput(*problems)
    move(assessment, "dispute", by=by)
    known = timezone.localdate(assessment.completed_at) if assessment.completed_at else on
    deadline = dispute_deadline(scale_of(assessment), known)
    with refusing():
        assessment.save(update_fields=["state"])
        row = Dispute.objects.create(
            **whose(assessment),
            assessment=assessment,
            raised_by=raised_by.strip(),
            relation=relation.strip(),
            reason=reason.strip(),
            on=on,
            deadline=deadline.on if deadline else None,
            **author(by),
        )
    record(AssessmentDisputed(**about(assessment), dispute_id=row.pk), by=by)
    return row


@transaction.atomic
def withdraw_dispute(*, assessment_id: int, at: datetime, by: Actor, note: str = "") -> Assessment:
    """Take a dispute back; the result holds as before."""
    if not by.may(Perm.DISPUTE):
        by.require(Perm.RECORD_DISPUTE)
    assessment = lock(assessment_id, by=by)
    move(assessment, "withdraw_dispute", by=by, reason=note.strip())
    with refusing():
        assessment.save(update_fields=["state"])
    row = _close_dispute(assessment, Dispute.Outcome.WITHDRAWN, note=note.strip(), at=at)
    if row is None:
        raise NotFound("没有找到正在处理的异议。", hint="请刷新页面。")
    record(DisputeWithdrawn(**about(assessment), dispute_id=row.pk), by=by)
    return assessment


def _close_dispute(
    assessment: Assessment, outcome: Dispute.Outcome, *, note: str, at: datetime
) -> Dispute | None:
    row = Dispute.objects.filter(assessment=assessment, closed_at=None).first()
    if row is not None:
        row.closed_at, row.outcome, row.outcome_note = at, outcome, note[:200]
        row.save(update_fields=["closed_at", "outcome", "outcome_note"])
    return row


@transaction.atomic
def record_report(*, assessment_id: int, by: Actor) -> Assessment:
    """A report left the platform as a file: write down who took it."""
    if not (by.may(Perm.OWN) or by.may(Perm.PERFORM)):
        by.require(Perm.VIEW)
    assessment = Assessment.objects.visible_to(by).graded().filter(pk=assessment_id).first()
    if assessment is None:
        raise NotFound("没有找到这份评估报告。", hint="评估完成后才有报告。")
    record(ReportDownloaded(**about(assessment)), by=by)
    return assessment
