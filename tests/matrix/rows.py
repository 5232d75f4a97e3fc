"""What a row of the matrix says, and what it means for one persona."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from tests.matrix.personas import Persona

from heling.contexts.identity.public import RoleKey, permissions_of


class Outcome(StrEnum):
    """How a request ended, as far as access goes."""

    IN = "let in"
    LOGIN = "sent to the login page"
    GATE = "sent to the second factor"
    FORBIDDEN = "403 forbidden"
    MISSING = "404 not found"
    METHOD = "405 method not allowed"
    BROKEN = "5xx broken"


IN, FORBIDDEN, MISSING = Outcome.IN, Outcome.FORBIDDEN, Outcome.MISSING


@dataclass(frozen=True)
class Row:
    """One URL name.

    ``face``: console, family, account (anybody logged in) or "" (public). ``perms``: any of
    them lets in. ``thing``: the factory (things.py) that makes the object and its URL
    arguments. ``who``: personas let in, where permissions do not say it. ``but``: single
    exceptions by persona. ``post``: permissions that a POST needs where they differ from
    GET's; ``data``: what is posted. ``personal``: whether its object is data about a person;
    only those must be hidden by row-level security too.
    """

    face: str
    perms: tuple[str, ...] = ()
    thing: str = ""
    who: frozenset[str] | None = None
    but: dict[str, Outcome] = field(default_factory=dict)
    post: tuple[str, ...] | None = None
    data: dict[str, Any] = field(default_factory=dict)
    personal: bool = True

    def expected(self, persona: Persona, method: str, reach: Reach) -> set[Outcome]:
        """Every outcome that is right for this cell."""
        if persona.name in self.but:
            return {self.but[persona.name], Outcome.METHOD}
        right = self._get(persona, reach)
        if method == "GET":
            # A URL that takes POST alone answers a GET before it asks who is there.
            return right | {Outcome.METHOD}
        if self.post is not None and IN in right:
            return replace(self, perms=self.post, post=None).expected(persona, "GET", reach)
        return right | {Outcome.METHOD}

    def _get(self, persona: Persona, reach: Reach) -> set[Outcome]:
        if not self.face:
            return {IN, Outcome.LOGIN} if not persona.logged_in else {IN}
        if not persona.logged_in:
            return {Outcome.LOGIN}
        if self.face == "account":
            return {IN, MISSING}
        if persona.face != self.face:
            return {FORBIDDEN}
        if self.who is not None:
            return {IN} if persona.name in self.who else {MISSING, FORBIDDEN}
        if self.perms and not set(self.perms) & held(persona):
            return {FORBIDDEN} if reach.reaches(persona) else {FORBIDDEN, MISSING}
        return {IN} if reach.reaches(persona) else {MISSING}


@dataclass(frozen=True)
class Reach:
    """Where the row's object lies; without an object everybody reaches it."""

    code: str | None = None
    elder: str = ""

    def reaches(self, persona: Persona) -> bool:
        if self.code is None:
            return True
        return persona.covers(self.code) or (bool(self.elder) and persona.speaks_for == self.elder)


def held(persona: Persona) -> frozenset[str]:
    """Permissions of the persona's actor, as identity builds it."""
    if persona.role is None:
        return frozenset()
    if persona.role == RoleKey.STAFF and not persona.inside:
        return permissions_of(persona.role) & {"identity.staff_session"}
    return permissions_of(persona.role)


# --- the words in which the table is written ----------------------------------------------
def public(**more: Any) -> Row:
    """Everybody, logged in or not."""
    return Row("", **more)


def account(**more: Any) -> Row:
    """A page about one's own account: everybody logged in."""
    return Row("account", **more)


def console(*perms: str, **more: Any) -> Row:
    """Officials who hold one of ``perms`` (none: every official)."""
    return Row("console", perms, **more)


def family(*perms: str, **more: Any) -> Row:
    """Elders and families who hold one of ``perms``, for their own elder."""
    return Row("family", perms, **more)


def only(*who: str, face: str = "console", **more: Any) -> Row:
    """Exactly these personas; for all others it does not exist."""
    return Row(face, who=frozenset(who), **more)
