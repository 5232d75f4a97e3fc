"""JSON Schemas of what goes in and what comes out, made from the packs and the result types.

    python -m heling.engines.law.schema docs/schemas

writes ``law-facts``, ``law-determination``, ``law-examination``, ``law-proofs``, ``law-reform``
and ``law-pack``; a test keeps them current.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from heling.engines.law.determination import Effect, Status, Verdict
from heling.engines.law.library import cities, default_root
from heling.engines.law.model import Duty, Entity, Fact, Form, NormKind, Rule
from heling.engines.law.norms import Standing
from heling.engines.law.pack_schema import pack_schema
from heling.engines.law.ruleset import load_city
from heling.engines.law.units import Kind

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DAY: Schema = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_TEXT: Schema = {"type": "string"}
_WORDS: Schema = {"type": "array", "items": _TEXT}
_AMOUNT: Schema = {"type": ["integer", "null"]}


def facts_schema(root: Path | None = None) -> Schema:
    """Every fact word of every city: value, or value with provenance; null is unknown."""
    where = default_root() if root is None else root
    facts: dict[str, Fact] = {}
    for city in cities(where):
        facts |= load_city(city, where).facts
    return {
        "$schema": _DIALECT,
        "$id": "law-facts.schema.json",
        "title": "事实",
        "description": "一位老年人的事实。没有写的事实按“不知道”处理，不按“没有”处理。",
        "type": "object",
        "properties": {word: _fact(fact) for word, fact in facts.items()},
        "additionalProperties": False,
    }


def _fact(fact: Fact) -> Schema:
    bare = {"description": fact.ask, **_value(fact)}
    proven = {
        "type": "object",
        "properties": {"值": _value(fact), "来源": _TEXT, "自": _DAY, "至": _DAY},
        "required": ["值"],
        "additionalProperties": False,
    }
    return {"anyOf": [bare, proven, {"type": "null"}]}


def _value(fact: Fact) -> Schema:
    match fact.type.kind:
        case Kind.BOOL:
            return {"type": "boolean"}
        case Kind.ENUM:
            return {"enum": list(fact.type.levels)}
        case Kind.NUMBER:
            limits = {"minimum": fact.bounds.low, "maximum": fact.bounds.high}
            return {"type": "integer", **limits, "$comment": f"单位：{fact.type.unit}"}
        case Kind.DATE:
            return dict(_DAY)
        case Kind.CITY:
            return {"type": "string", "pattern": r"^\d{4}(\d{2}|\d{5}|\d{8})?$"}
        case Kind.COUNTY:
            return {"type": "string", "pattern": r"^\d{6}(\d{3}|\d{6})?$"}


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _one_of(kind: Any) -> Schema:
    return {"enum": [member.value for member in kind]}


def determination_schema() -> Schema:
    """The shape of :meth:`Determination.to_json`."""
    whole = _object(
        city={"type": "string", "pattern": r"^\d{6}$"},
        city_name=_TEXT,
        on=_DAY,
        grants=_list({"$ref": "#/$defs/grant"}),
        encouraged=_list(_encouraged()),
        conflicts=_list(_conflict()),
        missing=_list(_question()),
        timeline=_list(_milestone()),
        receipt=_receipt(),
        lapsed=_WORDS,
    )
    return {
        "$schema": _DIALECT,
        "$id": "law-determination.schema.json",
        "title": "判定",
        **whole,
        "$defs": {**_shared(), "grant": _grant()},
    }


def examination_schema() -> Schema:
    """The shape of :meth:`Examination.to_json`."""
    whole = _object(
        city={"type": "string", "pattern": r"^\d{6}$"},
        city_name=_TEXT,
        entity=_one_of(Entity),
        on=_DAY,
        norms=_list({"$ref": "#/$defs/norm"}),
        missing=_list(_question()),
        receipt=_receipt(),
        lapsed=_WORDS,
    )
    return {
        "$schema": _DIALECT,
        "$id": "law-examination.schema.json",
        "title": "核查",
        **whole,
        "$defs": {**_shared(), "norm": _norm()},
    }


def _norm() -> Schema:
    open_terms = _list({"$ref": "#/$defs/open_term"})
    return _object(
        id=_TEXT,
        kind=_one_of(NormKind),
        pack=_TEXT,
        cite={"$ref": "#/$defs/cite"},
        duty=_one_of(Duty),
        says=_TEXT,
        bearer=_TEXT,
        standing=_one_of(Standing),
        unit=_TEXT,
        **dict.fromkeys(("required", "actual", "gap", "lowest", "highest"), _AMOUNT),
        due={"anyOf": [_DAY, {"type": "null"}]},
        reasons=_list({"$ref": "#/$defs/reason"}),
        missing=_WORDS,
        open_terms=open_terms,
        awaits=open_terms,
        unverified=_list(_mark()),
        readings=_list(_reading()),
    )


def _shared() -> Schema:
    return {
        "cite": _object(law=_TEXT, address=_TEXT, label=_TEXT, quote=_TEXT),
        "open_term": _object(
            term=_TEXT, filled_by=_TEXT, cite=_TEXT, part={"enum": ["condition", "amount"]}
        ),
        "reason": _reason(),
    }


def _question() -> Schema:
    return _object(fact=_TEXT, ask=_TEXT, change=_TEXT, decides=_WORDS)


def _mark() -> Schema:
    return _object(word=_TEXT, note=_TEXT)


def _reading() -> Schema:
    return _object(word=_TEXT, cite=_TEXT, note=_TEXT, status=_TEXT)


def _reason() -> Schema:
    full = {
        "type": "object",
        "properties": {
            "verdict": _one_of(Verdict),
            "text": _TEXT,
            "plain": _TEXT,
            "cite": _TEXT,
            "word": _TEXT,
            "joint": {"enum": ["all", "any"]},
            "because": _list({"$ref": "#/$defs/reason"}),
        },
        "required": ["verdict", "text"],
        "additionalProperties": False,
    }
    return {"anyOf": [full, _object(ref=_TEXT)]}


def _grant() -> Schema:
    open_terms = _list({"$ref": "#/$defs/open_term"})
    change = _object(
        fact=_TEXT,
        to=_TEXT,
        text=_TEXT,
        plain=_TEXT,
        change=_TEXT,
        on={"anyOf": [_DAY, {"type": "null"}]},
    )
    grant = _object(
        id=_TEXT,
        pack=_TEXT,
        benefit=_TEXT,
        plain=_TEXT,
        entity={"enum": [Entity.PERSON.value, Entity.HOUSEHOLD.value]},
        bearer=_TEXT,
        cite={"$ref": "#/$defs/cite"},
        status=_one_of(Status),
        amount=_AMOUNT,
        unit=_TEXT,
        floor={"type": "boolean"},
        effect=_one_of(Effect),
        conflict=_TEXT,
        reasons=_list({"$ref": "#/$defs/reason"}),
        missing=_WORDS,
        open_terms=open_terms,
        awaits=open_terms,
        unverified=_list(_mark()),
        readings=_list(_reading()),
        would_change=_list(_object(changes=_list(change), status=_one_of(Status), amount=_AMOUNT)),
    )
    grant["properties"]["at_least"] = {
        "type": "integer",
        "description": "只差区县不清楚时，市里规定的下限",
    }
    return grant


def _encouraged() -> Schema:
    return _object(
        id=_TEXT,
        pack=_TEXT,
        benefit=_TEXT,
        duty={"enum": [d.value for d in Duty if d is not Duty.MUST]},
        cite={"$ref": "#/$defs/cite"},
        concerns=_one_of(Verdict),
        note=_TEXT,
    )


def _conflict() -> Schema:
    party = _object(party=_TEXT, grants=_WORDS, present=_one_of(Verdict), keeps=_one_of(Verdict))
    return _object(
        id=_TEXT,
        rule=_one_of(Rule),
        cite={"$ref": "#/$defs/cite"},
        text=_TEXT,
        parties=_list(party),
        total=_AMOUNT,
        at_least=_AMOUNT,
        unit=_TEXT,
        missing=_WORDS,
        open_terms=_list({"$ref": "#/$defs/open_term"}),
    )


def _milestone() -> Schema:
    return _object(
        on=_DAY,
        age=_AMOUNT,
        text=_TEXT,
        changes=_list(_object(grant=_TEXT, status=_one_of(Status), amount=_AMOUNT)),
    )


def _receipt() -> Schema:
    return _object(
        engine=_TEXT,
        city=_TEXT,
        on=_DAY,
        packs=_list(_object(id=_TEXT, sha256=_TEXT, text_sha256=_TEXT)),
        facts={"type": "object"},
        result={"type": "string", "pattern": "^[0-9a-f]{64}$"},
    )


def proofs_schema() -> Schema:
    """The shape of ``heling law prove --json``."""
    person = _object(
        on=_DAY,
        facts={"type": "object", "description": "可以直接交给 heling law determine"},
        twin={"type": "object", "description": "第二个人与第一个人不同的事实；只有 monotone 才有"},
        assumed={
            "type": "object",
            "description": "尚待规定的数假定为多少；空的表示不用假定",
            "additionalProperties": {"type": ["integer", "boolean"]},
        },
    )
    proof = _object(
        pack=_TEXT,
        property=_TEXT,
        form=_one_of(Form),
        cite=_TEXT,
        outcome={"enum": ["proved", "refuted", "vacuous", "unknown"]},
        counterexample={"anyOf": [person, {"type": "null"}]},
    )
    finding = _object(
        file=_TEXT, line={"type": "integer"}, word=_TEXT, article=_TEXT, message=_TEXT
    )
    pack = _object(
        file=_TEXT, pack=_TEXT, ok={"type": "boolean"}, proofs=_list(proof), findings=_list(finding)
    )
    return {
        "$schema": _DIALECT,
        "$id": "law-proofs.schema.json",
        "title": "证明",
        **_object(ok={"type": "boolean"}, packs=_list(pack)),
    }


def _counts() -> Schema:
    return _list({"type": "integer", "minimum": 0})


def _totals(**more: Schema) -> Schema:
    count: Schema = {"type": "integer", "minimum": 0}
    grant = _object(
        granted=count,
        unknown=count,
        open=count,
        enjoyed=count,
        amount=_AMOUNT,
        unit=_TEXT,
        price=_AMOUNT,
        cost=_AMOUNT,
        counted={"enum": ["户", "人"]},
        enjoyed_by_district=_counts(),
        amount_by_district={"anyOf": [_list({"type": "integer"}), {"type": "null"}]},
    )
    return _object(
        on=_DAY,
        cost={"type": "integer"},
        cost_by_district=_list({"type": "integer"}),
        grants={"type": "object", "additionalProperties": grant},
        **more,
    )


def reform_schema() -> Schema:
    """The shape of :meth:`Comparison.to_json`; numbers by district stand in the order of
    ``districts``, money is 分 a month."""
    grants = {
        "type": "object",
        "additionalProperties": _object(
            status=_one_of(Status), amount=_AMOUNT, effect=_one_of(Effect)
        ),
    }
    person = _object(
        change=_TEXT, district=_TEXT, facts={"type": "object"}, before=grants, after=grants
    )
    piece = _object(kind={"enum": ["same", "gone", "new"]}, text=_TEXT)
    draft = _object(
        word=_TEXT, article=_TEXT, quote=_TEXT, pieces=_list(piece), sentence=_TEXT, reason=_TEXT
    )
    month = _totals(
        cost_difference={"type": "integer"},
        winners=_counts(),
        losers=_counts(),
        mixed=_counts(),
        unclear=_counts(),
    )
    scenario = _object(
        reform=_TEXT,
        reason=_TEXT,
        drafts=_list(draft),
        months=_list(month),
        examples=_list(person),
        worst_off={"anyOf": [person, {"type": "null"}]},
        lost=_AMOUNT,
    )
    whole = _object(
        city={"type": "string", "pattern": r"^\d{6}$"},
        city_name=_TEXT,
        people={"type": "integer", "minimum": 0},
        districts=_WORDS,
        baseline=_list(_totals()),
        scenarios=_list(scenario),
    )
    return {
        "$schema": _DIALECT,
        "$id": "law-reform.schema.json",
        "title": "改革方案的比较",
        **whole,
    }


def write(folder: Path) -> None:
    """Write all schemas."""
    made = (
        facts_schema(),
        determination_schema(),
        examination_schema(),
        proofs_schema(),
        reform_schema(),
        pack_schema(),
    )
    for schema in made:
        text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        (folder / schema["$id"]).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
