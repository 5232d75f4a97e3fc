"""The packs of the house: they load, their own tests pass, their citations stand in the text."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from heling.engines.law import Effect, RuleSet, Status, Verdict, load_city
from heling.engines.law.check import check_packs
from heling.engines.law.tests.strategies import STORED
from heling.kernel.errors import NotFound

ON = date(2026, 11, 1)
HERE = {"户籍地": "330200", "居住地": "330200", "居家": True}
POOR = {**HERE, "出生日期": "1954-03-02", "失能等级": "重度", "低保": True}


def test_every_pack_loads_and_passes_its_own_tests(packs_root: Path) -> None:
    reports = check_packs([packs_root], packs_root)
    assert [str(f) for r in reports for f in [*r.findings]] == []
    stored = {str(f.relative_to(packs_root).with_suffix("")) for f in packs_root.rglob("*.yaml")}
    assert {r.pack for r in reports} == stored
    assert len(stored) >= 7
    assert all(r.cases >= 3 for r in reports if r.pack != "cn/district")  # one fact, no rule


@pytest.mark.parametrize(
    ("name", "sha256"),
    [
        ("330200-2018.txt", "f712f1f815cd189c8911054160e2fe6b299d81dd281f8c14bc77d0f647e1a38f"),
        ("450100-2025.txt", "50e3ad30184d4101040669a24d0a7776e711c3879d9c5d3315eaae9ded27b33c"),
    ],
)
def test_texts_are_the_ones_that_were_read(packs_root: Path, name: str, sha256: str) -> None:
    raw = (packs_root / "texts" / name).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == sha256


def test_a_city_without_packs(packs_root: Path) -> None:
    with pytest.raises(NotFound, match="没有城市 110100 的规则包"):
        load_city("110100")


def test_a_rule_set_is_made_once(packs_root: Path) -> None:
    assert load_city("330200") is load_city("330200", packs_root)
    assert load_city("330200") is not load_city("330200", measures=True)


@pytest.mark.parametrize("city", STORED)
def test_every_quote_of_a_right_stands_in_the_law(city: str) -> None:
    rules = load_city(city)
    for right in rules.assembly.rights:
        cite = right.grant.cite
        assert cite.quote
        assert any(
            cite.quote in "".join(p.whole for p in a.paragraphs)
            for law in rules.laws
            for a in law.articles
        )


# Ningbo, article by article; ages at the birthday ± 1 day


def test_22_1_1_hours_follow_the_level(ningbo: RuleSet) -> None:
    for level, status, hours in (
        ("能力完好", Status.DENIED, None),
        ("轻度", Status.DENIED, None),
        ("中度", Status.GRANTED, 30),
        ("重度", Status.GRANTED, 45),
        ("完全失能", Status.GRANTED, 45),
    ):
        care = ningbo.determine({**POOR, "失能等级": level}, ON).grant("失能免费服务")
        assert (care.status, care.amount) == (status, hours)
        assert care.floor
        assert care.unit == "小时/月"


@pytest.mark.parametrize("group", ["优抚", "见义勇为", "计划生育特殊家庭", "低保", "低保边缘"])
def test_22_1_1_every_group_alone_is_enough(ningbo: RuleSet, group: str) -> None:
    facts = {**{k: v for k, v in POOR.items() if k != "低保"}, group: True}
    assert ningbo.determine(facts, ON).grant("失能免费服务").status is Status.GRANTED


def test_22_1_1_no_group_is_not(ningbo: RuleSet) -> None:
    none = dict.fromkeys(["优抚", "见义勇为", "计划生育特殊家庭", "低保", "低保边缘"], False)
    assert ningbo.determine({**POOR, **none}, ON).grant("失能免费服务").status is Status.DENIED


@pytest.mark.parametrize(
    ("group", "insured"),
    [
        ("优抚", Status.DENIED),
        ("见义勇为", Status.DENIED),
        ("低保", Status.GRANTED),
        ("低保边缘", Status.GRANTED),
        ("计划生育特殊家庭", Status.GRANTED),
    ],
)
def test_22_1_2_leaves_out_two_groups(ningbo: RuleSet, group: str, insured: Status) -> None:
    none = dict.fromkeys(["优抚", "见义勇为", "计划生育特殊家庭", "低保", "低保边缘"], False)
    answer = ningbo.determine({**POOR, **none, group: True}, ON)
    assert answer.grant("意外伤害保险").status is insured


@pytest.mark.parametrize(
    ("birth", "status"),
    [("1946-10-31", Status.GRANTED), ("1946-11-01", Status.GRANTED), ("1946-11-02", Status.DENIED)],
)
def test_22_1_2_and_3_from_the_eightieth_birthday(
    ningbo: RuleSet, birth: str, status: Status
) -> None:
    facts = {
        **HERE,
        "出生日期": birth,
        "低保": False,
        "低保边缘": False,
        "计划生育特殊家庭": False,
        "重度慢性疾病": False,
    }
    answer = ningbo.determine(facts, ON)
    assert answer.grant("意外伤害保险").status is status
    assert answer.grant("应急呼叫设施").status is status
    assert answer.grant("应急呼叫设施").entity == "household"


@pytest.mark.parametrize(("ill", "status"), [(True, Status.GRANTED), (False, Status.DENIED)])
def test_22_1_3_severe_chronic_disease_needs_no_age(
    ningbo: RuleSet, ill: bool, status: Status
) -> None:
    none = dict.fromkeys(["低保", "低保边缘", "计划生育特殊家庭"], False)
    facts = {**HERE, **none, "出生日期": "1966-11-01", "重度慢性疾病": ill}
    answer = ningbo.determine(facts, ON)
    assert answer.grant("应急呼叫设施").status is status
    assert answer.grant("意外伤害保险").status is Status.DENIED


@pytest.mark.parametrize(
    ("birth", "special", "status"),
    [
        ("1946-11-01", False, Status.OPEN),
        ("1946-11-02", False, Status.DENIED),
        ("1956-11-01", True, Status.OPEN),
        ("1956-11-02", True, Status.DENIED),
        ("1956-11-01", False, Status.DENIED),
    ],
)
def test_22_1_4_is_open_never_zero(
    ningbo: RuleSet, birth: str, special: bool, status: Status
) -> None:
    senior = ningbo.determine({**HERE, "出生日期": birth, "计划生育特殊家庭": special}, ON).grant(
        "高龄免费服务"
    )
    assert (senior.status, senior.amount) == (status, None)
    if status is Status.OPEN:
        assert [(o.term, o.filled_by, o.part) for o in senior.open_terms] == [
            ("高龄服务时数", "市人民政府的实施办法", "amount")
        ]


@pytest.mark.parametrize(
    "change",
    [{"户籍地": "450100"}, {"居住地": "450100"}, {"居家": False}, {"出生日期": "1966-11-02"}],
)
def test_22_is_for_elders_registered_and_living_at_home_here(
    ningbo: RuleSet, change: dict[str, object]
) -> None:
    answer = ningbo.determine({**POOR, **change}, ON)
    for word in ("失能免费服务", "意外伤害保险", "应急呼叫设施", "高龄免费服务", "其他规定项目"):
        assert answer.grant(word).status is Status.DENIED


def test_17_and_18_do_not_ask_for_registration(ningbo: RuleSet) -> None:
    answer = ningbo.determine({**POOR, "户籍地": "450100"}, ON)
    assert answer.grant("无障碍改造补贴").status is Status.OPEN
    assert answer.grant("辅助器具借用").status is Status.GRANTED


@pytest.mark.parametrize(
    ("birth", "alone", "kin", "status"),
    [
        ("1946-11-01", True, "无", Status.GRANTED),
        ("1946-11-01", True, "长期不在身边", Status.GRANTED),
        ("1946-11-01", True, "在身边", Status.DENIED),
        ("1946-11-01", False, "无", Status.DENIED),
        ("1946-11-02", True, "无", Status.DENIED),
    ],
)
def test_9_1_3_visits_follow_45_1_4(
    ningbo: RuleSet, birth: str, alone: bool, kin: str, status: Status
) -> None:
    facts = {"居住地": "330200", "出生日期": birth, "独居": alone, "赡养扶养人": kin}
    visit = ningbo.determine(facts, ON).grant("高龄独居巡访")
    assert visit.status is status
    assert visit.cite.label == "《宁波市居家养老服务条例》第九条第（三）项"
    assert visit.reasons[0].cite == "《宁波市居家养老服务条例》第四十五条第（四）项"
    assert [a.term for a in visit.awaits] == ["巡访的频次"]


@pytest.mark.parametrize(
    ("facts", "effect"),
    [
        ({"护理补贴": 0}, Effect.NONE),
        ({}, Effect.UNKNOWN),
        ({"护理补贴": 1}, Effect.UNKNOWN),
        ({"护理补贴": 1, "待遇选择": "未选择", "计划生育特殊家庭": False}, Effect.OPEN),
        ({"护理补贴": 1, "待遇选择": "服务"}, Effect.KEEPS),
        ({"护理补贴": 1, "待遇选择": "补贴"}, Effect.YIELDS),
        ({"待遇选择": "补贴"}, Effect.UNKNOWN),
    ],
)
def test_22_2_choice_then_the_higher(
    ningbo: RuleSet, facts: dict[str, object], effect: Effect
) -> None:
    care = ningbo.determine({**POOR, **facts}, ON).grant("失能免费服务")
    assert care.status is Status.GRANTED
    assert care.effect is effect
    assert care.enjoyed is (effect in (Effect.NONE, Effect.KEEPS))


def test_22_1_stacks_and_says_so(ningbo: RuleSet) -> None:
    answer = ningbo.determine({**POOR, "出生日期": "1940-01-01"}, ON)
    stack = next(c for c in answer.conflicts if c.id == "免费时数相加")
    assert (stack.total, stack.at_least, stack.unit) == (None, 45, "小时/月")
    assert "时数相加" in [m.word for m in answer.grant("失能免费服务").unverified]
    filled = load_city("330200", measures=True).determine({**POOR, "出生日期": "1940-01-01"}, ON)
    assert next(c for c in filled.conflicts if c.id == "免费时数相加").total == 48


def test_assumed_measures_stay_off_unless_asked_for_and_are_marked() -> None:
    facts = {**HERE, "出生日期": "1940-01-01"}
    plain = load_city("330200").determine(facts, ON).grant("高龄免费服务")
    filled = load_city("330200", measures=True).determine(facts, ON).grant("高龄免费服务")
    assert (plain.status, filled.status, filled.amount) == (Status.OPEN, Status.GRANTED, 3)
    assert "高龄服务时数" in [m.word for m in filled.unverified]


def test_the_day_of_coming_into_force_is_marked(ningbo: RuleSet) -> None:
    care = ningbo.determine(POOR, ON).grant("失能免费服务")
    assert any(m.word == "施行日期" and "2018-10-01" in m.note for m in care.unverified)


@pytest.mark.parametrize(
    ("on", "status"), [(date(2018, 9, 30), Status.DENIED), (date(2018, 10, 1), Status.GRANTED)]
)
def test_nothing_before_the_law_is_in_force(ningbo: RuleSet, on: date, status: Status) -> None:
    care = ningbo.determine({**POOR, "出生日期": "1940-01-01"}, on).grant("失能免费服务")
    assert care.status is status
    if status is Status.DENIED:
        assert "2018-10-01 起施行" in care.reasons[0].text


def test_encouragement_creates_no_right(ningbo: RuleSet, nanning: RuleSet) -> None:
    for rules, words in (
        (ningbo, {"家庭无障碍改造", "长期护理保险"}),
        (nanning, {"意外伤害保险补助"}),
    ):
        answer = rules.determine({"出生日期": "1940-01-01", "低保": True}, ON)
        assert {e.id for e in answer.encouraged} == words
        assert not words & {g.id for g in answer.grants}
        assert all("不产生" in e.note for e in answer.encouraged)
    insured = nanning.determine({"出生日期": "1940-01-01", "低保": True}, ON).encouraged[0]
    assert (insured.duty, insured.cite.label, insured.concerns) == (
        "探索",
        "《南宁市居家社区养老服务规定》第十八条第二款",
        Verdict.YES,
    )


def test_nanning_16_open_words(nanning: RuleSet) -> None:
    facts = {
        "居住地": "450103",
        "居家": True,
        "出生日期": "1940-01-01",
        "低保": True,
        "失能等级": "能力完好",
        "残疾": False,
    }
    bed = nanning.determine(facts, ON).grant("家庭养老床位")
    assert bed.status is Status.OPEN
    assert [(o.term, o.part) for o in bed.open_terms] == [("高龄年龄", "condition")]
    assert "本市" not in bed.reasons[0].text or bed.reasons[0].cite.startswith("《南宁市")


def test_one_citys_law_does_not_reach_the_others_elders(nanning: RuleSet) -> None:
    answer = nanning.determine({**POOR, "残疾": True}, ON)
    assert {g.status for g in answer.grants} == {Status.DENIED}
