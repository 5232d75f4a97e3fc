"""Platform staff enter a territory: reasoned, time-boxed, seen by those whose data it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from heling.contexts.identity.access import Perm, may_close
from heling.contexts.identity.divisions import divisions
from heling.contexts.identity.events import StaffSessionClosed, StaffSessionOpened
from heling.contexts.identity.models import Post, StaffSession
from heling.contexts.identity.roles import RoleKey
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.kernel.identifiers import Territory
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import EVERYTHING, Scope, scoped
from heling.platform.journal.record import record

MINUTES = (15, 30, 60)
SHORTEST_REASON = 10


@transaction.atomic
def open_staff_session(
    *, code: str, reason: str, minutes: int, at: datetime, by: Actor
) -> StaffSession:
    """Enter the territory ``code`` for ``minutes`` (≤ 60). Raises BadInput, Forbidden, Refused."""
    by.require(Perm.STAFF_SESSION)
    territory, reason = Territory.parse(code), reason.strip()
    if territory.prefix not in divisions().names([territory.prefix]):
        raise BadInput.single("区划", f"没有代码为 {code} 的区划，请从列表中选择")
    if len(reason) < SHORTEST_REASON:
        raise BadInput.single(
            "理由", f"请写明处理什么问题、依据哪张工单（至少 {SHORTEST_REASON} 个字）"
        )
    if minutes not in MINUTES:
        raise BadInput.single("时长", "一次最长 60 分钟，请从列表中选择")
    user_id = _require_home(territory, by)
    # The actor has no territory yet: the row is written under the one being entered.
    with scoped(EVERYTHING):
        mine = StaffSession.objects.filter(user=user_id, ended_at=None)
        for lapsed in mine.filter(ends_at__lte=at):
            lapsed.ended_at = lapsed.ends_at
            lapsed.save(update_fields=["ended_at"])
    with scoped(Scope(territory.lo, territory.hi)), refusing():
        session = StaffSession.objects.create(
            user_id=user_id,
            code=territory.prefix,
            reason=reason,
            started_at=at,
            ends_at=at + timedelta(minutes=minutes),
        )
    record(
        StaffSessionOpened(
            session_id=session.pk, code=session.code, reason=reason, ends_at=session.ends_at
        ),
        by=by,
    )
    return session


@transaction.atomic
def close_staff_session(*, session_id: int, at: datetime, by: Actor) -> None:
    """Leave: by the person inside, or by the official whose territory it is."""
    with scoped(EVERYTHING):
        session = StaffSession.objects.select_for_update().filter(pk=session_id).first()
        if session is None or not (session.user_id == by.user_id or may_close(session.code, by)):
            raise NotFound("没有这个会话。", hint="请从会话列表中选择。")
        if session.ended_at is not None or session.ends_at <= at:
            raise Refused("这个会话已经结束。", hint="请刷新列表。")
        session.ended_at = at
        session.save(update_fields=["ended_at"])
    record(StaffSessionClosed(session_id=session.pk, code=session.code), by=by)


def _require_home(territory: Territory, by: Actor) -> int:
    """The actor's account, if one of its current staff posts covers the territory."""
    with scoped(EVERYTHING):
        homes = Post.objects.filter(user=by.user_id, role=RoleKey.STAFF).current(
            timezone.localdate()
        )
        allowed = any(Territory(p.code).contains(territory) for p in homes)
    if by.user_id is None or not allowed:
        raise Forbidden("这个区划不在您的运维岗位范围内。", hint="请由负责该市的运维人员处理。")
    return by.user_id
