"""The studio through the browser: levers, answers, bad input, strangers; and no decision moves."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heling.contexts.identity.public import RoleKey
from heling.contexts.lawbook import testing as lawbook
from heling.contexts.reforms import studio, testing
from heling.contexts.reforms.models import Plan, Scenario
from heling.contexts.reforms.testing import AGE, HOURS, PRICE
from heling.contexts.reforms.tests.conftest import planner
from heling.kernel.actor import Actor
from heling.platform.jobs.models import Run

TODAY = date(2026, 11, 2)
City = tuple[Client, Actor]


def page(client: Client, name: str, *args: object, status: int = 200, **data: object) -> str:
    url = reverse(name, args=args)
    response = client.post(url, data) if data else client.get(url)
    assert response.status_code == status, (response.status_code, response.content.decode()[:2000])
    return response.content.decode()


def typed(client: Client, pk: int, position: int = 1, **changes: object) -> dict[str, Any]:
    """The studio's form as it stands, with changes."""
    response = client.get(reverse("reforms_scenario", args=[pk, position]))
    form = response.context["form"]
    data = {f.html_name: f.value() for f in form if f.value() is not None}
    return data | changes


def fragment(client: Client, pk: int, data: dict[str, Any], position: int = 1) -> str:
    url = reverse("reforms_results", args=[pk, position])
    response = client.post(url, data, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def region(html: str) -> str:
    found = re.search(r'<section class="h-results".*</section>', html, re.S)
    assert found is not None
    return re.sub(r"\s+", " ", found[0])


def test_from_a_new_plan_to_a_saved_answer(city: City) -> None:
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    answer = client.post(
        reverse("reforms_new"),
        {"title": "提高时数", "month": "2026-11", "months": "3", "certain": "on"},
    )
    plan = Plan.objects.get()
    assert answer["Location"] == reverse("reforms_scenario", args=[plan.pk, 1])
    before = page(client, "reforms_scenario", plan.pk, 1)
    assert "还没有改动" in before
    assert "不少于" in before  # the floor
    assert "尚待实施办法" in before  # an open term
    data = typed(client, plan.pk, **{f"n-{HOURS}": "60", f"n-{PRICE}": "40"})
    seen = fragment(client, plan.pk, data)
    assert "已按左边的改动计算，还没有保存" in re.sub(r"\s+", "", seen)
    assert "<del>四十五</del><ins>六十</ins>" in seen
    assert "0.24" in seen  # sixty hours at forty yuan, in 万元
    assert "现行 0.18，相差 +0.06" in seen
    assert Scenario.objects.get().text == "", "not saved yet"
    client.post(reverse("reforms_scenario", args=[plan.pk, 1]), data)
    assert "重度时数" in Scenario.objects.get().text
    compared = page(client, "reforms_plan", plan.pk)
    assert "<svg" in compared
    assert "方案一" in compared


def test_every_fragment_has_its_full_page(city: City) -> None:
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    plan = testing.plan(actor)
    data = typed(client, plan.pk, **{f"n-{AGE}": "70"})
    whole = client.post(reverse("reforms_results", args=[plan.pk, 1]), data).content.decode()
    assert region(whole) == region(fragment(client, plan.pk, data))
    assert 'value="70"' in whole, "what was typed stays"
    assert "得到更多的人" in whole


def test_the_counts_are_right(city: City) -> None:
    """Insurance from 78 instead of 80: who was born in 1947 and 1948 gains; at 88 one loses."""
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    plan = testing.plan(actor)
    for age, counts in (("78", ("2", "0")), ("88", ("0", "1"))):
        data = typed(client, plan.pk, **{f"n-{AGE}": age})
        seen = re.sub(r"\s+", "", fragment(client, plan.pk, data))
        won, lost = counts
        assert f"<dt>得到更多的人</dt><dd>{won}</dd>" in seen
        assert f"<dt>失去的人</dt><dd>{lost}</dd>" in seen
    assert "失去最多的人" in seen
    assert "周岁" in seen
    assert "1940-05-01" not in seen, "no day of birth"


def test_without_a_price_no_cost_is_said(city: City) -> None:
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    plan = testing.plan(actor)
    seen = fragment(client, plan.pk, typed(client, plan.pk, **{f"n-{HOURS}": "60"}))
    assert "说不出" in seen
    assert "失能免费服务" in seen
    assert "没有一项待遇有价格" in seen
    assert "60 小时/月" in seen


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        (
            "when-失能免费服务",
            "老年人 and 不存在的词",
            "不认识的词“不存在的词”，请改用规则里已有的词",
        ),
        ("amount-高龄免费服务", "进一(高龄服务时数, 0)", "每份可能是 0"),
        ("is-困难或优待家庭", "低保 or (", "表达式"),
        ("is-困难或优待家庭", "年龄", "困难或优待家庭"),
        ("is-困难或优待家庭", "低保 or " * 500, "超过 2000 的上限"),
        (f"n-{HOURS}", "-1", "不能是负数"),
        (f"n-{HOURS}", "四十五", "请填数字"),
        (f"n-{HOURS}", "99999999999999", "位数太多"),
        (f"n-{HOURS}", "4.5", "小数"),
        (f"n-{PRICE}", "NaN", "请填数字"),
    ],
)
def test_what_does_not_compute_is_said_and_kept(
    city: City, field: str, text: str, says: str
) -> None:
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    plan = testing.plan(actor)
    data = typed(client, plan.pk, **{field: text})
    seen = fragment(client, plan.pk, data)
    assert says in seen
    assert "没有计算" in seen
    saved = client.post(reverse("reforms_scenario", args=[plan.pk, 1]), data)
    assert saved.status_code == 422
    assert says in saved.content.decode()
    assert text.strip() in saved.content.decode(), "what was typed stays"
    assert Scenario.objects.get().text == ""


def test_an_error_names_the_line_and_leads_to_the_field(city: City) -> None:
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    plan = testing.plan(actor)
    seen = fragment(
        client, plan.pk, typed(client, plan.pk, **{"when-失能免费服务": "老年人 and 无此词"})
    )
    assert '<a href="#id_when-失能免费服务">失能免费服务：' in seen
    assert re.search(r"方案原文第 \d+ 行", seen)


def test_a_dead_end_is_refused_only_on_saving(city: City) -> None:
    """Nobody over 130 lives: the slider counts, saving says that nobody could reach it."""
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    plan = testing.plan(actor)
    text = "老年人 and 年龄 < 老年年龄"
    data = typed(client, plan.pk, **{"when-意外伤害保险": text})
    assert "没有计算" not in fragment(client, plan.pk, data)
    saved = client.post(reverse("reforms_scenario", args=[plan.pk, 1]), data)
    assert saved.status_code == 422
    assert "意外伤害保险" in saved.content.decode()


def test_ten_megabytes_are_refused(city: City) -> None:
    client, actor = city
    plan = testing.plan(actor)
    data = typed(client, plan.pk) | {"is-困难或优待家庭": "低" * 3_500_000}
    response = client.post(reverse("reforms_results", args=[plan.pk, 1]), data)
    assert response.status_code in (400, 413)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("month", "2026-13", "2026-13"),
        ("month", "11月", "2026-11 的样子"),
        ("month", "1899-01", "1899-01"),
        ("months", "0", "1 到 24"),
        ("months", "25", "1 到 24"),
        ("title", "   ", "名称"),
    ],
)
def test_settings_out_of_range(city: City, field: str, value: str, says: str) -> None:
    client, _ = city
    data = {"title": "试", "month": "2026-11", "months": "12"} | {field: value}
    seen = page(client, "reforms_new", status=422, **data)
    assert says in seen
    assert not Plan.objects.exists()


def test_an_empty_scenario_is_saved_as_empty_and_left_out(city: City) -> None:
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    plan = testing.plan(actor)
    data = typed(client, plan.pk)
    assert client.post(reverse("reforms_scenario", args=[plan.pk, 1]), data).status_code == 302
    assert Scenario.objects.get().text == ""
    assert "还没有改动，没有列入比较" in page(client, "reforms_plan", plan.pk)
    for form in ("xlsx", "pdf"):
        assert "还没有可以导出的结果" in page(client, "reforms_export", plan.pk, form, status=409)
    page(client, "reforms_text", plan.pk, 1, status=404)


def test_a_fifth_scenario_is_refused(city: City) -> None:
    client, actor = city
    plan = testing.plan(actor)
    new = reverse("reforms_scenario_new", args=[plan.pk])
    for n in (2, 3, 4):
        assert client.post(new)["Location"] == reverse("reforms_scenario", args=[plan.pk, n])
    answer = client.post(new, follow=True)
    assert "最多 4 个方案" in answer.content.decode()
    assert plan.scenarios.count() == 4
    assert client.post(reverse("reforms_scenario_remove", args=[plan.pk, 2])).status_code == 302
    assert client.post(new)["Location"] == reverse("reforms_scenario", args=[plan.pk, 2])


def test_the_last_scenario_stays(city: City) -> None:
    client, actor = city
    plan = testing.plan(actor)
    assert client.post(reverse("reforms_scenario_remove", args=[plan.pk, 1])).status_code == 409
    assert plan.scenarios.count() == 1


def test_a_stale_save_is_a_conflict_and_loses_nothing(city: City) -> None:
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    plan = testing.plan(actor)
    mine = typed(client, plan.pk, **{f"n-{HOURS}": "60"})
    testing.moved(actor, plan, **{HOURS: 50})
    url = reverse("reforms_scenario", args=[plan.pk, 1])
    refused = client.post(url, mine)
    said = refused.content.decode()
    assert refused.status_code == 422
    assert "在您打开之后" in said
    assert 'value="60"' in said
    assert "value: 50" in Scenario.objects.get().text
    again = {f.html_name: f.value() for f in refused.context["form"] if f.value() is not None}
    assert client.post(url, again).status_code == 302
    assert "value: 60" in Scenario.objects.get().text


def test_without_a_snapshot_there_is_a_button_to_make_one(city: City) -> None:
    client, actor = city
    plan = testing.plan(actor)
    seen = page(client, "reforms_scenario", plan.pk, 1)
    assert "还没有人口快照" in seen
    assert "生成人口快照" in seen
    assert "还没有人口快照" in page(client, "reforms_plan", plan.pk)
    data = typed(client, plan.pk, **{f"n-{HOURS}": "60"})
    assert "没有人口快照，不能计数" in fragment(client, plan.pk, data)
    answer = client.post(reverse("reforms_snapshot"))
    run = Run.objects.get()
    assert answer["Location"] == reverse("jobs_run", args=[run.pk])
    assert run.job == "entitlements.snapshot"


def test_strangers_find_nothing(city: City) -> None:
    client, actor = city
    plan = testing.plan(actor)
    colleague, theirs = planner()
    elsewhere, _ = planner("4501")
    county, _ = planner("330203", RoleKey.COUNTY)
    names = ("reforms_plan", "reforms_settings", "reforms_remove")
    for name in names:
        page(colleague, name, plan.pk, status=404)
        page(elsewhere, name, plan.pk, status=404)
        assert county.get(reverse(name, args=[plan.pk])).status_code in (403, 404)
    assert "改革推演" not in page(county, "console_home")
    assert "提高时数" not in page(colleague, "reforms_list")
    Plan.objects.update(shared=True)
    assert "提高时数" in page(colleague, "reforms_list")
    page(colleague, "reforms_plan", plan.pk)
    page(elsewhere, "reforms_plan", plan.pk, status=404)
    assert colleague.post(reverse("reforms_remove", args=[plan.pk])).status_code == 409
    settings = {"seen": plan.version, "title": "改名", "month": "2026-11", "months": "3"}
    seen = page(colleague, "reforms_settings", plan.pk, status=422, **settings)
    assert "能决定是否共享" in seen
    assert client.post(reverse("reforms_remove", args=[plan.pk])).status_code == 302
    assert not Plan.objects.exists()
    del theirs


def test_another_citys_reform_does_not_compute(city: City) -> None:
    """A text of another city cannot be written by the form; in the row it is refused in words."""
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    plan = testing.plan(actor)
    testing.moved(actor, plan, **{HOURS: 60})
    scenario = Scenario.objects.get()
    scenario.text = scenario.text.replace("330200", "450100")
    scenario.save()
    assert "方案是城市 450100 的" in page(client, "reforms_plan", plan.pk)


def fingerprint() -> dict[str, str]:
    """What stands in every table of the entitlements, by table."""
    found = {}
    hashed = "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {} t"
    for model in apps.get_app_config("entitlements").get_models():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(hashed.format(table))
            found[table] = cursor.fetchone()[0]
    return found


def test_no_decision_is_touched(city: City) -> None:
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    from heling.contexts.entitlements import testing as entitling

    office = entitling.office()
    entitling.granted(entitling.elder(), by=office)
    before = fingerprint()
    assert len(before) > 15
    plan = testing.plan(actor)
    fragment(client, plan.pk, typed(client, plan.pk, **{f"n-{HOURS}": "60"}))
    testing.moved(actor, plan, **{HOURS: 60, AGE: 85})
    page(client, "reforms_plan", plan.pk)
    for form in ("xlsx", "pdf"):
        assert client.get(reverse("reforms_export", args=[plan.pk, form])).status_code == 200
    client.post(reverse("reforms_remove", args=[plan.pk]))
    assert fingerprint() == before


def test_the_text_is_a_reform_file(city: City) -> None:
    from heling.engines.law.reform import read_reform

    client, actor = city
    plan = testing.plan(actor)
    testing.moved(actor, plan, **{HOURS: 60})
    raw = client.get(reverse("reforms_text", args=[plan.pk, 1])).content
    reform = read_reform(raw, "x.yaml")
    assert (reform.city, [c.word for c in reform.changes]) == ("330200", [HOURS])


def test_the_workbook_holds_numbers(city: City) -> None:
    from python_calamine import CalamineWorkbook

    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    plan = testing.plan(actor)
    testing.moved(actor, plan, **{HOURS: 60, PRICE: 4001})
    raw = client.get(reverse("reforms_export", args=[plan.pk, "xlsx"])).content
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    assert book.sheet_names == ["概览", "逐月", "区县", "得失", "条文改动", "方案原文"]
    months = book.get_sheet_by_name("逐月").to_python()
    assert months[1][:5] == ["方案1", "2026-11", 1800.45, 2400.6, 600.15]
    overview = {row[0]: row[1] for row in book.get_sheet_by_name("概览").to_python()}
    assert ("演示数据" in overview) == settings.DEMO
    assert re.fullmatch(r"[0-9a-f]{64}", str(overview["快照指纹"]))
    packs = [label for label in overview if str(label).startswith("规则包 ")]
    assert len(packs) >= 2
    text = [row[2] for row in book.get_sheet_by_name("方案原文").to_python()[1:]]
    assert "\n".join(str(t) for t in text).strip() == Scenario.objects.get().text.strip()


def test_the_pdf_is_one(city: City) -> None:
    client, actor = city
    testing.city_of_six(actor, on=TODAY)
    plan = testing.plan(actor)
    testing.moved(actor, plan, **{HOURS: 60, PRICE: 4000})
    response = client.get(reverse("reforms_export", args=[plan.pk, "pdf"]))
    assert response.content.startswith(b"%PDF-")
    assert response.content.rstrip().endswith(b"%%EOF")
    assert response["Content-Type"] == "application/pdf"


def test_a_plan_starts_from_the_edition_that_the_city_has_published(db: None) -> None:
    """Forty-five hours by the folder, more by the city's own edition."""

    def hours() -> int | None:
        constant = studio.rules_of("330200", measures=False).assembly.constants["重度时数"]
        return constant.on(timezone.localdate())

    assert hours() == 45
    lawbook.published()
    assert hours() == 50
