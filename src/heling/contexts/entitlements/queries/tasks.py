"""我的待办: whose turn it is, by deadline. The table of states decides, not a to-do list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import F, Q, QuerySet

from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.domain.months import CycleState, month_of
from heling.contexts.entitlements.domain.objections import CAUSE_LABELS, Cause, ObjectionState
from heling.contexts.entitlements.domain.procedure import due_on
from heling.contexts.entitlements.domain.states import CASE, TURNS, Channel, State
from heling.contexts.entitlements.models import Application, Cycle, Due, Objection
from heling.contexts.places import public as places
from heling.contexts.registry import public as registry
from heling.kernel.actor import Actor
from heling.kernel.identifiers import Territory
from heling.platform.web.tasks import Task

# What lies before an official in each state, and the permission that makes it theirs.
_MINE: dict[State, Perm] = {
    State.SUBMITTED: Perm.ACCEPT,
    State.ACCEPTED: Perm.FIRST_REVIEW,
    State.FIRST_PASSED: Perm.SECOND_REVIEW,
    State.REFUSAL_PROPOSED: Perm.SECOND_REVIEW,
    State.SECOND_PASSED: Perm.PUBLISH,
    State.REFUSAL_CONFIRMED: Perm.DECIDE,
}


def tasks_for(by: Actor, *, on: date, limit: int = 50) -> list[Task]:
    """The actor's tasks, most urgent first, at most ``limit``."""
    found = [
        *_cases(by, on, limit),
        *_objections(by, on, limit),
        *_dues(by, on, limit),
        *_months(by, on, limit),
    ]
    return sorted(found, key=lambda task: task.due_on)[:limit]


def count_tasks(by: Actor, *, on: date) -> int:
    """How many there are in all."""
    rows = (waiting(by, on=on), open_objections(by), open_dues(by), open_months(by, on=on))
    return sum(found.count() for found in rows)


def waiting(by: Actor, *, on: date) -> QuerySet[Application]:
    """Cases whose next step is this actor's. Somebody who has signed the present round is
    not asked to sign it again."""
    states = [state for state, permission in _MINE.items() if by.may(permission)]
    mine = Q(state__in=states) & ~Q(applied_by=by.user_id)
    if by.may(Perm.DECIDE):
        mine |= Q(state=State.PUBLISHED, publicity_ends__lt=on)
    if by.may(Perm.INVITE) and by.may(Perm.APPLY_FOR):
        mine |= Q(state=State.DRAFT, channel=Channel.AUTOMATIC)
        mine |= Q(state__in=[State.DRAFT, State.CORRECTION], applied_by=by.user_id)
    cases = Application.objects.visible_to(by).filter(mine, due_on__isnull=False)
    reviewing = [State.FIRST_PASSED, State.REFUSAL_PROPOSED]
    return cases.exclude(Q(state__in=reviewing) & Q(pk__in=_signed_now(by).values("pk")))


def _signed_now(by: Actor) -> QuerySet[Application]:
    return Application.objects.visible_to(by).filter(
        reviews__user_id=by.user_id, reviews__round=F("round")
    )


def open_objections(by: Actor) -> QuerySet[Objection]:
    """Objections for this actor to answer: not to a case that the actor reviewed."""
    if not (by.may(Perm.RESOLVE) and by.may(Perm.DECIDE)):
        return Objection.objects.none()
    return (
        Objection.objects.visible_to(by)
        .filter(state=ObjectionState.OPEN)
        .exclude(application__reviews__user_id=by.user_id)
    )


def open_dues(by: Actor) -> QuerySet[Due]:
    """Re-determinations that wait for somebody who decides."""
    if not by.may(Perm.DECIDE):
        return Due.objects.none()
    return Due.objects.visible_to(by).filter(done_at=None)


def open_months(by: Actor, *, on: date) -> QuerySet[Cycle]:
    """Rosters of the actor's own territory whose month is over and that nobody has sealed."""
    if not by.may(Perm.CYCLES) or by.territory is None:
        return Cycle.objects.none()
    return Cycle.objects.visible_to(by).filter(
        code=by.territory.prefix, state=CycleState.OPEN, month__lt=date(on.year, on.month, 1)
    )


def _cases(by: Actor, on: date, limit: int) -> Iterator[Task]:
    rows = list(waiting(by, on=on).order_by("due_on", "pk")[:limit])
    cards = registry.elder_cards({row.elder_id for row in rows}, by=by)
    for row in rows:
        card = cards.get(row.elder_id)
        if card is not None and row.due_on is not None:
            state = State(row.state)
            yield Task(
                todo=TURNS[state].todo,
                about=f"{card.name}（{CASE.labels[state]}）",
                place=card.place_name,
                due_on=row.due_on,
                overdue=on > row.due_on,
                url_name="entitlements_application",
                url_args=(row.pk,),
            )


def _objections(by: Actor, on: date, limit: int) -> Iterator[Task]:
    rows = list(open_objections(by).order_by("due_on", "pk")[:limit])
    cards = registry.elder_cards({row.elder_id for row in rows}, by=by)
    for row in rows:
        card = cards.get(row.elder_id)
        if card is not None:
            yield Task(
                todo="核实并答复异议",
                about=f"对{card.name}的公示",
                place=card.place_name,
                due_on=row.due_on,
                overdue=on > row.due_on,
                url_name="entitlements_objection",
                url_args=(row.pk,),
            )


def _dues(by: Actor, on: date, limit: int) -> Iterator[Task]:
    rows = list(open_dues(by).order_by("due_on", "pk")[:limit])
    cards = registry.elder_cards({row.elder_id for row in rows}, by=by)
    for row in rows:
        card = cards.get(row.elder_id)
        if card is not None:
            yield Task(
                todo="重新认定",
                about=f"{card.name}（{CAUSE_LABELS[Cause(row.cause)]}）",
                place=card.place_name,
                due_on=row.due_on,
                overdue=on > row.due_on,
                url_name="entitlements_elder",
                url_args=(row.elder_id,),
            )


def _months(by: Actor, on: date, limit: int) -> Iterator[Task]:
    rows = list(open_months(by, on=on).order_by("month", "pk")[:limit])
    place = places.names([row.code for row in rows])
    for row in rows:
        last = month_of(row.month).end
        assert last is not None  # noqa: S101 - a month always ends
        due = due_on(Territory(row.code).city, "sealing", last)
        yield Task(
            todo="核对并封存月度名册",
            about=f"{row.month:%Y年%-m月}",
            place=place.get(row.code, row.code),
            due_on=due,
            overdue=on > due,
            url_name="entitlements_cycle",
            url_args=(row.pk,),
        )
