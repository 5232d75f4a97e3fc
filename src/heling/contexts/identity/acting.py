"""From a login to an actor: which hat, proved how, for how long.

Built for every request, so a post taken away, a consent withdrawn or a session run out
counts at the next request (shared/trust.md, ASVS 8.3.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from heling.contexts.identity import login
from heling.contexts.identity.access import OUTSIDE_A_SESSION
from heling.contexts.identity.models import Post, Representation, StaffSession, User
from heling.contexts.identity.roles import (
    FAMILY_LIMITS,
    ROLES,
    STAFF_LIMITS,
    Limits,
    RoleKey,
    permissions_of,
)
from heling.kernel.actor import ANONYMOUS, Actor
from heling.kernel.errors import Forbidden
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import EVERYTHING, scoped

HAT_KEY = "hat"  # session key: id of the post worn now, or FAMILY_HAT
FAMILY_HAT = "family"


class Gate(StrEnum):
    """What stands between a login and its powers. While one stands, the actor has none."""

    EXPIRED = "expired"
    ONE_TIME_LOGIN = "one_time_login"
    NO_SECOND_FACTOR = "no_second_factor"
    UNPROVED_SECOND_FACTOR = "unproved_second_factor"


@dataclass(frozen=True)
class Standing:
    """What an account is today: its posts and the elders it speaks for."""

    user: User
    today: date
    posts: tuple[Post, ...]

    @cached_property
    def representations(self) -> tuple[Representation, ...]:
        """Read when asked for: an official at work is not asked for them."""
        with scoped(EVERYTHING, savepoint=False):
            mine = Representation.objects.filter(user=self.user).current(self.today)
            return tuple(mine.order_by("id"))

    @property
    def second_factor(self) -> bool:
        return any(ROLES[p.role].second_factor for p in self.posts)

    @property
    def limits(self) -> Limits:
        return STAFF_LIMITS if self.second_factor else FAMILY_LIMITS

    def worn(self, hat: object) -> Post | None:
        """The post that the session's hat names; None for the family's hat or no post."""
        if not self.posts or (hat == FAMILY_HAT and self.representations):
            return None
        return next((p for p in self.posts if p.pk == hat), self.posts[0])

    def face(self, hat: object) -> str:
        """The face on which the hat lives: ``console`` or ``family``."""
        post = self.worn(hat)
        return ROLES[post.role].face if post else "family"


def home(face: str) -> str:
    """Address of a face's first page, or the public one while that face has none."""
    try:
        return reverse(f"{face}_home")
    except NoReverseMatch:
        return reverse("home")


def standing_of(user: User, today: date) -> Standing:
    with scoped(EVERYTHING, savepoint=False):
        posts = tuple(Post.objects.filter(user=user).current(today).order_by("id"))
    return Standing(user, today, posts)


def actor_for(request: HttpRequest, *, request_id: str) -> Actor:
    """The actor of a request: one post, or the elders that the account speaks for.

    Sets ``request.gate``; behind a gate the actor keeps its name and role only, and
    ``middleware.GateMiddleware`` leads the person to what is missing.
    """
    user = request.user
    if not isinstance(user, User):
        return replace(ANONYMOUS, request_id=request_id)
    now = timezone.now()
    standing = standing_of(user, timezone.localdate(now))
    gate = _gate(request, user, standing, now)
    request.gate = gate  # type: ignore[attr-defined]
    request.login_limits = standing.limits  # type: ignore[attr-defined]
    if gate is Gate.EXPIRED:
        return replace(ANONYMOUS, request_id=request_id)
    post = standing.worn(request.session.get(HAT_KEY))
    if post is None:
        actor = _for_elders(user, standing.representations)
    elif post.role == RoleKey.STAFF:
        actor = _for_staff(user, post, standing, now)
    else:
        actor = _in_post(user, post)
    if gate is not None:
        actor = Actor(user.pk, user.name, actor.role)
    return replace(actor, request_id=request_id)


def actor_again(stored: Mapping[str, Any]) -> Actor:
    """Rebuild the actor that started a job, with the rights it has now. Raises Forbidden."""
    if stored["user_id"] is None:
        territory = stored["territory"]
        return Actor(None, "系统", "system", territory=Territory(territory) if territory else None)
    user = User.objects.get(pk=stored["user_id"])
    standing = standing_of(user, timezone.localdate())
    actor: Actor | None
    if ROLES[stored["role"]].face == "family":
        actor = _for_elders(user, standing.representations)
    else:
        place = (stored["role"], stored["territory"])
        actor = next((_in_post(user, p) for p in standing.posts if (p.role, p.code) == place), None)
    if actor is None or not user.is_active:
        raise Forbidden("发起任务的岗位已经停用，任务没有执行。", hint="请由在岗人员重新发起。")
    return replace(actor, request_id=stored.get("request_id", ""))


def actor_of_account(username: str) -> Actor:
    """The actor of an account's first current post: for the command line. Raises Forbidden."""
    user = User.objects.filter(username=username, is_active=True).first()
    posts = standing_of(user, timezone.localdate()).posts if user else ()
    if user is None or not posts:
        raise Forbidden(
            f"没有在岗的账号“{username}”。", hint="请用 --account 写明在岗账号的用户名。"
        )
    return _in_post(user, posts[0])


def _gate(request: HttpRequest, user: User, standing: Standing, now: datetime) -> Gate | None:
    if login.expired(request.session, standing.limits, now=now):
        return Gate.EXPIRED
    if user.initial_until is not None:
        return Gate.ONE_TIME_LOGIN
    if standing.second_factor and not login.proved_second_factor(request):
        has_one = login.has_second_factor(user)
        return Gate.UNPROVED_SECOND_FACTOR if has_one else Gate.NO_SECOND_FACTOR
    return None


def _in_post(user: User, post: Post) -> Actor:
    # Platform staff see nothing until they open a reasoned session (house.md §4).
    if post.role == RoleKey.STAFF:
        return Actor(
            user.pk, user.name, post.role, permissions=permissions_of(post.role) & OUTSIDE_A_SESSION
        )
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=post.role,
        permissions=permissions_of(post.role),
        territory=Territory(post.code),
        body_id=post.body_id,
    )


def _for_staff(user: User, post: Post, standing: Standing, now: datetime) -> Actor:
    with scoped(EVERYTHING, savepoint=False):
        session = StaffSession.objects.filter(user=user).open_at(now).first()
    homes = [Territory(p.code) for p in standing.posts if p.role == RoleKey.STAFF]
    if session is None or not any(h.contains(Territory(session.code)) for h in homes):
        return _in_post(user, post)
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=RoleKey.STAFF,
        permissions=permissions_of(RoleKey.STAFF),
        territory=Territory(session.code),
        staff_session=session.pk,
    )


def _for_elders(user: User, mine: tuple[Representation, ...]) -> Actor:
    role = RoleKey.ELDER if any(r.relation == "self" for r in mine) else RoleKey.FAMILY
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=role,
        permissions=permissions_of(role) if mine else frozenset(),
        elder_ids=tuple(r.elder_id for r in mine),
    )
