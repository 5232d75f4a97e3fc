"""What the database itself refuses, as a sentence of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import DatabaseError, transaction

from heling.kernel.errors import Conflict, HelingError, Refused

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
    message = _messages().get(diagnostics.constraint_name or "")
    return Refused(f"{message}。") if message else None


def _messages() -> dict[str, str]:
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_app_config("entitlements").get_models()
        for constraint in model._meta.constraints  # noqa: SLF001 - Django's documented API
        if constraint.violation_error_message
    }
