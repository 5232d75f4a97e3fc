"""Sizes, the switch, error pages, and the components as HTML."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory

from heling.platform.web import assets
from heling.platform.web.icons import ICONS
from heling.platform.web.middleware import PresentationMiddleware

PAGES = ["/ui/", "/ui/family/", "/ui/question/", "/ui/portal/"]


@pytest.mark.parametrize("size", ["normal", "large", "elder"])
@pytest.mark.parametrize("page", PAGES)
def test_each_face_has_three_sizes_and_says_which(client: Client, page: str, size: str) -> None:
    client.cookies["size"] = size
    html = client.get(page).content.decode()
    assert f'data-size="{size}"' in html
    assert re.findall(r'value="(\w+)" aria-pressed="true"', html) == [size]


def test_an_unknown_size_is_the_faces_own(client: Client) -> None:
    client.cookies["size"] = '"><script>'
    assert 'data-size="normal"' in client.get("/ui/").content.decode()


@pytest.mark.parametrize("chosen", ["normal", "large", "elder"])
def test_a_chosen_size_goes_with_the_person_over_all_faces(client: Client, chosen: str) -> None:
    client.post("/presentation/", {"size": chosen, "next": "/family/"})
    client.get("/family/")
    for page in ("/accounts/login/", "/guide/", *PAGES):
        assert f'data-size="{chosen}"' in client.get(page).content.decode(), page


def test_the_family_faces_own_size_follows_to_what_it_leads_to(client: Client) -> None:
    assert 'data-size="normal"' in client.get("/guide/").content.decode()
    entrance = client.get("/family/")  # a stranger is sent to the login, in large print
    assert entrance.status_code == 302
    assert not entrance.cookies["came"]["max-age"], "it lasts longer than the visit"
    for page in (entrance["Location"], "/guide/"):
        assert 'data-size="elder"' in client.get(page).content.decode()
    client.post("/presentation/", {"size": "normal", "next": "/"})
    assert 'data-size="normal"' in client.get("/guide/").content.decode()


def test_a_desk_does_not_grow_with_the_family_face() -> None:
    request = RequestFactory().get("/console/")
    request.COOKIES["came"] = "family"
    assert isinstance(PresentationMiddleware(lambda _: HttpResponse())(request), HttpResponse)
    assert request.presentation.size == "normal"  # type: ignore[attr-defined]


def test_a_public_page_may_be_kept(client: Client) -> None:
    assert "Cache-Control" not in client.get("/ui/portal/").headers


def test_the_switch_keeps_the_choice_and_comes_back(client: Client) -> None:
    response = client.post("/presentation/", {"size": "elder", "next": "/ui/?a=1"})
    assert (response.status_code, response["Location"]) == (302, "/ui/?a=1")
    cookie = response.cookies["size"]
    assert cookie.value == "elder"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert 'data-size="elder"' in client.get("/ui/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""]
)
def test_the_switch_never_leads_away(client: Client, target: str) -> None:
    assert client.post("/presentation/", {"size": "large", "next": target})["Location"] == "/"


def test_the_switch_ignores_what_it_does_not_know(client: Client) -> None:
    response = client.post("/presentation/", {"size": "giant", "density": "compact", "next": "/"})
    assert set(response.cookies) & {"size", "density"} == {"density"}
    assert client.get("/presentation/").status_code == 405


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_marked_as_demonstration(client: Client, page: str, settings: Any) -> None:
    assert "演示数据" in client.get(page).content.decode()
    settings.DEMO = False
    assert 'class="h-demo"' not in client.get(page).content.decode()


def test_the_telephone_is_on_every_page_of_the_family(client: Client, settings: Any) -> None:
    settings.HOTLINE = {"number": "96345", "name": "为老热线"}
    for page in ("/ui/family/", "/ui/question/"):
        assert 'href="tel:96345"' in client.get(page).content.decode()


def test_scripts_come_from_files_and_htmx_cannot_evaluate(client: Client) -> None:
    response = client.get("/ui/")
    html = response.content.decode()
    assert re.findall(r"<script[^>]*>", html) == re.findall(
        r'<script src="/static/[^"]+" defer>', html
    )
    assert '"allowEval":false' in html
    assert '"includeIndicatorStyles":false' in html
    assert "unsafe" not in response["Content-Security-Policy"]


def test_a_page_that_is_not_there(client: Client) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "找不到这个页面" in response.content.decode()


def test_a_missing_csrf_token_is_explained(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/presentation/", {"size": "large"})
    assert response.status_code == 403
    assert "页面停留太久" in response.content.decode()


def test_the_500_page_needs_nothing() -> None:
    from django.views.defaults import server_error

    html = server_error(RequestFactory().get("/")).content.decode()
    assert "系统出错了" in html
    assert 'data-size="normal"' in html


def draw(source: str, **context: Any) -> str:
    """A template text with cotton components, compiled as the loader does it."""
    from django_cotton.compiler_regex import CottonCompiler

    return Template(CottonCompiler().process(source)).render(Context(context))


def test_attributes_passed_through_are_escaped() -> None:
    html = draw('<c-button :data-x="evil" disabled>好</c-button>', evil='"><script>')
    assert "<script>" not in html
    assert 'data-x="&quot;&gt;&lt;script&gt;"' in html
    assert " disabled" in html


def test_string_attributes_are_escaped_once() -> None:
    html = draw('<c-panel title="{{ t }}">x</c-panel>', t="a & <b>")
    assert "<h2>a &amp; &lt;b&gt;</h2>" in html


def test_a_fact_without_content_is_a_dash() -> None:
    assert "<dd>—</dd>" in draw('<c-fact label="卡号"> </c-fact>')
    assert "<dd>0</dd>" in draw('<c-fact label="次数">0</c-fact>')


def test_an_explanation_carries_words_as_well_as_marks() -> None:
    tree = {
        "truth": None,
        "text": "甲",
        "children": [
            {"truth": True, "text": "乙", "citation": "第一条", "href": "/law/1/"},
            {"truth": False, "text": "<丙>"},
        ],
    }
    html = draw('<c-explanation :node="tree" />', tree=tree)
    for word in ("符合：", "不符合：", "尚不清楚：", "✓", "✗", "？"):
        assert word in html
    assert '<a class="h-cite" href="/law/1/">第一条</a>' in html
    assert "&lt;丙&gt;" in html


def test_a_masked_value_reveals_by_post_only() -> None:
    source = '<c-masked value="45**21" action="/reveal/" field="number" label="证件号" />'
    html = draw(source)
    assert '<form method="post" action="/reveal/"' in html
    assert 'name="field" value="number"' in html
    shown = draw('<c-masked shown="450103" field="number" />')
    assert "450103" in shown
    assert "<form" not in shown


def test_every_icon_is_drawn_and_hidden_from_readers() -> None:
    for name in ICONS:
        assert 'aria-hidden="true"' in draw(f'{{% icon "{name}" %}}')
    assert draw('{% icon "none" %}') == ""


def test_an_asset_not_built_yet_keeps_a_plain_address() -> None:
    assets.asset.cache_clear()
    assert assets.asset("nothing.css") == "/static/dist/nothing.css"
