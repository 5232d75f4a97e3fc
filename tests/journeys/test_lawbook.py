"""A city changes its own rule: draft → live error → mend → proof → submit → another person
publishes → the portal and the calculation use it, for its days and no others.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.journeys.conftest import As, City
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey

TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
PACK = "/console/lawbook/packs/330200/home-care-2018/"
ARTICLE = "/c/330200/law/home-care-2018/22/"
CALCULATE = """async ([on, facts]) => {
  const body = JSON.stringify({city: '330200', on, people: [facts]});
  const answer = await fetch('/api/law/calculate', {method: 'POST', body});
  return (await answer.json()).people[0].find(g => g.id === '失能免费服务').amount;
}"""
ELDER = {
    "户籍地": "330200",
    "居住地": "330200",
    "居家": True,
    "出生日期": "1954-03-02",
    "低保": True,
    "失能等级": "重度",
    "护理补贴": 0,
}


def test_a_city_publishes_an_edition_of_its_own(as_: As, city: City) -> None:
    drafter = as_("nb-city")
    begins(drafter)
    draft = drafter.number()
    mistakes_are_shown_while_typing(drafter)
    mends_rule_and_tests(drafter)
    promises_are_proved(drafter)
    for walker in (drafter, as_("nb-city", phone=True)):
        for size in ("large", "elder", "normal"):
            for part in ("22", "all"):
                walker.size(size).go(f"/console/lawbook/drafts/{draft}/edit/?part={part}")
    submits(drafter.go(f"/console/lawbook/drafts/{draft}/edit/?part=22"), draft)
    another_publishes(as_("nb-city2"), drafter, draft)
    everybody_follows(as_())
    for size in ("large", "elder"):
        looks_everywhere(drafter.size(size), draft)
    phone = as_("nb-city", phone=True)
    for size in ("normal", "large", "elder"):
        looks_everywhere(phone.size(size), draft)


def begins(drafter: Walker) -> None:
    drafter.go("/console/").follow("规则库").sees("宁波市居家养老服务条例", "随软件发布")
    drafter.go(PACK).sees("第 1 版", "现行").press("起草修改")
    drafter.sees("没有错误，", "个测试全部通过")


def mistakes_are_shown_while_typing(drafter: Walker) -> None:
    drafter.fill(goto="22").press("保存并转到").sees("每人每月不少于四十五小时")
    box = drafter.page.get_by_label("重度时数 第").first
    with drafter.page.expect_response("**/check/"):
        box.fill(box.input_value().replace("value: 45", "value: 五十"))
    drafter.page.locator("#check", has_text="要改").wait_for()
    drafter.look().sees("“重度时数”", "第二十二条", "不是整数", "value: 五十")


def mends_rule_and_tests(drafter: Walker) -> None:
    box = drafter.page.get_by_label("重度时数 第").first
    with drafter.page.expect_response("**/check/"):
        box.fill(box.input_value().replace("value: 五十", "value: 50"))
    drafter.page.locator("#check", has_text="测试没有通过").wait_for()
    drafter.fill(goto="tests").press("保存并转到").sees("已保存")
    boxes = drafter.page.locator("textarea[name^=entry]")
    for index in range(boxes.count()):
        text = boxes.nth(index).input_value()
        if "amount: 45" in text:
            boxes.nth(index).fill(text.replace("amount: 45", "amount: 50"))
    drafter.page.locator("#check", has_text="没有错误").wait_for()
    drafter.look().press("保存").sees("已保存", "个测试全部通过")


def promises_are_proved(drafter: Walker) -> None:
    drafter.touch("证明").sees("条性质对所有人成立")


def submits(drafter: Walker, draft: int) -> None:
    drafter.press("保存，看改了什么").sees("删去 5 行，增加 5 行")
    drafter.follow("提交审定").sees("提交前再检查、再证明一遍")
    drafter.press("提交审定", status=422).sees("请填写修改说明")
    drafter.fill(note="市政府会议纪要〔2026〕18 号：重度每月五十小时").press("提交审定")
    drafter.sees("待审定", "要由另一位同事审定", "assumed-measures")
    drafter.go(f"/console/lawbook/drafts/{draft}/publish/").sees("不能自己审定")


def another_publishes(approver: Walker, drafter: Walker, draft: int) -> None:
    approver.go("/console/lawbook/").sees("待审定")
    approver.go(f"/console/lawbook/drafts/{draft}/").follow("审定发布")
    approver.sees("重度每月五十小时", "个测试通过")
    yesterday = TODAY - timedelta(days=1)
    with approver.page.expect_response(lambda r: "effective_from=" in r.url):
        approver.page.fill("[name=effective_from]", yesterday.isoformat())
        approver.page.locator("[name=effective_from]").blur()
    approver.page.locator("#when", has_text="追溯").wait_for()
    approver.look().sees("已经作出的判定不变")
    approver.fill(effective_from=TODAY.isoformat(), reason="甬民发〔2026〕7 号").press("审定发布")
    approver.sees("已发布", "适用起始日")
    drafter.go(PACK).sees("第 2 版", "甬民发〔2026〕7 号", "第 1 版到第 2 版")


def everybody_follows(public: Walker) -> None:
    public.go(ARTICLE).sees("重度时数：每月不少于50小时")
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert public.evaluate(CALCULATE, [TODAY.isoformat(), ELDER]) == 50
    assert public.evaluate(CALCULATE, [yesterday, ELDER]) == 45


def looks_everywhere(walker: Walker, draft: int) -> None:
    for path in ("/console/lawbook/", PACK, f"/console/lawbook/drafts/{draft}/"):
        walker.go(path)
    walker.go(PACK).follow("查看第 2 版").sees("审定时的检查与证明")
