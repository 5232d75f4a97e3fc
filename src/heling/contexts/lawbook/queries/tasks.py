"""我的待办: drafts that wait for this official, to be approved or mended."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from heling.contexts.lawbook.access import Perm
from heling.contexts.lawbook.domain.states import DraftState
from heling.contexts.lawbook.models import Draft
from heling.contexts.lawbook.queries.packs import city_name
from heling.kernel.actor import Actor
from heling.platform.web.tasks import Task

TERM = timedelta(days=7)
"""How long a draft may lie before it stands out as late: the house's own habit, no law's term."""

_TODO = {
    DraftState.SUBMITTED: "审定规则草稿",
    DraftState.RETURNED: "按退回的意见修改规则",
}


def tasks_for(by: Actor, *, on: date) -> list[Task]:
    """The actor's drafts, longest waiting first."""
    return [_task(row, on=on) for row in waiting(by).order_by("changed_at")]


def count_tasks(by: Actor) -> int:
    return waiting(by).count()


def waiting(by: Actor) -> QuerySet[Draft]:
    """Submitted by others, for who may publish; sent back, for who wrote at it."""
    mine = Q(pk__in=[])
    wrote = Q(author_id=by.user_id) | Q(writers__contains=[by.user_id])
    if by.may(Perm.PUBLISH) and by.user_id is not None:
        mine |= Q(state=DraftState.SUBMITTED) & ~wrote
    if by.may(Perm.DRAFT) and by.user_id is not None:
        mine |= Q(state=DraftState.RETURNED) & wrote
    return Draft.objects.visible_to(by).filter(mine)


def _task(row: Draft, *, on: date) -> Task:
    due = timezone.localdate(row.changed_at) + TERM
    return Task(
        todo=_TODO[DraftState(row.state)],
        about=row.title,
        place=city_name(row.city),
        due_on=due,
        overdue=due < on,
        url_name="lawbook_draft",
        url_args=(row.pk,),
    )
