"""The console's pages as people use them: fill in, look, save, be told."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from heling.contexts.identity.public import RoleKey
from heling.contexts.identity.testing import family, official, sign_in
from heling.contexts.places.testing import OTHER_COUNTY, VILLAGE, plant
from heling.contexts.registry.actions import add_supporter, update_elder
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.domain.words import StatusKind
from heling.contexts.registry.models import Elder, Status, Supporter
from heling.contexts.registry.sealing import open_field
from heling.contexts.registry.testing import TODAY, actor, elder, particulars, resident_id, status
from heling.kernel.errors import Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.models import Reading

pytestmark = pytest.mark.usefixtures("db")


def browser(role: RoleKey = RoleKey.STREET, code: str = VILLAGE[:9]) -> Client:
    plant(VILLAGE)
    plant(code)
    client = Client()
    sign_in(client, official(role, code))
    return client


def html(response: object, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]  # type: ignore[attr-defined]
    return str(response.content.decode())  # type: ignore[attr-defined]


def typed(**changes: object) -> dict[str, object]:
    person = particulars(living="spouse")
    data: dict[str, object] = {
        "name": person.name,
        "resident_id": person.resident_id,
        "code": VILLAGE,
        "address": "演示路1号",
        "phone": "13900001111",
        "living": "alone",
    }
    return data | changes


def test_a_clerk_registers_and_lands_on_the_page() -> None:
    client = browser(RoleKey.COMMITTEE, VILLAGE)
    form = html(client.get(reverse("registry_elder_new")))
    assert f'value="{VILLAGE}" selected' in form  # the only community is chosen already
    response = client.post(reverse("registry_elder_new"), typed(name="王小明"), follow=True)
    page = html(response)
    row = Elder.objects.get()
    assert "已登记" in page
    assert "王小明" in page
    assert row.id_masked in page
    assert open_field("id", row.id_sealed, uid=row.uid) not in page
    assert row.hukou_code == VILLAGE


def test_bad_input_keeps_everything_typed_and_names_each_field() -> None:
    client = browser()
    data = typed(name="", resident_id="990103194605010018", phone="123", living="alone")
    page = html(client.post(reverse("registry_elder_new"), data), 422)
    assert "校验位不对" in page
    assert "不是手机号" in page
    assert 'value="123"' in page
    assert 'value="990103194605010018"' in page
    assert 'href="#id_resident_id"' in page
    assert not Elder.objects.exists()


def test_possible_duplicates_are_shown_before_saving() -> None:
    client = browser()
    birth = date(1946, 5, 1)
    elder(name="王小明", birth=birth)
    data = typed(name="王小明", resident_id=resident_id(birth))
    page = html(client.post(reverse("registry_elder_new"), data), 422)
    assert "姓名和出生日期相同" in page
    assert Elder.objects.count() == 1
    again = client.post(reverse("registry_elder_new"), data | {"different": "yes"})
    assert again.status_code == 302
    assert Elder.objects.count() == 2


def test_the_same_number_is_refused_on_the_form() -> None:
    client = browser()
    number = resident_id(date(1946, 5, 1))
    elder(resident_id=number, code=OTHER_COUNTY)
    data = typed(resident_id=number)
    page = html(client.post(reverse("registry_elder_new"), data), 422)
    assert "请联系区县民政核实" in page


def test_two_clerks_save_the_same_elder() -> None:
    client = browser()
    pk = elder(name="王小明")
    url = reverse("registry_elder_edit", args=[pk])
    opened = html(client.get(url))
    assert 'name="version" value="1"' in opened
    update_elder(
        elder_id=pk,
        version=1,
        changes={"living": "alone"},
        today=TODAY,
        by=actor(RoleKey.COMMITTEE),
    )
    row = Elder.objects.get(pk=pk)
    data = {
        "version": "1", "name": row.name, "sex": row.sex, "birth": row.birth.isoformat(),
        "living": "spouse", "ethnicity": "壮族",
    }  # fmt: skip
    page = html(client.post(url, data), 409)
    assert "居住情况" in page
    assert "壮族" in page  # what was typed is still there
    assert 'name="version" value="2"' in page
    assert Elder.objects.get(pk=pk).ethnicity == ""
    assert client.post(url, data | {"version": "2"}).status_code == 302
    assert Elder.objects.get(pk=pk).ethnicity == "壮族"


def test_editing_leaves_sealed_numbers_alone() -> None:
    client = browser()
    pk = elder(name="王小明", phone="13900001112")
    before = Elder.objects.get(pk=pk)
    data = {
        "version": "1", "name": "王晓明", "sex": before.sex, "birth": before.birth.isoformat(),
        "living": "spouse",
    }  # fmt: skip
    assert client.post(reverse("registry_elder_edit", args=[pk]), data).status_code == 302
    after = Elder.objects.get(pk=pk)
    assert after.name == "王晓明"
    assert bytes(after.phone_sealed or b"") == bytes(before.phone_sealed or b"")


def test_a_value_is_shown_only_after_a_purpose_and_is_logged() -> None:
    client = browser()
    pk = elder(phone="13900001113")
    url = reverse("registry_reveal", args=[pk])
    asked = html(client.post(url, {"field": "phone"}, headers={"HX-Request": "true"}))
    assert "为什么要看" in asked
    assert "139 0000 1113" not in asked
    assert not Reading.objects.exists()
    blank = client.post(url, {"field": "phone", "ask": "1"}, headers={"HX-Request": "true"})
    assert "没有填写" in html(blank, 422)
    data = {"field": "phone", "ask": "1", "phone-purpose": "电话联系老年人"}
    shown = html(client.post(url, data, headers={"HX-Request": "true"}))
    assert "139 0000 1113" in shown
    assert "<html" not in shown
    assert Reading.objects.get().purpose == "电话联系老年人"
    whole = html(client.post(url, data))  # without HTMX: the same inside a page
    assert "139 0000 1113" in whole
    assert "<html" in whole


def test_statuses_are_certified_ended_and_revoked() -> None:
    client = browser()
    pk = elder()
    data = {
        "kind": "disability", "grade": "2", "disability": "visual", "certifier": "health",
        "certified_by": "海曙区残联", "document": "", "starts": "2025-01-01",
    }  # fmt: skip
    url = reverse("registry_status_new", args=[pk])
    assert "没有认定文件不能登记" in html(client.post(url, data), 422)
    assert not Status.objects.exists()
    assert client.post(url, data | {"document": "残证 1"}).status_code == 302
    row = Status.objects.get()
    assert "视力残疾二级" in html(client.get(reverse("registry_elder", args=[pk])))
    end = reverse("registry_status_end", args=[row.pk])
    assert client.post(end, {"ends": "2024-01-01"}).status_code == 422
    assert client.post(end, {"ends": "2026-01-01"}).status_code == 302
    revoke = reverse("registry_status_revoke", args=[row.pk])
    assert client.post(revoke, {"why": ""}).status_code == 422
    assert client.post(revoke, {"why": "核查不符"}).status_code == 302
    assert "核查不符" in html(client.get(reverse("registry_elder", args=[pk])))


def test_supporters_are_written_down_changed_and_removed() -> None:
    client = browser()
    pk = elder()
    url = reverse("registry_supporter_new", args=[pk])
    data = {"name": "王大", "relation": "son", "lives": "household", "absent": "yes", "phone": ""}
    assert "不会长期不在身边" in html(client.post(url, data), 422)
    data |= {"lives": "elsewhere", "phone": "13900001114"}
    assert client.post(url, data).status_code == 302
    row = Supporter.objects.get()
    assert row.absent is True
    edit = reverse("registry_supporter_edit", args=[row.pk])
    assert client.post(edit, data | {"name": "王大明", "phone": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.phone_masked) == ("王大明", "139****1114")
    remove = reverse("registry_supporter_remove", args=[row.pk])
    assert "移除王大明" in html(client.get(remove))
    assert client.post(remove).status_code == 302
    assert not Supporter.objects.exists()


def test_what_nobody_verified_is_shown_as_unverified_and_stays_so() -> None:
    client = browser()
    pk = elder(birth=date(1940, 1, 1), living="alone")
    data = {"name": "王大", "relation": "son", "lives": "unknown", "absent": "", "phone": ""}
    assert client.post(reverse("registry_supporter_new", args=[pk]), data).status_code == 302
    page = html(client.get(reverse("registry_elder", args=[pk])))
    assert "未登记" in page
    assert "在不在身边未核实" in page
    assert "是否高龄独居未核实" in page
    row = Supporter.objects.get()
    edit = reverse("registry_supporter_edit", args=[row.pk])
    assert '<option value="" selected>未核实</option>' in html(client.get(edit))
    for typed_, kept in (("no", False), ("", None), ("yes", True)):
        assert client.post(edit, data | {"absent": typed_}).status_code == 302
        row.refresh_from_db()
        assert row.absent is kept
    assert '<option value="yes" selected>是</option>' in html(client.get(edit))


def test_who_lives_with_the_elder_is_near_without_saying_so() -> None:
    pk = elder()
    data = {"name": "王大", "relation": "son", "lives": "household", "absent": "", "phone": ""}
    assert browser().post(reverse("registry_supporter_new", args=[pk]), data).status_code == 302
    row = Supporter.objects.get()
    assert row.absent is False
    for absent in (True, None):
        row.absent = absent
        with pytest.raises(Refused, match="就在身边"), refusing():
            row.save()


def test_death_and_back() -> None:
    client = browser()
    pk = elder(name="王小明")
    url = reverse("registry_death", args=[pk])
    assert "没有填写" in html(client.post(url, {"on": "2026-01-01", "source": ""}), 422)
    page = html(client.post(url, {"on": "2026-01-01", "source": "死亡证明 1"}, follow=True))
    assert "已故" in page
    assert "死亡证明 1" in page
    back = reverse("registry_reinstate", args=[pk])
    assert client.post(back, {"reason": "重名误登记"}).status_code == 302
    assert Elder.objects.get(pk=pk).state == "active"
    away = reverse("registry_away", args=[pk])
    assert client.post(away, {"on": "2026-01-01", "destination": "杭州市"}).status_code == 302
    assert Elder.objects.get(pk=pk).state == "moved_away"


def test_an_elder_who_left_the_territory_is_no_longer_shown() -> None:
    client = browser()
    pk = elder(name="王小明")
    plant(OTHER_COUNTY)
    data = {"version": "1", "code": OTHER_COUNTY, "address": "新路1号", "on": "2026-01-01"}
    url = reverse("registry_move", args=[pk])
    assert OTHER_COUNTY[:6] in html(client.get(url, {"under": VILLAGE[:4]}))
    page = html(client.post(f"{url}?under={OTHER_COUNTY[:9]}", data, follow=True))
    assert "已变更居住地" in page
    assert client.get(reverse("registry_elder", args=[pk])).status_code == 404


def ask(client: Client, text: str, **more: str) -> Any:
    """What the one box of the list posts."""
    return client.post(reverse("registry_elder_list"), {"do": "ask", "q": text, **more})


def test_one_box_takes_names_and_whole_numbers() -> None:
    client = browser()
    url = reverse("registry_elder_list")
    pk = elder(name="王小明", phone="13900001115")
    elder(name="王小华")
    number = open_field("id", Elder.objects.get(pk=pk).id_sealed, uid=Elder.objects.get(pk=pk).uid)
    home = reverse("registry_elder", args=[pk])
    for whole in ("139 0000 1115", "+86 139-0000-1115", number, f"王小明 {number}"):
        # The other conditions do not hide whom a number names.
        assert ask(client, whole, living="spouse", age="100")["Location"] == home
    swapped = client.post(
        reverse("registry_elder_list"), {"do": "ask", "q": number}, headers={"HX-Request": "true"}
    )
    assert swapped["HX-Redirect"] == home  # a whole page, not a swap into the list
    assert ask(client, "王小", age="60", sort="name")["Location"] == (
        f"{url}?sort=name&q=%E7%8E%8B%E5%B0%8F&age=60"
    )
    assert ask(client, "wxm 1234")["Location"] == f"{url}?q=wxm+1234"
    page = html(client.get(url))
    assert page.count('type="search"') == 1
    assert 'method="post"' in page[page.index('id="list-filters"') - 400 :]


def test_several_people_behind_one_number_are_a_list_of_ids() -> None:
    client = browser()
    pks = [elder(name=n, phone="13900001115") for n in ("王小明", "李秀英")]
    elder(name="王小华")
    answer = ask(client, "13900001115")
    assert answer["Location"].endswith(f"?q_is={pks[0]}.{pks[1]}")
    page = html(client.get(answer["Location"]))
    assert "按完整号码查到 2 位" in page
    assert "王小华" not in page
    assert "13900001115" not in page
    nobody = html(client.get(ask(client, "13900009999")["Location"]))
    assert "按完整号码没有查到" in nobody
    assert "王小明" not in nobody


def test_a_whole_number_comes_into_no_address() -> None:
    client = browser()
    pk = elder(name="王小明", phone="13900001115")
    odd = html(ask(client, "王小明 1390000", age="60"), 422)
    assert "不完整" in odd
    assert 'value="王小明 1390000"' in odd  # what was typed is kept in the box
    assert not re.search(r'(href|action|hx-get|hx-post)="[^"]*1390000', odd)
    by_hand = html(client.get(reverse("registry_elder_list"), {"q": "13900001115"}))
    assert "不能放在网址里" in by_hand
    assert reverse("registry_elder", args=[pk]) not in by_hand
    broken = html(client.get(reverse("registry_elder_list"), {"q_is": "1;2"}))
    assert "网址不完整" in broken


def test_the_list_filters_by_place_status_age_and_search() -> None:
    client = browser(RoleKey.CITY, VILLAGE[:4])
    old = elder(name="王老先", birth=date(1930, 1, 1))
    poor = elder(name="李小秀", birth=date(1960, 1, 1), code=OTHER_COUNTY)
    status(poor, StatusKind.DIBAO, code=OTHER_COUNTY)
    url = reverse("registry_elder_list")

    def shown(**query: str) -> set[int]:
        page = html(client.get(url, query))
        return {pk for pk in (old, poor) if f"{reverse('registry_elder', args=[pk])}" in page}

    assert shown() == {old, poor}
    assert shown(status="dibao") == {poor}
    assert shown(age="80") == {old}
    assert shown(place=OTHER_COUNTY[:6]) == {poor}
    assert shown(q="lxx") == {poor}
    assert shown(q="王老先") == {old}
    assert shown(state="deceased") == set()


def test_merging_side_by_side() -> None:
    client = browser()
    keep = elder(name="王小明", birth=date(1946, 5, 1), phone="")
    drop = elder(name="王小明", birth=date(1946, 5, 1), phone="13900001116")
    assert "姓名和出生日期相同" in html(client.get(reverse("registry_duplicate_list")))
    url = reverse("registry_merge", args=[keep, drop])
    assert "139****1116" in html(client.get(url))
    assert "没有填写" in html(client.post(url, {"take": "phone", "reason": ""}), 422)
    assert client.post(url, {"take": "phone", "reason": "本人核实"}).status_code == 302
    assert Elder.objects.get(pk=keep).phone_masked == "139****1116"
    moved = client.get(reverse("registry_elder", args=[drop]))
    assert moved["Location"] == reverse("registry_elder", args=[keep])


def test_who_may_not_is_told_so_and_strangers_find_nothing() -> None:
    pk = elder()
    auditor = browser(RoleKey.AUDITOR, VILLAGE[:4])
    assert auditor.get(reverse("registry_elder", args=[pk])).status_code == 200
    for name in ("registry_elder_edit", "registry_death", "registry_status_new", "registry_move"):
        assert auditor.get(reverse(name, args=[pk])).status_code == 403
    assert auditor.post(reverse("registry_reveal", args=[pk]), {"field": "id"}).status_code == 403
    stranger = browser(RoleKey.STREET, OTHER_COUNTY[:9])
    for name in ("registry_elder", "registry_elder_edit", "registry_death", "registry_move"):
        assert stranger.get(reverse(name, args=[pk])).status_code == 404


def test_a_family_sees_its_own_elder_and_no_console() -> None:
    pk = elder(name="王小明")
    elder(name="李秀英")
    client = Client()
    sign_in(client, family(pk, VILLAGE), as_family=True)
    page = html(client.get(reverse("registry_family_about")))
    assert "王小明" in page
    assert "演示路" in page
    assert "李秀英" not in page
    assert client.get(reverse("registry_elder", args=[pk])).status_code == 403


def test_an_account_is_let_in_for_an_elder_and_out_again() -> None:
    client = browser()
    pk = elder(name="王小明")
    url = reverse("registry_represent", args=[pk])
    data = {
        "name": "王大", "username": "wangda", "relation": "child", "consent": "written",
        "document": "委托书 1",
    }  # fmt: skip
    assert "wangda" in html(client.post(url, data))
    page = html(client.get(reverse("registry_elder", args=[pk])))
    assert "委托书 1" in page
    from heling.contexts.identity.public import representations_of

    (row,) = representations_of(pk, by=actor(RoleKey.STREET, VILLAGE[:9]))
    out = reverse("registry_withdraw", args=[pk, row.representation_id])
    assert client.post(out, {"reason": ""}).status_code == 422
    assert client.post(out, {"reason": "老年人本人要求"}).status_code == 302


def test_pages_ask_the_database_a_fixed_number_of_times(
    django_assert_max_num_queries: object,
) -> None:
    client = browser(RoleKey.CITY, VILLAGE[:4])
    pks = [elder(address="同一门1号") for _ in range(12)]
    for kind in StatusKind:
        status(pks[0], kind)
    for n in range(6):
        supporter = SupporterInput(name=f"子{'甲乙丙丁戊己'[n]}", relation="son", lives="city")
        add_supporter(elder_id=pks[0], supporter=supporter, by=actor(RoleKey.COMMITTEE))
    client.get(reverse("registry_elder", args=[pks[0]]))  # sessions and caches are warm
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        html(client.get(reverse("registry_elder", args=[pks[0]])))
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        html(client.get(reverse("registry_elder_list")))
