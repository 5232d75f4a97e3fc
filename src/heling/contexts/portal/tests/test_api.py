"""The interface for programs: same answers as the engine, bounded, and never a server error."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import jsonschema
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from heling.contexts.lawbook.testing import MORE_HOURS, published
from heling.contexts.portal.web import api as interface
from heling.engines.law import load_city, load_norms
from heling.engines.law.model import Entity
from heling.engines.law.schema import determination_schema, examination_schema

pytestmark = pytest.mark.django_db

CITY, ON = "330200", "2026-11-01"
ELDER = {
    "户籍地": CITY,
    "居住地": CITY,
    "居家": True,
    "出生日期": "1954-03-02",
    "低保": True,
    "失能等级": "重度",
}


@pytest.fixture(autouse=True)
def _fresh_rate() -> None:
    cache.clear()


def post(client: Client, name: str, body: object) -> Any:
    return client.post(
        reverse(f"portal_api_{name}"), json.dumps(body), content_type="application/json"
    )


def test_calculate_answers_as_the_engine_does_for_each_person(client: Client) -> None:
    people: list[dict[str, Any]] = [ELDER, {}, {"出生日期": "1940-01-01"}]
    answer = post(client, "calculate", {"city": CITY, "on": ON, "people": people})
    assert answer.status_code == 200
    rules = load_city(CITY)
    for facts, grants in zip(people, answer.json()["people"], strict=True):
        expected = rules.determine(facts, date(2026, 11, 1), outlook=False).grants
        assert [(g["id"], g["status"], g["amount"]) for g in grants] == [
            (g.id, g.status.value, g.amount) for g in expected
        ]


def test_trace_and_examine_keep_to_the_published_schemas(client: Client) -> None:
    answer = post(client, "trace", {"city": CITY, "on": ON, "facts": ELDER})
    jsonschema.validate(answer.json(), determination_schema())
    facts = {"小区建设情况": "新建", "小区户数": 1001, "养老设施面积": 300}
    asked = {"city": "450100", "on": ON, "entity": "compound", "facts": facts}
    answer = post(client, "examine", asked)
    jsonschema.validate(answer.json(), examination_schema())
    (quota,) = (n for n in answer.json()["norms"] if n["id"] == "新建小区设施面积")
    assert (quota["standing"], quota["gap"]) == ("broken", 1)


def test_every_number_of_the_packs_is_listed_with_its_article(client: Client) -> None:
    data = client.get(reverse("portal_api_parameters"), {"city": CITY}).json()["parameters"]
    packs = (*load_city(CITY).packs, *load_norms(CITY).packs)
    words = {c.word for p in packs for c in p.constants}
    assert {p["word"] for p in data} == words
    by_word = {p["word"]: p for p in data}
    assert by_word["重度时数"]["versions"] == [{"from": "2018-10-01", "to": None, "value": 45}]
    assert by_word["新建每百户面积"]["versions"] == []
    assert by_word["新建每百户面积"]["filled_by"]
    assert all(p["cite"]["address"] for p in data)


def test_the_law_is_given_word_for_word_with_the_rules_on_it(client: Client) -> None:
    data = client.get(reverse("portal_api_articles"), {"city": CITY}).json()
    (law,) = data["laws"]
    assert len(law["articles"]) == 47
    article = law["articles"][21]
    assert "不少于四十五小时" in article["paragraphs"][0]["items"][0]
    assert {
        "kind": "grant",
        "word": "失能免费服务",
        "at": "22/1/1",
        "pack": "330200/home-care-2018",
    } in article["rules"]
    assert any(r["kind"] == "norm" for r in law["articles"][41]["rules"])
    assert any(n["word"] == "擅自拆除罚款" for n in data["norms"])


@pytest.mark.parametrize(
    ("name", "body", "status", "said"),
    [
        ("trace", {"city": "999999", "on": ON, "facts": {}}, 404, "还没有这个城市"),
        ("trace", {"city": CITY, "on": ON, "facts": {"低保户": True}}, 422, "没有“低保户”这个事实"),
        ("trace", {"city": CITY, "on": "昨天", "facts": {}}, 422, "on"),
        ("trace", {"city": CITY, "on": "1800-01-01", "facts": {}}, 422, "on"),
        ("trace", {"city": CITY, "on": ON}, 422, "facts"),
        ("calculate", {"city": CITY, "on": ON, "people": []}, 422, "people"),
        ("calculate", {"city": CITY, "on": ON, "people": [{}] * 101}, 422, "people"),
        ("examine", {"city": CITY, "on": ON, "entity": "street", "facts": {}}, 422, "street"),
    ],
)
def test_bad_input_is_one_sentence(
    client: Client, name: str, body: object, status: int, said: str
) -> None:
    answer = post(client, name, body)
    assert answer.status_code == status
    assert said in answer.json()["error"]


def test_the_published_schema_names_every_address(client: Client) -> None:
    told = client.get(reverse("portal_api_schema")).json()
    assert set(told["paths"]) == {
        f"/api/law/{name}" for name in ("calculate", "trace", "examine", "parameters", "articles")
    }


def test_what_is_no_json_is_refused(client: Client) -> None:
    url = reverse("portal_api_trace")
    answer = client.post(url, b"\xff{", content_type="application/json")
    assert answer.status_code == 400
    assert "JSON" in answer.json()["hint"]


def test_one_address_is_answered_so_often_and_then_asked_to_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    throttle = interface.RATE_LIMIT
    monkeypatch.setattr(throttle, "num_requests", 3)
    url = reverse("portal_api_parameters")
    codes = [client.get(url, {"city": CITY}).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    answer = client.get(url, {"city": CITY})
    assert "每分钟" in answer.json()["hint"]
    assert int(answer["Retry-After"]) >= 1
    assert client.get(url, {"city": CITY}, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_refused_requests_count_and_a_forged_address_does_not_help(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interface.RATE_LIMIT, "num_requests", 3)
    body = {"city": CITY, "on": ON, "facts": {"低保户": True}}
    url, text = reverse("portal_api_trace"), json.dumps(body)
    codes = [
        client.post(
            url, text, content_type="application/json", headers={"x-forwarded-for": f"192.0.2.{n}"}
        ).status_code
        for n in range(4)
    ]
    assert codes == [422, 422, 422, 429]


def test_nothing_of_a_request_is_kept(client: Client) -> None:
    from heling.platform.journal.models import Entry, Reading

    post(client, "trace", {"city": CITY, "on": ON, "facts": ELDER})
    assert not Entry.objects.exists()
    assert not Reading.objects.exists()
    assert not client.session.keys()


PUBLISHED = interface.api.get_openapi_schema(path_prefix="/api/")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.dates().map(str),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
WORDS = [*load_city(CITY).facts, *load_norms("450100").facts(Entity.COMPOUND), "没有这个词"]
FACTS = st.dictionaries(st.sampled_from(WORDS), JSON, max_size=4)
BODIES = JSON | st.fixed_dictionaries(
    {},
    optional={
        "city": st.sampled_from([CITY, "450100", "999999", "33020", ""]) | JSON,
        "on": st.dates().map(str) | JSON,
        "facts": FACTS | JSON,
        "people": st.lists(FACTS, max_size=3) | JSON,
        "entity": st.sampled_from(["compound", "offence", "street"]) | JSON,
    },
)


@pytest.mark.parametrize("name", ["calculate", "trace", "examine"])
def test_whatever_comes_is_answered_by_the_schema(name: str) -> None:
    @given(BODIES)
    @settings(max_examples=60, deadline=None)
    def ask(body: object) -> None:
        cache.clear()
        keeps_to_the_schema(name, post(Client(), name, body))

    ask()


def keeps_to_the_schema(name: str, answer: Any) -> None:
    told = PUBLISHED["paths"][f"/api/law/{name}"]["post"]["responses"]
    assert answer.status_code in told, (answer.status_code, answer.content)
    shape = told[answer.status_code]["content"]["application/json"]["schema"]
    jsonschema.validate(answer.json(), {**shape, "components": PUBLISHED["components"]})


def test_a_citys_own_edition_answers_for_its_days(client: Client) -> None:
    published(MORE_HOURS, effective_from=date(2026, 11, 1))
    rights = []
    for on in ("2026-10-31", "2026-11-01"):
        answer = post(client, "calculate", {"city": CITY, "on": on, "people": [ELDER]}).json()
        rights += [g["amount"] for g in answer["people"][0] if g["id"] == "失能免费服务"]
    assert rights == [45, 50]
    trace = post(client, "trace", {"city": CITY, "on": "2026-10-31", "facts": ELDER}).json()
    assert trace == load_city(CITY).determine(ELDER, date(2026, 10, 31)).to_json()
