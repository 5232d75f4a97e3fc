"""A street clerk's morning: find, register, certify, show a number; a family reads its own."""

from __future__ import annotations

from datetime import date

import pytest
from tests.journeys.conftest import As

from heling.contexts.registry.testing import resident_id

pytestmark = pytest.mark.journey


def test_a_street_clerk_registers_an_elder_and_finds_her_again(as_: As) -> None:
    walk = as_("nn-street")
    walk.go("/console/elders/").sees("老年人档案")
    walk.go("/console/elders/?age=80&status=dibao")
    walk.go("/console/elders/new/")
    walk.page.locator("[name=code]").select_option(index=1)
    walk.fill(name="覃演示", resident_id="450103194605010018", phone="123")
    walk.press("登记", status=422).sees("请先改正下面的内容", "校验位不对")
    number = resident_id(date(1944, 3, 1), female=True, area="450103")
    walk.fill(resident_id=number, phone="13900007788", address="演示路 8 号", living="alone")
    walk.press("登记").sees("已登记", "覃演示", "139****7788").sees_not(number, "13900007788")
    home = walk.path()
    walk.follow("登记赡养人")
    walk.fill(name="覃小", relation="son", lives="elsewhere", phone="13900007789")
    walk.press("保存").sees("是否高龄独居未核实", "在不在身边未核实")
    walk.follow("修改覃小").fill(absent="yes")
    walk.press("保存").sees("高龄独居", "长期不在身边").sees_not("未核实")
    walk.follow("登记认定")
    walk.fill(kind="dibao", certifier="civil_affairs", certified_by="演示区民政局")
    walk.fill(starts="2025-01-01").press("登记", status=422).sees("没有认定文件不能登记")
    walk.fill(document="演示低保〔2025〕1 号").press("登记").sees("演示低保〔2025〕1 号")

    walk.touch("查看 电话（会被记录）").sees("为什么要看")
    walk.page.locator("select[name$=purpose]").select_option("电话联系老年人")
    walk.touch("查看电话（会被记录）").sees("139 0000 7788")
    walk.go(home).sees("查看了电话（电话联系老年人）").sees_not("139 0000 7788")

    for page in ("edit", "move", "death", "away", "represent", "statuses/new"):
        walk.go(f"{home}{page}/")
    walk.go("/console/elders/").fill(q="13900007789").press("查询").sees("覃演示")
    assert walk.path() == home


def test_the_merge_pages_stand_side_by_side(as_: As) -> None:
    walk = as_("nn-street")
    for n, name in enumerate(("韦演示", "韦演示")):
        walk.go("/console/elders/new/")
        walk.page.locator("[name=code]").select_option(index=1)
        number = resident_id(date(1950, 6, 1), area="450103")
        walk.fill(name=name, resident_id=number, address=f"合并路 {n} 号", living="spouse")
        walk.press("登记", status=422 if n else 200)
    walk.sees("可能已经登记过", "姓名和出生日期相同")
    walk.choose("已核对，不是同一个人").press("登记").sees("已登记")
    walk.go("/console/elders/duplicates/").sees("韦演示")
    walk.page.get_by_role("link", name="并排核对").first.click()
    walk.page.wait_for_load_state()
    walk.look().sees("左边保留，右边并入左边")
    walk.fill(reason="本人到场核实").press("合并").sees("已合并")


def test_a_family_reads_what_is_written_down(as_: As) -> None:
    walk = as_("nn-family", phone=True)
    walk.go("/family/about/").sees("我的登记信息", "证件号")
