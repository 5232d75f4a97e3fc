"""Pick, preview, act: never without a look, never outside what the actor sees."""

from __future__ import annotations

import pytest
from django.test import Client

from heling.platform.lists import bulk
from heling.platform.lists.tests.world import acted, entries, entry

URL = "/entries/"


def post(client: Client, **data: object) -> tuple[int, str]:
    response = client.post(URL, {"do": "bulk:mark", **data}, follow=True)
    return response.status_code, response.content.decode()


def test_a_preview_comes_first(client: Client) -> None:
    one, two, three = entries(3)
    status, html = post(client, pick=[one.pk, three.pk])
    assert status == 200
    assert "将对下面 <strong>2</strong> 条标记" in html
    assert one.actor_name in html
    assert two.actor_name not in html
    assert acted == []


def test_confirmed_it_is_done_once_with_the_form(client: Client) -> None:
    one, two, _ = entries(3)
    status, html = post(client, pick=[one.pk, two.pk], confirmed="yes", reason="年度核查")
    assert status == 200
    assert acted[0]["ids"] == (one.pk, two.pk)
    assert acted[0]["reason"] == "年度核查"
    assert acted[0]["by"].user_id == 7
    assert "已标记 2 条。" in html
    assert "第 9 条已经标记过。" in html


def test_a_bad_form_keeps_the_picks_and_does_nothing(client: Client) -> None:
    one, *_ = entries(2)
    _, html = post(client, pick=[one.pk], confirmed="yes", reason="短")
    assert acted == []
    assert 'value="短"' in html
    assert f'name="pick" value="{one.pk}"' in html


def test_rows_of_another_territory_are_not_touched(client: Client) -> None:
    mine, other = entry("内"), entry("外", code="330203001001")
    _, html = post(client, pick=[mine.pk, other.pk])
    assert "有 1 条已不在您的范围内" in html
    post(client, pick=[mine.pk, other.pk], confirmed="yes", reason="年度核查")
    assert acted[0]["ids"] == (mine.pk,)


def test_everything_means_what_passes_the_filters(client: Client) -> None:
    entries(7)
    entry("别岗", role="b")
    response = client.post(
        f"{URL}?role=a",
        {"do": "bulk:mark", "everything": "yes", "confirmed": "yes", "reason": "年度核查"},
    )
    assert response.status_code == 200
    assert len(acted[0]["ids"]) == 7


def test_too_many_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "COUNT_LIMIT", 2)
    entries(3)
    _, html = post(client, everything="yes", confirmed="yes", reason="年度核查")
    assert acted == []
    assert "一次最多处理 2 条" in html


def test_nothing_picked_is_said(client: Client) -> None:
    entries(1)
    _, html = post(client)
    assert "还没有选择任何一条" in html


def test_a_pick_that_is_no_key_is_said(client: Client) -> None:
    _, html = post(client, pick=["abc"])
    assert "已经失效" in html


def test_an_unknown_or_forbidden_action_is_refused(client: Client) -> None:
    one = entries(1)[0]
    assert client.post(URL, {"do": "bulk:none", "pick": one.pk}).status_code == 404
    assert client.post(URL, {"do": "bulk:never", "pick": one.pk}).status_code == 403
    assert "不许" not in client.get(URL).content.decode()
