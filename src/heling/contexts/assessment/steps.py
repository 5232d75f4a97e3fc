"""Locking, moving and writing down: the lines that every action shares."""

from __future__ import annotations

from datetime import date
from typing import Any

from heling.contexts.assessment.access import Perm
from heling.contexts.assessment.domain import ASSESSMENT, Scale, State, load_scale
from heling.contexts.assessment.models import Assessment, Transition
from heling.kernel.actor import Actor
from heling.kernel.errors import Forbidden, NotFound, Refused


def lock(assessment_id: int, *, by: Actor) -> Assessment:
    """The row, locked and only then read. NotFound for who may not see it."""
    found = (
        Assessment.objects.visible_to(by)
        .select_for_update(of=("self",))
        .filter(pk=assessment_id)
        .first()
    )
    if found is None:
        raise NotFound("没有找到这次评估。", hint="可能已经调整给别人，请从您的评估列表进入。")
    return found


def lock_as_assessor(assessment_id: int, *, by: Actor, permission: Perm) -> Assessment:
    """The row for one of its own team; Forbidden for anybody else who may see it."""
    by.require(permission)
    assessment = lock(assessment_id, by=by)
    if not assessment.team.filter(user_id=by.user_id or 0).exists():
        raise Forbidden(
            "只有参加这次评估的评估人员可以办理。", hint="如需更换人员，请联系街道调整。"
        )
    return assessment


def lock_draft(assessment_id: int, *, by: Actor) -> Assessment:
    """A draft of the actor's own, for filling in."""
    assessment = lock_as_assessor(assessment_id, by=by, permission=Perm.PERFORM)
    if assessment.state != State.DRAFT:
        label = ASSESSMENT.labels[State(assessment.state)]
        raise Refused(f"评估现在是“{label}”，内容不能再改。", hint="待签字的评估可以先退回修改。")
    return assessment


def move(assessment: Assessment, step: str, *, by: Actor, reason: str = "") -> None:
    """Take a step of the table and append its status row. The caller saves the assessment."""
    assessment.state = ASSESSMENT.next(step, assessment.state)
    Transition.objects.create(
        **whose(assessment),
        assessment=assessment,
        step=step,
        state=assessment.state,
        reason=reason,
        **author(by),
    )


def whose(assessment: Assessment) -> dict[str, Any]:
    return {"elder_id": assessment.elder_id, "code": assessment.code}


def about(assessment: Assessment) -> dict[str, Any]:
    """The fields that every event of an assessment carries."""
    return {**whose(assessment), "assessment_id": assessment.pk}


def author(by: Actor) -> dict[str, Any]:
    return {"user_id": by.user_id, "actor_name": by.name, "role": by.role}


def scale_of(assessment: Assessment) -> Scale:
    """The scale in the version with which the assessment was begun."""
    return load_scale(assessment.scale, assessment.scale_version)


def day_of(assessment: Assessment) -> date:
    """The day of assessment, of a row that must have one (the database holds it to that)."""
    if assessment.assessed_on is None:
        raise ValueError(f"assessment {assessment.pk} has no day")
    return assessment.assessed_on


def level_of(assessment: Assessment) -> int:
    """The level's number, of a row that has been graded."""
    if assessment.level is None:
        raise ValueError(f"assessment {assessment.pk} has not been graded")
    return assessment.level
