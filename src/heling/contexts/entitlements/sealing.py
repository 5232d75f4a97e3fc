"""What people say in an objection is sealed: it may name neighbours and illnesses."""

from __future__ import annotations

from uuid import UUID

from heling.contexts.entitlements.models import Objection
from heling.platform.crypto import seal, unseal

COLUMNS = ("objector", "contact", "content")


def sealed(uid: UUID, **texts: str) -> dict[str, bytes]:
    """Column values for ``objector``, ``contact`` and ``content``."""
    return {
        f"{column}_sealed": seal(text.strip(), bound_to=_place(uid, column))
        for column, text in texts.items()
    }


def opened(objection: Objection) -> dict[str, str]:
    """The three texts in clear, for the person who handles the objection."""
    return {
        column: unseal(
            getattr(objection, f"{column}_sealed"), bound_to=_place(objection.uid, column)
        )
        for column in COLUMNS
    }


def _place(uid: UUID, column: str) -> str:
    return f"entitlements_objection.{column}.{uid}"
