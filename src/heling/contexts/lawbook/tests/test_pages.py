"""Every page of the rule book: it renders, keeps what was typed, and fragments equal full pages."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from shutil import copytree

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.lawbook import testing
from heling.contexts.lawbook.actions import take_in
from heling.contexts.lawbook.domain.entries import split
from heling.contexts.lawbook.models import Draft, Edition
from heling.contexts.lawbook.testing import MORE_HOURS, PACK
from heling.engines.law.shelf import FolderShelf, default_root
from heling.kernel.actor import system

pytestmark = pytest.mark.usefixtures("db")
FOLDER, NAME = PACK.split("/")


@pytest.fixture(autouse=True)
def _archived() -> None:
    take_in(at=timezone.now(), by=system("升级"))


def as_role(role: RoleKey = RoleKey.CITY, place: str = "3302") -> Client:
    client = Client()
    people.sign_in(client, people.official(role, place))
    return client


def page(client: Client, name: str, *args: object, query: str = "", status: int = 200) -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def post(
    client: Client, name: str, *args: object, hx: bool = False, **data: object
) -> HttpResponse:
    headers = {"HX-Request": "true"} if hx else {}
    return client.post(reverse(name, args=args), data, headers=headers)


def begun(client: Client) -> Draft:
    assert post(client, "lawbook_begin", FOLDER, NAME).status_code == 302
    return Draft.objects.latest("pk")


def boxes(html: str) -> dict[str, str]:
    """Every textarea's content by name, as a browser would post it."""
    found = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', html, re.S)
    return {name: unescape(text) for name, text in found}


def seen(html: str) -> str:
    return re.findall(r'name="seen" value="(\d+)"', html)[0]


def fragment(html: str, name: str) -> str:
    return re.findall(rf'<section id="{name}".*?</section>', html, re.S)[0]


def test_the_list_shows_every_pack_to_every_official() -> None:
    for role, place in ((RoleKey.CITY, "4501"), (RoleKey.COMMITTEE, "330203001001")):
        html = page(as_role(role, place), "lawbook_list")
        for pack in (PACK, "330200/duties-2018", "450100/home-care-2025", "cn/elder"):
            assert pack in html
    nanning = page(as_role(RoleKey.CITY, "4501"), "lawbook_list")
    assert nanning.index("450100/") < nanning.index("330200/") < nanning.index("cn/elder")
    assert html.index("330200/") < html.index("450100/")


def test_the_whole_way_through_the_pages() -> None:
    city, other = as_role(), as_role()
    assert "起草修改" in page(city, "lawbook_pack", FOLDER, NAME)
    draft = begun(city)
    html = page(city, "lawbook_edit", draft.pk, query="?part=22")
    assert "重度失能失智老年人每人每月不少于四十五小时" in html
    assert "没有错误，" in html
    typed = boxes(html)
    assert "lawbook" not in "".join(typed)
    hours = next(n for n, t in typed.items() if t.startswith("  重度时数:"))
    typed[hours] = typed[hours].replace("value: 45", "value: fifty")
    response = post(city, "lawbook_check", draft.pk, hx=True, seen=seen(html), part="22", **typed)
    said = response.content.decode()
    assert re.search(r"第 \d+ 行“重度时数”", said)
    assert "重度时数" in said
    assert "versions: [{from: 2018-10-01, value: fifty}]" in said
    assert Draft.objects.get(pk=draft.pk).text == draft.text, "a check keeps nothing"

    typed[hours] = typed[hours].replace("value: fifty", "value: 50")
    done = post(city, "lawbook_edit", draft.pk, seen=seen(html), part="22", goto="tests", **typed)
    assert done["Location"].endswith("?part=tests")
    html = page(city, "lawbook_edit", draft.pk, query="?part=tests")
    assert "应为" in html
    typed = {n: t.replace("amount: 45", "amount: 50") for n, t in boxes(html).items()}
    post(city, "lawbook_edit", draft.pk, seen=seen(html), part="tests", **typed)
    html = page(city, "lawbook_edit", draft.pk, query="?part=22")
    proved = post(
        city, "lawbook_prove", draft.pk, hx=True, seen=seen(html), part="22", **boxes(html)
    ).content.decode()
    assert re.search(r"\d+ 条性质对所有人成立", proved)

    html = page(city, "lawbook_step", draft.pk, "submit")
    done = post(city, "lawbook_step", draft.pk, "submit", seen=seen(html), note="五十小时")
    assert done.status_code == 302
    draft.refresh_from_db()
    assert draft.text == testing.changed(draft.base.content, MORE_HOURS)
    assert "要由另一位同事审定" in page(city, "lawbook_draft", draft.pk)
    assert "不能自己审定" in page(city, "lawbook_step", draft.pk, "publish")

    html = page(other, "lawbook_step", draft.pk, "publish")
    assert "删去 5 行，增加 5 行" in html
    assert "assumed-measures" in html
    past = timezone.localdate() - timedelta(days=40)
    given = {"seen": seen(html), "effective_from": past, "reason": "常务会议通过"}
    refused = post(other, "lawbook_step", draft.pk, "publish", **given)
    assert refused.status_code == 422
    assert "是追溯的修改" in refused.content.decode()
    assert "常务会议通过" in refused.content.decode()
    done = post(other, "lawbook_step", draft.pk, "publish", retroactive="on", **given)
    assert done.status_code == 302
    made = Edition.objects.get(origin="published")
    assert made.effective_from == past
    html = page(city, "lawbook_pack", FOLDER, NAME)
    assert "第 1 版到第 2 版" in html
    assert "常务会议通过" in html
    assert "现行" in html
    assert "性质对所有人成立" in page(city, "lawbook_edition", made.pk)
    assert page(city, "lawbook_edit", draft.pk, status=302) == ""


def test_fragments_are_the_same_as_in_the_full_page() -> None:
    city = as_role()
    draft = begun(city)
    html = page(city, "lawbook_edit", draft.pk, query="?part=22")
    typed = boxes(html)
    first = next(iter(typed))
    typed[first] += "\n    unit: 天"
    given = {"seen": seen(html), "part": "22", **typed}
    for name, panel in (("lawbook_check", "check"), ("lawbook_prove", "proofs")):
        alone = post(city, name, draft.pk, hx=True, **given).content.decode()
        whole = post(city, name, draft.pk, **given).content.decode()
        assert fragment(whole, panel) == alone.strip()
        assert boxes(whole)[first] == typed[first], "what was typed stays"
        assert 'data-unsaved="typed"' in whole
    testing.published({"# 宁波市": "# 宁波"}, pack="330200/duties-2018")
    url = reverse("lawbook_pack", args=[FOLDER, "duties-2018"])
    alone = city.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "增加 1 行" in alone
    assert alone.strip() in city.get(url).content.decode()


def test_the_day_of_publication_says_what_follows() -> None:
    two = testing.pair()
    testing.published(effective_from=timezone.localdate(), people=two, at=timezone.now())
    draft = testing.submitted(two, {"# 宁波市": "# 宁波"}, at=timezone.now())
    other = as_role()
    yesterday = timezone.localdate() - timedelta(days=1)
    url = reverse("lawbook_step", args=[draft.pk, "publish"])
    for day, late in ((yesterday, True), (timezone.localdate(), False)):
        query = {"effective_from": str(day)}
        alone = other.get(url, query, headers={"HX-Request": "true"}).content.decode()
        whole = other.get(url, query).content.decode()
        assert alone.strip() in whole
        assert ("追溯" in alone) is late
        assert "第 2 版不再适用" in alone
    tomorrow = {"effective_from": str(timezone.localdate() + timedelta(days=1))}
    assert "不再适用" not in other.get(url, tomorrow).content.decode().split('id="when"')[1][:400]
    odd = other.get(url, {"effective_from": "2026-02-30"})
    assert odd.status_code == 200


def test_a_colleague_saved_first_and_nothing_is_lost() -> None:
    mine, theirs = as_role(), as_role()
    draft = begun(mine)
    html = page(mine, "lawbook_edit", draft.pk, query="?part=22")
    typed = boxes(html)
    hours = next(n for n, t in typed.items() if t.startswith("  重度时数:"))
    other = dict(typed)
    other[hours] = typed[hours].replace("45", "46")
    assert (
        post(theirs, "lawbook_edit", draft.pk, seen=seen(html), part="22", **other).status_code
        == 302
    )
    typed[hours] = typed[hours].replace("45", "47")
    typed["new-entry"] = "我的新词:\n  cite: 22/1"
    checked = post(mine, "lawbook_check", draft.pk, hx=True, seen=seen(html), part="22", **typed)
    assert "别人改过这份草稿" in checked.content.decode()
    refused = post(mine, "lawbook_edit", draft.pk, seen=seen(html), part="22", **typed)
    assert refused.status_code == 422
    body = unescape(refused.content.decode())
    assert "改过这份草稿" in body
    for mine_or_theirs in ("value: 47", "value: 46", "我的新词:\n  cite: 22/1"):
        assert mine_or_theirs in body
    assert "value: 46" in Draft.objects.get(pk=draft.pk).text
    again = boxes(refused.content.decode())
    again[hours] = typed[hours]
    done = post(mine, "lawbook_edit", draft.pk, seen=seen(body), part="22", **again)
    assert done.status_code == 302
    assert "value: 47" in Draft.objects.get(pk=draft.pk).text


def test_the_whole_text_and_what_is_no_text() -> None:
    city = as_role()
    draft = begun(city)
    html = page(city, "lawbook_edit", draft.pk, query="?part=all")
    assert boxes(html)["whole"] == draft.text
    given = {"seen": seen(html), "part": "all"}
    for whole, words in (
        ("facts: [\n", "不是合法的 YAML"),
        ("", "文件是空的"),
        ("- 甲\n- 乙", "这里应当是"),
    ):
        said = post(city, "lawbook_check", draft.pk, hx=True, whole=whole, **given)
        assert words in said.content.decode(), said.content.decode()
        proved = post(city, "lawbook_prove", draft.pk, hx=True, whole=whole, **given)
        assert "不能证明" in proved.content.decode()
    large = post(city, "lawbook_edit", draft.pk, whole="#" * 1_000_000, **given)
    assert large.status_code == 422
    assert "1,000,001 字节" in large.content.decode()
    done = post(city, "lawbook_edit", draft.pk, whole=draft.text.replace("\n", "\r\n"), **given)
    assert done.status_code == 302
    assert Draft.objects.get(pk=draft.pk).text == draft.text
    assert post(city, "lawbook_edit", draft.pk, part="22").status_code == 422


def test_a_new_entry_and_an_emptied_one() -> None:
    city = as_role()
    draft = begun(city)
    html = page(city, "lawbook_edit", draft.pk, query="?part=18")
    typed = boxes(html)
    reading = next(n for n, t in typed.items() if t.startswith("  半失能和高龄:"))
    typed[reading] = ""
    typed["new-entry"] = "半失能:\n  cite: 18\n  is: 失能等级 >= 轻度\n"
    given = {"seen": seen(html), "part": "18", "new-section": "define", **typed}
    assert post(city, "lawbook_edit", draft.pk, **given).status_code == 302
    words = [e.word for e in split(Draft.objects.get(pk=draft.pk).text).of(18)]
    assert "半失能" in words
    assert "半失能和高龄" not in words


def test_a_newer_release_does_not_push_the_citys_own_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    testing.published(effective_from=timezone.localdate(), at=timezone.now())
    city = as_role()
    assert "随附版本已更新" not in page(city, "lawbook_list")
    root = tmp_path / "packs"
    copytree(default_root(), root)
    monkeypatch.setenv("HELING_PACKS", str(root))
    own = root / f"{PACK}.yaml"
    own.write_bytes(own.read_bytes() + b"# next release\n")
    take_in(at=timezone.now() + timedelta(hours=1), by=system("升级"))
    assert "随附版本已更新" in page(city, "lawbook_list")
    history = page(city, "lawbook_pack", FOLDER, NAME)
    assert "现在适用的仍是本市的" in history
    assert "第 3 版" in history


def test_drafts_are_the_citys_own() -> None:
    draft = begun(as_role())
    for name, args in (("lawbook_draft", ()), ("lawbook_edit", ()), ("lawbook_step", ("publish",))):
        page(as_role(place="4501"), name, draft.pk, *args, status=404)
        assert page(as_role(RoleKey.AUDITOR), "lawbook_draft", draft.pk)
    page(as_role(RoleKey.COUNTY, "330203"), "lawbook_draft", draft.pk, status=404)
    assert "起草中" not in page(as_role(RoleKey.COUNTY, "330203"), "lawbook_list")
    assert "起草修改" not in page(as_role(RoleKey.COUNTY, "450103"), "lawbook_pack", FOLDER, NAME)
    page(as_role(), "lawbook_pack", "330200", "none", status=404)
    page(as_role(), "lawbook_step", draft.pk, "nothing", status=404)


@pytest.mark.parametrize(
    "pack", [p for p in FolderShelf(default_root()).packs() if p[:6].isdigit()]
)
def test_every_pack_of_every_city_can_be_drafted(pack: str) -> None:
    """Whatever its kind, with its law's text or without."""
    folder, name = pack.split("/")
    city = as_role(place=folder[:4])
    assert post(city, "lawbook_begin", folder, name).status_code == 302
    draft = Draft.objects.latest("pk")
    for part in ("", "?part=all", "?part=tests", "?part=1", "?part=999", "?part=x"):
        html = page(city, "lawbook_edit", draft.pk, query=part)
        assert "没有错误，" in html
    given = {"seen": seen(html), "part": "all", "whole": draft.text + "# 改\n"}
    proved = post(city, "lawbook_prove", draft.pk, hx=True, **given).content.decode()
    assert "h-notice-good" in proved
    assert post(city, "lawbook_edit", draft.pk, **given).status_code == 302
    draft.refresh_from_db()
    done = post(city, "lawbook_step", draft.pk, "submit", seen=draft.version, note="说明")
    assert done.status_code == 302
