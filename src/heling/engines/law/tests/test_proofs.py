"""Proofs of the house's packs, claims that are known to be false, and how a proof may end."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.engines.law import Effect, RuleSet, Status, load_city
from heling.engines.law.check import check_packs
from heling.engines.law.claims import promises, properties_of
from heling.engines.law.interpret import Interpreter
from heling.engines.law.library import cities
from heling.engines.law.model import Claim, Form, Property
from heling.engines.law.proofs import Outcome, Proof, broken_by, prove
from heling.engines.law.schema import proofs_schema
from heling.engines.law.service import check_json, prove_json
from heling.engines.law.tests.strategies import PROGRAM, RULES, SLOW, program_text, value_of
from heling.engines.law.trouble import Findings, PackError
from heling.engines.law.witness import broken

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab

PROMISED = {
    "330200/home-care-2018": {
        Form.NEVER_TOGETHER,
        Form.HIGHER_RECEIVED,
        Form.NEVER_EMPTY,
        Form.MONOTONE,
        Form.ONLY_RESIDENTS,
        Form.AMOUNT_WITHIN,
        Form.ONE_OF,
        Form.NO_GAP,
        Form.NO_OVERLAP,
        Form.ALWAYS,
        Form.NEVER,
    },
    "450100/home-care-2025": {Form.MONOTONE, Form.ONLY_RESIDENTS, Form.ALWAYS, Form.NEVER},
}


def claim(rules: RuleSet, form: Form, given: str = "", **terms: str | tuple[str, ...]) -> Property:
    """A property that no pack has, of the city's ordinance."""
    pack = next(p for p in rules.packs if p.kind == "ordinance")
    parts = {k: (v,) if isinstance(v, str) else v for k, v in terms.items()}
    return Property(
        word="试",
        cite=pack.grants[0].cite if pack.grants else pack.definitions[0].cite,
        claim=Claim(form, {k.rstrip("_"): v for k, v in parts.items()}),
        given=given,
        note="",
        pack=pack.id,
        spot=pack.spot,
    )


def judged(rules: RuleSet, form: Form, given: str = "", **terms: str | tuple[str, ...]) -> Proof:
    (proof,) = prove(rules, [claim(rules, form, given, **terms)])
    return proof


def shown(rules: RuleSet, proof: Proof) -> tuple[Any, dict[str, Any]]:
    """The determination of the person who breaks a claim, from its facts as JSON."""
    assert proof.outcome is Outcome.REFUTED
    assert proof.person is not None
    data = json.loads(json.dumps(proof.person.to_json()))
    assert data["assumed"] == {}
    on = date.fromisoformat(data["on"])
    return rules.determine(data["facts"], on, outlook=False), data["facts"]


# The packs of the house


@pytest.mark.parametrize("city", cities(Path(__file__).resolve().parents[5] / "packs"))
def test_every_property_of_the_packs_is_proved(city: str) -> None:
    rules = load_city(city)
    proofs = prove(rules)
    assert [(p.says, p.person) for p in proofs if not p.holds] == []
    for pack, forms in PROMISED.items():
        if pack.startswith(city):
            assert forms <= {p.stated.claim.form for p in proofs if p.stated.pack == pack}


def test_the_properties_hold_whatever_the_measures_say(ningbo: RuleSet) -> None:
    """Open terms are free in the proof; with assumed values it is a special case of it."""
    proofs = prove(load_city("330200", measures=True), properties_of(ningbo.packs))
    assert all(p.holds for p in proofs)


def test_no_branch_of_the_packs_is_dead(packs_root: Path) -> None:
    data, words = prove_json(root=packs_root)
    jsonschema.validate(data, proofs_schema())
    assert [p["findings"] for p in data["packs"] if p["findings"]] == []
    assert data["ok"]
    assert "✗" not in words
    assert words.count("✓") == sum(len(p["proofs"]) for p in data["packs"]) >= 25


# What is known to be false


def test_not_every_severely_disabled_elder_gets_hours(ningbo: RuleSet) -> None:
    proof = judged(
        ningbo, Form.ALWAYS, "本市居家老年人 and 失能等级 >= 重度", is_="失能免费服务 > 0"
    )
    answer, facts = shown(ningbo, proof)
    assert answer.grant("失能免费服务").status is Status.DENIED
    assert facts["失能等级"] in ("重度", "完全失能")
    assert facts["户籍地"] == facts["居住地"] == "330200"
    poor = ("低保", "低保边缘", "计划生育特殊家庭", "优抚", "见义勇为")
    assert not any(facts[word] for word in poor)


@pytest.mark.parametrize("group", ["见义勇为", "优抚"])
def test_not_every_honoured_elder_gets_the_insurance(ningbo: RuleSet, group: str) -> None:
    """Art. 22(1)(2) does not repeat the whole list of (1)."""
    proof = judged(ningbo, Form.ALWAYS, f"本市居家老年人 and {group}", is_="符合(意外伤害保险)")
    answer, facts = shown(ningbo, proof)
    assert facts[group] is True
    assert answer.grant("意外伤害保险").status is Status.DENIED


def test_hours_and_subsidy_are_both_rights_of_some(ningbo: RuleSet) -> None:
    """The claim that the conflict never arises is false: it is the conflict that keeps them apart."""
    proof = judged(ningbo, Form.NEVER, is_="符合(失能免费服务) and 护理补贴 > 0 and 享受(补贴)")
    answer, _ = shown(ningbo, proof)
    care = answer.grant("失能免费服务")
    assert (care.status, care.effect) == (Status.GRANTED, Effect.YIELDS)


@pytest.mark.parametrize(("hours", "keeps"), [(0, "yes"), (1, "no")])
def test_who_chooses_a_service_of_no_hours_keeps_the_subsidy(
    ningbo: RuleSet, hours: int, keeps: str
) -> None:
    """有权的人不会两头落空 holds whatever the measures will say: a right to nothing is no rival."""
    assert judged(ningbo, Form.NEVER_EMPTY, conflict="就高不重复").outcome is Outcome.PROVED
    facts = {
        "户籍地": "330200",
        "居住地": "330200",
        "居家": True,
        "出生日期": "1940-05-01",
        "失能等级": "能力完好",
        "护理补贴": 10_000,
        "待遇选择": "服务",
    }
    answer = assuming(ningbo, {"高龄服务时数": hours}).determine(facts, date(2026, 11, 1))
    assert {p.party: p.keeps.value for c in answer.conflicts for p in c.parties}["补贴"] == keeps


def test_hours_do_not_rise_for_everybody_at_eighty(ningbo: RuleSet) -> None:
    """never_higher is false, and two people show it: the same but for the birthday."""
    proof = judged(
        ningbo, Form.MONOTONE, of="失能免费服务", in_="失能等级", direction="never_higher"
    )
    answer, facts = shown(ningbo, proof)
    assert proof.person is not None
    assert proof.person.twin.keys() == {"失能等级"}
    other = ningbo.determine({**facts, **proof.person.twin}, proof.person.on)
    before, after = (a.grant("失能免费服务").amount or 0 for a in (answer, other))
    assert after > before


def test_lending_reaches_people_registered_elsewhere(ningbo: RuleSet) -> None:
    """Art. 17 and 18 do not ask where somebody is registered."""
    proof = judged(ningbo, Form.ONLY_RESIDENTS, place="户籍地")
    answer, facts = shown(ningbo, proof)
    assert facts["户籍地"] != "330200" == facts["居住地"]
    assert any(g.status is Status.GRANTED for g in answer.grants)


def test_nanning_has_no_age_for_the_aged(nanning: RuleSet) -> None:
    proof = judged(
        nanning,
        Form.ALWAYS,
        "老年人 and 居住地 == 本市 and 居家 and 低保 and not 残疾",
        is_="符合(家庭养老床位)",
    )
    assert proof.outcome is Outcome.REFUTED
    assert proof.person is not None
    assert proof.person.assumed.keys() == {"高龄年龄"}
    rules = assuming(nanning, proof.person.assumed)
    answer = rules.determine(proof.person.facts, proof.person.on)
    assert answer.grant("家庭养老床位").status is Status.DENIED
    undecided = nanning.determine(proof.person.facts, proof.person.on)
    assert undecided.grant("家庭养老床位").status is Status.OPEN


def assuming(rules: RuleSet, values: dict[str, int | bool]) -> RuleSet:
    """The same packs with open terms answered, as a measure would."""
    from heling.engines.law.assemble import assemble
    from heling.engines.law.model import Version
    from heling.kernel.period import Period

    def filled(pack: Any) -> Any:
        constants = tuple(
            dataclasses.replace(c, versions=(Version(Period(date.min), int(values[c.word])),))
            if c.word in values
            else c
            for c in pack.constants
        )
        return dataclasses.replace(pack, constants=constants)

    findings = Findings()
    assembly = assemble(tuple(filled(p) for p in rules.packs), rules.city, findings)
    findings.settle()
    return RuleSet(assembly)


# How a proof may end


SERVICE = "grants:\n  服务: {cite: 2, duty: 应当, benefit: 项, when: '低保 and 等级 >= 中', amount: 重时, unit: 小时/月}\n"


def with_property(lab: Lab, line: str, rest: str = SERVICE) -> RuleSet:
    return lab.build(f"{rest}properties:\n  试: {{cite: 2/1, {line}}}\n")


def outcome(lab: Lab, line: str, rest: str = SERVICE) -> Outcome:
    (proof,) = prove(with_property(lab, line, rest))
    return proof.outcome


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("claim: {always: 服务 == 重时}, given: 服务 > 0", "proved"),
        ("claim: {always: 服务 == 重时}", "refuted"),
        ("claim: {always: 符合(服务)}, given: 低保 and not 低保", "vacuous"),
        ("claim: {never: 符合(服务)}, given: not 低保", "proved"),
        ("claim: {never: 享受(服务)}", "refuted"),
        ("claim: {amount_within: {grant: 服务, at_least: 中时, at_most: 重时}}", "proved"),
        ("claim: {amount_within: {grant: 服务, at_most: 中时}}", "refuted"),
        ("claim: {amount_within: {grant: 服务, at_least: 重时}}", "proved"),
        ("claim: {amount_within: {grant: 服务, at_least: 重时}}, given: 等级 < 中", "vacuous"),
        ("claim: {one_of: {grant: 服务, values: [中时, 重时]}}", "proved"),
        ("claim: {one_of: {grant: 服务, values: [中时]}}", "refuted"),
        ("claim: {no_gap: 服务}", "proved"),
        ("claim: {no_gap: [等级 == 轻, 等级 == 中, 等级 == 重]}", "proved"),
        ("claim: {no_gap: [等级 == 轻, 等级 == 重]}", "refuted"),
        ("claim: {no_gap: [等级 == 轻, 等级 == 重]}, given: 等级 != 中", "proved"),
        ("claim: {no_overlap: [等级 < 重, 等级 == 重]}", "proved"),
        ("claim: {no_overlap: [等级 <= 中, 等级 >= 中]}", "refuted"),
        ("claim: {no_overlap: [等级 < 轻, 等级 == 重]}", "vacuous"),
        ("claim: {monotone: {of: 服务, in: 等级, direction: never_lower}}", "proved"),
        ("claim: {monotone: {of: 服务, in: 等级, direction: never_higher}}", "refuted"),
        ("claim: {monotone: {of: 符合(服务), in: 等级, direction: never_lower}}", "proved"),
        ("claim: {monotone: {of: 符合(服务), in: 等级, direction: never_higher}}", "refuted"),
        ("claim: {monotone: {of: 服务, in: 出生日期, direction: never_higher}}", "proved"),
        ("claim: {monotone: {of: 服务, in: 等级, direction: never_lower}}, given: 等级 == 重", "vacuous"),
        ("claim: {only_residents: 居住地}", "refuted"),
        ("claim: {only_residents: 居住地}, given: 居住地 == 本市", "proved"),
    ],
)  # fmt: skip
def test_how_a_claim_ends(lab: Lab, line: str, expected: str) -> None:
    assert outcome(lab, line).value == expected


PARTIES = """conflicts:
  重复: {{cite: 2/2, rule: {rule}, between: {{
    甲方: {{grants: [服务], value: 服务 * 价格}}, 乙方: {{when: 补贴 > 0, value: 补贴}}}}}}
"""
CHOICE = "choice, choice: 选择, otherwise: higher_of"
CHOOSER = "  选择: {type: enum, levels: [无, 甲方, 乙方], ask: 选哪样？}\n"


@pytest.mark.parametrize(
    ("rule", "line", "expected"),
    [
        ("higher_of", "claim: {higher_received: 重复}", "proved"),
        ("exclusive", "claim: {higher_received: 重复}", "refuted"),
        ("stack", "claim: {higher_received: 重复}", "refuted"),
        (CHOICE, "claim: {higher_received: 重复}", "proved"),
        (CHOICE, "claim: {higher_received: 重复}, given: 选择 == 乙方 and 补贴 > 0", "vacuous"),
        ("higher_of", "claim: {never_together: [服务, 乙方]}", "proved"),
        ("exclusive", "claim: {never_together: [甲方, 乙方]}", "proved"),
        ("stack", "claim: {never_together: [服务, 乙方]}", "refuted"),
        (CHOICE, "claim: {never_together: [服务, 乙方]}", "proved"),
        ("higher_of", "claim: {never_together: [服务, 乙方]}, given: 补贴 == 0", "vacuous"),
        ("higher_of", "claim: {never_empty: 重复}", "proved"),
        ("exclusive", "claim: {never_empty: 重复}", "proved"),
        (CHOICE, "claim: {never_empty: 重复}", "proved"),
        (CHOICE, "claim: {always: 享受(服务) or 享受(乙方)}, given: 符合(服务) or 补贴 > 0", "proved"),
    ],
)  # fmt: skip
def test_conflicts_keep_what_they_promise(lab: Lab, rule: str, line: str, expected: str) -> None:
    from heling.engines.law.tests.conftest import FACTS

    facts = FACTS.replace("constants:\n", CHOOSER + "constants:\n")
    body = SERVICE + PARTIES.format(rule=rule) + f"properties:\n  试: {{cite: 2/2, {line}}}\n"
    (proof,) = prove(lab.build(body, facts=facts))
    assert proof.outcome.value == expected


def test_a_proof_that_does_not_end_is_no_proof(lab: Lab) -> None:
    """Fermat's theorem for cubes is true, but not for a solver with two tenths of a second."""
    facts = "facts:\n" + "".join(
        f"  {w}: {{type: integer, unit: 尺, min: 1, max: 100000, ask: 几？}}\n" for w in "甲乙丙"
    )
    body = "properties:\n  费马: {cite: 2, claim: {never: 甲 * 甲 * 甲 == 乙 * 乙 * 乙 + 丙 * 丙 * 丙}}\n"
    (proof,) = prove(lab.build(body, facts=facts), patience=200)
    assert proof.outcome is Outcome.UNKNOWN
    assert not proof.holds
    assert proof.person is None
    assert "没有得出结论" in proof.says


def test_a_property_is_proved_for_every_version_of_the_rules(lab: Lab) -> None:
    """True of the first years, false from the day on which the number changes."""
    dated = (
        "  甲: {cite: 2, unit: 小时/月, versions: [{from: 2020-01-01, to: 2022-12-31, value: 50},"
        " {from: 2023-01-01, value: 40}]}\n"
    )
    body = dated + SERVICE
    (proof,) = prove(with_property(lab, "claim: {always: 服务 <= 甲}", body))
    assert proof.outcome is Outcome.REFUTED
    assert proof.person is not None
    assert proof.person.on == date(2023, 1, 1)


def test_a_counterexample_is_no_stranger_than_it_must_be(lab: Lab) -> None:
    rules = with_property(lab, "claim: {never: 独居 and 补贴 > 0 and 类别 == 乙}")
    (proof,) = prove(rules)
    assert proof.person is not None
    assert proof.person.facts == {"独居": True, "补贴": 1, "类别": "乙"}
    assert proof.person.on == date(2020, 1, 1)
    assert (proof.person.twin, proof.person.assumed) == ({}, {})


@given(
    program=PROGRAM,
    rule=RULES,
    text=st.sampled_from(["符合(项0)", "享受(项1)", "享受(项0)"]),
    data=st.data(),
)
@SLOW
def test_what_is_proved_of_any_program_is_true_of_anybody(
    make_lab: Callable[[], Lab],
    program: list[tuple[str, str | None, bool]],
    rule: str,
    text: str,
    data: st.DataObject,
) -> None:
    """A proof holds for random people; a refutation shows one whom the interpreter agrees about
    (:mod:`heling.engines.law.witness` refuses any other)."""
    rules = make_lab().build(program_text(program, rule))
    item = claim(rules, Form.NEVER, is_=text)
    (proof,) = prove(rules, [item], patience=1_000)
    if not proof.holds:
        assert proof.person is not None or proof.outcome in (Outcome.VACUOUS, Outcome.UNKNOWN)
        return
    (promise,) = promises(rules.assembly, (item,), Findings())
    facts = {w: data.draw(value_of(f), label=w) for w, f in rules.facts.items()}
    on = date(2026, 11, 1)
    values = rules.read(facts, on).values
    interpreter = Interpreter(list(promise.nodes))
    assert not broken(promise, interpreter, [values], {}, on)


TWICE = """conflicts:
  先: {cite: 2/2, rule: exclusive, between: {甲方: {grants: [服务]}, 乙方: {when: 独居}}}
  后: {cite: 2/2, rule: exclusive, between: {丙方: {when: 补贴 > 0}, 丁方: {grants: [服务]}}}
"""


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("money", [0, 1])
@pytest.mark.parametrize("level", ["轻", "重"])
def test_to_enjoy_means_what_a_determination_says(
    lab: Lab, alone: bool, money: int, level: str
) -> None:
    """Two conflicts about one grant: the first whose rival is there decides."""
    rules = lab.build(SERVICE + TWICE)
    facts = {"低保": True, "等级": level, "独居": alone, "补贴": money}
    on = date(2026, 11, 1)
    enjoyed = rules.determine(facts, on).grant("服务").enjoyed
    (promise,) = promises(
        rules.assembly, (claim(rules, Form.ALWAYS, is_="享受(服务)"),), Findings()
    )
    frame = Interpreter(list(promise.nodes)).run(rules.read(facts, on).values, on)
    assert frame[promise.must.index] is enjoyed
    assert enjoyed == (level == "重" and (alone or money == 0))


# What a property must not say


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("claim: {always: 没有}", "不认识的词“没有”"),
        ("claim: {always: 补贴}", "条件应当是“是非”"),
        ("claim: {always: 符合(没有)}", "“没有”不是应当给付的项目"),
        ("claim: {always: 享受(没有)}", "没有“没有”"),
        ("claim: {always: '符合(服务, 服务)'}", "里应当是一个词"),
        ("claim: {always: 低保}, given: 补贴", "条件应当是“是非”"),
        ("claim: {sometimes: 低保}", "不认识的栏目“sometimes”"),
        ("claim: {always: 低保, never: 独居}", "只写一种"),
        ("claim: {}", "只写一种"),
        ("claim: {never_together: [服务]}", "至少要写两项"),
        ("claim: {never_together: [服务, 服务]}", "不能重复"),
        ("claim: {higher_received: 没有}", "没有“没有”这个冲突"),
        ("claim: {never_empty: 没有}", "没有“没有”这个冲突"),
        ("claim: {monotone: {of: 服务, in: 类别, direction: never_lower}}", "有高低的事实"),
        ("claim: {monotone: {of: 服务, in: 低保, direction: never_lower}}", "有高低的事实"),
        ("claim: {monotone: {of: 类别, in: 等级, direction: never_lower}}", "数量或者是非"),
        ("claim: {monotone: {of: 服务, in: 等级, direction: up}}", "direction 可以写"),
        ("claim: {monotone: {of: 服务, in: 等级}}", "缺少“direction”"),
        ("claim: {only_residents: 低保}", "地方事实"),
        ("claim: {amount_within: {grant: 服务}}", "at_least 或 at_most"),
        ("claim: {amount_within: {grant: 服务, at_most: 补贴}}", "单位不一致"),
        ("claim: {one_of: {grant: 服务, values: []}}", "至少要写一个"),
        ("claim: {no_gap: 没有}", "不是应当给付的项目"),
        ("claim: {always: 低保}, cites: 2", "不认识的栏目“cites”"),
        ("claim: {always: 低保}, quote: 五十小时", "五十小时"),
    ],
)
def test_a_wrong_property_is_a_finding_with_line_word_and_article(
    lab: Lab, line: str, says: str
) -> None:
    with pytest.raises(PackError) as caught:
        with_property(lab, line)
    (found,) = caught.value.findings
    assert says in found.message
    assert found.spot.word == "试"
    assert (
        found.spot.article == "《试验条例》第二条第一款" or "不认识的栏目" in says or "缺少" in says
    )
    text = (lab.root / "999900" / "trial.yaml").read_text(encoding="utf-8").splitlines()
    assert text[found.spot.line - 1].lstrip().startswith("试:")


def test_a_property_without_a_claim_or_a_citation(lab: Lab) -> None:
    for line, missing in (("quote: 提供", "claim"), ("claim: {always: 低保}", "cite")):
        with pytest.raises(PackError) as caught:
            lab.build(f"{SERVICE}properties:\n  试: {{{line}}}\n")
        assert any(f"缺少“{missing}”" in f.message for f in caught.value.findings)


def test_amounts_of_what_has_none_and_only_residents_of_nothing(lab: Lab) -> None:
    plain = "grants:\n  服务: {cite: 2, duty: 应当, benefit: 项, when: 低保}\n"
    for line, says in (
        ("claim: {no_gap: 服务}", "没有数额"),
        ("claim: {always: 服务 > 0}", "不认识的词“服务”"),
    ):
        with pytest.raises(PackError, match=says):
            with_property(lab, line, plain)
    with pytest.raises(PackError, match="没有给老年人或者家庭的项目"):
        with_property(lab, "claim: {only_residents: 居住地}", "")


# Branches that nobody reaches


def dead(lab: Lab, body: str) -> list[str]:
    path = lab.write(body)
    (report,) = check_json([path], root=lab.root, prove=True)["packs"]
    assert all(f["line"] > 1 and f["word"] and f["article"] for f in report["findings"])
    return [f"{f['word']}：{f['message']}" for f in report["findings"]]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("define:\n  甲: {cite: 2, is: 低保 and not 低保}\n", ["甲：“甲”对谁都不成立，请检查"]),
        ("define:\n  甲: {cite: 2, is: 低保 or not 低保}\n", ["甲：“甲”对谁都成立，请检查"]),
        ("define:\n  甲: {cite: 2, is: 补贴 >= 0}\n", ["甲：“补贴 >= 0”对谁都成立，请检查"]),
        (
            "define:\n  甲: {cite: 2, is: 独居 or 等级 == 重 and 等级 < 中}\n",
            ["甲：“(等级 == 重 and 等级 < 中)”这一支没有人能走到，请检查"],
        ),
        (
            "define:\n  甲: {cite: 2, is: 等级 == 重 and (低保 or 等级 < 中)}\n",
            ["甲：“等级 < 中”这一支没有人能走到，请检查"],
        ),
        (
            "define:\n  甲: {cite: 2, is: 重时 if 等级 >= 轻 else 中时}\n",
            [
                "甲：“等级 >= 轻”的 else 一支没有人能走到，请检查",
                "甲：“等级 >= 轻”对谁都成立，请检查",
            ],
        ),
        (
            "define:\n  甲: {cite: 2, is: 重时 if 等级 >= 中 else (中时 if 等级 == 重 else 0)}\n",
            ["甲：“等级 == 重”的 if 一支没有人能走到，请检查"],
        ),
        (
            "grants:\n  服务: {cite: 2, duty: 应当, benefit: 项, when: 等级 == 重 and 等级 == 中}\n",
            ["服务：没有人能符合这个项目的条件，请检查 when"],
        ),
        (
            "grants:\n  服务: {cite: 2, duty: 应当, benefit: 项, when: 等级 >= 中, unit: 小时/月,"
            " amount: {table: 等级, rows: {轻: 中时, 重: 重时}, else: 中时}}\n",
            ["服务：表里“轻”这一行没有人能走到，请检查"],
        ),
        (
            SERVICE + "conflicts:\n  重复: {cite: 2/2, rule: exclusive, between: {\n"
            "    甲方: {grants: [服务]}, 乙方: {when: '低保 and 等级 >= 中'}}}\n",
            ["重复：“乙方”这一方永远保留不了，请检查 rule"],
        ),
        (SERVICE, []),
        ("define:\n  甲: {cite: 2, is: 独居 or 另定}\n", []),
    ],
)  # fmt: skip
def test_a_branch_that_nobody_reaches(lab: Lab, body: str, says: list[str]) -> None:
    assert dead(lab, body) == says


def test_a_branch_that_lives_in_one_version_is_not_dead(lab: Lab) -> None:
    dated = (
        "  甲: {cite: 2, unit: 小时/月, versions: [{from: 2020-01-01, to: 2022-12-31, value: 50},"
        " {from: 2023-01-01, value: 40}]}\n"
    )
    assert dead(lab, dated + "define:\n  乙: {cite: 2, is: 甲 > 重时}\n") == []


def test_check_without_prove_does_not_prove(lab: Lab) -> None:
    line = "claim: {monotone: {of: 服务, in: 等级, direction: never_higher}}"
    path = lab.write(f"{SERVICE}properties:\n  试: {{cite: 2/1, {line}}}\n")
    assert check_json([path], root=lab.root)["ok"]
    assert not check_json([path], root=lab.root, prove=True)["ok"]


def test_a_refuted_property_is_a_finding_with_the_person(lab: Lab) -> None:
    line = "claim: {monotone: {of: 服务, in: 等级, direction: never_higher}}"
    path = lab.write(f"{SERVICE}properties:\n  试: {{cite: 2/1, {line}}}\n")
    (found,) = check_json([path], root=lab.root, prove=True)["packs"][0]["findings"]
    assert found["message"].startswith("性质“试”不成立，例如 2020-01-01 的 {")
    assert "不同的另一人" in found["message"]
    assert found["article"] == "《试验条例》第二条第一款"
    data, words = prove_json([path], root=lab.root)
    jsonschema.validate(data, proofs_schema())
    assert not data["ok"]
    assert "✗ 性质“试”不成立" in words


def test_a_pack_that_does_not_load_is_reported_not_raised(lab: Lab) -> None:
    path = lab.write("define:\n  甲: {cite: 9, is: 没有}\n")
    data, words = prove_json([path], root=lab.root)
    jsonschema.validate(data, proofs_schema())
    assert not data["ok"]
    assert data["packs"][0]["findings"]
    assert "✗" in words


# What a change breaks


@pytest.fixture
def town(tmp_path: Path, packs_root: Path) -> Callable[..., RuleSet]:
    """The rules of a city after changes of its ordinance's pack: (old, new) each."""

    def changed(*changes: tuple[str, str]) -> RuleSet:
        root = tmp_path / "packs"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(packs_root, root)
        path = root / "330200/home-care-2018.yaml"
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return load_city("330200", root)

    return changed


def test_more_hours_break_nothing(ningbo: RuleSet, town: Callable[..., RuleSet]) -> None:
    assert broken_by(ningbo, town(("value: 45}", "value: 60}"))) == ()


def test_fewer_hours_for_the_worse_off_break_the_order(
    ningbo: RuleSet, town: Callable[..., RuleSet]
) -> None:
    after = town(("value: 45}", "value: 20}"))
    found = broken_by(ningbo, after)
    assert {b.stated.word for b in found} >= {
        "失能加重不减时数",
        "失能时数不少于三十不多于四十五",
    }
    order = next(b for b in found if b.stated.word == "失能加重不减时数")
    assert order.proof is not None
    person = order.proof.person
    assert person is not None
    hours = [
        after.determine({**person.facts, **more}, person.on).grant("失能免费服务").amount or 0
        for more in ({}, person.twin)
    ]
    assert hours[1] < hours[0]


def test_a_condition_left_out_breaks_what_it_guarded(
    ningbo: RuleSet, town: Callable[..., RuleSet]
) -> None:
    found = broken_by(ningbo, town(("is: 户籍地 == 本市 and 居住地 == 本市", "is: 户籍地 == 本市")))
    assert {"只及于住在本市的人", "第二十二条只及于本市户籍"} <= {b.stated.word for b in found}


def test_stacking_instead_of_choosing_breaks_the_exclusion(
    ningbo: RuleSet, town: Callable[..., RuleSet]
) -> None:
    after = town(("otherwise: higher_of", "otherwise: exclusive"))
    assert {b.stated.word for b in broken_by(ningbo, after)} == {"没有选择的就高"}


def test_a_promise_taken_out_is_still_held_against_the_change(
    ningbo: RuleSet, town: Callable[..., RuleSet]
) -> None:
    weaker = ("claim: {higher_received: 就高不重复}", "claim: {always: 老年人}\n    given: 老年人")
    assert broken_by(ningbo, town(weaker)) == ()
    after = town(weaker, ("otherwise: higher_of", "otherwise: exclusive"))
    assert all(p.holds for p in prove(after))
    assert {b.stated.word for b in broken_by(ningbo, after)} == {"没有选择的就高"}


def test_a_promise_that_cannot_be_said_any_more(lab: Lab) -> None:
    line = "claim: {always: 服务 == 重时}, given: 服务 > 0"
    before = with_property(lab, line)
    after = lab.build("grants:\n  别的: {cite: 2, duty: 应当, benefit: 项, when: 低保}\n")
    (found,) = broken_by(before, after)
    assert found.proof is None
    assert found.finding is not None
    assert "不认识的词“服务”" in found.finding.message


def test_every_file_of_the_house_passes_with_proofs(packs_root: Path) -> None:
    from heling.engines.law.proving import findings_of

    reports = check_packs([packs_root], packs_root, findings_of)
    assert [str(f) for r in reports for f in r.findings] == []
