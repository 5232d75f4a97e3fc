"""Where am I: one component, drawn by the bases, and one rule (docs/components.md)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import heling
from heling.platform.lists.definition import _lists
from heling.shell import urls
from heling.shell.console.menu import MENU, PORTAL

SOURCE = Path(heling.__file__).parent
CRUMB = re.compile(r'<c-crumb(?: href="(.*?)")?>(.*?)</c-crumb>', re.S)
LINES = {entry.label: entry.url for group in MENU for entry in group.entries}
TEMPLATES = {
    path.relative_to(SOURCE).as_posix(): path.read_text("utf-8")
    for path in sorted(SOURCE.glob("**/templates/**/*.html"))
}
# Pages about nothing in the menu: what is said of the account, and the components themselves.
APART = ("shell/templates/ui/", "shell/templates/console/")


def pages(base: str) -> list[str]:
    return [
        name
        for name, text in TEMPLATES.items()
        if f'extends "{base}"' in text and not name.startswith(APART)
    ]


def crumbs(name: str) -> list[tuple[str, str]]:
    """(href, label) of what a template puts behind 首页."""
    block = re.search(r"{% block crumbs %}(.*?){% endblock crumbs %}", TEMPLATES[name], re.S)
    assert block, f"{name} does not say where it is"
    return CRUMB.findall(block[1])


@pytest.mark.parametrize("name", [*pages("console/base.html"), *pages("family/base.html")])
def test_every_page_says_where_it_is_and_links_to_all_above(name: str) -> None:
    if "block breadcrumbs" in TEMPLATES[name]:
        assert name.endswith("/home.html"), f"{name} draws its own crumbs"
        return
    *above, here = crumbs(name)
    assert not here[0], f"{name} links to itself"
    assert all(href for href, _ in above), f"{name} names a page that it does not link to"


@pytest.mark.parametrize("name", pages("console/base.html"))
def test_a_console_page_hangs_on_a_line_of_the_menu_in_its_words(name: str) -> None:
    (href, label), *_ = crumbs(name)
    if label == "{{ list.title }}":
        return  # see below
    assert label in LINES, f"{name}: {label} is not in the menu"
    assert href in ("", f"{{% url '{LINES[label]}' %}}"), f"{name}: {label} leads elsewhere"


def test_a_list_is_called_as_in_the_menu() -> None:
    assert urls.urlpatterns  # loading the addresses registers the lists
    titles = {one.title for key, one in _lists.items() if not key.startswith("tests.")}
    assert titles <= set(LINES), titles - set(LINES)


def test_nobody_draws_crumbs_but_the_bases() -> None:
    drawn = {name for name, text in TEMPLATES.items() if "<c-crumbs" in text}
    assert {name for name in drawn if not name.endswith("/base.html")} <= {
        "shell/templates/ui/_shown.html"
    }


@pytest.mark.parametrize("name", pages("portal/base.html"))
def test_a_portal_page_below_a_menu_line_says_so(name: str) -> None:
    if "block crumbs" not in TEMPLATES[name]:
        return
    lines = {entry.label for entry in PORTAL}
    (_, label), *_ = crumbs(name)
    assert label in lines or label == "{{ city.name }}", name
