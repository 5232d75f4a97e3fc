"""What the database refuses, in the words that the model gave its constraint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from django.apps import apps
from django.db import IntegrityError, transaction

from heling.kernel.errors import Refused


@cache
def _sentences() -> dict[str, str]:
    """Readable message by constraint name, of every constraint that was given one."""
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_models()
        for constraint in model._meta.constraints  # noqa: SLF001
        if constraint.violation_error_message != constraint.default_violation_error_message
    }


def sentence(error: IntegrityError) -> str | None:
    """The Chinese sentence of the constraint that was violated, or None if it has none."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error) or cause.diag.constraint_name is None:
        return None
    return _sentences().get(cause.diag.constraint_name)


@contextmanager
def in_words() -> Iterator[None]:
    """Turn a violated constraint into Refused, with everything inside undone.

    A constraint without a sentence is a defect of ours and comes out as it is.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        words = sentence(error)
        if words is None:
            raise
        raise Refused(f"{words}。", hint="没有保存，请改正后再试。") from error
