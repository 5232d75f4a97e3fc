"""The door of identity: who acts, and which roles exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from heling.contexts.identity.models import Post, Representation, StaffSession, User
from heling.contexts.identity.roles import ROLES, Role, RoleKey, grant, permissions_of
from heling.kernel.actor import ANONYMOUS, Actor
from heling.kernel.errors import Forbidden
from heling.kernel.identifiers import Territory

__all__ = ["ROLES", "Role", "RoleKey", "actor_again", "actor_for", "grant", "permissions_of"]

POST_KEY = "post"  # session key of the hat that the person wears now


def actor_for(request: HttpRequest, *, request_id: str) -> Actor:
    """The actor of a request: one post, or the elders that the account speaks for."""
    user = request.user
    if not isinstance(user, User):
        return replace(ANONYMOUS, request_id=request_id)
    today = timezone.localdate()
    session = _staff_session(user)
    if session is not None:
        return _in_session(user, session, request_id)
    posts = list(Post.objects.filter(user=user).current(today))
    if posts:
        chosen = next((p for p in posts if p.pk == request.session.get(POST_KEY)), posts[0])
        return _in_post(user, chosen, request_id)
    return _for_elders(user, today, request_id)


def actor_again(stored: Mapping[str, Any]) -> Actor:
    """Rebuild the actor that started a job, with the rights it has now. Raises Forbidden."""
    if stored["user_id"] is None:
        territory = stored["territory"]
        return Actor(None, "系统", "system", territory=Territory(territory) if territory else None)
    user = User.objects.get(pk=stored["user_id"])
    post = (
        Post.objects.filter(user=user, role=stored["role"], code=stored["territory"] or "")
        .current(timezone.localdate())
        .first()
    )
    if post is None or not user.is_active:
        raise Forbidden("发起任务的岗位已经停用，任务没有执行。", hint="请由在岗人员重新发起。")
    return _in_post(user, post, stored.get("request_id", ""))


def _in_post(user: User, post: Post, request_id: str) -> Actor:
    # Platform staff see nothing until they open a reasoned session (house.md §4).
    territory = None if post.role == RoleKey.STAFF else Territory(post.code)
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=post.role,
        permissions=permissions_of(post.role),
        territory=territory,
        body_id=post.body_id,
        request_id=request_id,
    )


def _staff_session(user: User) -> StaffSession | None:
    return StaffSession.objects.filter(user=user, ended_at=None, ends_at__gt=timezone.now()).first()


def _in_session(user: User, session: StaffSession, request_id: str) -> Actor:
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=RoleKey.STAFF,
        permissions=permissions_of(RoleKey.STAFF),
        territory=Territory(session.code),
        staff_session=session.pk,
        request_id=request_id,
    )


def _for_elders(user: User, today: date, request_id: str) -> Actor:
    mine = list(Representation.objects.filter(user=user).current(today).order_by("id"))
    role = RoleKey.ELDER if any(r.relation == "self" for r in mine) else RoleKey.FAMILY
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=role,
        permissions=permissions_of(role) if mine else frozenset(),
        elder_ids=tuple(r.elder_id for r in mine),
        request_id=request_id,
    )
