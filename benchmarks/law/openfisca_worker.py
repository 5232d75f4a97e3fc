"""The Ningbo rules in openfisca-core, answering batches over stdin/stdout (JSON, one line each).

Runs in an environment of its own (``var/bench-venv``, made by ``one_person.py``): openfisca-core is
AGPL and never imported by the project. The formulas follow the pack article by article; what the
pack calls 尚待规定 has no counterpart here, so an open grant is answered as its condition, and the
effect of the conflict as a code (0 none, 1 keeps, 2 yields, 4 open). Facts are complete, because a
missing fact would silently become a default.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import ETERNITY, MONTH
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Person = Entity("person", "persons", "Elder", "")
CITY = 330200
SINCE = "2018-10-01"

PARAMETERS = {
    "elder_age": 60, "severe_hours": 45, "moderate_hours": 30, "insurance_age": 80,
    "call_age": 80, "service_age": 80, "special_age": 70, "high_age": 80, "priority_age": 80,
}  # fmt: skip

BOOLS = {
    "居家": "at_home", "低保": "low_income", "低保边缘": "low_income_edge", "优抚": "veteran",
    "见义勇为": "brave", "计划生育特殊家庭": "special_family", "重度慢性疾病": "chronic",
    "独居": "alone",
}  # fmt: skip
LEVELS = ["能力完好", "轻度", "中度", "重度", "完全失能"]
KIN = ["在身边", "长期不在身边", "无"]
CHOICES = ["未选择", "服务", "补贴"]


def _input(name: str, kind: type, *, default: object = 0) -> type[Variable]:
    return type(
        name,
        (Variable,),
        {
            "value_type": kind,
            "entity": Person,
            "definition_period": ETERNITY,
            "label": name,
            "default_value": default,
        },
    )


def _formula(name: str, kind: type, formula: object) -> type[Variable]:
    return type(
        name,
        (Variable,),
        {
            "value_type": kind,
            "entity": Person,
            "definition_period": MONTH,
            "label": name,
            "formula": formula,
        },
    )


def age(person, period, parameters):
    birth = person("birth", period)
    start = np.datetime64(period.start.date)
    years = start.astype("datetime64[Y]").astype(int) - birth.astype("datetime64[Y]").astype(int)
    ahead = (_month(start) < _month(birth)) | (
        (_month(start) == _month(birth)) & (_day(start) < _day(birth))
    )
    return years - ahead


def _month(days):
    return days.astype("datetime64[M]").astype(int) % 12


def _day(days):
    return (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(int)


def elder(person, period, parameters):
    return person("age", period) >= parameters(period).elder_age


def resident_elder(person, period, parameters):
    return (
        (person("hukou", period) == CITY)
        * (person("residence", period) == CITY)
        * person("at_home", period)
        * person("elder", period)
    )


def helped_family(person, period, parameters):
    return (
        person("special_family", period)
        + person("low_income", period)
        + person("low_income_edge", period)
    )


def favoured(person, period, parameters):
    return person("veteran", period) + person("brave", period) + person("helped_family", period)


def disabled_care(person, period, parameters):
    return (
        person("resident_elder", period)
        * person("favoured", period)
        * (person("level", period) >= 2)
    )


def disabled_hours(person, period, parameters):
    p, level = parameters(period), person("level", period)
    return person("disabled_care", period) * np.select(
        [level >= 3, level == 2], [p.severe_hours, p.moderate_hours], 0
    )


def insurance(person, period, parameters):
    return person("resident_elder", period) * (
        (person("age", period) >= parameters(period).insurance_age)
        + person("helped_family", period)
    )


def call_device(person, period, parameters):
    return person("resident_elder", period) * (
        (person("age", period) >= parameters(period).call_age) + person("chronic", period)
    )


def senior_care(person, period, parameters):
    p, years = parameters(period), person("age", period)
    return person("resident_elder", period) * (
        (years >= p.service_age) + person("special_family", period) * (years >= p.special_age)
    )


def other_items(person, period, parameters):
    return person("resident_elder", period)


def adaptation(person, period, parameters):
    return (
        person("elder", period)
        * (person("residence", period) == CITY)
        * (person("low_income", period) + person("low_income_edge", period))
    )


def aids(person, period, parameters):
    return (
        person("elder", period)
        * (person("residence", period) == CITY)
        * person("at_home", period)
        * ((person("level", period) >= 1) + (person("age", period) >= parameters(period).high_age))
    )


def high_age_alone(person, period, parameters):
    kin = person("kin", period)
    return (
        (person("age", period) >= parameters(period).high_age)
        * person("alone", period)
        * ((kin == 2) + (kin == 1))
    )


def visits(person, period, parameters):
    return person("high_age_alone", period) * (person("residence", period) == CITY)


def priority(person, period, parameters):
    return (
        person("elder", period)
        * (person("residence", period) == CITY)
        * person("at_home", period)
        * (person("age", period) >= parameters(period).priority_age)
    )


def effect(person, period, parameters):
    rival, choice = person("care_subsidy", period) > 0, person("choice", period)
    # Hours that nobody has fixed may be none: only certain ones keep the subsidy out.
    certain = (choice == 1) * person("disabled_care", period)
    return rival * np.select([certain, choice == 2], [1, 2], 4)


GRANTS = {
    "失能免费服务": "disabled_care", "意外伤害保险": "insurance", "应急呼叫设施": "call_device",
    "高龄免费服务": "senior_care", "其他规定项目": "other_items", "无障碍改造补贴": "adaptation",
    "辅助器具借用": "aids", "高龄独居巡访": "visits", "优先就诊": "priority",
}  # fmt: skip


def system() -> TaxBenefitSystem:
    made = TaxBenefitSystem([Person])
    made.parameters = ParameterNode(
        "", data={k: {"values": {SINCE: {"value": v}}} for k, v in PARAMETERS.items()}
    )
    inputs = [_input("birth", date, default=date(1970, 1, 1))]
    inputs += [
        _input(n, int) for n in ("hukou", "residence", "level", "kin", "choice", "care_subsidy")
    ]
    inputs += [_input(n, bool, default=False) for n in BOOLS.values()]
    formulas = [_formula("age", int, age), _formula("disabled_hours", int, disabled_hours)]
    formulas += [_formula("effect", int, effect)]
    formulas += [
        _formula(f.__name__, bool, f)
        for f in (
            elder, resident_elder, helped_family, favoured, disabled_care, insurance, call_device,
            senior_care, other_items, adaptation, aids, high_age_alone, visits, priority,
        )
    ]  # fmt: skip
    made.add_variables(*inputs, *formulas)
    return made


def situation(facts: dict[str, object]) -> dict[str, object]:
    """The project's facts as an OpenFisca situation."""
    one = {name: {"ETERNITY": facts[word]} for word, name in BOOLS.items()}
    one |= {
        "birth": {"ETERNITY": facts["出生日期"]},
        "hukou": {"ETERNITY": int(facts["户籍地"])},
        "residence": {"ETERNITY": int(facts["居住地"])},
        "level": {"ETERNITY": LEVELS.index(facts["失能等级"])},
        "kin": {"ETERNITY": KIN.index(facts["赡养扶养人"])},
        "choice": {"ETERNITY": CHOICES.index(facts["待遇选择"])},
        "care_subsidy": {"ETERNITY": facts["护理补贴"]},
    }
    return {"persons": {"elder": one}}


def answer(
    rules: TaxBenefitSystem, facts: dict[str, object], month: str
) -> tuple[dict, float, float]:
    """(results, seconds to build and calculate, seconds with the trace written out)."""
    start = time.perf_counter()
    simulation = SimulationBuilder().build_from_dict(rules, situation(facts))
    simulation.trace = True
    given = {word: bool(simulation.calculate(name, month)[0]) for word, name in GRANTS.items()}
    hours = int(simulation.calculate("disabled_hours", month)[0])
    code = int(simulation.calculate("effect", month)[0])
    calculated = time.perf_counter()
    lines = simulation.tracer.computation_log.lines()
    text = "\n".join(lines)
    end = time.perf_counter()
    results = {"grants": given, "hours": hours, "effect": code, "trace_lines": text.count("\n") + 1}
    return results, calculated - start, end - start


def main() -> None:
    rules = system()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        batch = json.loads(line)
        rows = [answer(rules, facts, batch["month"]) for facts in batch["people"]]
        print(
            json.dumps(
                {
                    "results": [r[0] for r in rows],
                    "calculate": [r[1] for r in rows],
                    "trace": [r[2] for r in rows],
                },
                ensure_ascii=False,
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
