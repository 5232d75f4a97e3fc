"""What identity lets each role do, and the rule of appointment."""

from __future__ import annotations

from enum import StrEnum

from heling.contexts.identity.roles import ROLES, RoleKey
from heling.kernel.actor import Actor
from heling.kernel.errors import Forbidden, NotFound
from heling.kernel.identifiers import Territory
from heling.platform.jobs.access import Perm as JobPerm
from heling.platform.journal.access import Perm as JournalPerm


class Perm(StrEnum):
    POSTS = "identity.posts"
    STAFF_SESSION = "identity.staff_session"
    STAFF_SESSION_LIST = "identity.staff_session_list"
    REPRESENTATION = "identity.representation"


GRANTS: dict[RoleKey, tuple[StrEnum, ...]] = {
    RoleKey.CITY: (
        Perm.POSTS,
        Perm.STAFF_SESSION_LIST,
        Perm.REPRESENTATION,
        JobPerm.SCHEDULES,
        JournalPerm.ENTRIES,
        JournalPerm.READINGS,
    ),
    RoleKey.COUNTY: (Perm.POSTS, Perm.REPRESENTATION),
    RoleKey.STREET: (Perm.REPRESENTATION,),
    RoleKey.COMMITTEE: (Perm.REPRESENTATION,),
    RoleKey.AUDITOR: (
        Perm.STAFF_SESSION_LIST,
        JobPerm.SCHEDULES,
        JournalPerm.ENTRIES,
        JournalPerm.READINGS,
    ),
    RoleKey.STAFF: (Perm.STAFF_SESSION, JobPerm.SCHEDULES),
}

# All that platform staff can do while no session is open (house.md §4).
OUTSIDE_A_SESSION = frozenset({Perm.STAFF_SESSION.value})


def appointable(by: Actor) -> tuple[RoleKey, ...]:
    """Roles that the actor may give posts of; empty without the permission."""
    if not by.may(Perm.POSTS):
        return ()
    if by.role == "system":
        return tuple(RoleKey(r.key) for r in ROLES.values() if r.levels)
    return tuple(RoleKey(r.key) for r in ROLES.values() if by.role in r.appointed_by)


def require_role(by: Actor, role: str) -> None:
    """Raise Forbidden unless the actor gives posts of ``role``, NotFound for no such role."""
    by.require(Perm.POSTS)
    known = ROLES.get(role)
    if known is None or not known.levels:
        raise NotFound("没有这种岗位。", hint="请从列表中选择。")
    if role not in appointable(by):
        raise Forbidden(f"您的岗位不能任免“{known.label}”。", hint="请由上一级民政部门办理。")


def require_appointable(by: Actor, *, role: str, code: str) -> None:
    """Raise Forbidden unless ``by`` may give or end a post of ``role`` for ``code``."""
    require_role(by, role)
    if by.role != "system" and not (by.territory and by.territory.contains(Territory(code))):
        raise Forbidden("只能任免本区划以内的岗位。", hint="请由该区划的民政部门办理。")


def may_close(code: str, by: Actor) -> bool:
    """Whether ``by`` may show platform staff out of the territory ``code``."""
    inside = by.territory is not None and by.territory.contains(Territory(code))
    return inside and by.may(Perm.POSTS) and by.may(Perm.STAFF_SESSION_LIST)
