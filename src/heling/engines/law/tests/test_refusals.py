"""The bad input of the issue, one by one: each refused with file, line, word and article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from heling.engines.law import PackError, RuleSet
from heling.engines.law.reform import apply, read_reform
from heling.engines.law.service import check_json

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab

LISTED = "《试验条例》第二条"
ITEM = "《试验条例》第二条第一款第（一）项"
SERVICE = "grants:\n  服务: {{cite: 2/1/1, duty: 应当, benefit: 服务, when: '{}'{}}}\n"
OLD = "  二百岁: {cite: 2/1/1, unit: 周岁, versions: [{from: 2020-01-01, value: 200}]}\n"
DEFINE = "define:\n  甲: {{cite: 2, is: '{}'}}\n"
GIVEN = "  服务: {cite: 2, duty: 应当, benefit: 服务, when: 甲}\n"

PACKS = [
    ("a circle", DEFINE.format("乙") + "  乙: {cite: 2, is: 甲}\n", "甲:", "甲", LISTED, "绕成了圈"),
    ("a unit", SERVICE.format("补贴 > 老年", ""), "服务:", "服务", ITEM, "单位不一致"),
    (
        "a unit in an amount",
        SERVICE.format("低保", ", amount: 重时 + 价格, unit: 小时/月"),
        "服务:", "服务", ITEM, "单位不一致",
    ),
    (
        "a unit that is not the declared one",
        SERVICE.format("低保", ", amount: 重时, unit: 分/月"),
        "服务:", "服务", ITEM, "单位不一致",
    ),
    (
        "a branch nobody reaches",
        SERVICE.format("低保 or 独居 and not 独居", ""),
        "服务:", "服务", ITEM, "没有人能走到",
    ),
    ("a grant nobody gets", SERVICE.format("低保 and not 低保", ""), "服务:", "服务", ITEM, "没有人"),
    (
        "an age nobody reaches",
        OLD + SERVICE.format("周岁(出生日期) >= 二百岁", ""),
        "服务:", "服务", ITEM, "没有人能符合",
    ),
    (
        "an age nobody reaches, as a branch",
        OLD + SERVICE.format("低保 or 周岁(出生日期) >= 二百岁", ""),
        "服务:", "服务", ITEM, "没有人能走到",
    ),
    (
        "a row nobody reaches",
        SERVICE.format(
            "低保 and 等级 == 轻",
            ", amount: {table: 等级, rows: {轻: 重时, 中: 中时, 重: 重时}}, unit: 小时/月",
        ),
        "服务:", "服务", ITEM, "“中”这一行没有人能走到",
    ),
    (
        "ten megabytes",
        SERVICE.format("低保 or " * 1_200_000 + "低保", ""),
        "服务:", "服务", ITEM, "2,000 个字符的上限",
    ),
    (
        "ten megabytes in a definition",
        DEFINE.format("低保 or " * 1_200_000 + "低保") + "grants:\n" + GIVEN,
        "甲:", "甲", LISTED, "2,000 个字符的上限",
    ),
    (
        "ten megabytes in a row",
        SERVICE.format(
            "低保",
            ", amount: {table: 等级, rows: {轻: '"
            + "重时 + " * 1_000_000
            + "重时'}, else: 重时}, unit: 小时/月",
        ),
        "服务:", "服务", ITEM, "2,000 个字符的上限",
    ),
    (
        "ten megabytes of a benefit",
        SERVICE.format("低保", ", plain: '" + "很好" * 1_700_000 + "'"),
        "服务:", "服务", "", "2,500 个字符的上限",
    ),
    (
        "a citation to nowhere",
        "grants:\n  服务: {cite: 2/1/3, duty: 应当, benefit: 服务, when: 低保}\n",
        "服务:", "服务", "《试验条例》第二条第一款第（三）项", "原文里没有这一条款项",
    ),
    (
        "a quote that does not stand there",
        "  十时: {cite: 2/1/1, quote: 十小时, unit: 小时, versions: [{from: 2020-01-01, value: 10}]}\n",
        "十时:", "十时", ITEM, "找不到",
    ),
    (
        "a division",
        SERVICE.format("低保", ", amount: 重时 / 0, unit: 小时/月"),
        "服务:", "服务", ITEM, "不用除法",
    ),
    (
        "parts of nothing",
        SERVICE.format("低保", ", amount: '进一(重时, 0)', unit: 小时/月"),
        "服务:", "服务", ITEM, "不能分份",
    ),
]  # fmt: skip


def _refusals(lab: Lab, body: str) -> list[dict[str, Any]]:
    path = lab.write(body)
    report = check_json([path], root=lab.root)
    assert not report["ok"]
    found: list[dict[str, Any]] = report["packs"][0]["findings"]
    return found


@pytest.mark.parametrize(
    ("body", "at", "word", "article", "says"),
    [p[1:] for p in PACKS],
    ids=[p[0] for p in PACKS],
)
def test_check_names_file_line_word_and_article(
    lab: Lab, body: str, at: str, word: str, article: str, says: str
) -> None:
    found = [f for f in _refusals(lab, body) if says in f["message"]]
    assert found, says
    lines = (lab.root / "999900" / "trial.yaml").read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, 1) if text.strip().startswith(at))
    assert found[0]["file"] == "packs/999900/trial.yaml"
    assert (found[0]["line"], found[0]["word"], found[0]["article"]) == (line, word, article)


def test_an_age_that_somebody_reaches_is_no_dead_branch(lab: Lab) -> None:
    age = "  很老: {cite: 2, unit: 周岁, versions: [{from: 2020-01-01, value: 150}]}\n"
    path = lab.write(age + SERVICE.format("周岁(出生日期) >= 很老", ""))
    assert check_json([path], root=lab.root)["ok"]
    path = lab.write(age.replace("150", "151") + SERVICE.format("周岁(出生日期) >= 很老", ""))
    assert not check_json([path], root=lab.root)["ok"]


def test_imports_in_a_circle(lab: Lab) -> None:
    lab.write("imports: [999900/other]\n")
    other = (lab.root / "999900" / "trial.yaml").read_text(encoding="utf-8").split("facts:")[0]
    other = other.replace("999900/trial", "999900/other") + "imports: [999900/trial]\n"
    (lab.root / "999900" / "other.yaml").write_text(other, encoding="utf-8")
    report = check_json([lab.root / "999900" / "trial.yaml"], root=lab.root)
    found = [f for f in report["packs"][0]["findings"] if "成圈" in f["message"]]
    assert found
    assert found[0]["word"].startswith("999900/")
    assert found[0]["article"] == "《试验条例》"
    assert found[0]["line"] == 6 or found[0]["file"].endswith("trial.yaml")


def test_an_import_that_is_not_there(lab: Lab) -> None:
    found = _refusals(lab, "imports: [999900/nothing]\n")[0]
    lines = (lab.root / "999900" / "trial.yaml").read_text(encoding="utf-8").splitlines()
    assert found["line"] == 1 + next(n for n, t in enumerate(lines) if t.startswith("imports"))
    assert (found["word"], found["article"]) == ("999900/nothing", "《试验条例》")


BASE = """  份: {cite: 2/1/2, unit: 小时/月, versions: [{from: 2020-01-01, value: 5}]}
define:
  甲: {cite: 2, is: 低保}
grants:
  服务: {cite: 2/1/1, duty: 应当, benefit: 服务, when: 甲 or 独居, amount: 重时, unit: 小时/月}
  份数: {cite: 2/1/1, duty: 应当, benefit: 服务, when: 甲, amount: '进一(重时, 份) * 重时', unit: 小时/月}
"""


@pytest.fixture
def rules(lab: Lab) -> RuleSet:
    return lab.build(BASE)


REFORMS = [
    ("a circle", "  甲: {is: 甲 and 低保}\n", "甲", LISTED, "绕成了圈"),
    ("a unit", "  服务: {amount: 价格}\n", "服务", ITEM, "单位不一致"),
    ("a dead branch", "  服务: {when: 甲 or 独居 and not 独居}\n", "服务", ITEM, "没有人能走到"),
    ("a dead grant", "  甲: {is: 低保 and not 低保}\n", "甲", LISTED, "对谁都不成立"),
    ("ten megabytes", "  甲: {is: '" + "低保 or " * 1_200_000 + "低保'}\n", "甲", LISTED, "2,000"),
    ("a division", "  服务: {amount: 重时 / 0}\n", "服务", ITEM, "不用除法"),
    ("parts of nothing", "  服务: {amount: '进一(重时, 0)'}\n", "服务", ITEM, "不能分份"),
    (
        "parts that become nothing",
        "  份: {versions: [{from: 2027-01-01, value: 0}]}\n",
        "份数", ITEM, "不能分份",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "word", "article", "says"), [r[1:] for r in REFORMS], ids=[r[0] for r in REFORMS]
)
def test_a_reform_is_refused_where_it_is_wrong(
    rules: RuleSet, changes: str, word: str, article: str, says: str
) -> None:
    head = (
        'reform: 试\ncity: "999900"\nchanges:\n  重时: {versions: [{from: 2027-01-01, value: 9}]}\n'
    )
    raw = (head + changes).encode()
    if changes.startswith("  份"):
        raw = (head.split("  重时")[0] + "\n" + changes).encode()
    with pytest.raises(PackError) as caught:
        apply(rules, read_reform(raw, "方案.yaml"))
    found = [f for f in caught.value.findings if says in f.message]
    assert found, caught.value.findings
    spot = found[0].spot
    assert (spot.file, spot.line, spot.word, spot.article) == ("方案.yaml", 5, word, article)


def test_a_reform_with_endless_prose(rules: RuleSet) -> None:
    raw = (
        'reform: 试\ncity: "999900"\nchanges:\n  甲: {is: 独居, reason: '
        + "因为" * 2_000_000
        + "}\n"
    )
    with pytest.raises(PackError) as caught:
        apply(rules, read_reform(raw.encode(), "方案.yaml"))
    found = caught.value.findings[0]
    assert (found.spot.line, found.spot.word) == (4, "甲")
    assert "2,500 个字符的上限" in found.message
