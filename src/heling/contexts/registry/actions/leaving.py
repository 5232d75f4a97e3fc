"""Death, moving away, and taking either back where it was recorded by mistake."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.common import locked
from heling.contexts.registry.domain.states import ELDER
from heling.contexts.registry.events import ElderDied, ElderLeft, ElderReinstated
from heling.contexts.registry.models import Elder, Transition
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Problem
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record


@transaction.atomic
def record_death(*, elder_id: int, on: date, source: str, today: date, by: Actor) -> None:
    """The elder died on ``on``; ``source`` says how it is known (死亡证明编号、公安比对等).

    The event stops what must stop elsewhere: benefits, cases, visits.
    """
    by.require(Perm.RECORD_DEATH)
    elder = locked(elder_id, by=by)
    problems = _day(on, elder, today=today, where="去世日期")
    if not source.strip():
        problems.append(Problem("依据", "没有填写，请写明死亡证明编号或信息来源"))
    if problems:
        raise BadInput(*problems)
    _step(elder, "record_death", on=on, reason=source.strip(), by=by, died_on=on)
    record(ElderDied(elder_id=elder.pk, code=elder.code, on=on), by=by)


@transaction.atomic
def record_move_away(*, elder_id: int, on: date, destination: str, today: date, by: Actor) -> None:
    """The elder left the cities of this registry on ``on``, for ``destination``."""
    by.require(Perm.RECORD_DEATH)
    elder = locked(elder_id, by=by)
    problems = _day(on, elder, today=today, where="迁出日期")
    if not destination.strip():
        problems.append(Problem("去向", "没有填写，请写明迁往哪里"))
    if problems:
        raise BadInput(*problems)
    _step(elder, "move_away", on=on, reason=f"迁往{destination.strip()}", by=by, left_on=on)
    record(ElderLeft(elder_id=elder.pk, code=elder.code, on=on), by=by)


@transaction.atomic
def reinstate(*, elder_id: int, reason: str, today: date, by: Actor) -> None:
    """Take back a death or a move recorded by mistake, or note that the elder came back."""
    by.require(Perm.RECORD_DEATH)
    elder = locked(elder_id, by=by)
    reason = reason.strip()
    if not reason:
        raise BadInput.single("理由", "没有填写，请写明为什么恢复")
    _step(elder, "reinstate", on=today, reason=reason, by=by, died_on=None, left_on=None)
    record(ElderReinstated(elder_id=elder.pk, code=elder.code, reason=reason), by=by)


def _day(on: date, elder: Elder, *, today: date, where: str) -> list[Problem]:
    if on > today:
        return [Problem(where, f"{on} 在今天之后，请核对")]
    if on < elder.birth:
        return [Problem(where, f"{on} 早于出生日期 {elder.birth}，请核对")]
    return []


def _step(elder: Elder, step: str, *, on: date, reason: str, by: Actor, **dates: Any) -> None:
    """Move along the table and append the state row."""
    elder.state = ELDER.next(step, elder.state).value
    for name, value in dates.items():
        setattr(elder, name, value)
    elder.version += 1
    with refusing():
        elder.save(update_fields=["state", "version", *dates])
    note_transition(elder, step, on=on, reason=reason, by=by)


def note_transition(elder: Elder, step: str, *, on: date, reason: str, by: Actor) -> None:
    """Append who changed the state, when and why."""
    Transition.objects.create(
        elder=elder,
        code=elder.code,
        step=step,
        state=elder.state,
        on=on,
        reason=reason[:200],
        user_id=by.user_id,
        actor_name=by.name,
    )
