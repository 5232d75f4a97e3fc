"""What the database refuses, as an error of ours in words that a clerk can act on.

A constraint speaks the sentence that its model gave it; a trigger of ours raises its sentence
as ``restrict_violation``; the state triggers of pgtrigger refuse a step that the table does
not know; somebody else holds the row, or the elder has just moved from under it. Everything
else is a fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from django.apps import apps
from django.db import DatabaseError, transaction

from heling.kernel.errors import Conflict, HelingError, Refused

# Waited too long for a row, or two waited for each other: to people it is the same.
_BUSY = {"55P03", "40P01"}
_OWN_WORDS = "23001"
# The key by which every row about an elder stands where the elder lives (registry/README.md).
_PLACE_KEY = "_with_elder"
_UNKNOWN_STEP = "Invalid transition"  # what pgtrigger.FSM raises


@cache
def _sentences() -> dict[str, str]:
    """Readable message by constraint name, of every constraint that was given one."""
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_models()
        for constraint in model._meta.constraints  # noqa: SLF001 - Django's documented API
        if constraint.violation_error_message != constraint.default_violation_error_message
    }


def sentence(error: DatabaseError) -> str:
    """The Chinese sentence of the constraint or trigger that said no; empty without one."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error):
        return ""
    said = cause.diag.message_primary or ""
    if cause.diag.constraint_name is not None:
        return _sentences().get(cause.diag.constraint_name, "")
    return said if cause.sqlstate == _OWN_WORDS else ""


def refusal(error: DatabaseError) -> HelingError | None:
    """The error as one of ours, or None for a fault: that is a defect and comes out as it is."""
    if words := sentence(error):
        return Refused(f"{words}。", hint="没有保存，请核对后再试。")
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error):
        return None
    if cause.sqlstate in _BUSY:
        return Conflict(
            "别人正在处理同一条数据，刚才的操作没有保存。", hint="请稍等几秒，再试一次。"
        )
    if (cause.diag.constraint_name or "").endswith(_PLACE_KEY):
        return Conflict(
            "这位老年人的居住地刚刚变更，刚才的操作没有保存。", hint="请刷新页面，再试一次。"
        )
    if _UNKNOWN_STEP in (cause.diag.message_primary or ""):
        return Refused("现在的状态不允许这样办理。", hint="请刷新页面，看最新状态。")
    return None


@contextmanager
def refusing() -> Iterator[None]:
    """Run writes in a savepoint; what the database refuses is undone and raised in words.

    Raises Refused or Conflict (see :func:`refusal`); faults pass unchanged.
    """
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise refused from error
