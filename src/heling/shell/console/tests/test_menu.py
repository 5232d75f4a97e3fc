"""The menu: what exists, and what this actor may do."""

from __future__ import annotations

from dataclasses import replace

import pytest

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


def test_nobody_logged_in_has_a_menu() -> None:
    assert menu_for(ANONYMOUS, "/", GROUPS) == []


def test_the_real_menus_can_be_drawn_today() -> None:
    everything = frozenset(p for g in MENU for e in g.entries for p in e.permissions)
    assert menu_for(replace(CLERK, permissions=everything), "/")
    assert isinstance(portal_menu("/"), list)
    assert len({e.url for e in PORTAL}) == len(PORTAL)
