"""Read a scale from its YAML text. Shape here, sense in ``checking``; both answer in words.

The hash is of the canonical JSON of the values: comments, order of keys and line breaks
may change, values may not (a changed value needs a new version).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import yaml

from heling.contexts.assessment.domain.checking import problems_of
from heling.contexts.assessment.domain.scale import (
    Band,
    Certainty,
    Choice,
    Combination,
    Fact,
    Field,
    FieldKind,
    Group,
    Item,
    Level,
    Method,
    Option,
    RaiseRule,
    RaiseRules,
    Scale,
)
from heling.kernel.errors import BadInput

T = TypeVar("T")
E = TypeVar("E", Certainty, FieldKind, Method)


class _Loader(yaml.SafeLoader):
    """SafeLoader that refuses a key written twice instead of keeping the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - the base class's signature
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise BadInput.single(f"第 {key_node.start_mark.line + 1} 行", f"“{key}”写了两次")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


class Node:
    """A mapping of the file with its place, so that every complaint says where."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise BadInput.single(where, "应是一组“键: 值”")
        self.value: dict[str, Any] = value
        self.where = where
        self.used: set[str] = set()

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        """The value under ``key``; without a default it must be there. bool is not an int."""
        self.used.add(key)
        if key not in self.value:
            if default is None:
                raise BadInput.single(self.where, f"缺少“{key}”")
            return default
        found = self.value[key]
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            raise BadInput.single(
                f"{self.where}.{key}", f"{found!r} 的类型不对，应是 {kind.__name__}"
            )
        return found

    def enum(self, key: str, kind: type[E], default: E | None = None) -> E:
        raw = self.get(key, str, default)
        try:
            return kind(raw)
        except ValueError:
            allowed = "、".join(kind)
            raise BadInput.single(f"{self.where}.{key}", f"“{raw}”不在 {allowed} 之内") from None

    def node(self, key: str) -> Node | None:
        self.used.add(key)
        return Node(self.value[key], f"{self.where}.{key}") if key in self.value else None

    def each(self, key: str, build: Callable[[Node], T]) -> tuple[T, ...]:
        rows = self.get(key, list, [])
        return tuple(
            self._done(Node(row, f"{self.where}.{key}[{n}]"), build) for n, row in enumerate(rows)
        )

    def list_of(self, key: str, kind: type[T]) -> tuple[T, ...]:
        rows = self.get(key, list, [])
        for row in rows:
            if not isinstance(row, kind) or isinstance(row, bool):
                raise BadInput.single(f"{self.where}.{key}", f"{row!r} 应是 {kind.__name__}")
        return tuple(rows)

    def done(self) -> None:
        """Refuse keys that nobody asked for: a misspelt key must not be silently ignored."""
        if unknown := set(self.value) - self.used:
            raise BadInput.single(self.where, f"不认识的键：{'、'.join(sorted(map(str, unknown)))}")

    @staticmethod
    def _done(node: Node, build: Callable[[Node], T]) -> T:
        built = build(node)
        node.done()
        return built


def parse_scale(text: str, name: str) -> Scale:
    """Read and check one scale. ``name`` (the file) opens every complaint. Raises BadInput."""
    try:
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise BadInput.single(name, f"不是有效的 YAML：{error}") from error
    root = Node(raw, name)
    scale = _scale(root, values_hash(raw))
    root.done()
    if problems := problems_of(scale):
        raise BadInput(*problems)
    return scale


def values_hash(raw: object) -> str:
    """SHA-256 (hex) of the canonical JSON of the values; dates as ISO text."""
    canonical = json.dumps(
        raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=date.isoformat
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _scale(root: Node, sha256: str) -> Scale:
    scale_id, version = root.get("id", str), root.get("version", str)
    in_force = root.node("in_force_from") or Node(None, f"{root.where}.in_force_from")
    in_force.get("note", str, "")
    ladders = _ladders(root)
    scale = Scale(
        id=scale_id,
        version=version,
        title=root.get("title", str),
        source=root.get("source", str),
        in_force_from=in_force.get("value", date),
        in_force_certainty=in_force.enum("certainty", Certainty),
        sha256=sha256,
        method=root.enum("method", Method),
        max=root.get("max", int) if "max" in root.value else None,
        levels=root.each("levels", lambda n: _level(n, scale_id, version)),
        grades=root.list_of("grades", str),
        groups=root.each("groups", lambda n: _group(n, ladders)),
        bands=root.each("bands", lambda n: _band(n, "level")),
        combination=_combination(root.node("combination")),
        raises=_raises(root.node("adjustments")),
        process=_process(root.node("process")),
        table_a=root.each("table_a", _field),
    )
    in_force.done()
    return scale


def _level(n: Node, scale_id: str, version: str) -> Level:
    return Level(
        scale_id=scale_id,
        scale_version=version,
        number=n.get("number", int),
        name=n.get("name", str),
        disability=n.get("disability", str),
    )


def _ladders(root: Node) -> dict[str, list[Any]]:
    node = root.node("ladders")
    return {} if node is None else {name: node.get(name, list) for name in node.value}


def _group(n: Node, ladders: dict[str, list[Any]]) -> Group:
    return Group(
        code=n.get("code", str),
        name=n.get("name", str),
        max=n.get("max", int),
        step=n.get("step", int, 1),
        bands=n.each("bands", lambda b: _band(b, "grade")),
        items=n.each("items", lambda i: _item(i, ladders)),
    )


def _item(n: Node, ladders: dict[str, list[Any]]) -> Item:
    if "ladder" in n.value:
        name = n.get("ladder", str)
        if name not in ladders:
            raise BadInput.single(n.where, f"没有名为“{name}”的共用选项")
        n.value = {**n.value, "options": ladders[name]}
    certainty = n.enum("certainty", Certainty)
    return Item(
        code=n.get("code", str),
        name=n.get("name", str),
        hint=n.get("hint", str, ""),
        options=n.each("options", lambda o: _option(o, certainty)),
    )


def _option(n: Node, certainty: Certainty) -> Option:
    return Option(
        score=n.get("score", int),
        text=n.get("text", str),
        code=n.get("code", str, ""),
        certainty=n.enum("certainty", Certainty, certainty),
        note=n.get("note", str, ""),
    )


def _band(n: Node, target: str) -> Band:
    return Band(
        low=n.get("low", int),
        high=n.get("high", int),
        value=n.get(target, int),
        certainty=n.enum("certainty", Certainty),
    )


def _combination(n: Node | None) -> Combination | None:
    if n is None:
        return None
    built = Combination(
        row=n.get("row", str),
        columns=n.list_of("columns", str),
        table=tuple(tuple(row) for row in n.list_of("table", list)),
        certainty=n.enum("certainty", Certainty),
    )
    n.done()
    return built


def _raises(n: Node | None) -> RaiseRules | None:
    if n is None:
        return None
    together = n.node("together") or Node(None, f"{n.where}.together")
    built = RaiseRules(
        rules=n.each("rules", _raise_rule),
        choice=together.get("choice", str),
        choice_text=together.get("text", str),
        choice_certainty=together.enum("certainty", Certainty),
    )
    together.done()
    n.done()
    return built


def _raise_rule(n: Node) -> RaiseRule:
    events = n.node("risk_events")
    built = RaiseRule(
        code=n.get("code", str),
        text=n.get("text", str),
        certainty=n.enum("certainty", Certainty),
        note=n.get("note", str, ""),
        coma="coma" in n.value and n.get("coma", bool),
        diagnoses=n.list_of("diagnoses", str),
        events_at_least=events.get("at_least", int) if events else 0,
        within_days=events.get("within_days", int) if events else 0,
        set_level=n.get("set_level", int) if "set_level" in n.value else None,
        worsen=n.get("worsen", int, 0),
    )
    if events:
        events.done()
    return built


def _process(n: Node | None) -> dict[str, Fact]:
    if n is None:
        return {}
    return {key: _fact(n, key) for key in n.value}


def _fact(process: Node, key: str) -> Fact:
    n = Node(process.value[key], f"{process.where}.{key}")
    fact = Fact(
        value=n.get("value", int),
        text=n.get("text", str),
        certainty=n.enum("certainty", Certainty),
    )
    n.done()
    return fact


def _field(n: Node) -> Field:
    return Field(
        key=n.get("key", str),
        code=n.get("code", str, ""),
        name=n.get("name", str),
        kind=n.enum("kind", FieldKind),
        choices=n.each("choices", _choice),
        certainty=n.enum("certainty", Certainty),
    )


def _choice(n: Node) -> Choice:
    return Choice(
        code=n.get("code", str),
        label=n.get("label", str),
        icd=n.get("icd", str, ""),
        alone="alone" in n.value and n.get("alone", bool),
    )
