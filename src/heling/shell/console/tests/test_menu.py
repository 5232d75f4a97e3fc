"""The menu: what exists, and what this actor may do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heling.contexts.identity.roles import all_permissions
from heling.kernel.actor import ANONYMOUS, Actor
from heling.shell.console.menu import MENU, PORTAL, Entry, Group, menu_for, portal_menu

GROUPS = (
    Group(
        "甲",
        (
            Entry("组件", "ui", ("t.see",)),
            Entry("长辈版", "ui_family", ("t.see", "t.other")),
            Entry("没有", "no_such_url"),
        ),
    ),
    Group("空", (Entry("没有", "no_such_url"),)),
)
CLERK = Actor(1, "覃", "street_official", frozenset({"t.see"}))


def test_pages_that_do_not_exist_yet_and_empty_groups_are_left_out() -> None:
    (branch,) = menu_for(CLERK, "/", GROUPS)
    assert [item.label for item in branch.items] == ["组件", "长辈版"]


def test_without_the_permission_the_line_is_not_there() -> None:
    assert menu_for(replace(CLERK, permissions=frozenset()), "/", GROUPS) == []
    (branch,) = menu_for(replace(CLERK, permissions=frozenset({"t.other"})), "/", GROUPS)
    assert [item.label for item in branch.items] == ["长辈版"]


@pytest.mark.parametrize(
    ("path", "current"), [("/ui/family/x/", "长辈版"), ("/ui/", "组件"), ("/ui/other/", "组件")]
)
def test_the_longest_address_above_is_where_we_are(path: str, current: str) -> None:
    (branch,) = menu_for(CLERK, path, GROUPS)
    assert [item.label for item in branch.items if item.current] == [current]


def test_a_first_page_is_not_where_every_page_below_it_is() -> None:
    groups = (Group("甲", (Entry("组件", "ui", alone=True),)),)
    for path, current in (("/ui/", True), ("/ui/family/", False)):
        (branch,) = menu_for(CLERK, path, groups)
        assert branch.items[0].current is current


def test_nobody_logged_in_has_a_menu() -> None:
    assert menu_for(ANONYMOUS, "/", GROUPS) == []


def test_the_real_menus_can_be_drawn_today() -> None:
    everything = frozenset(p for g in MENU for e in g.entries for p in e.permissions)
    branches = menu_for(replace(CLERK, permissions=everything), "/jobs/")
    assert [i.label for b in branches for i in b.items if i.current] == ["后台任务"]
    assert [item.label for item in portal_menu("/") if item.current] == ["首页"]
    assert len({e.url for e in PORTAL}) == len(PORTAL)


def test_the_menu_asks_only_for_permissions_that_exist() -> None:
    asked = {p for group in MENU for entry in group.entries for p in entry.permissions}
    assert asked <= all_permissions(), asked - all_permissions()
