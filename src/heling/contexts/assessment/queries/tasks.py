"""我的待办 of assessment: to fill in, to sign, to arrange, by deadline."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from heling.contexts.assessment.access import Perm
from heling.contexts.assessment.domain import State
from heling.contexts.assessment.models import Assessment, Assessor
from heling.contexts.assessment.queries.rows import attach_elders, due_rows
from heling.kernel.actor import Actor
from heling.platform.web.tasks import Task

AHEAD = timedelta(days=30)
_WITHIN = timedelta(days=7)  # an assessment without an agreed day waits a week at most


def tasks_for(by: Actor, *, on: date, limit: int = 50) -> list[Task]:
    """The actor's tasks, most urgent first, at most ``limit``."""
    found: list[Task] = []
    if by.may(Perm.PERFORM):
        found += _of(filling(by), "上门评估、填写评估表", on, limit)
        found += _of(signing(by), "在评估结果上签字", on, limit)
    if by.may(Perm.ARRANGE):
        found += _due(by, on, limit)
    return sorted(found, key=lambda task: task.due_on)[:limit]


def count_tasks(by: Actor, *, on: date) -> int:
    """How many there are in all."""
    count = 0
    if by.may(Perm.PERFORM):
        count += filling(by).count() + signing(by).count()
    if by.may(Perm.ARRANGE):
        count += expected(by, on=on).count()
    return count


def filling(by: Actor) -> QuerySet[Assessment]:
    return Assessment.objects.visible_to(by).filter(state=State.DRAFT)


def signing(by: Actor) -> QuerySet[Assessment]:
    """Submitted assessments that wait for this assessor's own signature."""
    mine = Assessor.objects.filter(
        assessment=OuterRef("pk"), user_id=by.user_id or 0, signed_at=None
    )
    waiting = Assessment.objects.visible_to(by).filter(state=State.AWAITING_SIGNATURE)
    return waiting.filter(Exists(mine))


def expected(by: Actor, *, on: date) -> QuerySet[Assessment]:
    """In force, and the next one falls due within the month or is overdue; none is under way."""
    under_way = Assessment.objects.filter(
        elder_id=OuterRef("elder_id"),
        scale=OuterRef("scale"),
        state__in=[State.DRAFT, State.AWAITING_SIGNATURE],
    )
    return due_rows(by).filter(due_on__lte=on + AHEAD).exclude(Exists(under_way))


def _of(rows: QuerySet[Assessment], todo: str, on: date, limit: int) -> list[Task]:
    page = list(rows.order_by("planned_on", "pk")[:limit])
    attach_elders(page)
    return [
        _task(
            row, todo, row.planned_on or row.created_at.date() + _WITHIN, on, "assessment", row.pk
        )
        for row in page
    ]


def _due(by: Actor, on: date, limit: int) -> list[Task]:
    page = list(expected(by, on=on).order_by("due_on", "pk")[:limit])
    attach_elders(page)
    return [
        _task(row, "安排定期复评", row.due_on or on, on, "assessment_arrange", row.elder_id)
        for row in page
    ]


def _task(row: Assessment, todo: str, due_on: date, on: date, url: str, arg: int) -> Task:
    card = getattr(row, "elder", None)
    return Task(
        todo=todo,
        about=card.name if card else "",
        place=card.place_name if card else "",
        due_on=due_on,
        overdue=due_on < on,
        url_name=url,
        url_args=(arg,),
    )
