"""The main pages of each face in three text sizes, on a desk and a phone, with every look of
the harness (axe, width, console); what works without JavaScript; the list from the keyboard."""

from __future__ import annotations

import pytest
from tests.journeys.conftest import As
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey

SIZES = ("normal", "large", "elder")
# Who looks at which pages. {n}: an elder, case, … of theirs, found on the list before.
FACES: dict[str, tuple[str, tuple[str, ...]]] = {
    "portal": ("", ("/", "/guide/", "/notices/", "/law/", "/demo/", "/accounts/login/")),
    "family": (
        "nb-family",
        (
            "/family/",
            "/family/benefits/",
            "/family/applications/",
            "/family/assessment/",
            "/family/about/",
        ),
    ),
    "street": (
        "nb-street",
        (
            "/console/",
            "/console/elders/",
            "/console/elders/new/",
            "/console/elders/import/",
            "/console/assessments/",
            "/console/entitlements/applications/",
            "/console/entitlements/candidates/",
        ),
    ),
    "county": (
        "nb-county1",
        (
            "/console/entitlements/notices/",
            "/console/entitlements/objections/",
            "/console/entitlements/cycles/",
            "/console/accounts/",
        ),
    ),
    "account": (
        "nb-city",
        ("/accounts/posts/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/"),
    ),
    "auditor": ("nb-auditor", ("/console/journal/", "/console/readings/")),
}
# One page that a list leads to: (face, list, link in the list).
LEAVES = (
    ("portal", "/notices/", "main tbody a"),
    ("portal", "/law/", "main a[href*='/c/']"),
    ("street", "/console/elders/", "a[data-open]"),
    ("street", "/console/assessments/", "a[data-open]"),
    ("street", "/console/entitlements/applications/", "a[data-open]"),
    ("family", "/family/applications/", "main a[href*='/applications/']"),
)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("face", FACES)
def test_main_pages_in_every_size(as_: As, face: str, phone: bool) -> None:
    username, pages = FACES[face]
    person = as_(username, phone=phone)
    found = list(pages)
    for where, start, link in LEAVES:
        if where == face:
            person.go(start)
            found.append(str(person.page.locator(link).first.get_attribute("href")))
    for size in SIZES:
        person.size(size)
        for number, path in enumerate(found):
            # Between the two others only its width is new: axe looks at one page of the face.
            person.axe = size != "large" or number == 0
            person.go(path)
            assert person.page.locator(f"html[data-size={size}]").count() == 1


@pytest.mark.parametrize(("username", "path"), [("", "/"), ("nb-family", "/family/")])
def test_the_size_switch_needs_no_javascript(as_: As, username: str, path: str) -> None:
    if username:
        as_(username)  # logging in is not what is tried here
    plain = as_(username, scripts=False)
    plain.page.goto(plain.city.url + path)
    for name, size in (("特大", "elder"), ("大字", "large"), ("标准", "normal")):
        plain.page.get_by_role("button", name=name, exact=True).click()
        plain.page.wait_for_load_state()
        assert plain.path() == path
        assert plain.page.locator(f"html[data-size={size}]").count() == 1


def test_the_portal_is_read_without_javascript(as_: As) -> None:
    plain = as_(scripts=False)
    for path in ("/", "/notices/", "/law/", "/guide/"):
        plain.page.goto(plain.city.url + path)
        assert plain.status == 200
        assert plain.page.locator("main h1").is_visible()
    plain.page.goto(plain.city.url + "/law/")
    plain.page.locator("main a[href*='/c/330200/law/']").first.click()
    plain.page.locator("main a[href*='/c/330200/law/'][href$='/22/']").first.click()
    plain.page.wait_for_load_state()
    assert "第二十二条" in plain.page.inner_text("main h1")


def test_a_list_from_the_keyboard(as_: As) -> None:
    street = as_("nb-street").go("/console/elders/")
    keys = street.page.keyboard
    keys.press("j")
    assert at(street) == 0
    keys.press("j")
    keys.press("j")
    assert at(street) == 2
    keys.press("k")
    assert at(street) == 1
    target = street.page.locator("tr[data-row]").nth(1).locator("a[data-open]")
    href = target.get_attribute("href")
    with street.page.expect_navigation():
        keys.press("Enter")
    assert street.path() == href
    street.go("/console/elders/")
    keys.press("/")
    assert street.evaluate("document.activeElement.name") == "q"
    street.go("/console/elders/")
    keys.press("Tab")
    assert street.evaluate("document.activeElement.textContent.trim()") == "跳到正文"
    keys.press("Enter")
    assert street.evaluate("document.activeElement.id") == "main"


def at(walker: Walker) -> int:
    return int(
        walker.evaluate(
            "[...document.querySelectorAll('tr[data-row]')].findIndex(r => r.matches('.h-at'))"
        )
    )


@pytest.mark.parametrize(
    ("phone", "size", "cards"),
    [(True, "normal", True), (False, "normal", False), (False, "elder", True)],
)
def test_a_table_that_does_not_fit_is_read_as_cards(
    as_: As, phone: bool, size: str, cards: bool
) -> None:
    street = as_("nb-street", phone=phone).size(size).go("/console/elders/")
    table = street.page.locator(".h-table")
    assert table.evaluate("t => t.matches('.h-cards')") is cards
    frame = "t => t.parentElement.scrollWidth <= t.parentElement.clientWidth"
    assert table.evaluate(frame), "something has to be pushed sideways"
    row = street.page.get_by_role("row").nth(1)
    assert row.get_by_role("rowheader").is_visible()
    assert row.get_by_role("cell").count() >= 5
    label = (
        "getComputedStyle(document.querySelector('tbody td:nth-of-type(2)'), '::before').content"
    )
    assert ("年龄" in street.evaluate(label)) is cards
    street.page.get_by_role("link", name="姓名").click()  # the heads still put in order
    street.page.wait_for_url("**sort=name**")
    street.page.wait_for_function("!document.querySelector('.htmx-request')")
    assert table.evaluate("t => t.matches('.h-cards')") is cards


def test_a_filtered_list_is_the_same_as_fragment_and_as_page(as_: As) -> None:
    """The rows that HTMX swaps in are those of the address that it leaves in the bar."""
    street = as_("nb-street").go("/console/elders/")
    before = street.page.locator("tr[data-row]").count()
    street.page.locator("#list-filters [name=age]").select_option("80")
    with street.page.expect_response(lambda r: "age=80" in r.url) as answered:
        street.page.get_by_role("button", name="查询", exact=True).click()
    assert not answered.value.request.is_navigation_request(), "the whole page was loaded"
    street.page.get_by_text("去掉条件").first.wait_for(state="attached")
    street.look()
    swapped = shown(street)
    assert "age=80" in street.page.url
    assert 0 < street.page.locator("tr[data-row]").count() < before
    street.page.reload()
    street.page.wait_for_load_state()
    assert shown(street) == swapped


def shown(walker: Walker) -> str:
    """What a reader gets of the list: its text and where its links lead, without tokens."""
    return str(
        walker.evaluate(
            """() => { const list = document.getElementById('list');
            return list.innerText + [...list.querySelectorAll('a')].map(a => a.href).join(' ') }"""
        )
    )
