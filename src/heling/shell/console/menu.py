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
    """One line. ``permissions``: any of them opens it; none means everybody logged in."""

    label: str
    url: str
    permissions: tuple[str, ...] = ()


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
    Group("我的工作", (Entry("待办任务", "console_home"), Entry("后台任务", "jobs_run_list"))),
    Group(
        "老年人",
        (
            Entry("老年人档案", "registry_elder_list", ("registry.view",)),
            Entry("新登记", "registry_elder_new", ("registry.edit", "registry.register")),
            Entry("批量导入", "registry_import", ("registry.import",)),
            Entry("疑似重复", "registry_duplicate_list", ("registry.merge", "registry.edit")),
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
            Entry("免申即享", "entitlements_candidate_list", ("entitlements.view",)),
            Entry("申请与审核", "entitlements_application_list", ("entitlements.view",)),
            Entry("公示", "entitlements_notice_list", ("entitlements.view",)),
            Entry("异议", "entitlements_objection_list", ("entitlements.view",)),
            Entry("月度名册", "entitlements_cycle_list", ("entitlements.view",)),
        ),
    ),
    Group(
        "系统",
        (
            Entry("账号与岗位", "identity_account_list", ("identity.manage",)),
            Entry("运维会话", "identity_staff_session", ("identity.staff_session",)),
            Entry("业务日志", "identity_journal", ("identity.audit", "audit.view")),
            Entry("查看记录", "identity_readings", ("identity.audit", "audit.view")),
            Entry("行政区划", "places_division_list"),
        ),
    ),
)

PORTAL: tuple[Entry, ...] = (
    Entry("首页", "home"),
    Entry("公示公告", "portal_notice_list"),
    Entry("我能享受什么", "family_home"),
    Entry("法规条文", "portal_law_list"),
    Entry("行政区划", "portal_division_list"),
)


def menu_for(actor: Actor, path: str, groups: tuple[Group, ...] = MENU) -> list[Branch]:
    """The branches that have at least one entry for this actor; ``path`` is where it is now."""
    if actor.user_id is None:
        return []
    seen = [(group, _resolved(group.entries, actor)) for group in groups]
    current = _longest([href for _, items in seen for _, href in items], path)
    return [
        Branch(group.label, tuple(Item(label, href, href == current) for label, href in items))
        for group, items in seen
        if items
    ]


def portal_menu(path: str) -> list[Item]:
    items = _resolved(PORTAL, ANONYMOUS)
    current = _longest([href for _, href in items], path)
    return [Item(label, href, href == current) for label, href in items]


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


def _resolved(entries: tuple[Entry, ...], actor: Actor) -> list[tuple[str, str]]:
    return list(_resolve(entries, actor))


def _resolve(entries: tuple[Entry, ...], actor: Actor) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if entry.permissions and not actor.permissions.intersection(entry.permissions):
            continue
        try:
            yield entry.label, reverse(entry.url)
        except NoReverseMatch:
            continue


def _longest(hrefs: list[str], path: str) -> str:
    """The entry whose address is the longest prefix of where we are; / is only itself."""
    found = (h for h in hrefs if path == h or (h != "/" and path.startswith(h)))
    return max(found, key=len, default="")


def _territory_name(actor: Actor) -> str:
    if actor.territory is None:
        return ""
    try:
        return places.place(actor.territory.prefix).full_name
    except NotFound:
        return actor.territory.prefix
