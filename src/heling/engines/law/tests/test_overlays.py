"""Districts that give more than their city must: whom it reaches, from when, and never less."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from heling.engines.law import FactColumn, RuleSet, Status, explain_plain, load_city, load_norms
from heling.engines.law.codec import load_determination
from heling.engines.law.columns import GrantColumn
from heling.engines.law.model import Form
from heling.engines.law.proofs import Outcome, prove
from heling.engines.law.reform import apply, read_reform
from heling.engines.law.ruleset import build
from heling.engines.law.shelf import FolderShelf, LayeredShelf, default_root
from heling.engines.law.tests.strategies import OVERLAID, rules_of
from heling.engines.law.trouble import Finding, PackError
from heling.kernel.errors import BadInput

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab

POOR = {"户籍地": "330200", "居家": True, "出生日期": "1954-03-02", "低保": True}
ON = date(2026, 11, 1)


@pytest.fixture(scope="module")
def overlaid() -> RuleSet:
    return rules_of(OVERLAID)


def hours(rules: RuleSet, on: date, **facts: Any) -> tuple[Status, int | None, int | None]:
    given = {**POOR, "失能等级": "重度", **facts}
    grant = rules.determine(given, on).grant("失能免费服务")
    return grant.status, grant.amount, grant.at_least


@pytest.mark.parametrize(
    ("on", "amount"),
    [
        (date(2023, 12, 31), 45),  # the district has not spoken yet
        (date(2024, 1, 1), 50),
        (date(2026, 10, 31), 50),
        (date(2026, 11, 1), 60),
        (date(2026, 11, 2), 60),
    ],
)
def test_residents_get_more_from_the_day_on(overlaid: RuleSet, on: date, amount: int) -> None:
    assert hours(overlaid, on, 居住地="330203001002") == (Status.GRANTED, amount, None)
    assert hours(overlaid, on, 居住地="330212001002") == (Status.GRANTED, 45, None)


@pytest.mark.parametrize(("on", "amount"), [(date(2026, 11, 1), 45), (date(2026, 11, 2), 46)])
def test_another_district_has_its_own_day_and_number(
    overlaid: RuleSet, on: date, amount: int
) -> None:
    assert hours(overlaid, on, 居住地="330205001002") == (Status.GRANTED, amount, None)


def test_the_district_may_be_said_by_itself_and_goes_before(overlaid: RuleSet) -> None:
    assert hours(overlaid, ON, 居住地="330200", 居住区县="330203")[1] == 60
    assert hours(overlaid, ON, 居住地="330203001002", 居住区县="330212001")[1] == 45


def test_an_unknown_district_leaves_the_citys_own_limit_certain(overlaid: RuleSet) -> None:
    assert hours(overlaid, ON, 居住地="330200") == (Status.UNKNOWN, None, 45)
    answer = overlaid.determine({**POOR, "失能等级": "重度", "居住地": "330200"}, ON)
    grant = answer.grant("失能免费服务")
    assert grant.missing == ("居住区县",)
    assert next(q.ask for q in answer.missing if q.fact == "居住区县")
    assert "每月不少于45小时，区县可能给得更多" in explain_plain(answer)
    assert "每月至少45小时，有的区县给得更多" in explain_plain(answer, "elder")
    assert load_determination(answer.to_json()) == answer
    assert {c.to for w in grant.would_change for c in w.changes} >= {"海曙区"}


def test_what_no_district_raises_does_not_ask_for_one(overlaid: RuleSet) -> None:
    given = {**POOR, "失能等级": "轻度", "居住地": "330200"}
    answer = overlaid.determine(given, ON)
    assert answer.grant("失能免费服务").status is Status.DENIED
    assert "居住区县" not in {q.fact for q in answer.missing}
    assert "居住区县" not in load_city("330200").facts


def test_a_district_of_which_nothing_is_known_is_not_blamed_for_a_missing_level(
    overlaid: RuleSet,
) -> None:
    given = {**POOR, "居住地": "330200"}
    grant = overlaid.determine(given, ON).grant("失能免费服务")
    assert (grant.status, grant.at_least) == (Status.UNKNOWN, None)


def test_the_explanation_names_the_district_its_law_and_that_nobody_checked_it(
    overlaid: RuleSet,
) -> None:
    given = {**POOR, "失能等级": "重度", "居住地": "330203001002"}
    grant = overlaid.determine(given, ON).grant("失能免费服务")
    text = explain_plain(overlaid.determine(given, ON))
    assert "居住区县是海曙区" in text
    assert "海曙区补充规定（演示）" in text
    assert "重度时数（海曙区）" in {m.word for m in grant.unverified}
    assert grant.floor


def test_receipts_hold_and_name_the_overlay(overlaid: RuleSet) -> None:
    given = {**POOR, "失能等级": "重度", "居住地": {"值": "330203001002", "来源": "登记"}}
    answer = overlaid.determine(given, ON)
    assert "330200/330203-more" in {p.id for p in answer.receipt.packs}
    assert overlaid.recompute(answer.receipt) == answer


def test_a_lapsed_residence_tells_no_district(overlaid: RuleSet) -> None:
    past = {"值": "330203001002", "至": "2026-10-31"}
    assert hours(overlaid, ON, 居住地=past)[0] is Status.UNKNOWN
    assert hours(overlaid, ON, 居住地=past)[2] is None  # nor the city


@pytest.mark.parametrize("code", ["330200", "33", "abc", 330203])
def test_what_is_no_district_is_refused(overlaid: RuleSet, code: object) -> None:
    with pytest.raises(BadInput, match="区县代码"):
        overlaid.determine({"居住区县": code}, ON)


def test_a_population_is_judged_the_same(overlaid: RuleSet) -> None:
    counties = np.array([330203, 330205, 330212, 330203])
    facts = {
        "户籍地": FactColumn(np.full(4, 330200)),
        "居住地": FactColumn(np.full(4, 330200)),
        "居家": FactColumn(np.ones(4, np.bool_)),
        "出生日期": FactColumn(np.full(4, -5784)),
        "低保": FactColumn(np.ones(4, np.bool_)),
        "失能等级": FactColumn(np.full(4, 3)),
        "居住区县": FactColumn(counties, np.array([True, True, True, False])),
    }
    found: GrantColumn = overlaid.columns(facts, 4, ON)["失能免费服务"]
    assert found.amount is not None
    assert found.amount.tolist() == [60, 45, 45, 0]
    assert [list(Status)[s] for s in found.status] == [*[Status.GRANTED] * 3, Status.UNKNOWN]


def test_never_below_is_proved_and_so_is_everything_else(overlaid: RuleSet) -> None:
    proofs = prove(overlaid)
    assert {p.stated.claim.form for p in proofs} >= {Form.NEVER_BELOW, Form.MONOTONE}
    assert [p.stated.word for p in proofs if p.outcome is not Outcome.PROVED] == []


def test_never_below_speaks_of_what_a_district_raises(lab: Lab) -> None:
    claim = "properties:\n  不少: {cite: 1, claim: {never_below: 中时}}\n"
    with pytest.raises(PackError, match="“中时”没有区县提高"):
        _built(lab, OVERLAY + claim)
    assert _built(lab, OVERLAY + claim.replace("中时", "重时")).packs


# What may not be written

OVERLAY = """pack: 999900/999901
kind: overlay
city: {code: "999900", name: 试验市}
district: {code: "999901", name: 甲区, fact: 区县}
law: {title: 甲区规定, external: true}
in_force: {from: 2021-01-01}
imports: [999900/trial]
facts:
  区县: {type: county, within: 居住地, change: move, ask: 哪个区县？}
raises:
  重时: {unit: 小时/月, source: 试, versions: [{from: 2021-01-01, value: 45}]}
"""
CARE = "grants:\n  服务: {cite: 2/1, duty: 应当, benefit: 服务, when: 低保, amount: 重时, unit: 小时/月}\n"


REFORM = """reform: 更多
city: "999900"
reason: 试
changes:
  重时: {versions: [{from: 2026-01-01, value: 55}]}
"""


def _built(lab: Lab, overlay: str) -> RuleSet:
    lab.write(CARE)
    (lab.root / "999900/999901.yaml").write_text(overlay, encoding="utf-8")
    return build(("999900/trial", "999900/999901"), "999900", lab.root)


def test_as_much_as_the_city_is_allowed(lab: Lab) -> None:
    rules = _built(lab, OVERLAY)
    answer = rules.determine({"低保": True, "居住地": "999901"}, ON)
    assert answer.grant("服务").amount == 45


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("value: 45", "value: 44", "44 小时/月，低于市里的下限 45 小时/月"),
        ("重时:", "中时:", "不是法规写“不少于”的数"),
        ("重时:", "没有:", "不是法规写“不少于”的数"),
        ("unit: 小时/月", "unit: 小时/户", "单位不一致"),
        ("2021-01-01, value", "2021-01-02, value", "2021-01-02 才有"),
        ('"999901", name', '"999800", name', "不是城市 999900 的区县代码"),
        ('"999901", name', '"999900", name', "不是城市 999900 的区县代码"),
        ("fact: 区县", "fact: 低保", "type: county"),
        ("fact: 区县", "fact: 没有", "不认识的词“没有”"),
        ("raises:", "fills: {}\nraises:", "没有 fills"),
    ],
)
def test_a_wrong_overlay_is_refused_with_its_place(
    lab: Lab, before: str, after: str, said: str
) -> None:
    assert before in OVERLAY
    with pytest.raises(PackError) as caught:
        _built(lab, OVERLAY.replace(before, after, 1))
    found: list[Finding] = [f for f in caught.value.findings if said in f.message]
    assert found, caught.value.findings
    assert found[0].spot.file.endswith("999901.yaml")
    assert found[0].spot.line > 1


def test_a_lowering_names_file_line_word_and_article(lab: Lab) -> None:
    with pytest.raises(PackError) as caught:
        _built(
            lab, OVERLAY.replace("value: 45", "value: 44").replace("重时: {", "重时: {cite: 7, ")
        )
    (finding,) = caught.value.findings
    spot = finding.spot
    assert spot.file.endswith("999901.yaml")
    assert (spot.line, spot.word, spot.article) == (11, "重时", "《甲区规定》第七条")


@pytest.mark.parametrize("part", ["district", "raises"])
def test_an_overlay_says_where_and_what(lab: Lab, part: str) -> None:
    lines = [x for x in OVERLAY.splitlines() if not x.startswith((part, "  重时"))]
    if part == "district":
        lines.append(
            "  重时: {unit: 小时/月, source: 试, versions: [{from: 2021-01-01, value: 45}]}"
        )
    with pytest.raises(PackError, match=f"要写 {part}"):
        _built(lab, "\n".join(lines) + "\n")


def test_only_an_overlay_raises(lab: Lab) -> None:
    with pytest.raises(PackError, match="没有 raises"):
        lab.build(
            "raises:\n  重时: {unit: 小时/月, source: 试, versions: [{from: 2021-01-01, value: 50}]}\n"
        )


def test_when_the_city_comes_to_give_more_nobody_is_left_behind(lab: Lab) -> None:
    """A city's later number goes before a district's smaller one, whatever the district wrote."""
    rules = _built(lab, OVERLAY.replace("value: 45", "value: 50"))
    plan = read_reform(REFORM.encode(), "plan.yaml")
    facts = {"低保": True, "居住地": "999901"}
    assert rules.determine(facts, ON).grant("服务").amount == 50
    assert apply(rules, plan).determine(facts, ON).grant("服务").amount == 55


NORM_OVERLAY = """pack: 450100/450103-more
kind: norm-overlay
city: {code: "450100", name: 南宁市}
district: {code: "450103", name: 青秀区, fact: 小区所在区县}
law: {title: 青秀区补充规定（演示）, external: true, source: 演示}
in_force: {from: 2026-01-01, status: 待核实, source: 演示}
imports: [450100/duties-2025]
facts:
  小区所在区县: {of: compound, type: county, change: fixed, ask: 小区在哪个县（市、区）？}
raises:
  新建每百户面积: {unit: 平方米, source: 演示, status: 待核实, versions: [{from: 2026-01-01, value: 40}]}
"""


@pytest.mark.parametrize(
    ("county", "on", "standing", "required"),
    [
        ("450103", date(2026, 1, 1), "broken", 400),
        ("450103", date(2025, 12, 31), "kept", 300),
        ("450105", date(2026, 1, 1), "kept", 300),
        (None, date(2026, 1, 1), "unknown", None),
    ],
)
def test_a_districts_compounds_need_more(
    county: str | None, on: date, standing: str, required: int | None
) -> None:
    shelf = LayeredShelf(FolderShelf(default_root()), {"450100/450103-more": NORM_OVERLAY.encode()})
    facts = {"小区建设情况": "新建", "小区户数": 1000, "养老设施面积": 300, "小区所在区县": county}
    norm = load_norms("450100", shelf).examine("compound", facts, on).norm("新建小区设施面积")
    assert (norm.standing, norm.required) == (standing, required)
