"""The database's own refusals, in the words of the constraint or trigger that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import DatabaseError, transaction

from heling.kernel.errors import Refused

_RESTRICT_VIOLATION = "23001"  # raised by our own triggers (models/guards.py), with a sentence


@contextmanager
def refusing() -> Iterator[None]:
    """Run a write in a savepoint; what the database refuses by a rule of ours becomes Refused.

    Other database errors pass unchanged: they are faults, not refusals.
    """
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        sentence = _sentence(error)
        if not sentence:
            raise
        raise Refused(f"{sentence}。", hint="请刷新页面，看最新状态后再办理。") from error


def _sentence(error: DatabaseError) -> str:
    diagnostics = getattr(error.__cause__, "diag", None)
    if diagnostics is None:
        return ""
    said = diagnostics.message_primary or ""
    if diagnostics.sqlstate == _RESTRICT_VIOLATION:
        return said
    if "Invalid transition" in said:
        return "现在的状态不允许这样办理"
    return _messages().get(diagnostics.constraint_name or "", "")


def _messages() -> dict[str, str]:
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_app_config("assessment").get_models()
        for constraint in model._meta.constraints  # noqa: SLF001 - Django's documented API
        if constraint.violation_error_message
    }
