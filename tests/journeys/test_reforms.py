"""A city official tries two reforms in the studio, compares them and takes the figures along.

The elders are those of the demonstration city; the snapshot is taken by the worker on the way.
"""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook
from tests.journeys.conftest import As
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey

AGE, PRICE = "保险起始年龄", "小时价格"
CHANGED = "before => document.getElementById('results').innerText !== before"
HX = "!document.querySelector('.htmx-request')"


def counted(walker: Walker) -> None:
    """Start the snapshot from the studio, unless there is one, and wait for the worker."""
    if not walker.page.get_by_text("还没有人口快照").count():
        return
    walker.press("生成人口快照")
    expect(walker.page.locator("main")).to_contain_text("已完成", timeout=60_000)


def slide(walker: Walker, word: str, value: str) -> str:
    """Move a slider and wait for the answer; the results as text."""
    before = walker.page.locator("#results").inner_text()
    slider = walker.page.locator(f"[id='id_n-{word}-slider']")
    slider.evaluate(
        "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})) }", value
    )
    walker.page.wait_for_function(CHANGED, arg=before, timeout=10_000)
    walker.page.wait_for_function(HX)
    walker.look()
    return walker.page.locator("#results").inner_text()


def tile(results: str, name: str) -> str:
    found = re.search(rf"{name}\s+([\d,]+)", results)
    assert found is not None, results
    return found[1]


def test_two_reforms_compared_and_taken_along(as_: As) -> None:
    city = as_("nb-city")
    city.go("/console/").follow("改革推演").follow("新推演")
    city.fill(title="保险早两年", month="2026-11", months="6").press("开始推演")
    studio = city.path()
    counted(city)
    city.go(studio).sees("还没有改动", "不少于", "尚待实施办法")

    earlier = slide(city, AGE, "78")
    assert tile(earlier, "得到更多的人") != "0"
    assert tile(earlier, "失去的人") == "0"
    assert "还没有保存" in earlier
    assert "拟改为" in earlier
    later = slide(city, AGE, "85")
    assert tile(later, "失去的人") != "0"
    assert "失去最多的人" in later
    slide(city, AGE, "78")
    city.press("保存").sees("已保存", "已按左边的改动计算")

    plan = studio.split("scenarios/")[0]
    city.go(plan).press("照抄“方案一”")
    city.page.locator("details.h-conditions > summary").last.click()
    wrong = city.page.locator("[id='id_when-意外伤害保险']")
    wrong.fill("本市居家老年人 and 没有这个词")
    expect(city.page.locator("#results")).to_contain_text("不认识的词“没有这个词”")
    expect(wrong).to_have_value("本市居家老年人 and 没有这个词")
    city.look()
    wrong.fill("本市居家老年人 and 年龄 >= 保险起始年龄")
    expect(city.page.locator("#results")).to_contain_text("已按左边的改动计算")
    slide(city, AGE, "75")
    city.press("保存").sees("已保存")

    city.go(plan).sees("并排比较", "方案一", "方案二", "条文改动：方案二")
    assert city.page.locator("svg.h-chart").count() >= 1
    workbook = download(city, "导出 XLSX")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    assert sheets.sheet_names[0] == "概览"
    assert len(sheets.get_sheet_by_name("逐月").to_python()) == 1 + 2 * 6
    pdf = download(city, "导出 PDF")
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")


def download(walker: Walker, name: str) -> bytes:
    with walker.page.expect_download() as waiting:
        walker.named(name, "link").click()
    return waiting.value.path().read_bytes()


def test_it_works_on_a_phone_and_without_scripts(as_: As) -> None:
    city = as_("nb-city")
    city.go("/console/reforms/new/").fill(title="没有脚本", month="2026-11", months="2")
    city.press("开始推演")
    studio = city.path()
    counted(city)
    plain = as_("nb-city", scripts=False)
    plain.axe = False  # it runs as a script
    plain.go(studio).fill(**{f"n-{AGE}": "70"}).press("计算")
    plain.sees("已按左边的改动计算，还没有保存", "得到更多的人")
    plain.press("保存").sees("已保存")
    for size in ("normal", "large", "elder"):
        phone = as_("nb-city", phone=True)
        phone.size(size).go(studio).sees("已按左边的改动计算")
        phone.go(studio.split("scenarios/")[0]).sees("并排比较")


def test_officials_below_the_city_find_no_studio(as_: As) -> None:
    county = as_("nb-county1")
    county.go("/console/").sees_not("改革推演")
    county.go("/console/reforms/", status=403)
