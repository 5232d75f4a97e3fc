"""Every component on every face, in three sizes, on a desk and a phone, looked at by axe."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.conf import settings

from heling.platform.testing.plugin import clone, ensure_template

pytestmark = pytest.mark.journey

PAGES = ("/ui/", "/ui/family/", "/ui/question/", "/ui/portal/")
SIZES = ("normal", "large", "elder")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """sizes => [...document.querySelectorAll(sizes.what)]
  .filter(e => e.getClientRects().length)
  .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
  .filter(([, box]) => Math.round(box.width) < sizes.least || Math.round(box.height) < sizes.least)
  .map(([text, box]) => `${text} ${box.width}x${box.height}`)"""
TARGETS = ".h-button, .h-door, .h-call a, .h-sizes button, .h-choice, .h-input"
TEXT = """() => [...document.querySelectorAll('main *')]
  .filter(e => e.getClientRects().length && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .filter(e => !e.matches('.h-hidden, .h-truth'))
  .map(e => parseFloat(getComputedStyle(e).fontSize))"""


@pytest.fixture(scope="module")
def city_template(django_db_blocker: object) -> Iterator[str]:
    """The components need a database, but nobody in it."""
    name = f"heling_empty_{os.getpid()}"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        clone(name, ensure_template())
    yield name
    settings.CONFIG.server.psql("postgres", f"drop database if exists {name} with (force)")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", ["walk", "phone"])
def test_each_face_is_sound_in_each_size(
    who: str, size: str, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    person.page.context.add_cookies([{"name": "size", "value": size, "url": person.city.url}])
    for path in PAGES:
        person.go(path)
        assert person.page.evaluate(OVERFLOW) <= 0, f"{path} runs out of a {who} at {size}"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/ui/family/", "/ui/question/"])
def test_the_familys_face_is_made_for_old_hands_and_eyes(phone, path: str, size: str) -> None:  # type: ignore[no-untyped-def]
    """工信部《移动互联网应用适老化通用设计规范》: targets 60 × 60, text from 18, never smaller."""
    phone.page.context.add_cookies([{"name": "size", "value": size, "url": phone.city.url}])
    phone.go(path)
    assert phone.page.evaluate(SMALL, {"what": TARGETS, "least": 60}) == []
    sizes = phone.page.evaluate(TEXT)
    assert min(sizes) >= 18
    if size == "elder":
        assert max(sizes) >= 30
    call = phone.page.locator(".h-call a")
    phone.page.mouse.wheel(0, 4000)
    assert call.is_visible()
    assert call.bounding_box()["y"] < 844


@pytest.mark.parametrize("path", ["/ui/", "/ui/portal/"])
def test_elder_size_has_large_targets_on_every_face(walk, path: str) -> None:  # type: ignore[no-untyped-def]
    walk.page.context.add_cookies([{"name": "size", "value": "elder", "url": walk.city.url}])
    walk.go(path)
    large = ".h-button:not(.h-masked .h-button), .h-sizes button, .h-choice, .h-input"
    assert walk.page.evaluate(SMALL, {"what": large, "least": 60}) == []
    assert min(walk.page.evaluate(TEXT)) >= 20


def test_the_size_switch_works_without_javascript(browser, city) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{city.url}/ui/portal/?a=1")
    page.get_by_role("button", name="特大").click()
    assert page.url == f"{city.url}/ui/portal/?a=1"
    assert page.locator("html[data-size=elder]").count() == 1
    context.close()


def test_a_form_with_mistakes_takes_the_reader_to_them(walk) -> None:  # type: ignore[no-untyped-def]
    walk.go("/ui/")
    assert walk.page.evaluate("document.activeElement.dataset.errorSummary") == ""
    walk.page.get_by_role("link", name="出生日期：请填写。").click()
    assert walk.page.evaluate("document.activeElement.name") == "born"
    walk.page.get_by_role("link", name="街道（乡镇）：请选择。").click()
    assert walk.page.evaluate("document.activeElement.name") == "street"


def test_a_drawer_opens_from_a_link_and_escape_brings_back(walk) -> None:  # type: ignore[no-untyped-def]
    walk.go("/ui/")
    opener = walk.page.get_by_role("link", name="打开抽屉")
    opener.click()
    walk.page.wait_for_selector("#side", state="visible")
    assert walk.page.evaluate("document.activeElement.closest('#side') !== null")
    walk.look()
    walk.page.keyboard.press("Escape")
    walk.page.wait_for_selector("#side", state="hidden")
    assert walk.page.evaluate("document.activeElement.textContent.trim()") == "打开抽屉"


def test_the_menu_on_a_phone(phone) -> None:  # type: ignore[no-untyped-def]
    phone.go("/ui/")
    assert not phone.page.locator("#menu").is_visible()
    phone.page.get_by_role("link", name="菜单", exact=True).click()
    phone.page.wait_for_selector("#menu", state="visible")
    phone.look()
    phone.page.get_by_role("link", name="收起菜单").click()
    phone.page.wait_for_selector("#menu", state="hidden")


def test_paper_shows_the_content_and_not_the_furniture(walk) -> None:  # type: ignore[no-untyped-def]
    walk.go("/ui/")
    walk.page.emulate_media(media="print")
    for hidden in (".h-top", ".h-tree", ".h-query", ".h-sizes"):
        assert not walk.page.locator(hidden).first.is_visible(), hidden
    assert walk.page.locator(".h-table").first.is_visible()
    walk.page.emulate_media(media="screen")
