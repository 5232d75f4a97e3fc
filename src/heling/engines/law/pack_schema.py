"""The JSON Schema of a pack, for editors: the reader's own table of shapes, written as a schema.

A schema sees one file and no law text, so it says less than the reader: whatever it refuses, the
reader refuses too (a test breaks packs in many ways to make sure), and the reader alone knows
words, units, citations and dates.
"""

from __future__ import annotations

from typing import Any

from heling.engines.law import model, shapes
from heling.engines.law.shapes import Choice, Content, Each, Many, Shape, Slot

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TEXT: Schema = {"type": ["string", "number", "boolean", "null"]}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_LARGEST = 10**15 - 1
_PLAIN: dict[Slot, Schema] = {
    Slot.TEXT: _TEXT,
    Slot.TEXTS: _TEXTS,
    Slot.TRUTH: {"enum": [True, False, "true", "false"]},
    Slot.INTEGER: {
        "anyOf": [
            {"type": "integer", "minimum": -_LARGEST, "maximum": _LARGEST},
            {"type": "string", "pattern": r"^[+-]?\d{1,15}$"},
        ]
    },
    Slot.NUMBER: {
        "anyOf": [
            {"type": "integer", "minimum": 0, "maximum": _LARGEST},
            {"type": "boolean"},
            {"type": "string", "pattern": r"^([+-]?\d{1,15}|true|false)$"},
        ]
    },
    Slot.DAY: {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    Slot.UNIT: {**_TEXT, "pattern": r"^[^\s/]+(/[^\s/]+)?$"},
    Slot.ADDRESS: {
        "anyOf": [
            {"type": "string", "pattern": rf"^(\d+(/\d+){{0,2}}|{model.UNVERIFIED})$"},
            {"type": "integer", "minimum": 0},
        ]
    },
    Slot.CITY: {
        "anyOf": [
            {"type": "string", "pattern": r"^\d{6}$"},
            {"type": "integer", "minimum": 0, "maximum": 999_999},
        ]
    },
    Slot.EXPRESSIONS: {"type": "object", "additionalProperties": _TEXT},
    Slot.DATA: {"type": "object"},
}
_HELP = {
    "cite": "条/款/项，例如 22/1/4；必须在原文里存在（没有存原文的，条号不知道就写待核实）",
    "quote": "照原文抄写的一段，必须在所引条文里找到",
    "unit": "单位，例如 小时/月、分/月、周岁",
    "versions": "按施行日期的数值，起止两天都算在内，不留空档、不重叠",
    "open": "法规留给别人规定的数；没有人规定以前是“尚待实施办法”，不是 0",
    "floor": "true：法规说“不少于”",
    "when": "条件，例如 失能等级 >= 中度 and (低保 or 低保边缘)",
    "is": "表达式，或者 {table: 等级事实, rows: {等级: 表达式}, else: 表达式}",
    "amount": "数额：表达式，或者按等级的表",
    "duty": "法规用语；只有“应当”产生权利",
    "sha256": "原文文件的指纹；原文一改，规则包就要重新核对",
    "status": "待核实：凡由它决定的结果都会标明",
}


def pack_schema() -> Schema:
    """Every kind of pack."""
    return {
        "$schema": _DIALECT,
        "$id": "law-pack.schema.json",
        "title": "规则包",
        "description": "docs/law/packs.md；编辑器里能查的都在这里，其余由 heling law check 查",
        **_shape(shapes.PACK),
        "allOf": [
            {
                "if": _is("kind", kind),
                "then": _without(shapes.STRANGE.get(kind, shapes.STRANGE_ELSEWHERE)),
            }
            for kind in shapes.PACK_KINDS
        ],
        "$defs": {
            "table": _shape(shapes.TABLE),
            "claim": _claim(),
            "norm": _norm(),
            "grant": _grant(),
            "conflict": _conflict(),
        },
    }


def _content(content: Content) -> Schema:
    if isinstance(content, Choice):
        return {"enum": [str(w) for w in content.words]}
    if isinstance(content, Each):
        return {"type": "object", "additionalProperties": _named(content.shape)}
    if isinstance(content, Many):
        return {"type": "array", "items": _shape(content.shape)}
    if isinstance(content, Shape):
        return _shape(content)
    if content is Slot.FORMULA:
        return {"anyOf": [_TEXT, {"$ref": "#/$defs/table"}]}
    return {"$ref": "#/$defs/claim"} if content is Slot.CLAIM else dict(_PLAIN[content])


def _named(shape: Shape) -> Schema:
    """Shapes in which one field decides about others are written once, with those conditions."""
    names = {id(shapes.NORM): "norm", id(shapes.GRANT): "grant", id(shapes.CONFLICT): "conflict"}
    name = names.get(id(shape))
    return _shape(shape) if name is None else {"$ref": f"#/$defs/{name}"}


def _shape(shape: Shape) -> Schema:
    fields = {**shape.must, **shape.may}
    written: Schema = {
        "type": "object",
        "properties": {name: _field(name, content) for name, content in fields.items()},
        "required": list(shape.must),
        "additionalProperties": False,
    }
    if shape.either:
        written["oneOf"] = [{"required": [name]} for name in shape.either]
    return written


def _field(name: str, content: Content) -> Schema:
    text = _HELP.get(name)
    return {**_content(content), "description": text} if text else _content(content)


def _is(name: str, value: str) -> Schema:
    return {"properties": {name: {"const": value}}, "required": [name]}


def _without(names: tuple[str, ...]) -> Schema:
    return {"properties": dict.fromkeys(names, False)}


def _norm() -> Schema:
    """Each kind of norm with its own fields and no others."""
    cases = [
        {
            "if": _is("kind", kind.value),
            "then": {
                "required": list(needed),
                **_without(tuple(sorted(shapes.NORM_OWN - {*needed, *allowed}))),
            },
        }
        for kind, (needed, allowed) in shapes.NORM_PARTS.items()
    ]
    return {**_shape(shapes.NORM), "allOf": cases}


def _grant() -> Schema:
    must = {"if": _is("duty", model.Duty.MUST.value), "then": {"required": ["when"]}}
    return {**_shape(shapes.GRANT), "allOf": [must]}


def _conflict() -> Schema:
    choice = {
        "if": _is("rule", model.Rule.CHOICE.value),
        "then": {"required": ["choice"]},
        "else": _without(("choice",)),
    }
    return {**_shape(shapes.CONFLICT), "allOf": [choice]}


def _claim() -> Schema:
    """Exactly one form, with the terms that it needs."""
    forms: dict[str, list[Schema]] = {form.value: [] for form in model.Form}
    for form in shapes.CLAIM_WORD:
        forms[form.value].append(_TEXT)
    for form in shapes.CLAIM_LIST:
        forms[form.value].append({**_TEXTS, "minItems": 2, "uniqueItems": True})
    for form, shape in shapes.CLAIM_MAP.items():
        forms[form.value].append(_shape(shape))
    return {
        "type": "object",
        "properties": {name: {"anyOf": found} for name, found in forms.items()},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
