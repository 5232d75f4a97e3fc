"""Arranging an assessment: for whom, why, by whom, when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from heling.contexts.assessment.access import Perm
from heling.contexts.assessment.domain import (
    Assessor,
    Reason,
    Scale,
    State,
    check_reason,
    check_team,
    load_scale,
)
from heling.contexts.assessment.events import AssessmentArranged, AssessmentReassigned
from heling.contexts.assessment.models import Assessment, Transition
from heling.contexts.assessment.models import Assessor as AssessorRow
from heling.contexts.assessment.steps import about, author, lock, scale_of, whose
from heling.contexts.identity.public import RoleKey, holders
from heling.contexts.registry.public import ElderCard, elder_card
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record


@transaction.atomic
def start_assessment(
    *,
    elder_id: int,
    scale: str,
    reason: Reason,
    assessors: Sequence[int],
    today: date,
    by: Actor,
    experts: frozenset[int] = frozenset(),
    note: str = "",
    planned_on: date | None = None,
    place: str = "",
    reviews_id: int | None = None,
) -> Assessment:
    """Begin a draft. ``assessors`` and ``experts`` are account ids.

    A 复评 names the disputed assessment in ``reviews_id``. Arranged by an official, or
    begun by an assessor who takes part. Raises BadInput with everything wrong with the
    reason and the team, Refused where one is already under way.
    """
    first = _disputed(reviews_id, elder_id=elder_id, by=by) if reason is Reason.REVIEW else None
    _require_arranger(by, assessors, review=first is not None)
    elder = _assessable(elder_id, by=by)
    chosen = load_scale(scale)
    team = _team(assessors, experts, code=elder.code, on=today)
    _check_undisputed(elder.id, scale, reason, by=by)
    check_reason(reason, has_previous=_has_previous(elder.id, scale, by=by), note=note)
    _check(chosen, team, reason, first)
    _check_day(planned_on, today)
    with refusing():
        assessment = Assessment.objects.create(
            elder_id=elder.id,
            code=elder.code,
            scale=chosen.id,
            scale_version=chosen.version,
            scale_sha256=chosen.sha256,
            **_numbers(chosen, reason),
            reason=reason.value,
            reason_note=note.strip(),
            planned_on=planned_on,
            place=place.strip() or f"{elder.place_name}{elder.address}",
            reviews=first,
            demo=elder.demo,
        )
        _write_team(assessment, team)
        Transition.objects.create(
            **whose(assessment),
            assessment=assessment,
            step="arrange",
            state=State.DRAFT.value,
            reason=note.strip(),
            **author(by),
        )
    record(AssessmentArranged(**about(assessment), scale=scale, reason=reason.value), by=by)
    return assessment


@transaction.atomic
def assign(
    *,
    assessment_id: int,
    assessors: Sequence[int],
    today: date,
    by: Actor,
    experts: frozenset[int] = frozenset(),
    planned_on: date | None = None,
    place: str = "",
) -> Assessment:
    """Change team, day or place of a draft."""
    assessment = lock(assessment_id, by=by)
    _require_arranger(by, assessors, review=assessment.reviews_id is not None)
    if assessment.state != State.DRAFT:
        raise Refused("已提交签字的评估不能再换人。", hint="请先由评估人员退回修改。")
    team = _team(assessors, experts, code=assessment.code, on=today)
    _check(scale_of(assessment), team, Reason(assessment.reason), assessment.reviews)
    _check_day(planned_on, today)
    assessment.planned_on = planned_on
    assessment.place = place.strip() or assessment.place
    with refusing():
        assessment.team.all().delete()
        _write_team(assessment, team)
        assessment.save(update_fields=["planned_on", "place"])
    record(AssessmentReassigned(**about(assessment)), by=by)
    return assessment


def _require_arranger(by: Actor, assessors: Sequence[int], *, review: bool) -> None:
    """Officials arrange; an assessor may begin an assessment that it takes part in."""
    if review:
        by.require(Perm.ARRANGE_REVIEW)  # not by the street that arranged the first one
        return
    if by.may(Perm.ARRANGE):
        return
    by.require(Perm.PERFORM)
    if by.user_id not in assessors:
        raise Forbidden("只能登记本人参加的评估。", hint="请把自己加入评估人员，或由街道安排。")


def _assessable(elder_id: int, *, by: Actor) -> ElderCard:
    elder = elder_card(elder_id, by=by)
    if not elder.active:
        raise Refused(
            f"{elder.name}不在册（已故或迁出），不能安排评估。", hint="如属误登记，请先恢复在册。"
        )
    return elder


def _disputed(reviews_id: int | None, *, elder_id: int, by: Actor) -> Assessment:
    if reviews_id is None:
        raise BadInput.single("评估原因", "复评要指明有异议的原评估，请从那次评估的页面发起")
    first = Assessment.objects.in_scope(by).filter(pk=reviews_id, elder_id=elder_id).first()
    if first is None:
        raise NotFound("没有找到要复评的原评估。", hint="请从有异议的评估页面发起复评。")
    if first.state != State.DISPUTED:
        raise Refused("只有有异议的评估才需要复评。", hint="请先登记异议，或选择即时评估。")
    return first


def _check_undisputed(elder_id: int, scale: str, reason: Reason, *, by: Actor) -> None:
    """A disputed result is answered by other people, never overtaken by the same ones."""
    disputed = Assessment.objects.in_scope(by).filter(
        elder_id=elder_id, scale=scale, in_force=True, state=State.DISPUTED.value
    )
    if reason is not Reason.REVIEW and disputed.exists():
        raise Refused(
            "现行的评估结果有异议，不能另行评估。", hint="请由区县民政从那次评估发起复评。"
        )


def _has_previous(elder_id: int, scale: str, *, by: Actor) -> bool:
    return Assessment.objects.in_scope(by).graded().filter(elder_id=elder_id, scale=scale).exists()


def _team(
    assessors: Sequence[int], experts: frozenset[int], *, code: str, on: date
) -> list[Assessor]:
    """The people behind the ids, with the qualification that their posts record."""
    known = {h.user_id: h for h in holders(RoleKey.ASSESSOR, code=code, on=on)}
    strangers = [user_id for user_id in assessors if user_id not in known]
    if strangers:
        raise BadInput.single("评估人员", "所选人员不是本区划在岗的评估员，请从列表中选择")
    return [
        Assessor(
            person_id=user_id,
            name=known[user_id].name,
            medical=known[user_id].medical,
            expert=user_id in experts,
        )
        for user_id in assessors
    ]


def _check(
    scale: Scale, team: Sequence[Assessor], reason: Reason, first: Assessment | None
) -> None:
    """The team's rules, all but the guardian: whether one is present shows on site."""
    first_team = None
    if first is not None:
        first_team = frozenset(first.team.values_list("user_id", flat=True))
    check_team(scale, team, reason=reason, first_team=first_team, guardian_present=True)


def _check_day(planned_on: date | None, today: date) -> None:
    if planned_on is not None and planned_on < today:
        raise BadInput.single("约定日期", f"{planned_on} 已经过去，请改为今天或以后的日期")


def _numbers(scale: Scale, reason: Reason) -> dict[str, int]:
    """How many of whom this scale asks for, for the database to hold."""

    def at_least(name: str, on_review: str = "") -> int:
        names = (name, on_review) if reason is Reason.REVIEW else (name,)
        return max((scale.process[n].value for n in names if n in scale.process), default=0)

    return {
        "team_at_least": at_least("assessors_at_least", "review_assessors_at_least"),
        "medical_at_least": at_least("medical_at_least"),
        "expert_at_least": at_least("expert_at_least", "review_experts_at_least"),
    }


def _write_team(assessment: Assessment, team: Sequence[Assessor]) -> None:
    AssessorRow.objects.bulk_create(
        AssessorRow(
            **whose(assessment),
            assessment=assessment,
            user_id=member.person_id,
            name=member.name,
            medical=member.medical,
            expert=member.expert,
        )
        for member in team
    )
