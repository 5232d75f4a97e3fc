"""What is written for OpenFisca has its shape, every value on its day, and no number for an open term.

The real openfisca-core reads the same files in ``benchmarks/law/openfisca_export.py``.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from heling.engines.law import load_city
from heling.engines.law.model import Constant
from heling.engines.law.openfisca import export, slug
from heling.engines.law.service import export_openfisca
from heling.engines.law.tests.strategies import CITIES, OVERLAID, rules_of

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab

HERE = Path(__file__).parent


def _schema(name: str) -> Any:
    return json.loads((HERE / f"openfisca-{name}.schema.json").read_text(encoding="utf-8"))


def value_on(values: dict[Any, Any], day: date) -> Any:
    """As OpenFisca reads it: the last value that has begun."""
    begun = [d for d in sorted(map(str, values)) if d <= day.isoformat()]
    dated = {str(d): v["value"] for d, v in values.items()}
    return dated[begun[-1]] if begun else None


@pytest.mark.parametrize("measures", [False, True])
@pytest.mark.parametrize("city", CITIES)
def test_the_files_have_openfiscas_shape(city: str, measures: bool) -> None:
    files = export_openfisca(city, measures=measures)
    kinds = {"parameters": 0, "tests": 0}
    for name, text in files.items():
        data = yaml.safe_load(text)
        if name.endswith("index.yaml"):
            assert data.keys() == {"description", "metadata"}
            continue
        kind = name.split("/")[0]
        kinds[kind] += 1
        dated = json.loads(json.dumps(data, default=str))
        if kind == "parameters":
            dated["values"] = {str(k): v for k, v in data["values"].items()}
            jsonschema.validate(dated, _schema("parameter"))
        else:
            jsonschema.validate(dated, _schema("tests"))
    assert kinds["parameters"] > 5
    assert kinds["tests"] >= 1


@pytest.mark.parametrize("city", CITIES)
def test_every_constant_has_its_value_on_every_boundary(city: str) -> None:
    rules = load_city(city, measures=True)
    files = export(rules)
    for constant in rules.assembly.constants.values():
        (name,) = [n for n in files if n.endswith(f"/{constant.word}.yaml")]
        values = yaml.safe_load(files[name])["values"]
        for day in boundaries(constant):
            assert value_on(values, day) == constant.on(day), (constant.word, day)


def boundaries(constant: Constant) -> list[date]:
    days = {date(2026, 11, 1)}
    for version in constant.versions:
        days |= {version.period.start, version.period.start - timedelta(days=1)}
        if version.period.end is not None:
            days |= {version.period.end, version.period.end + timedelta(days=1)}
    return sorted(days)


def test_an_open_term_has_no_value() -> None:
    files = export_openfisca("330200")
    open_term = yaml.safe_load(files["parameters/p330200_home_care_2018/高龄服务时数.yaml"])
    assert open_term["values"] == {"2018-10-01": {"value": None}}
    assert open_term["metadata"]["open"] is True
    assert "不是 0" in open_term["metadata"]["note"]
    filled = export_openfisca("330200", measures=True)
    answered = yaml.safe_load(filled["parameters/p330200_home_care_2018/高龄服务时数.yaml"])
    assert all(v["value"] for v in answered["values"].values())
    assert answered["metadata"]["open"] is False
    assert answered["metadata"]["status"] == "待核实"


def test_floor_unit_and_article_come_along() -> None:
    files = export_openfisca("330200")
    found = yaml.safe_load(files["parameters/p330200_home_care_2018/重度时数.yaml"])["metadata"]
    assert found["unit"] == "小时/月"
    assert found["floor"] is True
    assert found["reference"][0]["title"] == "《宁波市居家养老服务条例》第二十二条第一款第（一）项"


def test_versions_that_end(lab: Lab) -> None:
    from heling.engines.law.tests.conftest import HEAD

    body = (
        "  变数: {cite: 2, unit: 小时, versions: [{from: 2020-01-01, to: 2020-12-31, value: 1},"
        " {from: 2021-01-01, to: 2021-06-30, value: 2}]}\n"
        "tests:\n  - {name: 过期, on: 2021-01-01, facts: {低保: {值: true, 至: 2020-12-31},"
        " 独居: {值: false, 至: 2021-01-01}, 补贴: null}, expect: {}}\n"
    )
    head = HEAD.replace("from: 2020-01-01", "from: 2020-01-01, to: 2021-06-30")
    facts = "facts:\n" + "".join(
        f"  {w}: {{type: bool, ask: 问}}\n" for w in ("低保", "独居", "补贴")
    )
    files = export(lab.build(body.replace("  变数", "constants:\n  变数"), facts=facts, head=head))
    assert yaml.safe_load(files["parameters/p999900_trial/变数.yaml"])["values"] == {
        "2020-01-01": {"value": 1}, "2021-01-01": {"value": 2}, "2021-07-01": {"value": None},
    }  # fmt: skip
    (case,) = yaml.safe_load(files["tests/p999900_trial.yaml"])
    assert case["input"] == {"独居": False}


def test_what_is_expected_of_a_grant_becomes_variables() -> None:
    tests = yaml.safe_load(export_openfisca("330200")["tests/p330200_home_care_2018.yaml"])
    first = tests[0]
    assert first["period"] == "2026-11-01"
    assert first["output"]["失能免费服务__amount"] == 45
    assert first["output"]["意外伤害保险__status"] == "granted"


def test_a_district_exports_what_it_raises() -> None:
    files = export(rules_of(OVERLAID))
    city = yaml.safe_load(files["parameters/p330200_home_care_2018/重度时数.yaml"])
    raised = yaml.safe_load(files["parameters/p330200_330203_more/重度时数.yaml"])
    about = yaml.safe_load(files["parameters/p330200_330203_more/index.yaml"])["metadata"]
    assert value_on(city["values"], date(2026, 11, 1)) == 45
    assert value_on(raised["values"], date(2026, 10, 31)) == 50
    assert value_on(raised["values"], date(2026, 11, 1)) == 60
    assert about["district"] == {"code": "330203", "name": "海曙区"}


def test_slugs_are_names() -> None:
    assert slug("330200/home-care-2018") == "p330200_home_care_2018"
    assert slug("cn/elder") == "cn_elder"
