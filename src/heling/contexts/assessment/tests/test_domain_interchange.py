"""JSON in, JSON out: the published schemas and the code say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from heling.contexts.assessment.domain import GBT42195, LTC2021, load_scale, score_json
from heling.kernel.errors import BadInput

SCHEMAS = Path(__file__).parents[5] / "docs" / "schemas"


def schema(name: str) -> jsonschema.Draft202012Validator:
    loaded = json.loads((SCHEMAS / f"assessment-{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(loaded)
    return jsonschema.Draft202012Validator(loaded)


def best(scale_id: str) -> dict[str, Any]:
    return {item.code: item.max for item in load_scale(scale_id).items}


GOOD: list[tuple[str, dict[str, Any]]] = [
    (GBT42195, {"answers": best(GBT42195)}),
    (GBT42195, {"scale": GBT42195, "answers": best(GBT42195), "adjustments": None}),
    (
        GBT42195,
        {
            "answers": best(GBT42195) | {"B.3.9": "coma"},
            "adjustments": {
                "coma": True,
                "diagnoses": ["F00-F03", "I25"],
                "risk_events": {"fall": 1, "choking": 1},
            },
        },
    ),
    (LTC2021, {"answers": best(LTC2021)}),
]


@pytest.mark.parametrize(("scale_id", "payload"), GOOD)
def test_both_ends_meet_the_published_schemas(scale_id: str, payload: dict[str, Any]) -> None:
    schema("answers").validate(payload)
    result = score_json(scale_id, payload)
    schema("result").validate(result)
    assert json.loads(json.dumps(result)) == result
    assert result["scale"]["id"] == scale_id


def test_a_whole_result() -> None:
    facts = {"coma": False, "diagnoses": ["F00-F03"], "risk_events": {"fall": 2}}
    result = score_json(GBT42195, {"answers": best(GBT42195), "adjustments": facts})
    assert result["total"] == 90
    assert result["preliminary"] == {"number": 0, "name": "能力完好", "disability": ""}
    assert result["final"] == {"number": 1, "name": "能力轻度受损", "disability": "轻度失能"}
    assert [(a["rule"], a["before"], a["after"]) for a in result["adjustments"]] == [
        ("R2", 0, 1),
        ("R3", 1, 1),
    ]
    assert result["unverified"] == [f"等级变更：{result['choices'][0]}（待核实）"]
    assert result["not_stated"] == []
    assert result["items"][0]["option"] == "4"


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ([], "答卷：应是一个 JSON 对象"),
        ({}, "answers：缺少各项作答"),
        ({"answers": []}, "answers：应是一个 JSON 对象"),
        ({"answers": {}, "anwsers": {}}, "答卷 anwsers：不认识，可写：adjustments、answers、scale"),
        ({"scale": LTC2021, "answers": {}}, "scale：答卷写的是“ltc-2021-37”，与所用量表"),
        ({"answers": {}, "adjustments": []}, "adjustments：应是一个 JSON 对象"),
        ({"answers": {}, "adjustments": {"comma": True}}, "adjustments comma：不认识"),
        ({"answers": {}, "adjustments": {"coma": 1}}, "adjustments coma：应是 true 或 false"),
        (
            {"answers": {}, "adjustments": {"diagnoses": "F00"}},
            "adjustments diagnoses：应是编号的列表",
        ),
        (
            {"answers": {}, "adjustments": {"diagnoses": [1]}},
            "adjustments diagnoses：应是编号的列表",
        ),
        ({"answers": {}, "adjustments": {"risk_events": 2}}, "adjustments risk_events：应是"),
        (
            {"answers": {"B.1.1": 1}, "adjustments": {"risk_events": {"fall": "2"}}},
            "近 30 天内照护风险事件：跌倒：次数应是 0 或正整数，请改正",
        ),
    ],
)
def test_bad_payloads(payload: object, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        score_json(GBT42195, payload)
    assert said in caught.value.message


def test_unanswered_items_are_all_named() -> None:
    answers = best(GBT42195)
    del answers["B.1.3"], answers["B.2.1"]
    with pytest.raises(BadInput) as caught:
        score_json(GBT42195, {"answers": answers})
    assert caught.value.message == (
        "B.1.3 洗澡：还没有作答，请补上；B.2.1 床上体位转移：还没有作答，请补上"
    )


def test_unknown_scale() -> None:
    with pytest.raises(BadInput, match="没有编号为“barthel”的量表"):
        score_json("barthel", {"answers": {}})


def test_schema_lists_the_risk_events_of_table_a() -> None:
    properties = schema("answers").schema["properties"]
    events = properties["adjustments"]["properties"]["risk_events"]["properties"]
    assert set(events) == load_scale(GBT42195).field("risk_events").codes
    assert set(properties["scale"]["enum"]) == {GBT42195, LTC2021}
