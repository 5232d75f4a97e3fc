"""Scenarios for other contexts' tests: people with posts, families, logins without the form."""

from __future__ import annotations

import itertools
import time
from datetime import date, timedelta

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.utils import timezone

from heling.contexts.identity.acting import FAMILY_HAT, HAT_KEY, standing_of
from heling.contexts.identity.acting import _for_elders as _family_actor
from heling.contexts.identity.models import (
    Consent,
    Post,
    Relation,
    Representation,
    StaffSession,
    User,
)
from heling.contexts.identity.roles import ROLES, RoleKey, permissions_of
from heling.kernel.actor import Actor
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import EVERYTHING, scoped

PASSWORD = "correct horse battery"  # noqa: S105
LONG_AGO = date(2020, 1, 1)
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_numbers = itertools.count(1)


def person(username: str = "", *, name: str = "", password: str | None = PASSWORD) -> User:
    """An account without posts. Without a username a fresh one is made up."""
    username = username or f"user{next(_numbers)}"
    return User.objects.create_user(username, password, name=name or f"测试{username}")


def post(
    user: User,
    role: RoleKey,
    code: str,
    *,
    starts: date = LONG_AGO,
    ends: date | None = None,
    medical: bool = False,
) -> Post:
    """A post of an existing account; ``code`` is the division's significant digits."""
    with scoped(EVERYTHING):
        return Post.objects.create(
            user=user, role=role, code=code, starts=starts, ends=ends, medical=medical
        )


def official(role: RoleKey, code: str, *, name: str = "", medical: bool = False) -> User:
    """An account with one current post."""
    user = person(name=name or f"{ROLES[role].label}{code}")
    post(user, role, code, medical=medical)
    return user


def acting(role: RoleKey, code: str, *, name: str = "") -> Actor:
    """The actor of a fresh official, as a request would build it, for tests of actions."""
    user = official(role, code, name=name)
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=role,
        permissions=permissions_of(role),
        territory=None if role == RoleKey.STAFF else Territory(code),
    )


def family(
    elder_id: int, code: str, *, relation: Relation = Relation.CHILD, name: str = ""
) -> User:
    """An account that speaks for an elder (``Relation.SELF``: that is the elder)."""
    user = person(name=name)
    represent(user, elder_id, code, relation=relation)
    return user


def represent(
    user: User, elder_id: int, code: str, *, relation: Relation = Relation.CHILD
) -> Representation:
    own = relation == Relation.SELF
    with scoped(EVERYTHING):
        return Representation.objects.create(
            user=user,
            elder_id=elder_id,
            code=code,
            relation=relation,
            consent=Consent.SELF if own else Consent.WRITTEN,
            document="" if own else "委托书 测试",
            starts=LONG_AGO,
        )


def acting_for(elder_id: int, code: str, *, relation: Relation = Relation.CHILD) -> Actor:
    """The actor of a fresh family account, for tests of actions."""
    user = family(elder_id, code, relation=relation)
    return _family_actor(user, standing_of(user, timezone.localdate()).representations)


def sign_in(
    client: Client, user: User, *, hat: Post | None = None, as_family: bool = False
) -> None:
    """Log ``client`` in as after password and second factor, both just now.

    ``client.force_login`` alone is a login without second factor: an official is then
    led to set one up instead of seeing the page.
    """
    client.force_login(user, backend=_BACKEND)
    session = client.session
    proof = {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [proof]
    session["account_authentication_methods_user"] = str(user.pk)
    if hat is not None:
        session[HAT_KEY] = hat.pk
    if as_family:
        session[HAT_KEY] = FAMILY_HAT
    session.save()


def staff_session(user: User, code: str, *, minutes: int = 60) -> StaffSession:
    """An open session of platform staff in ``code``."""
    now = timezone.now()
    with scoped(EVERYTHING):
        return StaffSession.objects.create(
            user=user,
            code=code,
            reason="测试：核对导入中断的原因",
            started_at=now,
            ends_at=now + timedelta(minutes=minutes),
        )
