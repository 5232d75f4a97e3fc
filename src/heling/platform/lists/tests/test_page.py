"""The list page as a person meets it."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heling.platform.lists.definition import Column, List
from heling.platform.lists.models import SavedView
from heling.platform.lists.tests.world import OFFICIAL, entries, entry

URL = "/entries/"


def text(client: Client, query: str = "", **headers: str) -> str:
    response = client.get(URL + query, headers=headers)
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


def shown(html: str) -> list[str]:
    return re.findall(r'data-open>查看<span class="h-hidden">(.*?)</span>', html)


def region(html: str) -> str:
    """The region of a whole page: from its first tag to the drawer's end, CSRF tokens aside."""
    start = html.index('<div id="list"')
    end = html.index("</main>") if "</main>" in html else len(html)
    cleaned = re.sub(r'value="[A-Za-z0-9]{64}"', 'value="T"', html[start:end])
    return cleaned.strip()


@pytest.mark.parametrize(
    "query", ["", "?q=人00", "?role=zzz", "?sort=-at&col=name&col=at", "?place=450103001"]
)
def test_a_fragment_equals_its_region_of_the_full_page(client: Client, query: str) -> None:
    entries(7)
    whole = text(client, query)
    part = text(client, query, **{"HX-Request": "true"})
    assert "<html" not in part
    assert part.strip().startswith('<div id="list"')
    assert region(part) == region(whole)


def test_history_restore_gets_the_whole_page(client: Client) -> None:
    html = text(client, "", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in html


def test_a_fragment_pushes_its_clean_address(client: Client) -> None:
    response = client.get(f"{URL}?q=&role=a&day_from=&sort=-at", headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == f"{URL}?role=a&sort=-at"
    assert "HX-Request" in response["Vary"]


def test_a_page_with_peoples_data_is_kept_nowhere(client: Client) -> None:
    assert client.get(URL)["Cache-Control"] == "private, no-store"


def test_pages_follow_each_other(client: Client) -> None:
    entries(12)
    html = text(client)
    assert shown(html) == [f"人{i:03d}" for i in range(5)]
    assert "第 1–5 条，共 12 条" in html
    after = re.search(r'<a href="(\?at=[^"]+)"[^>]*rel="next"', html)
    assert after
    html = text(client, after[1])
    assert shown(html) == [f"人{i:03d}" for i in range(5, 10)]
    assert "第 6–10 条" in html
    back = re.search(r'<a href="(\?at=[^"]+)"[^>]*rel="prev"', html)
    assert back
    assert shown(text(client, back[1])) == [f"人{i:03d}" for i in range(5)]


def test_the_page_asks_the_database_at_most_six_times(client: Client) -> None:
    entries(12)
    SavedView.objects.create(user_id=7, list="tests.entries", name="我的", query="q=人")
    query = "?q=人&place=450103001&role=a&kind=x&day_from=2026-01-01&sort=-elder"
    text(client, query)
    with CaptureQueriesContext(connection) as queries:
        text(client, query)
    own = [
        q["sql"] for q in queries if "set_config" not in q["sql"] and "SAVEPOINT" not in q["sql"]
    ]
    assert len(own) <= 6, own


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?q=甲", ["甲"]),
        ("?q=%EF%BC%A2ob", ["Bob"]),  # full-width letters are the same letters
        ("?place=450103002", ["乙"]),
        ("?place=450103002000", ["乙"]),
        ("?role=b", ["Bob"]),
        ("?kind=y", ["乙"]),
        ("?kind=x&kind=y", ["Bob", "乙", "甲"]),
        ("?day_from=2026-10-02", ["乙"]),
        ("?day_to=2026-10-01", ["Bob", "甲"]),
        ("?day_from=20261001&day_to=2026.10.1", ["Bob", "甲"]),
        ("?q=甲&role=b", []),
    ],
)
def test_filters(client: Client, query: str, names: list[str]) -> None:
    from datetime import UTC, datetime

    entry("甲", at=datetime(2026, 10, 1, 15, 59, tzinfo=UTC))  # 23:59 in Shanghai
    entry("乙", at=datetime(2026, 10, 1, 16, 0, tzinfo=UTC), code="450103002001", kind="y")
    entry("Bob", role="b")
    assert sorted(shown(text(client, query))) == sorted(names)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?day_from=昨天", "日期：“昨天”不是日期，请写成 2026-11-01 的样子"),
        ("?day_from=2026-02-30", "不是日期"),
        ("?day_from=2026-10-02&day_to=2026-10-01", "结束日期早于开始日期，请对调"),
        ("?role=zzz", "岗位：没有这个选项，请重新选择"),
        ("?kind=zzz", "事件：没有这个选项，请重新选择"),
        ("?place=12", "区划代码"),
        ("?q=" + "长" * 61, "姓名：最多 60 个字，请缩短"),
    ],
)
def test_a_filter_that_makes_no_sense_is_said_and_shows_no_rows(
    client: Client, query: str, sentence: str
) -> None:
    entries(2)
    if query == "?place=12":
        query = "?place=012"
    html = text(client, query)
    assert sentence in html
    assert shown(html) == []


def test_filters_in_force_are_words_that_can_be_taken_away(client: Client) -> None:
    entries(2)
    html = text(client, "?q=人&role=a&at=zzz")
    assert "岗位：甲岗" in html
    assert 'href="?q=%E4%BA%BA"' in html  # without the role, from the first page on


def test_drilling_down_the_tree(client: Client) -> None:
    html = text(client)
    options = re.findall(r'<option value="(\d*)"( selected)?>([^<]+)</option>', html)
    assert options[:3] == [
        ("", " selected", "某区"),
        ("450103001", "", "\u3000甲街道"),
        ("450103002", "", "\u3000乙街道"),
    ]
    html = text(client, "?place=450103002")
    assert '<option value="450103002" selected>\u3000乙街道</option>' in html


def test_a_place_outside_the_territory_shows_nothing(client: Client) -> None:
    entry("外", code="330203001001")
    assert shown(text(client, "?place=330203")) == []


def test_order_and_columns_live_in_the_url(client: Client) -> None:
    entries(3)
    assert shown(text(client, "?sort=-name")) == ["人002", "人001", "人000"]
    assert shown(text(client, "?sort=kind")) == ["人000", "人001", "人002"]  # cannot be sorted
    html = text(client, "?col=code&col=name&col=nonsense")
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', html)
    assert [head.strip() for head in heads] == ["姓名", "区划", "操作"]


def test_a_sorted_column_says_so_and_offers_the_other_way(client: Client) -> None:
    entries(2)
    html = text(client)
    assert 'aria-sort="ascending"><a href="?sort=-name"' in html
    assert 'aria-sort="descending"><a href="?sort=name"' in text(client, "?sort=-name")


def test_saved_views_belong_to_one_person(client: Client) -> None:
    response = client.post(f"{URL}?role=a&at=x", {"do": "save-view", "name": "甲岗的"})
    assert response.status_code == 302
    view = SavedView.objects.get()
    assert (view.user_id, view.query) == (7, "role=a")
    SavedView.objects.create(user_id=8, list="tests.entries", name="别人的", query="role=b")
    html = text(client, "?role=a")
    assert "甲岗的" in html
    assert "别人的" not in html
    client.post(URL + "?role=b", {"do": "save-view", "name": "甲岗的"})  # replaces
    assert SavedView.objects.get(user_id=7).query == "role=b"
    other = SavedView.objects.get(user_id=8)
    client.post(URL, {"do": "delete-view", "view": str(other.pk)})
    assert SavedView.objects.filter(pk=other.pk).exists()
    client.post(URL, {"do": "delete-view", "view": str(view.pk)})
    assert not SavedView.objects.filter(user_id=7).exists()


@pytest.mark.parametrize("name", ["", "  ", "长" * 31])
def test_a_view_without_a_proper_name_is_not_saved(client: Client, name: str) -> None:
    response = client.post(URL, {"do": "save-view", "name": name}, follow=True)
    assert "请给常用视图起个 1 到 30 个字的名字" in response.content.decode()
    assert not SavedView.objects.exists()


def test_without_the_permission_nothing_shows(client: Client) -> None:
    entries(1)
    response = client.get(URL, headers={"x-who": "powerless"})
    assert response.status_code == 403
    assert "人000" not in response.content.decode()


def test_print_shows_who_and_when_and_all_rows(client: Client) -> None:
    entries(12)
    html = text(client, "?print=1")
    assert html.count("<tr>") == 13
    assert "覃工" in html
    assert "打印" in html


def test_an_empty_list_and_an_empty_answer_say_different_things(client: Client) -> None:
    assert "还没有记录" in text(client)
    assert "没有符合条件的记录" in text(client, "?q=无")


def test_a_value_is_escaped(client: Client) -> None:
    entry("<script>x</script>")
    html = text(client, "?q=<script>")
    assert "<script>x" not in html
    assert "&lt;script&gt;x" in html


def test_a_definition_that_cannot_work_is_refused_at_import() -> None:
    column = Column(key="a", label="甲")
    for order in ("b", "-a"):
        with pytest.raises(ValueError, match="default order"):
            List(key="t.bad", title="t", rows=lambda _: None, columns=(column,), order=order)  # type: ignore[arg-type,return-value]


def test_the_official_of_these_tests_may_do_all_of_it() -> None:
    assert OFFICIAL.permissions == {"t.see", "t.act", "t.export"}
