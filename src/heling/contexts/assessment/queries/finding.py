"""Finding one assessment, or nothing that would tell a stranger that it exists."""

from __future__ import annotations

from heling.contexts.assessment.domain import Scale, load_scale
from heling.contexts.assessment.models import Assessment
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound


def get(assessment_id: int, *, by: Actor) -> Assessment:
    """With team, risk events and disputes at hand. NotFound for who may not see it."""
    found = (
        Assessment.objects.visible_to(by)
        .filter(pk=assessment_id)
        .select_related("reviews")
        .prefetch_related("team", "risk_events", "disputes")
        .first()
    )
    if found is None:
        raise NotFound("没有找到这次评估。", hint="可能已经调整给别人，请从评估列表进入。")
    return found


def scale_of(row: Assessment) -> Scale:
    """The scale in the version with which the assessment was begun."""
    return load_scale(row.scale, row.scale_version)
