"""Steps that every action on a case shares: lock, take a step of the table, write it down."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.domain.objections import OBJECTION, ObjectionState
from heling.contexts.entitlements.domain.procedure import due_on
from heling.contexts.entitlements.domain.states import CASE, LIVE, TURNS, Owner, State
from heling.contexts.entitlements.events import Moved
from heling.contexts.entitlements.models import Application, Due, Objection, StatusRow
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Conflict, NotFound
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record

HOLDS_ITEMS = frozenset({*LIVE})


def lock_case(application_id: int, *, by: Actor, seen: int | None = None) -> Application:
    """The case, locked. NotFound for a stranger.

    ``seen`` is the version that the person looked at: Conflict when somebody else has taken
    a step since (two reviewers with the same page open).
    """
    with refusing():
        case = (
            Application.objects.visible_to(by)
            .select_for_update(of=("self",))
            .filter(pk=application_id)
            .first()
        )
    if case is None:
        raise NotFound("没有找到这份申请。", hint="可能不在您的辖区内，请核对编号。")
    if seen is not None and case.version != seen:
        last = StatusRow.objects.filter(application=case).order_by("-pk").first()
        who = f"{last.actor_name}已将它办到" if last else "它现在是"
        raise Conflict(
            f"您打开页面之后，{who}“{CASE.labels[State(case.state)]}”。",
            hint="您的意见没有保存，请刷新页面后再办。",
        )
    return case


def own(case: Application, *, by: Actor) -> bool:
    """Does the actor act as the elder or for the elder, not as an official?"""
    return by.territory is None and case.elder_id in by.elder_ids


def take(
    case: Application,
    step: str,
    *,
    by: Actor,
    on: date,
    reason: str = "",
    start: date | None = None,
) -> None:
    """Take one step of the table: state, owner, due day, status row, journal.

    ``start`` is the day from which the next term runs, when it is not ``on``.
    """
    before = case.state
    case.state = CASE.next(step, before)
    _hand_over(case, on=start or on)
    case.version += 1
    with refusing():
        case.save()
    if before in HOLDS_ITEMS and case.state not in HOLDS_ITEMS:
        case.items.update(live=False)
    note(case, step, before=before, by=by, reason=reason)


def note(case: Application, step: str, *, before: str, by: Actor, reason: str = "") -> None:
    """Append a status row and tell the journal."""
    StatusRow.objects.create(
        application=case,
        code=case.code,
        elder_id=case.elder_id,
        step=step,
        before=before,
        after=case.state,
        reason=reason,
        **signature(by),
    )
    record(
        Moved(
            application_id=case.pk,
            elder_id=case.elder_id,
            code=case.code,
            step=step,
            before=before,
            after=case.state,
        ),
        by=by,
    )


def _hand_over(case: Application, *, on: date) -> None:
    turn = TURNS.get(State(case.state))
    case.owner = turn.owner if turn else Owner.NOBODY
    case.due_on = due_on(case.city, turn.term, on) if turn else None


def close_objections(case: Application, *, by: Actor, why: str) -> None:
    """Objections to a case that has ended are moot: say so, so that no task stays open."""
    Objection.objects.filter(application=case, state=ObjectionState.OPEN).update(
        state=OBJECTION.next("close", ObjectionState.OPEN),
        handled_at=Now(),
        handler_name=by.name,
        reason=why,
    )


def signature(by: Actor) -> dict[str, Any]:
    """The columns of ``Signed``."""
    return {"user_id": by.user_id, "actor_name": by.name, "role": by.role}


def required(text: str, *, where: str) -> str:
    """A reason that must be given. Raises BadInput when it says nothing."""
    text = text.strip()
    if len(text) < 4:
        raise BadInput.single(where, "请写明理由（至少 4 个字），当事人会看到")
    return text


def require_any(by: Actor, *permissions: Perm) -> None:
    """Raise Forbidden unless the actor holds one of the permissions."""
    if not any(by.may(permission) for permission in permissions):
        by.require(permissions[0])


def next_id(table: str) -> int:
    """The next primary key of a table, for rows whose number contains it."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return int(cursor.fetchone()[0])


def close_dues(elder_id: int, *, note: str, by: Actor) -> None:
    """The open re-determinations of an elder are settled; ``note`` says how."""
    Due.objects.visible_to(by).filter(elder_id=elder_id, done_at=None).update(
        done_at=Now(), note=note
    )
