"""A reform is refused like a pack, changes what it says and nothing else, and is told truly."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heling.engines.law import Effect, FactColumn, PackError, RuleSet, Status, load_city
from heling.engines.law.bitstore import BitStore
from heling.engines.law.compare import Comparison, before, compare
from heling.engines.law.model import Version
from heling.engines.law.population import Population, read_population, write_population
from heling.engines.law.reform import Reform, apply, drafts, merged, read_reform
from heling.engines.law.schema import reform_schema
from heling.engines.law.tests.strategies import ON, SLOW, columns_of, person_of
from heling.kernel.errors import BadInput
from heling.kernel.period import Period

HEAD = 'reform: 试一试\ncity: "330200"\nchanges:\n'


def reform(changes: str, head: str = HEAD) -> Reform:
    return read_reform((head + changes).encode(), "方案.yaml")


@pytest.fixture(scope="module")
def priced() -> RuleSet:
    return load_city("330200", measures=True)


def _refused(rules: RuleSet, changes: str, head: str = HEAD) -> str:
    with pytest.raises(PackError) as caught:
        apply(rules, reform(changes, head))
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ("  失能免费服务: {amount: 重度时数 / 0}", "不用除法"),
        ("  失能免费服务: {amount: '进一(重度时数, 0)'}", "不能分份"),
        ("  失能免费服务: {amount: 小时价格}", "单位不一致"),
        ("  优待对象: {is: 低保 + 1}", "不能加减乘"),
        ("  优待对象: {is: 没有这个词}", "不认识的词“没有这个词”"),
        ("  困难或优待家庭: {is: 优待对象}", "绕成了圈"),
        ("  没有这个数: {versions: [{from: 2026-01-01, value: 3}]}", "没有“没有这个数”"),
        ("  低保: {is: 独居}", "没有“低保”这个数、词或项目"),
        ("  重度时数: {is: 低保}", "要写 versions"),
        ("  优待对象: {versions: [{from: 2026-01-01, value: 3}]}", "要写 is"),
        ("  失能免费服务: {is: 低保}", "要写 when"),
        ("  另有规定的项目: {versions: [{from: 2026-01-01, value: 3}]}", "true 或 false"),
        ("  高龄免费服务: {when: 老年人 and 年龄 < 老年年龄}", "没有人能符合"),
        ("  优待对象: {is: 低保 and not 低保}", "请检查"),
    ],
)
def test_what_a_pack_is_refused_for(priced: RuleSet, changes: str, says: str) -> None:
    text = _refused(priced, changes)
    assert says in text
    assert "方案.yaml 第 4 行" in text
    assert changes.split(":")[0].strip() in text


def test_the_article_is_named(priced: RuleSet) -> None:
    assert "第二十二条第一款第（一）项" in _refused(
        priced, "  失能免费服务: {amount: 重度时数 / 0}"
    )


def test_another_citys_reform(priced: RuleSet) -> None:
    head = HEAD.replace("330200", "450100")
    assert "方案是城市 450100 的" in _refused(priced, "  优待对象: {is: 低保}", head)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "空的"),
        ("a: [", "不是合法的 YAML"),
        ("reform: 甲\n", "缺少“city”"),
        (HEAD + "  {}", "没有任何改动"),
        (HEAD + "  重度时数: {reason: 想}", "要写 versions"),
        (HEAD + "  重度时数: {versions: [{from: 2026-01-01, value: -1}]}", "不能是负数"),
        (HEAD + "  重度时数: {versions: [{from: 2026-01-01, value: 1.5}]}", "不是整数"),
        (HEAD + "  重度时数: {versions: [{from: 元旦, value: 1}]}", "不是日期"),
        (
            HEAD
            + "  重度时数: {versions: [{from: 2026-01-01, value: 1}, {from: 2027-01-01, value: 2}]}",
            "重叠",
        ),
        (HEAD + "  重度时数: {value: 60}", "不认识的栏目“value”"),
    ],
)
def test_a_file_that_is_no_reform(text: str, says: str) -> None:
    with pytest.raises(PackError, match=says):
        read_reform(text.encode(), "方案.yaml")


def test_ten_megabytes() -> None:
    with pytest.raises(PackError, match="上限"):
        read_reform(b"a: b\n" * 2_000_000, "方案.yaml")


ELDER = {
    "户籍地": "330200", "居住地": "330200", "居家": True, "出生日期": "1954-03-02",
    "失能等级": "重度", "低保": True, "护理补贴": 0,
}  # fmt: skip


def test_from_the_day_and_not_before(priced: RuleSet) -> None:
    rules = apply(
        priced, reform("  重度时数: {versions: [{from: 2027-01-01, to: 2027-06-30, value: 60}]}")
    )
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 6, 30), date(2027, 7, 1)]
    hours = [rules.determine(ELDER, d, outlook=False).grant("失能免费服务").amount for d in days]
    assert hours == [45, 60, 60, 45]
    assert priced.determine(ELDER, days[1], outlook=False).grant("失能免费服务").amount == 45


def test_an_open_term_gets_a_value(ningbo: RuleSet) -> None:
    rules = apply(ningbo, reform("  高龄服务时数: {versions: [{from: 2026-01-01, value: 5}]}"))
    old = ELDER | {"出生日期": "1940-01-01"}
    assert ningbo.determine(old, ON).grant("高龄免费服务").status == "open"
    assert rules.determine(old, ON).grant("高龄免费服务").amount == 5


def test_a_measure_is_overruled(priced: RuleSet) -> None:
    rules = apply(priced, reform("  高龄服务时数: {versions: [{from: 2026-01-01, value: 5}]}"))
    old = ELDER | {"出生日期": "1940-01-01"}
    assert priced.determine(old, ON).grant("高龄免费服务").amount == 3
    assert rules.determine(old, ON).grant("高龄免费服务").amount == 5


def test_a_receipt_under_a_reform_is_not_one_under_the_law(priced: RuleSet) -> None:
    rules = apply(priced, reform("  重度时数: {versions: [{from: 2026-01-01, value: 60}]}"))
    stamps = {p.id: p.sha256 for p in priced.stamps}
    changed = {p.id for p in rules.stamps if p.sha256 != stamps[p.id]}
    assert changed == {"330200/home-care-2018"}


VERSIONS = st.lists(
    st.tuples(st.integers(1, 60), st.integers(1, 20), st.integers(0, 9)), max_size=4
)


def _versions(cells: list[tuple[int, int, int]]) -> tuple[Version, ...]:
    """Versions that do not overlap, laid end to end with gaps."""
    found, day = [], 700_000
    for gap, length, value in cells:
        start = day + gap
        day = start + length
        period = Period(date.fromordinal(start), date.fromordinal(day))
        found.append(Version(period, value))
    return tuple(found)


@given(old=VERSIONS, new=VERSIONS)
@settings(SLOW, max_examples=200)
def test_new_values_on_their_days_and_old_ones_elsewhere(
    old: list[tuple[int, int, int]], new: list[tuple[int, int, int]]
) -> None:
    before, change = _versions(old), _versions(new)
    after = merged(before, change)
    for ordinal in range(700_000, 700_330):
        day = date.fromordinal(ordinal)
        was, will, got = (
            [v.value for v in vs if day in v.period] for vs in (before, change, after)
        )
        assert got == (will or was)


# What it would do

CHANGES = """  重度时数: {versions: [{from: 2026-01-01, value: 60}]}
  服务起始年龄: {versions: [{from: 2026-01-01, value: 85}]}
  困难或优待家庭: {is: 计划生育特殊家庭 or 低保 or 残疾}
"""


def _enjoyed(rules: RuleSet, facts: dict[str, Any]) -> dict[str, int]:
    return {
        g.id: g.amount or 0 for g in rules.determine(facts, ON, outlook=False).grants if g.enjoyed
    }


def _doubtful(rules: RuleSet, facts: dict[str, Any]) -> set[str]:
    found = rules.determine(facts, ON, outlook=False).grants
    return {g.id for g in found if Status.UNKNOWN is g.status or Effect.UNKNOWN is g.effect}


def _moves(
    before: dict[str, int], after: dict[str, int], doubts: tuple[set[str], set[str]]
) -> tuple[bool, bool]:
    """Who gains and who loses; a right that may or may not be there is neither."""
    up = any(after[w] > before[w] if w in before else w not in doubts[0] for w in after)
    down = any(after[w] < before[w] if w in after else w not in doubts[1] for w in before)
    return up, down


def _turns(before: RuleSet, after: RuleSet, facts: dict[str, Any]) -> tuple[bool, bool]:
    return _moves(
        _enjoyed(before, facts),
        _enjoyed(after, facts),
        (_doubtful(before, facts), _doubtful(after, facts)),
    )


def test_the_comparison_counts_what_each_person_would_say(priced: RuleSet) -> None:
    plan = reform(CHANGES)
    rules = apply(priced, plan)

    @given(people=st.lists(person_of(priced), min_size=1, max_size=25))
    @settings(SLOW)
    def check(people: list[dict[str, Any]]) -> None:
        codes = np.arange(len(people)) % 2 + 330201
        store = BitStore(priced.facts, columns_of(priced, people), len(people), codes)
        found = compare(priced, [(plan, rules)], store, [ON])
        assert_true(priced, rules, people, codes.tolist(), found)

    check()


def assert_true(
    before: RuleSet,
    after: RuleSet,
    people: list[dict[str, Any]],
    codes: list[int],
    found: Comparison,
) -> None:
    scenario = found.scenarios[0]
    pairs = [(_enjoyed(before, p), _enjoyed(after, p)) for p in people]
    moves = [_turns(before, after, p) for p in people]
    for n, code in enumerate(found.districts):
        here = [m for m, c in zip(moves, codes, strict=True) if c == code]
        assert scenario.movements[0].winners[n] == here.count((True, False))
        assert scenario.movements[0].losers[n] == here.count((False, True))
        assert scenario.movements[0].mixed[n] == here.count((True, True))
    unsure = _unsure(before, after, people)
    silent = [u and not any(m) for u, m in zip(unsure, moves, strict=True)]
    assert sum(scenario.movements[0].unknown) == sum(silent)
    prices = {"失能免费服务": 4000, "高龄免费服务": 4000}
    worth = [
        tuple(sum(prices.get(w, 0) * hours for w, hours in x.items()) for x in pair)
        for pair in pairs
    ]
    assert sum(found.baseline[0].cost) == sum(w[0] for w in worth)
    assert sum(scenario.months[0].cost) == sum(w[1] for w in worth)
    losses = [w[0] - w[1] for w, m in zip(worth, moves, strict=True) if m[1]]
    assert (scenario.lost is None) == (not losses)
    if scenario.worst_off is not None:
        assert scenario.lost == max(losses)
        assert _turns(before, after, scenario.worst_off.facts)[1]
    assert len(scenario.examples) >= any(any(m) for m in moves)
    for person in scenario.examples:
        assert any(_turns(before, after, person.facts))
    jsonschema.validate(json.loads(json.dumps(found.to_json())), reform_schema())


def _unsure(before: RuleSet, after: RuleSet, people: list[dict[str, Any]]) -> list[bool]:
    """Of whom a grant that changes for somebody is 待查明, before or after."""
    both = [
        [{g.id: g for g in r.determine(p, ON, outlook=False).grants} for r in (before, after)]
        for p in people
    ]
    says = [
        {w: [(x[w].status, x[w].amount, x[w].effect) for x in pair] for w in pair[0]}
        for pair in both
    ]
    changing = {w for said in says for w, (old, new) in said.items() if old != new}
    return [
        any(
            w in changing and any(x[0] is Status.UNKNOWN or x[2] is Effect.UNKNOWN for x in (o, n))
            for w, (o, n) in said.items()
        )
        for said in says
    ]


def test_what_stands_already_is_not_computed_again(priced: RuleSet) -> None:
    people = [ELDER | {"出生日期": ON}, ELDER | {"出生日期": date(1940, 3, 2)}]
    store = BitStore(priced.facts, columns_of(priced, people), 2)
    plan, months = reform(CHANGES), [ON, date(2026, 12, 1)]
    standing = before(priced, store, months)
    scenarios = [(plan, apply(priced, plan))]
    with_it = compare(priced, scenarios, store, months, standing)
    assert with_it == compare(priced, scenarios, store, months)


def test_nothing_changed_moves_nobody(priced: RuleSet) -> None:
    plan = reform("  重度时数: {versions: [{from: 2026-01-01, value: 45}]}")
    store = BitStore(priced.facts, columns_of(priced, [ELDER | {"出生日期": ON}]), 1)
    scenario = compare(priced, [(plan, apply(priced, plan))], store, [ON]).scenarios[0]
    assert scenario.worst_off is None
    assert scenario.examples == ()
    assert scenario.movements[0].winners == scenario.movements[0].losers == (0,)


def test_without_a_price_there_is_no_cost(ningbo: RuleSet) -> None:
    plan = reform("  重度时数: {versions: [{from: 2026-01-01, value: 60}]}")
    facts = columns_of(ningbo, [ELDER | {"出生日期": date(1954, 3, 2)}])
    found = compare(ningbo, [(plan, apply(ningbo, plan))], BitStore(ningbo.facts, facts, 1), [ON])
    care = found.scenarios[0].months[0].grants["失能免费服务"]
    assert (care.amount, care.price, care.cost) == ((60,), None, None)


def test_at_most_four_scenarios(priced: RuleSet) -> None:
    plan = reform(CHANGES)
    store = BitStore(priced.facts, {}, 0)
    with pytest.raises(BadInput, match="1 至 4 个"):
        compare(priced, [(plan, priced)] * 5, store, [ON])
    with pytest.raises(BadInput, match="至少要有一个月"):
        compare(priced, [(plan, priced)], store, [])


def test_the_draft_stands_beside_the_law(priced: RuleSet) -> None:
    number, age, words = drafts(priced, reform(CHANGES), ON)
    assert ("gone", "四十五") in number.pieces
    assert ("new", "六十") in number.pieces
    assert "".join(t for kind, t in number.pieces if kind != "new") == number.quote
    assert "八十五周岁以上老年人" in "".join(t for kind, t in age.pieces if kind != "gone")
    assert words.sentence.startswith(
        "将“困难或优待家庭”由“计划生育特殊家庭 or 低保 or 低保边缘”改为"
    )
    assert ("gone", "低保边缘") in words.pieces


# The population as a file


def test_a_population_file_comes_back(tmp_path: Path, ningbo: RuleSet) -> None:
    facts = {
        "低保": FactColumn(np.array([True, False]), np.array([True, False])),
        "出生日期": FactColumn(np.array(["1950-01-01", "1940-02-03"], dtype="datetime64[D]")),
    }
    path = tmp_path / "人口.npz"
    write_population(path, Population(facts, 2, np.array([1, 2])))
    found = read_population(path, ningbo.facts)
    assert found.size == 2
    assert found.districts is not None
    assert found.districts.tolist() == [1, 2]
    assert found.facts.keys() == facts.keys()
    known = found.facts["低保"].known
    assert known is not None
    assert known.tolist() == [True, False]


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"身高": np.array([1])}, "没有“身高”这个事实"),
        ({"低保.known": np.array([True])}, "没有“低保”"),
        ({"区县": np.array([1])}, "没有任何事实"),
        ({"低保": np.array([[True]])}, "应为一列"),
    ],
)
def test_a_population_file_that_does_not_fit(
    tmp_path: Path, ningbo: RuleSet, arrays: dict[str, Any], says: str
) -> None:
    path = tmp_path / "人口.npz"
    np.savez(path, **arrays)
    with pytest.raises(BadInput, match=says):
        read_population(path, ningbo.facts)


def test_no_population_file_at_all(tmp_path: Path, ningbo: RuleSet) -> None:
    with pytest.raises(BadInput, match="读不了"):
        read_population(tmp_path / "无.npz", ningbo.facts)
    (tmp_path / "文.npz").write_text("文字", encoding="utf-8")
    with pytest.raises(BadInput, match=r"不是 \.npz"):
        read_population(tmp_path / "文.npz", ningbo.facts)
    np.savez(tmp_path / "物.npz", 低保=np.array([object()]))
    with pytest.raises(BadInput, match=r"不是 \.npz"):
        read_population(tmp_path / "物.npz", ningbo.facts)
