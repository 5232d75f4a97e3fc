"""Facts as people write them: every wrong word, type, value and date is refused by name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from heling.engines.law import RuleSet, Status
from heling.kernel.errors import BadInput

ON = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("word", "value", "says"),
    [
        ("低保户", True, "是不是“低保"),
        ("age", 80, "没有“age”这个事实"),
        ("低保", "是", "应为 true 或 false"),
        ("低保", 1, "应为 true 或 false"),
        ("失能等级", "特重", "能力完好、轻度、中度、重度、完全失能"),
        ("失能等级", 3, "可以写"),
        ("护理补贴", "500元", "单位是分/月"),
        ("护理补贴", 500.0, "单位是分/月"),
        ("护理补贴", True, "单位是分/月"),
        ("护理补贴", -1, "不在 0 至 1000000 之间"),
        ("护理补贴", 1_000_001, "请核对单位"),
        ("出生日期", "1943/5/1", "1943-05-01 的样子"),
        ("出生日期", "1943-02-30", "不是日期"),
        ("出生日期", "2026-11-02", "在判定日 2026-11-01 之后"),
        ("出生日期", "1879-12-31", "太早"),
        ("出生日期", 19430501, "不是日期"),
        ("户籍地", 330200, "带引号"),
        ("户籍地", "宁波", "不是行政区划代码"),
        ("户籍地", "33", "只到省"),
        ("低保", {"值": True, "谁": "我"}, "不认识的栏目“谁”"),
        ("低保", {"值": True, "自": "去年"}, "不是日期"),
        ("低保", {"值": True, "自": "2026-02-01", "至": "2026-01-01"}, "写反了"),
        ("低保", [True], "应为 true 或 false"),
    ],
)
def test_refusals(ningbo: RuleSet, word: str, value: Any, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        ningbo.read({word: value}, ON)
    assert says in str(caught.value)
    assert caught.value.problems[0].where.startswith(word)


def test_everything_wrong_is_said_at_once(ningbo: RuleSet) -> None:
    with pytest.raises(BadInput) as caught:
        ningbo.read({"低保": 1, "独居": 0, "x": True}, ON)
    assert [p.where for p in caught.value.problems] == ["低保", "独居", "x"]


def test_null_is_unknown(ningbo: RuleSet) -> None:
    facts = ningbo.read({"低保": None, "独居": {"值": None, "来源": "网格员"}}, ON)
    assert facts.values == {}


@pytest.mark.parametrize("code", ["330200", "330281", "330203001002", "3302", "330200000000"])
def test_a_place_counts_as_its_city(ningbo: RuleSet, code: str) -> None:
    assert ningbo.read({"居住地": code}, ON).values == {"居住地": 330200}


@pytest.mark.parametrize(
    ("on", "counts"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_fact_counts_while_its_certificate_does(ningbo: RuleSet, on: date, counts: bool) -> None:
    given = {
        "低保": {"值": True, "来源": "民政局证明 12 号", "自": "2026-01-01", "至": "2026-12-31"}
    }
    facts = ningbo.read(given, on)
    assert ("低保" in facts.values) is counts
    assert facts.lapsed == (() if counts else ("低保",))
    assert facts.given == given


def test_a_lapsed_certificate_is_asked_for_again(ningbo: RuleSet) -> None:
    base = {"出生日期": "1950-01-01", "居住地": "330200", "低保边缘": False}
    answer = ningbo.determine({**base, "低保": {"值": True, "至": "2026-10-31"}}, ON)
    assert answer.grant("无障碍改造补贴").status is Status.UNKNOWN
    assert answer.grant("无障碍改造补贴").missing == ("低保",)
    assert answer.lapsed == ("低保",)


def test_dates_may_be_dates(ningbo: RuleSet) -> None:
    assert ningbo.read({"出生日期": date(1950, 1, 1)}, ON).given == {"出生日期": "1950-01-01"}
