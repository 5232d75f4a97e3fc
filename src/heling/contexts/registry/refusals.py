"""The database's own refusals, in the words of the model that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import DatabaseError, transaction

from heling.kernel.errors import Conflict, HelingError, Refused


@contextmanager
def refusing() -> Iterator[None]:
    """Run a write in a savepoint; a violated constraint becomes Refused with its own sentence.

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
    cause = error.__cause__
    diagnostics = getattr(cause, "diag", None)
    if diagnostics is None:
        return None
    if diagnostics.sqlstate == "55P03":  # lock_not_available
        return Conflict("这条记录正被别人修改，暂时保存不了。", hint="请过几秒再试。")
    if "Invalid transition" in (diagnostics.message_primary or ""):
        return Refused("现在的状态不允许这样办理。", hint="请刷新页面，看最新状态。")
    message = _messages().get(diagnostics.constraint_name or "")
    return Refused(f"{message}。") if message else None


def _messages() -> dict[str, str]:
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_app_config("registry").get_models()
        for constraint in model._meta.constraints  # noqa: SLF001 - Django's documented API
        if constraint.violation_error_code or constraint.violation_error_message
    }
