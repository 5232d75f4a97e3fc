"""The door of identity: who acts, which roles exist, who speaks for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from heling.contexts.identity.acting import actor_again, actor_for
from heling.contexts.identity.holders import Holder, holders
from heling.contexts.identity.roles import ROLES, Role, RoleKey, grant, permissions_of
from heling.contexts.identity.speakers import Speaker, speaker_for

__all__ = [
    "ROLES",
    "Holder",
    "Role",
    "RoleKey",
    "Speaker",
    "actor_again",
    "actor_for",
    "fresh_factor",
    "grant",
    "holders",
    "permissions_of",
    "speaker_for",
]


def fresh_factor(view: Callable[..., Any]) -> Callable[..., Any]:
    """Before a POST, have somebody whose last proof is older than five minutes confirm it."""
    # Late: allauth's flows need every app, and models of other contexts import this door.
    from heling.contexts.identity.fresh import fresh_factor as confirming

    return confirming(view)
