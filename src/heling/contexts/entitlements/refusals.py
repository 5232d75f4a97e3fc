"""What the database itself refuses, as a sentence of ours: constraints, triggers, locks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, IntegrityError, transaction

from heling.kernel.errors import Conflict, HelingError, Refused
from heling.platform.access.refusals import sentence

_OWN_WORDS = "23001"  # restrict_violation: raised by our triggers with a Chinese sentence
_LOCKED = "55P03"


@contextmanager
def refusing() -> Iterator[None]:
    """Run writes in a savepoint; a broken constraint or trigger becomes Refused or Conflict.

    Other database errors pass unchanged: they are faults, not refusals.
    """
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        refusal = _read(error)
        if refusal is None:
            raise
        raise refusal from error


def _read(error: DatabaseError) -> HelingError | None:
    if isinstance(error, IntegrityError) and (words := sentence(error)):
        return Refused(f"{words}。")
    diagnostics = getattr(error.__cause__, "diag", None)
    if diagnostics is None:
        return None
    said = diagnostics.message_primary or ""
    if diagnostics.sqlstate == _LOCKED:
        return Conflict("别人正在办理这件事，暂时不能保存。", hint="请过几秒再试。")
    if diagnostics.sqlstate == _OWN_WORDS:
        return Refused(f"{said}。")
    if "Invalid transition" in said:
        return Refused("现在的状态不允许这样办理。", hint="请刷新页面，看最新状态。")
    return None
