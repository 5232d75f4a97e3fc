"""Runs in openfisca-core's own environment (AGPL, never imported by heling): one plan in, a line out."""

import json
import sys
from pathlib import Path

import yaml
from openfisca_core import periods
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.tools.test_runner import TEST_KEYWORDS
from openfisca_core.variables import Variable

PERSON = build_entity("person", "persons", "person", is_person=True)
TYPES = {"bool": bool, "integer": int, "date": __import__("datetime").date, "city": str}


def variable(word, fact):
    body = {"entity": PERSON, "definition_period": periods.ETERNITY, "label": word}
    if fact["kind"] == "enum":
        levels = Enum(f"L{word}", {f"n{i}": level for i, level in enumerate(fact["levels"])})
        body |= {"value_type": Enum, "possible_values": levels, "default_value": levels.n0}
    else:
        body["value_type"] = TYPES[fact["kind"]]
    return type(word, (Variable,), body)


def given(facts, word, value):
    fact = facts[word]
    return f"n{fact['levels'].index(value)}" if fact["kind"] == "enum" else value


def main():
    plan = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(plan["folder"])
    tree = ParameterNode("", directory_path=str(folder / "parameters"))
    for pack, word, day, value in plan["values"]:
        found = tree.children[pack].children[word].get_at_instant(day)
        assert found == value, (pack, word, day, found, value)
    rules = TaxBenefitSystem([PERSON])
    rules.parameters = tree
    for word, fact in plan["facts"].items():
        rules.add_variable(variable(word, fact))
    tests = 0
    for file in sorted((folder / "tests").glob("*.yaml")):
        for case in yaml.safe_load(file.read_text()):
            assert set(case) <= TEST_KEYWORDS, set(case) - TEST_KEYWORDS
            period = periods.period(case["period"])
            facts = {w: given(plan["facts"], w, v) for w, v in case["input"].items()}
            builder = SimulationBuilder()
            builder.set_default_period(period)
            simulation = builder.build_from_dict(rules, facts)
            for word, value in case["input"].items():
                array = simulation.calculate(word, period)
                if plan["facts"][word]["kind"] == "enum":
                    array = array.decode_to_str()
                    value = given(plan["facts"], word, value)
                assert str(array[0]) == str(value), (case["name"], word, array[0], value)
            tests += 1
    parameters = len({(p, w) for p, w, _, _ in plan["values"]})
    print(
        f"{parameters} parameters, {len(plan['values'])} values on boundary days, {tests} tests: equal"
    )


main()
