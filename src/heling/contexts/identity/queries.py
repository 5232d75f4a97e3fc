"""What the identity pages ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from heling.contexts.identity.access import Perm, appointable, may_close
from heling.contexts.identity.acting import FAMILY_HAT, standing_of
from heling.contexts.identity.divisions import Place, divisions
from heling.contexts.identity.models import (
    Post,
    Representation,
    StaffSession,
    StaffSessionQuerySet,
    User,
)
from heling.contexts.identity.roles import ROLES, Role, RoleKey
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import EVERYTHING, scoped

PAGE = 50


@dataclass(frozen=True, slots=True)
class Hat:
    """One identity that a person may wear; ``value`` goes into the form."""

    value: str
    label: str
    place: str
    until: date | None
    worn: bool


def hats(*, user_id: int, hat: object, today: date) -> list[Hat]:
    """What the account may act as today; exactly one is worn, if there is any."""
    standing = standing_of(User.objects.get(pk=user_id), today)
    worn = standing.worn(hat)
    names = divisions().names({p.code for p in standing.posts})
    found = [
        Hat(str(p.pk), ROLES[p.role].label, names.get(p.code, p.code), p.ends, p == worn)
        for p in standing.posts
    ]
    if standing.representations:
        own = any(r.relation == "self" for r in standing.representations)
        role = ROLES[RoleKey.ELDER if own else RoleKey.FAMILY]
        found.append(Hat(FAMILY_HAT, role.label, "", None, worn is None))
    return found


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as the administration list shows it."""

    post_id: int
    user_id: int
    username: str
    name: str
    role: str
    place: str
    body: str
    medical: bool
    starts: date
    ends: date | None
    ended_at: datetime | None
    current: bool
    mine_to_change: bool


def posts(
    *, by: Actor, role: str = "", text: str = "", past: bool = False, page: int = 1
) -> tuple[list[PostRow], bool]:
    """Posts of the actor's territory, newest first, and whether there are more."""
    today = timezone.localdate()
    found = Post.objects.visible_to(by).select_related("user").order_by("-id")
    if not past:
        found = found.filter(Q(ends=None) | Q(ends__gte=today), ended_at=None)
    if role:
        found = found.filter(role=role)
    if text:
        found = found.filter(
            Q(user__name__contains=text) | Q(user__username__contains=text.lower())
        )
    start = (page - 1) * PAGE
    rows = list(found[start : start + PAGE + 1])
    return _post_rows(rows[:PAGE], by, today), len(rows) > PAGE


def post(*, post_id: int, by: Actor) -> PostRow:
    found = Post.objects.visible_to(by).select_related("user").filter(pk=post_id).first()
    if found is None:
        raise NotFound("没有这个岗位。", hint="请从岗位列表中选择。")
    return _post_rows([found], by, timezone.localdate())[0]


def _post_rows(rows: Sequence[Post], by: Actor, today: date) -> list[PostRow]:
    names = divisions().names({p.code for p in rows})
    roles = appointable(by)
    return [
        PostRow(
            post_id=p.pk,
            user_id=p.user_id,
            username=p.user.username,
            name=p.user.name,
            role=ROLES[p.role].label,
            place=names.get(p.code, p.code),
            body=p.body_name,
            medical=p.medical,
            starts=p.starts,
            ends=p.ends,
            ended_at=p.ended_at,
            current=p.ended_at is None and p.starts <= today and (not p.ends or today <= p.ends),
            mine_to_change=p.role in roles and p.user_id != by.user_id,
        )
        for p in rows
    ]


def places_for(*, role: str, by: Actor, under: str = "") -> list[tuple[str, str]]:
    """(code, name) of the divisions that a post of ``role`` may be given for.

    ``under`` narrows the choice to one county: a city has too many villages for one list.
    """
    if by.territory is None or role not in ROLES:
        return []
    territory = Territory.parse(under) if under else by.territory
    if not by.territory.contains(territory):
        raise NotFound("没有这个区划。", hint="请从列表中选择。")
    found: list[Place] = []
    for level in ROLES[role].levels:
        found += divisions().below(territory, level=level)
    return [(p.code, p.full_name) for p in found]


@dataclass(frozen=True, slots=True)
class SessionRow:
    session_id: int
    name: str
    place: str
    reason: str
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    open: bool
    may_close: bool


def staff_sessions(*, by: Actor, now: datetime, page: int = 1) -> tuple[list[SessionRow], bool]:
    """Sessions of the actor's territory; platform staff see their own. Newest first."""
    if by.may(Perm.STAFF_SESSION_LIST):
        by_right = StaffSession.objects.visible_to(by)
        return _sessions(by_right.select_related("user"), now, page, by)
    by.require(Perm.STAFF_SESSION)
    with scoped(EVERYTHING):
        own = StaffSession.objects.filter(user_id=by.user_id or 0)
        return _sessions(own.select_related("user"), now, page, by)


def open_session(*, by: Actor) -> SessionRow | None:
    """The staff session in which the actor is acting, for the banner."""
    if by.staff_session is None:
        return None
    with scoped(EVERYTHING):
        own = StaffSession.objects.filter(pk=by.staff_session).select_related("user")
        rows, _ = _sessions(own, timezone.now(), 1, by)
    return rows[0] if rows else None


def _sessions(
    found: StaffSessionQuerySet, now: datetime, page: int, by: Actor
) -> tuple[list[SessionRow], bool]:
    start = (page - 1) * PAGE
    rows = list(found[start : start + PAGE + 1])
    names = divisions().names({s.code for s in rows[:PAGE]})
    return [
        SessionRow(
            session_id=s.pk,
            name=s.user.name,
            place=names.get(s.code, s.code),
            reason=s.reason,
            started_at=s.started_at,
            ends_at=s.ends_at,
            ended_at=s.ended_at,
            open=s.ended_at is None and s.ends_at > now,
            may_close=s.user_id == by.user_id or may_close(s.code, by),
        )
        for s in rows[:PAGE]
    ], len(rows) > PAGE


@dataclass(frozen=True, slots=True)
class RepresentationRow:
    """Who speaks for an elder. ``current``: today, and not withdrawn."""

    representation_id: int
    user_id: int
    username: str
    name: str
    relation: str
    consent: str
    document: str
    recorded_by: str
    starts: date
    ends: date | None
    withdrawn_at: datetime | None
    current: bool


def representations_of(elder_id: int, *, by: Actor) -> list[RepresentationRow]:
    """Everybody who speaks or spoke for an elder, the present ones first.

    Empty for an elder that ``by`` may not see.
    """
    today = timezone.localdate()
    rows = [
        RepresentationRow(
            representation_id=r.pk,
            user_id=r.user_id,
            username=r.user.username,
            name=r.user.name,
            relation=r.get_relation_display(),
            consent=r.get_consent_display(),
            document=r.document,
            recorded_by=r.recorded_by.name if r.recorded_by else "",
            starts=r.starts,
            ends=r.ends,
            withdrawn_at=r.withdrawn_at,
            current=r.withdrawn_at is None
            and r.starts <= today
            and (not r.ends or today <= r.ends),
        )
        for r in Representation.objects.visible_to(by)
        .filter(elder_id=elder_id)
        .select_related("user", "recorded_by")
        .order_by("id")
    ]
    return sorted(rows, key=lambda r: not r.current)


def role_choices(keys: Sequence[str] | None = None) -> list[Role]:
    """Roles that posts are given for, in the order of rank."""
    return [r for r in ROLES.values() if r.levels and (keys is None or r.key in keys)]


def counties(*, by: Actor, role: str) -> list[tuple[str, str]]:
    """Counties to narrow the choice by, where the role's divisions are too many for one list."""
    small = {"乡", "村"}
    if by.territory is None or by.territory.level != "市" or small.isdisjoint(ROLES[role].levels):
        return []
    return [(p.code, p.full_name) for p in divisions().below(by.territory, level="县")]


def session_places(*, by: Actor) -> list[tuple[str, str]]:
    """Where platform staff may open a session: their cities, the counties and streets below."""
    with scoped(EVERYTHING):
        homes = Post.objects.filter(user_id=by.user_id or 0, role=RoleKey.STAFF).current(
            timezone.localdate()
        )
        territories = [Territory(p.code) for p in homes]
    found: list[Place] = []
    for home in territories:
        for level in ("市", "县", "乡"):
            found += divisions().below(home, level=level)
    return [(p.code, p.full_name) for p in sorted(found, key=lambda p: p.code)]
