"""Giving and ending posts; new first passwords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from heling.contexts.identity import passwords
from heling.contexts.identity.access import Perm, require_appointable
from heling.contexts.identity.accounts import find_or_open
from heling.contexts.identity.divisions import divisions
from heling.contexts.identity.events import FirstPasswordIssued, PostEnded, PostGranted
from heling.contexts.identity.models import Post, Representation, StaffSession, User
from heling.contexts.identity.roles import ROLES
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Problem, Refused
from heling.kernel.identifiers import Territory
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.journal.record import record

_NOT_ONESELF = "不能给自己任免岗位或重发密码。"


@dataclass(frozen=True, slots=True)
class Granted:
    """``first_password``: of an account opened just now; shown once, kept nowhere."""

    post_id: int
    username: str
    name: str
    first_password: str | None


@transaction.atomic
def grant_post(
    *,
    username: str,
    name: str,
    role: str,
    code: str,
    starts: date,
    ends: date | None = None,
    medical: bool = False,
    at: datetime,
    by: Actor,
) -> Granted:
    """Give a post, opening the account if the username is new.

    Raises BadInput, Forbidden (role or place not the actor's to give, or oneself) or
    Refused (overlap, or a second duty beside the first).
    """
    territory = _check_post(role, code, starts, ends)
    require_appointable(by, role=role, code=territory.prefix)
    account = find_or_open(username=username, name=name, code=territory.prefix, at=at, by=by)
    if account.user.pk == by.user_id:
        raise Forbidden(_NOT_ONESELF, hint="请由另一位有权限的工作人员办理。")
    body = divisions().body_of(territory.prefix)
    with refusing():
        post = Post.objects.create(
            user=account.user,
            role=role,
            code=territory.prefix,
            body_name=body[0] if body else "",
            medical=medical,
            starts=starts,
            ends=ends,
            granted_by_id=by.user_id,
        )
    record(
        PostGranted(
            post_id=post.pk,
            user_id=account.user.pk,
            name=account.user.name,
            role=role,
            code=post.code,
            starts=starts,
            ends=ends,
        ),
        by=by,
    )
    return Granted(post.pk, account.user.username, account.user.name, account.first_password)


@transaction.atomic
def end_post(*, post_id: int, reason: str, at: datetime, by: Actor) -> None:
    """End a post at once: it counts no more at the holder's next request."""
    post = (
        Post.objects.visible_to(by)
        .select_related("user")
        .select_for_update(of=("self",))
        .filter(pk=post_id)
        .first()
    )
    if post is None:
        raise NotFound("没有这个岗位。", hint="请从岗位列表中选择。")
    require_appointable(by, role=post.role, code=post.code)
    if post.user_id == by.user_id:
        raise Forbidden(_NOT_ONESELF, hint="请由另一位有权限的工作人员办理。")
    if post.ended_at is not None:
        raise Refused("这个岗位已经结束。", hint="请刷新列表。")
    if not reason.strip():
        raise BadInput.single("理由", "请写明为什么免去岗位")
    post.ended_at = at
    post.save(update_fields=["ended_at"])
    StaffSession.objects.filter(
        user=post.user_id, ended_at=None, code__startswith=post.code
    ).update(ended_at=at)
    record(
        PostEnded(
            post_id=post.pk,
            user_id=post.user_id,
            name=post.user.name,
            role=post.role,
            code=post.code,
            reason=reason.strip(),
        ),
        by=by,
    )


@transaction.atomic
def issue_first_password(*, user_id: int, at: datetime, by: Actor) -> Granted:
    """A new one-time password, after checking the person face to face.

    Old password, second factors and logins end with it. Raises NotFound for an account
    that the actor has nothing to do with, Forbidden for one above the actor.
    """
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound("没有这个账号。", hint="请从列表中选择。")
    if user.pk == by.user_id:
        raise Forbidden(_NOT_ONESELF, hint="自己改密码请到“修改密码”。")
    code, elder_id = _reach(user, by)
    first = passwords.fresh()
    user.set_password(first)
    user.initial_until = at + passwords.LASTS
    user.save(update_fields=["password", "initial_until"])
    Authenticator.objects.filter(user=user).delete()
    record(
        FirstPasswordIssued(user_id=user.pk, username=user.username, code=code, elder_id=elder_id),
        by=by,
    )
    return Granted(0, user.username, user.name, first)


def _reach(user: User, by: Actor) -> tuple[str, int | None]:
    """Division (and elder) through which ``by`` is responsible for the account."""
    today = timezone.localdate()
    with scoped(EVERYTHING):
        posts = list(Post.objects.filter(user=user).current(today))
    if posts:
        for post in posts:
            require_appointable(by, role=post.role, code=post.code)
        return posts[0].code, None
    by.require(Perm.REPRESENTATION)
    mine = Representation.objects.visible_to(by).filter(user=user).current(today).first()
    if mine is None:
        raise NotFound("没有这个账号。", hint="请从老年人页面的代办人列表中选择。")
    return mine.code, mine.elder_id


def _check_post(role: str, code: str, starts: date, ends: date | None) -> Territory:
    problems = []
    known = ROLES.get(role)
    if known is None or not known.levels:
        raise BadInput.single("岗位", "请从列表中选择岗位")
    territory = Territory.parse(code)
    if territory.level not in known.levels:
        levels = "、".join(known.levels)
        problems.append(Problem("区划", f"“{known.label}”的区划应为{levels}级，请重新选择"))
    elif territory.prefix not in divisions().names([territory.prefix]):
        problems.append(Problem("区划", f"没有代码为 {code} 的区划，请从列表中选择"))
    if ends is not None and ends < starts:
        problems.append(Problem("止", "结束日期不能早于开始日期，请改正"))
    if problems:
        raise BadInput(*problems)
    return territory
