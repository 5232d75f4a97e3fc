"""Grading: boundaries, adjustment rules, the combination table, bad input, monotony."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.contexts.assessment.domain import (
    GBT42195,
    LTC2021,
    Adjustments,
    IncomparableScales,
    Item,
    Option,
    Scale,
    ScaleResult,
    load_scale,
    parse_scale,
    score,
)
from heling.contexts.assessment.domain.store import scale_folder
from heling.kernel.errors import BadInput

GBT = load_scale(GBT42195)
LTC = load_scale(LTC2021)
NONE_MET = Adjustments(coma=False, diagnoses=frozenset(), risk_events={})


def text_of(scale_id: str) -> str:
    return (scale_folder() / f"{scale_id}.yaml").read_text(encoding="utf-8")


def answer(option: Option) -> int | str:
    return option.code or option.score


def reach(scale: Scale, total: int, *groups: str) -> dict[str, int | str]:
    """Answers of the named groups (all by default) that sum to ``total``; nobody in coma."""
    answers: dict[str, int | str] = {}
    for group in scale.groups:
        if groups and group.code not in groups:
            continue
        for item in group.items:
            option = max(
                (o for o in item.options if o.score <= total and o.code != "coma"),
                key=lambda o: o.score,
            )
            answers[item.code] = answer(option)
            total -= option.score
    assert total == 0
    return answers


def gbt(total: int, **facts: Any) -> ScaleResult:
    stated = {"coma": False, "diagnoses": frozenset(), "risk_events": {}} | facts
    return score(GBT, reach(GBT, total), adjustments=Adjustments(**stated))


def problems(scale: Scale, answers: dict[str, Any], **facts: Any) -> list[str]:
    with pytest.raises(BadInput) as caught:
        score(scale, answers, adjustments=Adjustments(**facts))
    return [str(p) for p in caught.value.problems]


# GB/T levels ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "level"),
    [(90, 0), (89, 1), (66, 1), (65, 2), (46, 2), (45, 3), (30, 3), (29, 4), (20, 4), (0, 4)],
)
def test_gbt_boundaries(total: int, level: int) -> None:
    result = gbt(total)
    assert (result.total, result.preliminary.number, result.final.number) == (total, level, level)
    assert result.adjustments == ()
    assert result.unverified == ()


def test_result_says_what_it_rests_on() -> None:
    result = gbt(66)
    assert (result.scale_id, result.scale_version) == (GBT42195, "1")
    assert result.scale_sha256 == GBT.sha256
    assert [g.score for g in result.groups] == [32, 15, 19, 0]
    assert [g.grade for g in result.groups] == [None] * 4
    assert len(result.items) == 26
    first = result.items[0]
    assert (first.code, first.name, first.score, first.option) == ("B.1.1", "进食", 4, "4")
    assert first.text == "独立使用器具将食物送进口中并咽下，没有呛咳"


# Adjustment rules -------------------------------------------------------------------------

DEMENTIA = frozenset({"F00-F03", "I25"})


def test_coma_is_level_four_whatever_the_rest_says() -> None:
    answers = reach(GBT, 90) | {"B.3.9": "coma"}
    facts = Adjustments(coma=True, diagnoses=frozenset(), risk_events={})
    result = score(GBT, answers, adjustments=facts)
    assert (result.total, result.preliminary.number, result.final.number) == (88, 1, 4)
    assert [(a.code, a.before.number, a.after.number) for a in result.adjustments] == [("R1", 1, 4)]


def test_stupor_is_not_coma() -> None:
    result = score(GBT, reach(GBT, 90) | {"B.3.9": "stupor"}, adjustments=NONE_MET)
    assert (result.total, result.final.number) == (88, 1)


@pytest.mark.parametrize(("coma", "level", "key"), [(True, 4, "coma"), (False, 1, "stupor")])
def test_bare_zero_is_settled_by_the_stated_fact(coma: bool, level: int, key: str) -> None:
    facts = Adjustments(coma=coma, diagnoses=frozenset(), risk_events={})
    result = score(GBT, reach(GBT, 90) | {"B.3.9": 0}, adjustments=facts)
    assert result.final.number == level
    assert {i.code: i.option for i in result.items}["B.3.9"] == key


def test_bare_zero_that_leaves_the_level_open_is_refused() -> None:
    (said,) = problems(GBT, reach(GBT, 90) | {"B.3.9": 0})
    assert said.startswith("B.3.9 意识水平：0 分有昏睡、昏迷两种")


def test_bare_zero_that_changes_nothing_is_accepted_and_left_open() -> None:
    result = score(GBT, dict.fromkeys((i.code for i in GBT.items), 0))
    assert (result.total, result.final.number) == (0, 4)
    assert {i.code: i.option for i in result.items}["B.3.9"] == ""
    assert [s[:2] for s in result.not_stated] == ["R1", "R2", "R3"]


@pytest.mark.parametrize(("answered", "coma"), [("coma", False), ("stupor", True), (2, True)])
def test_contradicting_facts_about_coma(answered: int | str, coma: bool) -> None:
    (said,) = problems(GBT, reach(GBT, 90) | {"B.3.9": answered}, coma=coma)
    assert said.startswith("B.3.9 意识水平：所选答案与“昏迷：")
    assert "矛盾" in said


@pytest.mark.parametrize("code", ["F00-F03", "F04-F99"])
@pytest.mark.parametrize(("total", "level"), [(90, 1), (66, 2), (46, 3), (30, 4), (29, 4)])
def test_diagnosis_raises_one_level_and_stops_at_four(code: str, total: int, level: int) -> None:
    result = gbt(total, diagnoses=frozenset({code}))
    assert result.final.number == level
    assert result.adjustments[0].reason == f"已确诊：{code}"
    assert result.unverified == ()


def test_other_diagnoses_raise_nothing() -> None:
    assert gbt(66, diagnoses=frozenset({"I25", "G20-G22"})).final.number == 1


@pytest.mark.parametrize(
    ("events", "level"),
    [({}, 1), ({"fall": 1}, 1), ({"fall": 2}, 2), ({"fall": 1, "lost": 1}, 2), ({"other": 9}, 2)],
)
def test_two_risk_events_raise_one_level(events: dict[str, int], level: int) -> None:
    assert gbt(66, risk_events=events).final.number == level


@pytest.mark.parametrize(
    ("total", "level", "decides"),
    [(90, 1, True), (66, 2, True), (46, 3, True), (45, 4, False), (0, 4, False)],
)
def test_both_clauses_raise_once_and_the_choice_is_written(
    total: int, level: int, decides: bool
) -> None:
    """A seen implementation raises twice: 90 points would give level 2."""
    result = gbt(total, diagnoses=DEMENTIA, risk_events={"fall": 2})
    assert result.final.number == level
    assert [a.code for a in result.adjustments] == ["R2", "R3"]
    assert result.adjustments[1].before == result.adjustments[1].after
    assert "只加重一级" in result.choices[0]
    assert bool(result.unverified) is decides
    assert all("待核实" in sentence for sentence in result.unverified)


def test_the_other_reading_is_one_word_in_the_data() -> None:
    each = parse_scale(text_of(GBT42195).replace("choice: once", "choice: each"), "x.yaml")
    facts = Adjustments(coma=False, diagnoses=DEMENTIA, risk_events={"fall": 2})
    result = score(each, reach(each, 90), adjustments=facts)
    assert result.final.number == 2
    assert result.unverified
    one = Adjustments(coma=False, diagnoses=DEMENTIA, risk_events={})
    assert score(each, reach(each, 90), adjustments=one).final.number == 1


def test_coma_with_the_other_clauses_is_still_four_and_certain() -> None:
    facts = Adjustments(coma=True, diagnoses=DEMENTIA, risk_events={"fall": 2})
    result = score(GBT, reach(GBT, 90) | {"B.3.9": "coma"}, adjustments=facts)
    assert result.final.number == 4
    assert result.unverified == ()


def test_a_fact_nobody_stated_is_not_a_no() -> None:
    result = score(GBT, reach(GBT, 90))
    assert result.final.number == 0
    assert [s[:2] for s in result.not_stated] == ["R2", "R3"]
    assert gbt(90).not_stated == ()


# LTC --------------------------------------------------------------------------------------

ADL = {100: 0, 95: 1, 65: 1, 60: 2, 45: 2, 40: 3, 0: 3}
COGNITION = {16: 0, 15: 1, 4: 1, 3: 2, 2: 2, 1: 3, 0: 3}
PERCEPTION = {12: 0, 11: 1, 4: 1, 3: 2, 2: 2, 1: 3, 0: 3}
TABLE = ((0, 0, 1, 1), (1, 1, 1, 2), (2, 2, 2, 3), (3, 3, 4, 5))


@pytest.mark.parametrize(
    ("adl", "cognition", "perception"), list(itertools.product(ADL, COGNITION, PERCEPTION))
)
def test_ltc_every_boundary_and_every_cell(adl: int, cognition: int, perception: int) -> None:
    answers = reach(LTC, adl, "1") | reach(LTC, cognition, "2") | reach(LTC, perception, "3")
    result = score(LTC, answers)
    assert [g.grade for g in result.groups] == [
        ADL[adl],
        COGNITION[cognition],
        PERCEPTION[perception],
    ]
    worse = max(COGNITION[cognition], PERCEPTION[perception])
    assert result.final.number == result.preliminary.number == TABLE[ADL[adl]][worse]
    assert result.total is None
    assert (result.adjustments, result.choices, result.not_stated) == ((), (), ())


def test_ltc_names_every_unverified_value_that_decided() -> None:
    answers = reach(LTC, 100, "1") | reach(LTC, 3, "2") | reach(LTC, 12, "3")
    assert score(LTC, answers).unverified == (
        "1.6 用厕：10 分的分值（待核实）",
        "1.9 上下楼：10 分的分值（待核实）",
        "认知能力分级：2–3 分为中度受损（待核实）",
        "感知觉与沟通能力分级：12 分为能力完好（待核实）",
        "组合表：日常生活活动能力“能力完好”、认知能力、感知觉与沟通能力中较差的一项“中度受损”"
        "为1 级 轻度失能（待核实）",
    )


def test_ltc_verified_zero_is_not_marked() -> None:
    answers = dict.fromkeys((i.code for i in LTC.items), 0)
    assert not any("用厕" in s or "上下楼" in s for s in score(LTC, answers).unverified)


def test_ltc_has_no_adjustment_rules() -> None:
    (said,) = problems(LTC, dict.fromkeys((i.code for i in LTC.items), 0), coma=True)
    assert said.startswith("等级变更：《长期护理失能等级评估标准（试行）》没有等级变更条款")


def test_an_unverified_band_of_a_sum_scale_is_named() -> None:
    text = text_of(GBT42195).replace(
        "{low: 66, high: 89, level: 1, certainty: V2}",
        "{low: 66, high: 89, level: 1, certainty: M}",
    )
    scale = parse_scale(text, "x.yaml")
    marked = score(scale, reach(scale, 66), adjustments=NONE_MET).unverified
    assert marked == ("等级划分：66–89 分为1 级 能力轻度受损（轻度失能）（待核实）",)
    assert score(scale, reach(scale, 65), adjustments=NONE_MET).unverified == ()


def test_an_unverified_rule_is_named_when_met() -> None:
    text = text_of(GBT42195).replace(
        "加重一级\n      certainty: V2\n      diagnoses",
        "加重一级\n      certainty: M\n      diagnoses",
    )
    scale = parse_scale(text, "x.yaml")
    facts = Adjustments(coma=False, diagnoses=DEMENTIA, risk_events={})
    (said,) = score(scale, reach(scale, 66), adjustments=facts).unverified
    assert said.startswith("R2：确诊为痴呆")
    assert said.endswith("（待核实）")


# Two instruments --------------------------------------------------------------------------


def test_levels_of_different_scales_refuse_to_be_compared() -> None:
    gb, ltc = gbt(90), score(LTC, dict.fromkeys((i.code for i in LTC.items), 0))
    with pytest.raises(IncomparableScales, match="不能比较，也不能互相换算"):
        gb.worse_than(ltc)
    for compare in (lambda: gb.final < ltc.final, lambda: gb.final >= ltc.final):
        with pytest.raises(IncomparableScales):
            compare()
    assert gb.final != ltc.final


def test_levels_of_different_versions_refuse_too() -> None:
    newer = parse_scale(text_of(GBT42195).replace('version: "1"', 'version: "2"'), "x.yaml")
    with pytest.raises(IncomparableScales):
        gbt(90).worse_than(score(newer, reach(newer, 90), adjustments=NONE_MET))


def test_results_of_one_scale_compare() -> None:
    assert gbt(29).worse_than(gbt(30))
    assert not gbt(30).worse_than(gbt(31))


# Bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "given", "said"),
    [
        ("B.2.4", 4, "B.2.4 上下楼梯：4 分不在可选范围内，请填3、2、1、0"),
        ("B.4.4", 4, "B.4.4 使用交通工具外出：4 分不在可选范围内，请填3、2、1、0"),
        ("B.1.1", 5, "B.1.1 进食：5 分不在可选范围内，请填4、3、2、1、0"),
        ("B.1.1", -1, "B.1.1 进食：-1 分不在可选范围内，请填4、3、2、1、0"),
        ("B.1.1", "4", "B.1.1 进食：“4”不在可选范围内，请填4、3、2、1、0"),
        ("B.1.1", 4.0, "B.1.1 进食：“4.0”不是分值，请填4、3、2、1、0"),
        ("B.1.1", True, "B.1.1 进食：“True”不是分值，请填4、3、2、1、0"),
        ("B.1.1", [4], "B.1.1 进食：“[4]”不是分值，请填4、3、2、1、0"),
        ("B.1.1", None, "B.1.1 进食：还没有作答，请补上"),
        ("B.1.1", "", "B.1.1 进食：还没有作答，请补上"),
        ("B.9.9", 1, "B.9.9：《老年人能力评估规范》没有这一项，请改正编号或删去"),
        (
            "B.3.9",
            3,
            "B.3.9 意识水平：3 分不在可选范围内，请填2、1、“stupor”（0 分，昏睡）、“coma”（0 分，昏迷）",
        ),
    ],
)
def test_one_bad_answer(code: str, given: object, said: str) -> None:
    assert problems(GBT, reach(GBT, 90) | {code: given}) == [said]


def test_three_points_for_transport_are_right() -> None:
    assert gbt(90).items[24].score == 3


def test_every_problem_is_listed() -> None:
    answers = reach(GBT, 90) | {"B.1.1": 9, "X": 1}
    del answers["B.4.5"]
    said = problems(GBT, answers, diagnoses=frozenset({"Q1"}), risk_events={"fall": -1, "x": 1})
    assert [s.split("：")[0] for s in said] == [
        "B.1.1 进食",
        "B.4.5 社会交往能力",
        "X",
        "疾病诊断",
        "近 30 天内照护风险事件",
        "近 30 天内照护风险事件",
    ]


def test_answers_of_ten_items_on_one_to_five_are_refused() -> None:
    """Seen: ten items scored 1–5, ≤10 called 能力完好."""
    said = problems(GBT, {item.code: 5 for item in list(GBT.items)[:10]})
    assert sum("不在可选范围内" in s for s in said) == 10
    assert sum("还没有作答" in s for s in said) == 16


def test_answers_on_zero_to_ten_are_refused() -> None:
    """Seen: 0–10 per item, normalised to 100."""
    assert len(problems(GBT, dict.fromkeys((i.code for i in GBT.items), 10))) == 26


def test_answers_of_the_other_scale_are_refused() -> None:
    assert len(problems(GBT, reach(LTC, 128))) == 26 + 17


# Properties -------------------------------------------------------------------------------


def answers_of(items: list[Item]) -> st.SearchStrategy[dict[str, int | str]]:
    return st.fixed_dictionaries(
        {i.code: st.sampled_from([*map(answer, i.options)]) for i in items}
    )


FACTS = st.builds(
    Adjustments,
    diagnoses=st.none() | st.frozensets(st.sampled_from(sorted(GBT.field("diagnoses").codes))),
    risk_events=st.none()
    | st.dictionaries(st.sampled_from(sorted(GBT.field("risk_events").codes)), st.integers(0, 3)),
)


@given(answers_of(list(GBT.items)), FACTS)
def test_adjustments_never_improve(answers: dict[str, int | str], facts: Adjustments) -> None:
    plain, adjusted = score(GBT, answers), score(GBT, answers, adjustments=facts)
    assert plain.preliminary == adjusted.preliminary
    assert adjusted.final >= adjusted.preliminary
    assert adjusted.final >= plain.final
    assert adjusted.final.number <= 4
    assert plain.total == sum(i.score for i in plain.items)


@given(answers_of(list(GBT.items)), FACTS, st.data())
def test_gbt_lowering_an_item_never_improves(
    answers: dict[str, int | str], facts: Adjustments, data: st.DataObject
) -> None:
    item = data.draw(st.sampled_from(list(GBT.items)))
    # Worse is later in the list of options: fewer points, and 昏迷 after 昏睡.
    keys = [answer(o) for o in item.options]
    worse = data.draw(st.sampled_from(keys[keys.index(answers[item.code]) :]))
    before = score(GBT, answers, adjustments=facts)
    after = score(GBT, answers | {item.code: worse}, adjustments=facts)
    assert after.final >= before.final
    assert after.preliminary >= before.preliminary


@given(answers_of(list(LTC.items)), st.data())
def test_ltc_lowering_an_item_never_improves(
    answers: dict[str, int | str], data: st.DataObject
) -> None:
    item = data.draw(st.sampled_from(list(LTC.items)))
    scores = [o.score for o in item.options]
    worse = data.draw(st.sampled_from(scores[: scores.index(int(answers[item.code])) + 1]))
    before, after = score(LTC, answers), score(LTC, answers | {item.code: worse})
    assert after.final >= before.final


@given(st.dictionaries(st.text(max_size=6), st.none() | st.integers() | st.text(max_size=6)))
def test_any_nonsense_is_refused_in_words(answers: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        score(GBT, answers)
