"""What a login session remembers: since when, last seen when, proved by what."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from heling.contexts.identity.models import User
from heling.contexts.identity.roles import Limits

BEGAN, SEEN = "login_began", "login_seen"  # session keys, POSIX seconds
_STAMP_EVERY = 60  # seconds; idle time is exact to this, and quiet pages write nothing

_SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def expired(session: SessionBase, limits: Limits, *, now: datetime) -> bool:
    """Whether the login has been idle, or has lasted, too long. A fresh one has no marks yet."""
    at = now.timestamp()
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        return False
    too_long = at - began >= limits.absolute.total_seconds()
    return bool(too_long or at - seen >= limits.idle.total_seconds())


def begin(session: SessionBase) -> None:
    """Forget the marks of an earlier login in the same browser session."""
    session.pop(BEGAN, None)
    session.pop(SEEN, None)


def stamp(session: SessionBase, limits: Limits, *, now: datetime) -> None:
    """Note that the person is here. Also lets the cookie and its row lapse with the login."""
    at = int(now.timestamp())
    if at - session.get(SEEN, 0) < _STAMP_EVERY:
        return
    session.setdefault(BEGAN, at)
    session[SEEN] = at
    session.set_expiry(int((limits.idle + timedelta(seconds=_STAMP_EVERY)).total_seconds()))


def proved_second_factor(request: HttpRequest) -> bool:
    """Whether *this* session showed a one-time code, a recovery code or a passkey.

    Having set one up elsewhere is not enough: a session begun with the password alone
    before that day must not gain by it.
    """
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def has_second_factor(user: User) -> bool:
    """Whether the account has a one-time code or a passkey (recovery codes alone do not count)."""
    return bool(is_mfa_enabled(user, _SECOND_FACTORS))


def note_second_factor(request: HttpRequest, *, kind: str) -> None:
    """Setting one up shows possession: the same session need not show it again at once."""
    record_authentication(request, request.user, "mfa", type=kind)
