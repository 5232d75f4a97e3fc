"""Reasons, questions, outlook, words, receipts and JSON."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from heling.engines.law import (
    Determination,
    Effect,
    Receipt,
    RuleSet,
    Status,
    Verdict,
    explain_plain,
)
from heling.engines.law.schema import (
    determination_schema,
    examination_schema,
    facts_schema,
    proofs_schema,
    reform_schema,
)
from heling.engines.law.service import check_json, determine_json
from heling.engines.law.tests.strategies import CITIES
from heling.kernel.errors import BadInput, Conflict

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab

ON = date(2026, 11, 1)
SCHEMAS = Path(__file__).resolve().parents[5] / "docs" / "schemas"
HERE = {"户籍地": "330200", "居住地": "330200", "居家": True}
POOR = {**HERE, "出生日期": "1954-03-02", "失能等级": "重度", "低保": True}
NOTHING = {
    **HERE,
    "出生日期": "1954-03-02",
    "失能等级": "重度",
    **dict.fromkeys(
        ["低保", "低保边缘", "优抚", "见义勇为", "计划生育特殊家庭", "重度慢性疾病"], False
    ),
}


# Reasons


def test_of_a_failing_and_only_the_failing_parts(ningbo: RuleSet) -> None:
    care = ningbo.determine({**POOR, "失能等级": "轻度", "户籍地": "450100"}, ON).grant(
        "失能免费服务"
    )
    assert [r.verdict for r in care.reasons] == [Verdict.NO, Verdict.NO]
    resident, level = care.reasons
    assert [r.text for r in resident.because] == ["户籍地不在宁波市"]
    assert level.text == "失能等级轻度，不符合“中度以上”"


def test_of_a_holding_or_only_the_holding_parts(ningbo: RuleSet) -> None:
    care = ningbo.determine({**POOR, "优抚": True, "见义勇为": False}, ON).grant("失能免费服务")
    group = next(r for r in care.reasons if r.word == "优待对象")
    assert group.joint == "any"
    assert [r.text for r in group.because] == [
        "是享受国家定期抚恤补助的优抚对象",
        "属于计划生育特殊家庭、最低生活保障家庭或者最低生活保障边缘家庭",
    ]


def test_of_a_failing_or_every_part(ningbo: RuleSet) -> None:
    care = ningbo.determine(NOTHING, ON).grant("失能免费服务")
    (group,) = care.reasons
    assert [r.verdict for r in group.because] == [Verdict.NO] * 3
    assert len(group.because[2].because) == 3


def test_the_amount_has_its_own_reason(ningbo: RuleSet) -> None:
    hours = ningbo.determine(POOR, ON).grant("失能免费服务").reasons[-1]
    assert hours.verdict is Verdict.VALUE
    assert hours.text == "重度时数：每月不少于45小时"
    assert hours.cite == "《宁波市居家养老服务条例》第二十二条第一款第（一）项"


def test_not_states_the_fact(lab: Lab) -> None:
    rules = lab.grant("not 低保")
    for value, status, verdict in (
        (True, Status.DENIED, Verdict.NO),
        (False, Status.GRANTED, Verdict.YES),
    ):
        grant = rules.determine({"低保": value}, ON).grant("服务")
        assert grant.status is status
        assert grant.reasons[0].verdict is verdict
        assert grant.reasons[0].text == ("低保" if value else "不是低保")


def test_a_decided_or_asks_for_nothing_more(ningbo: RuleSet) -> None:
    assert ningbo.determine(POOR, ON).grant("意外伤害保险").missing == ()


def test_questions_come_in_the_order_of_use_then_ease(ningbo: RuleSet) -> None:
    questions = ningbo.determine({}, ON).missing
    assert [q.fact for q in questions[:3]] == ["出生日期", "居住地", "居家"]
    assert len(questions[0].decides) == 9
    counts = [len(q.decides) for q in questions]
    assert counts == sorted(counts, reverse=True)
    assert all(q.ask.endswith("？") for q in questions)


def test_a_conflict_asks_its_own_question(ningbo: RuleSet) -> None:
    answer = ningbo.determine(POOR, ON)
    assert answer.grant("失能免费服务").missing == ()
    question = next(q for q in answer.missing if q.fact == "护理补贴")
    assert question.decides == ("失能免费服务",)
    settled = ningbo.determine({**POOR, "护理补贴": 0}, ON)
    assert "护理补贴" not in [q.fact for q in settled.missing]


def test_answering_the_questions_always_ends(ningbo: RuleSet) -> None:
    answers: dict[str, Any] = {
        "出生日期": "1950-01-01",
        "户籍地": "330200",
        "居住地": "330200",
        "居家": True,
        "优抚": True,
        "失能等级": "重度",
        "赡养扶养人": "无",
        "护理补贴": 100,
        "待遇选择": "未选择",
    }
    facts: dict[str, Any] = {}
    for _ in range(len(ningbo.facts)):
        missing = ningbo.determine(facts, ON, outlook=False).missing
        if not missing:
            break
        facts[missing[0].fact] = answers.get(missing[0].fact, False)
    last = ningbo.determine(facts, ON)
    assert last.missing == ()
    assert all(g.status is not Status.UNKNOWN for g in last.grants)
    assert last.grant("失能免费服务").effect is Effect.OPEN


def test_a_zero_amount_is_no_grant(lab: Lab) -> None:
    rules = lab.grant("低保", ", amount: {table: 等级, rows: {重: 重时}, else: '0'}, unit: 小时/月")
    assert rules.determine({"低保": True, "等级": "轻"}, ON).grant("服务").status is Status.DENIED
    assert rules.determine({"低保": True, "等级": "重"}, ON).grant("服务").amount == 45
    assert rules.determine({"低保": True}, ON).grant("服务").status is Status.UNKNOWN


def test_versions_change_on_their_day(lab: Lab) -> None:
    body = "  时数: {cite: 2, unit: 小时/月, versions: [{from: 2020-01-01, to: 2026-12-31, value: 1}, {from: 2027-01-01, value: 2}]}\n"
    grant = "grants:\n  服务: {cite: 2, duty: 应当, benefit: 服务, when: 低保, amount: 时数, unit: 小时/月}\n"
    rules = lab.build(body + grant)
    for on, amount in ((date(2026, 12, 31), 1), (date(2027, 1, 1), 2)):
        assert rules.determine({"低保": True}, on).grant("服务").amount == amount
    (turn,) = rules.determine({"低保": True}, ON).timeline
    assert (turn.on, turn.changes) == (date(2027, 1, 1), (("服务", Status.GRANTED, 2),))


# Conflicts of every kind

_TWO = """grants:
  甲项: {cite: 2/1/1, duty: 应当, benefit: 甲, when: 低保, amount: 重时, unit: 小时/月}
  乙项: {cite: 2/1/2, duty: 应当, benefit: 乙, when: 独居, amount: 中时, unit: 小时/月}
conflicts:
  重复: {cite: 2/2, rule: %s, between: {甲: {grants: [甲项], value: 甲项}, 乙: {grants: [乙项], value: 乙项}}}
"""


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("exclusive", Effect.KEEPS, Effect.YIELDS),
        ("higher_of", Effect.KEEPS, Effect.YIELDS),
        ("stack", Effect.NONE, Effect.NONE),
        ("choice, choice: 类别", Effect.YIELDS, Effect.KEEPS),
    ],
)
def test_conflict_rules(lab: Lab, rule: str, first: Effect, second: Effect) -> None:
    rules = lab.build(_TWO % rule)
    answer = rules.determine({"低保": True, "独居": True, "类别": "乙"}, ON)
    assert (answer.grant("甲项").effect, answer.grant("乙项").effect) == (first, second)
    alone = rules.determine({"低保": False, "独居": True, "类别": "甲"}, ON)
    assert alone.grant("乙项").effect is Effect.NONE


def test_the_higher_wins_whatever_the_order(lab: Lab) -> None:
    swapped = _TWO.replace("when: 低保, amount: 重时", "when: 低保, amount: 中时", 1).replace(
        "when: 独居, amount: 中时", "when: 独居, amount: 重时", 1
    )
    answer = lab.build(swapped % "higher_of").determine({"低保": True, "独居": True}, ON)
    assert (answer.grant("甲项").effect, answer.grant("乙项").effect) == (
        Effect.YIELDS,
        Effect.KEEPS,
    )


def test_of_equals_the_first_stays_and_only_one(lab: Lab) -> None:
    equal = _TWO.replace("amount: 中时", "amount: 重时")
    answer = lab.build(equal % "higher_of").determine({"低保": True, "独居": True}, ON)
    assert (answer.grant("甲项").effect, answer.grant("乙项").effect) == (
        Effect.KEEPS,
        Effect.YIELDS,
    )


# What would change it


def test_single_and_double_changes(ningbo: RuleSet) -> None:
    answer = ningbo.determine({**NOTHING, "失能等级": "轻度"}, ON)
    insured = answer.grant("意外伤害保险").would_change
    first = insured[0].changes[0]
    assert (first.change, first.on, first.to) == ("age", date(2034, 3, 2), "80周岁")
    assert {w.changes[0].fact for w in insured[1:]} == {"低保", "低保边缘", "计划生育特殊家庭"}
    care = answer.grant("失能免费服务").would_change
    assert all(len(w.changes) == 2 and w.amount == 30 for w in care)
    assert all({"失能等级"} < {c.fact for c in w.changes} for w in care)


def test_every_way_out_works(ningbo: RuleSet) -> None:
    """Apply each suggested change for real and see the promised result."""
    facts: dict[str, Any] = {**NOTHING, "失能等级": "轻度", "居家": False}
    answer = ningbo.determine(facts, ON)
    ways = [(g.id, w) for g in answer.grants for w in g.would_change]
    assert len(ways) >= 10
    for word, way in ways:
        changed, on = dict(facts), ON
        for change in way.changes:
            if change.on is not None:
                on = change.on
            else:
                changed[change.fact] = {"是": True, "否": False, "宁波市": "330200"}.get(
                    change.to, change.to
                )
        after = ningbo.determine(changed, on, outlook=False).grant(word)
        assert (after.status, after.amount) == (way.status, way.amount)


def test_a_held_right_says_what_would_lose_it(ningbo: RuleSet) -> None:
    ways = ningbo.determine({**NOTHING, "低保": True}, ON).grant("失能免费服务").would_change
    assert ("低保",) in [tuple(c.fact for c in w.changes) for w in ways]
    assert all(w.status is Status.DENIED and len(w.changes) == 1 for w in ways)


def test_timeline_turns_on_the_birthday(ningbo: RuleSet) -> None:
    answer = ningbo.determine(NOTHING, ON)
    (turn,) = answer.timeline
    assert (turn.on, turn.age, turn.text) == (date(2034, 3, 2), 80, "满80周岁")
    assert ("意外伤害保险", Status.GRANTED, None) in turn.changes
    for day, status in ((turn.on - timedelta(days=1), Status.DENIED), (turn.on, Status.GRANTED)):
        assert ningbo.determine(NOTHING, day).grant("意外伤害保险").status is status


def test_no_outlook_when_not_asked_for(ningbo: RuleSet) -> None:
    bare = ningbo.determine(NOTHING, ON, outlook=False)
    assert bare.timeline == ()
    assert all(g.would_change == () for g in bare.grants)
    assert bare.receipt == ningbo.determine(NOTHING, ON).receipt


# Words


def test_official_words_cite(ningbo: RuleSet) -> None:
    text = explain_plain(ningbo.determine(POOR, ON))
    assert "应享受，每月不少于45小时" in text
    assert "依据：《宁波市居家养老服务条例》第二十二条第一款第（一）项" in text
    assert "待核实：施行日期" in text
    assert "尚待" in text


def test_words_for_an_elder_have_no_jargon(ningbo: RuleSet, nanning: RuleSet) -> None:
    for rules in (ningbo, nanning):
        for facts in (
            POOR,
            NOTHING,
            {},
            {**POOR, "出生日期": "1940-01-01", "护理补贴": 1, "待遇选择": "补贴"},
        ):
            text = explain_plain(
                rules.determine({k: v for k, v in facts.items() if k in rules.facts}, ON), "elder"
            )
            for jargon in (
                "第二十二条",
                "《",
                "周岁",
                "失能失智",
                "待核实",
                "unknown",
                "最低生活保障边缘",
            ):
                assert jargon not in text
            assert all(len(s) <= 90 for s in text.replace("？", "。").split("。"))


def test_an_elder_reads_when_it_will_be_so(ningbo: RuleSet) -> None:
    text = explain_plain(ningbo.determine(NOTHING, ON), "elder")
    assert "现在还不能享受" in text
    assert "满80岁（2034年3月2日）以后就可以了" in text


def test_an_elder_reads_what_to_tell_us(ningbo: RuleSet) -> None:
    text = explain_plain(ningbo.determine({**NOTHING, "重度慢性疾病": None}, ON), "elder")
    assert "请告诉我们：医院诊断您患有重度慢性病吗？" in text


def test_doubt_reads_as_a_question(ningbo: RuleSet) -> None:
    (ill,) = ningbo.determine({**NOTHING, "重度慢性疾病": None}, ON).grant("应急呼叫设施").reasons
    assert ill.text == "是否患有重度慢性疾病不清楚"
    assert ill.plain == "您有重度慢性病吗？这一点还不清楚"


def test_no_benefit_is_named_in_the_engine(ningbo: RuleSet) -> None:
    """Words of a law live in packs: no fact word stands in the code."""
    engine = Path(__file__).resolve().parents[1]
    code = "".join(p.read_text(encoding="utf-8") for p in engine.glob("*.py"))
    code = re.sub(r'"""[\s\S]*?"""|#.*|例如[^。]*', "", code)
    assert [w for w in ningbo.facts if len(w) > 2 and w in code] == []


# JSON and receipts


@pytest.mark.parametrize(
    "facts",
    [{}, POOR, NOTHING, {**POOR, "低保": {"值": True, "来源": "民政局", "自": "2026-01-01"}}],
)
def test_json_round_trip(ningbo: RuleSet, facts: dict[str, Any]) -> None:
    answer = ningbo.determine(facts, ON)
    stored = json.loads(json.dumps(answer.to_json(), ensure_ascii=False))
    assert Determination.from_json(stored) == answer
    assert explain_plain(Determination.from_json(stored)) == explain_plain(answer)


def test_shared_reasons_are_written_once(ningbo: RuleSet) -> None:
    text = json.dumps(ningbo.determine(POOR, ON).to_json(), ensure_ascii=False)
    assert text.count('"word": "本市居家老年人"') == 1
    assert text.count('{"ref": "本市居家老年人"}') >= 1


@pytest.mark.parametrize(
    "data", [{}, {"city": 1}, {"grants": []}, {"city": "330200", "city_name": "", "on": "x"}]
)
def test_what_is_no_determination(data: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        Determination.from_json(data)


def test_a_receipt_reproduces_the_determination(ningbo: RuleSet) -> None:
    answer = ningbo.determine(
        {**POOR, "低保": {"值": True, "来源": "民政局 7 号", "至": "2026-12-31"}}, ON
    )
    receipt = Receipt.from_json(json.loads(json.dumps(answer.receipt.to_json())))
    assert receipt == answer.receipt
    assert receipt.facts["低保"]["来源"] == "民政局 7 号"
    assert ningbo.recompute(receipt) == answer


def test_a_receipt_of_other_rules_is_refused(ningbo: RuleSet) -> None:
    receipt = ningbo.determine(POOR, ON).receipt
    stamps = (*receipt.packs[:-1], dataclasses.replace(receipt.packs[-1], sha256="0" * 64))
    with pytest.raises(Conflict, match="330200/home-care-2018 与判定时不同"):
        ningbo.recompute(dataclasses.replace(receipt, packs=stamps))


def test_a_receipt_with_fewer_or_more_packs_is_refused(ningbo: RuleSet) -> None:
    receipt = ningbo.determine(POOR, ON).receipt
    with pytest.raises(Conflict):
        ningbo.recompute(dataclasses.replace(receipt, packs=receipt.packs[1:]))
    extra = dataclasses.replace(receipt.packs[0], id="330200/other")
    with pytest.raises(Conflict):
        ningbo.recompute(dataclasses.replace(receipt, packs=(*receipt.packs, extra)))


@pytest.mark.parametrize(
    "change",
    [
        {"result": "0" * 64},
        {"facts": {**POOR, "低保": False}},
        {"engine": "x/0"},
        {"city": "450100"},
    ],
)
def test_a_tampered_receipt_is_refused(ningbo: RuleSet, change: dict[str, Any]) -> None:
    receipt = ningbo.determine(POOR, ON).receipt
    with pytest.raises(Conflict):
        ningbo.recompute(dataclasses.replace(receipt, **change))


def test_what_is_no_receipt() -> None:
    with pytest.raises(BadInput, match="判定凭据"):
        Receipt.from_json({"engine": "x"})


# Commands and schemas


def test_determine_json_fits_its_schema(ningbo: RuleSet) -> None:
    schema = determination_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for city in CITIES:
        for facts in ({}, POOR, NOTHING):
            data = determine_json(city, ON, facts)
            jsonschema.validate(json.loads(json.dumps(data)), schema)


def test_facts_fit_their_schema_and_wrong_ones_do_not() -> None:
    validator = jsonschema.Draft202012Validator(facts_schema())
    assert validator.is_valid(
        {**POOR, "低保": {"值": True, "来源": "民政局", "自": "2026-01-01"}, "独居": None}
    )
    for wrong in (
        {"低保户": True},
        {"低保": "是"},
        {"失能等级": "特重"},
        {"护理补贴": -1},
        {"户籍地": 330200},
    ):
        assert not validator.is_valid(wrong)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("law-facts", facts_schema),
        ("law-determination", determination_schema),
        ("law-examination", examination_schema),
        ("law-proofs", proofs_schema),
        ("law-reform", reform_schema),
    ],
)
def test_published_schemas_are_current(name: str, make: Any) -> None:
    published = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert published == make(), "run: python -m heling.engines.law.schema docs/schemas"


def test_determine_json_refuses_what_is_no_object() -> None:
    with pytest.raises(BadInput, match="JSON 对象"):
        determine_json("330200", ON, [])  # type: ignore[arg-type]


def test_check_json_reports_every_file(lab: Lab) -> None:
    path = lab.write("define:\n  甲: {cite: 9, is: 没有}\n")
    data = check_json([path], root=lab.root)
    (report,) = data["packs"]
    assert data["ok"] is False
    assert report["findings"][0]["line"] >= 1
    assert report["findings"][0]["article"] == "《试验条例》第九条"
    json.dumps(data)


def test_check_json_runs_the_tests_in_the_pack(lab: Lab) -> None:
    tests = "tests:\n  - {name: 错的, on: 2026-01-01, facts: {低保: true}, expect: {服务: denied}}\n  - {name: 坏的, on: 2026-01-01, facts: {没有: 1}, expect: {}}\n  - {name: 空的, on: 2026-01-01, facts: {}, expect: {什么: true}}\n"
    path = lab.write("grants:\n  服务: {cite: 2, duty: 应当, benefit: 服务, when: 低保}\n" + tests)
    messages = [f["message"] for f in check_json([path], root=lab.root)["packs"][0]["findings"]]
    assert messages == [
        "测试没有通过：应为 denied，算得 granted",
        "测试的事实有误：没有：没有“没有”这个事实",
        "测试没有通过：应为 true，算得 没有“什么”这个项目或词",
    ]


def test_check_json_of_a_missing_file(lab: Lab) -> None:
    with pytest.raises(BadInput, match="找不到"):
        check_json([lab.root / "no.yaml"], root=lab.root)
