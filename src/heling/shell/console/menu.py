"""The console's tree menu: what exists, and what this actor may do.

An entry names a URL and the permissions of which one is enough. A URL that does not
exist yet (its context comes with a later issue) is left out, so the menu can be written
ahead of the pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from heling.contexts.identity.public import ROLES
from heling.contexts.places import public as places
from heling.kernel.actor import ANONYMOUS, Actor
from heling.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. ``permissions``: any of them opens it; none means everybody logged in.

    ``alone``: the line is not where one is when one is only somewhere below it.
    """

    label: str
    url: str
    permissions: tuple[str, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A group as this actor sees it; templates read ``label`` and ``items``."""

    label: str
    items: tuple[Item, ...]


MENU: tuple[Group, ...] = (
    Group(
        "我的工作",
        (Entry("待办任务", "console_home", alone=True), Entry("后台任务", "jobs_run_list")),
    ),
    Group(
        "老年人",
        (
            Entry("老年人档案", "registry_elder_list", ("registry.view",)),
            Entry("新登记", "registry_elder_new", ("registry.register",)),
            Entry("批量导入", "registry_roster_list", ("registry.register",)),
            Entry("疑似重复", "registry_duplicate_list", ("registry.merge",)),
        ),
    ),
    Group(
        "能力评估",
        (
            Entry(
                "评估任务",
                "assessment_list",
                ("assessment.view", "assessment.view_level", "assessment.perform"),
            ),
            Entry("到期复评", "assessment_due_list", ("assessment.view",)),
            Entry("评估异议", "assessment_dispute_list", ("assessment.view",)),
        ),
    ),
    Group(
        "待遇资格",
        (
            Entry("应享名册", "entitlements_roll", ("entitlements.view",)),
            Entry("免申即享", "entitlements_candidate_list", ("entitlements.view",)),
            Entry("申请与审核", "entitlements_application_list", ("entitlements.view",)),
            Entry("公示", "entitlements_notice_list", ("entitlements.view",)),
            Entry("异议", "entitlements_objection_list", ("entitlements.view",)),
            Entry("月度名册", "entitlements_cycle_list", ("entitlements.view",)),
        ),
    ),
    Group(
        "政策与规则",
        (
            Entry("规则库", "lawbook_list", ("lawbook.view",)),
            Entry("改革推演", "reforms_list", ("reforms.view",)),
        ),
    ),
    Group(
        "系统",
        (
            Entry("账号与岗位", "identity_account_list", ("identity.posts",)),
            Entry(
                "运维会话",
                "identity_staff_session",
                ("identity.staff_session", "identity.staff_session_list"),
            ),
            Entry("业务日志", "journal_entry_list", ("journal.entries",)),
            Entry("查看记录", "journal_reading_list", ("journal.readings",)),
        ),
    ),
)

PORTAL: tuple[Entry, ...] = (
    Entry("首页", "home", alone=True),
    Entry("怎样办、找谁问", "portal_guide_list"),
    Entry("公示公告", "portal_notice_list"),
    Entry("政策法规", "portal_law_list"),
    Entry("长辈版", "family_home"),
)


def menu_for(actor: Actor, path: str, groups: tuple[Group, ...] = MENU) -> list[Branch]:
    """The branches that have at least one entry for this actor; ``path`` is where it is now."""
    if actor.user_id is None:
        return []
    seen = [(group, _resolved(group.entries, actor)) for group in groups]
    current = _current([one for _, found in seen for one in found], path)
    return [
        Branch(group.label, tuple(Item(e.label, href, href == current) for e, href in found))
        for group, found in seen
        if found
    ]


def portal_menu(path: str) -> list[Item]:
    found = _resolved(PORTAL, ANONYMOUS)
    current = _current(found, path)
    return [Item(entry.label, href, href == current) for entry, href in found]


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Lazy: a page that shows no menu asks the database nothing."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    role = ROLES.get(actor.role)
    return {
        "menu": SimpleLazyObject(lambda: menu_for(actor, request.path)),
        "portal_menu": SimpleLazyObject(lambda: portal_menu(request.path)),
        "territory_name": SimpleLazyObject(lambda: _territory_name(actor)),
        "role_label": role.label if role else "",
    }


def _resolved(entries: tuple[Entry, ...], actor: Actor) -> list[tuple[Entry, str]]:
    return list(_resolve(entries, actor))


def _resolve(entries: tuple[Entry, ...], actor: Actor) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        if entry.permissions and not actor.permissions.intersection(entry.permissions):
            continue
        try:
            yield entry, reverse(entry.url)
        except NoReverseMatch:
            continue


def _current(found: list[tuple[Entry, str]], path: str) -> str:
    """The line whose address is where we are, or the longest one above it."""
    above = [h for e, h in found if path == h or (not e.alone and path.startswith(h))]
    return max(above, key=len, default="")


def _territory_name(actor: Actor) -> str:
    if actor.territory is None:
        return ""
    try:
        return places.place(actor.territory.prefix).full_name
    except NotFound:
        return actor.territory.prefix
