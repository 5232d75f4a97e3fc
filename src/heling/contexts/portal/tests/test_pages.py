"""The public pages as a visitor without an account gets them."""

from __future__ import annotations

import hashlib
import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from heling.contexts.places.testing import plant_body
from heling.contexts.portal import queries
from heling.engines.law import LawText, library, load_city, load_norms
from heling.kernel.identifiers import Territory

pytestmark = pytest.mark.django_db

CITIES = [
    queries.city_of(load_city(code), load_norms(code))
    for code in library.cities(library.default_root())
]
LAWS = [(city, law) for city in CITIES for law in city.laws]
BY_LAW = pytest.mark.parametrize(("city", "law"), LAWS, ids=[law.title for _, law in LAWS])


def text_of(html: str) -> str:
    """What a reader sees, without mark-up and white space."""
    body = html[html.index("<main") : html.index("</main")]
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", body)))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def get(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_the_first_page_opens_the_doors_that_exist(client: Client) -> None:
    html = get(client, "home")
    for door in ("portal_law_list", "portal_guide_list", "account_login"):
        assert f'href="{reverse(door)}"' in html
    assert html.count('class="h-door"') <= 5
    for city in CITIES:
        assert city.name in html


def test_every_city_with_packs_has_its_pages(client: Client) -> None:
    assert len(CITIES) >= 2
    for city in CITIES:
        for name in ("portal_city", "portal_guide"):
            assert city.name in get(client, name, city.code)


@BY_LAW
def test_the_whole_law_is_shown_word_for_word(
    client: Client, city: queries.City, law: queries.Law
) -> None:
    shown = text_of(get(client, "portal_law", city.code, law.slug))
    at = 0
    for article in law.text.articles:
        words = squeezed(article.label + "".join(p.whole for p in article.paragraphs))
        at = shown.index(words, at) + len(words)  # in the law's own order


@BY_LAW
def test_every_article_has_a_page_with_its_words_and_an_anchor_per_place(
    client: Client, city: queries.City, law: queries.Law
) -> None:
    for article in law.text.articles:
        html = get(client, "portal_article", city.code, law.slug, article.number)
        shown = text_of(html)
        assert squeezed("".join(p.whole for p in article.paragraphs)) in shown
        for paragraph in article.paragraphs:
            assert html.count(f'id="k{paragraph.number}"') == 1
            for item in paragraph.items:
                assert html.count(f'id="k{paragraph.number}-{item.number}"') == 1


@BY_LAW
def test_every_rule_shown_points_at_a_place_on_the_page(
    client: Client, city: queries.City, law: queries.Law
) -> None:
    pointed = 0
    for article in law.text.articles:
        html = get(client, "portal_article", city.code, law.slug, article.number)
        for anchor in re.findall(r'<h3><a href="#([^"]+)"', html):
            assert f'id="{anchor}"' in html
            pointed += 1
    assert pointed, "no article of this law shows a rule"


def test_unverified_and_open_values_are_marked(client: Client, two_cities: Path) -> None:
    html = get(client, "portal_article", "991100", "care", 2)
    rows = re.findall(r"<dd>(.*?)</dd>", html, re.DOTALL)
    marked = {mark: [r for r in rows if mark in r] for mark in ("待核实", "尚待实施办法")}
    assert ["每月时数" in r for r in marked["尚待实施办法"]] == [True]
    assert ["按相加处理" in r for r in marked["待核实"]] == [True]
    assert "每月不少于20小时" in squeezed(html)


def test_a_citation_leads_to_its_words(client: Client) -> None:
    city, law = next((c, law) for c, law in LAWS if _has_items(law.text))
    article = next(a for a in law.text.articles if a.paragraphs[0].items)
    address = f"{article.number}/1/1"
    response = client.get(reverse("portal_cite", args=[city.code, address]), {"law": law.title})
    target = reverse("portal_article", args=[city.code, law.slug, article.number])
    assert response["Location"] == f"{target}#k1-1"


def _has_items(law: LawText) -> bool:
    return any(a.paragraphs[0].items for a in law.articles)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/c/999900/", "还没有这个城市的法规"),
        ("/c/{code}/law/no-such-law/", "没有这部法规"),
        ("/c/{code}/law/{slug}/0/", "没有第 0 条"),
        ("/c/{code}/law/{slug}/{beyond}/", "没有第 {beyond} 条"),
        ("/c/{code}/cite/{beyond}/", "没有找到条款"),
        ("/c/{code}/cite/1/1/9/", "没有找到条款"),
        ("/c/{code}/cite/abc/", "没有找到条款"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(
    client: Client, path: str, sentence: str
) -> None:
    city, law = LAWS[0]
    words = {"code": city.code, "slug": law.slug, "beyond": len(law.text.articles) + 1}
    response = client.get(path.format(**words))
    assert response.status_code == 404
    assert sentence.format(**words) in response.content.decode()


def test_nobody_posts_to_a_public_page(client: Client) -> None:
    assert client.post(reverse("home")).status_code == 405


def test_a_browser_keeps_a_page_only_for_the_same_cookies(client: Client) -> None:
    response = client.get(reverse("portal_law_list"))
    assert set(response["Cache-Control"].split(", ")) == {"private", "max-age=300"}
    assert "Cookie" in response["Vary"]


def test_pages_need_no_script(client: Client) -> None:
    """Nothing in a public page's own content waits for JavaScript."""
    city, law = LAWS[0]
    for html in (
        get(client, "home"),
        get(client, "portal_law", city.code, law.slug),
        get(client, "portal_article", city.code, law.slug, 1),
    ):
        main = html[html.index("<main") : html.index("</main")]
        assert not re.search(r"hx-|<script|h-needs-js", main)


PACK = """
pack: 991100/care
kind: ordinance
city: {{code: "991100", name: 某市}}
law: {{title: 某市条例, text: 991100.txt, sha256: {sha}}}
in_force: {{from: 2020-01-01}}
imports: [cn/elder]
constants:
  免费时数: {{cite: 2/1/1, unit: 小时/月, floor: true, versions: [{{from: 2020-01-01, value: 20}}]}}
  每月时数: {{cite: 2/1/2, unit: 小时/月, open: {{filled_by: 市人民政府}}}}
grants:
  免费服务: {{cite: 2/1/1, duty: 应当, benefit: 免费服务, plain: 免费服务, when: 老年人, amount: 免费时数, unit: 小时/月, floor: true}}
  其他服务: {{cite: 2/1/2, duty: 应当, benefit: 其他服务, plain: 其他服务, when: 老年人, amount: 每月时数, unit: 小时/月}}
interpretations:
  时数相加: {{cite: 2/1, note: 两项时数按相加处理, applies_to: [免费服务, 其他服务], status: 待核实}}
"""
LAW = """某市条例

（某年通过）

第一条 本条例自施行。

第二条 向老年人提供下列服务：

（一）每月不少于二十小时的免费服务；

（二）一定时间的其他服务，由市人民政府规定。
"""


@pytest.fixture
def two_cities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stored packs and one city more, which nobody's code has heard of."""
    root = tmp_path / "packs"
    shutil.copytree(library.default_root(), root)
    (root / "texts/991100.txt").write_text(LAW)
    (root / "991100").mkdir()
    sha = hashlib.sha256(LAW.encode()).hexdigest()
    (root / "991100/care.yaml").write_text(PACK.format(sha=sha))
    monkeypatch.setenv("HELING_PACKS", str(root))
    return root


def test_another_city_moves_in_as_data(client: Client, two_cities: Path) -> None:
    assert "某市" in get(client, "home")
    assert "某市条例" in get(client, "portal_law_list")
    assert "二十小时" in get(client, "portal_law", "991100", "care")


def test_the_guide_names_the_body_to_call(client: Client) -> None:
    city = CITIES[0]
    plant_body(Territory.parse(city.code).prefix, name="某局", phone="000-0000")
    html = get(client, "portal_guide", city.code)
    assert "某局" in html
    assert 'href="tel:000-0000"' in html


def test_one_city_with_broken_packs_keeps_nobody_else_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    root = tmp_path / "packs"
    shutil.copytree(library.default_root(), root)
    (root / "999900").mkdir()
    (root / "999900" / "broken.yaml").write_text("pack: 999900/broken\n", encoding="utf-8")
    monkeypatch.setenv("HELING_PACKS", str(root))
    page = Client().get("/")
    assert page.status_code == 200
    assert all(city.name in page.content.decode() for city in CITIES)
    assert "the packs of 999900 cannot be read" in caplog.text
