"""One person at a time: every node of the graph gets a value, in four-valued logic.

Truth is 是, 否, 不知道 (a fact is missing) or 尚待规定 (an open term decides). 否 decides an
``and`` and 是 decides an ``or`` whatever the rest may be (Kleene); between the two kinds of
doubt, a missing fact comes first, because asking for it may make the open term irrelevant.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import Enum
from operator import add, eq, ge, gt, le, lt, mul, ne, sub
from typing import Any, cast

from heling.engines.law.graph import Node, Op
from heling.engines.law.model import Constant, Fact, Pack
from heling.engines.law.units import Kind
from heling.kernel.period import age_on


class Void(Enum):
    """The two ways of having no value."""

    UNKNOWN = "不知道"
    OPEN = "尚待规定"

    __hash__ = object.__hash__  # Enum's own is written in Python, and frames are keys


UNKNOWN, OPEN = Void.UNKNOWN, Void.OPEN

Value = bool | int | date | Void
Frame = list[Value]
Step = Callable[[Frame], Value]

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "==": eq,
    "!=": ne,
}
ARITHMETIC: dict[Op, Callable[[int, int], int]] = {
    Op.ADD: add,
    Op.SUBTRACT: sub,
    Op.MULTIPLY: mul,
    Op.DIVIDE_UP: lambda a, b: -(-a // b),
}
_LIMIT = 512


class Interpreter:
    """Evaluates a graph for one set of facts and one day. Thread-safe: frames are not shared."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self._steps = [(n.index, _STEPS[n.op](n)) for n in nodes if n.op in _STEPS]
        self._slots = {
            n.payload.word: n.index for n in nodes if isinstance(n.payload, Fact | Constant)
        }
        self._blank = [static_value(n, date.min) for n in nodes]
        self._dated = [n for n in nodes if n.op in (Op.CONSTANT, Op.IN_FORCE)]
        self._ages = [n.index for n in nodes if n.op is Op.AGE]
        self._days: dict[date, Frame] = {}

    def run(self, facts: dict[str, Value], on: date) -> Frame:
        """Values of all nodes by index. Facts that are not given are UNKNOWN.

        A constant may be given too: what an open term would be worth if it were filled so.
        """
        frame = self._day(on).copy()
        slots = self._slots
        for word, value in facts.items():
            frame[slots[word]] = value
        for index, step in self._steps:
            frame[index] = step(frame)
        return frame

    def _day(self, on: date) -> Frame:
        """A frame with everything that depends on the day alone."""
        frame = self._days.get(on)
        if frame is None:
            frame = self._blank.copy()
            for node in self._dated:
                frame[node.index] = static_value(node, on)
            for index in self._ages:
                frame[index] = on  # read by the age step, then replaced
            if len(self._days) >= _LIMIT:
                self._days.clear()
            self._days[on] = frame
        return frame


def static_value(node: Node, on: date) -> Value:
    """The value that a node has on a day whoever is asked about; UNKNOWN when it depends."""
    payload = node.payload
    if node.op is Op.LITERAL:
        return cast("int", payload)
    if isinstance(payload, Constant):
        value = payload.on(on)
        if value is None:
            return OPEN
        return bool(value) if payload.type.kind is Kind.BOOL else value
    if node.op is Op.IN_FORCE:
        return on in cast("Pack", payload).period
    return UNKNOWN


def doubt(values: list[Value]) -> Void:
    """What the doubt among several values amounts to: a missing fact comes first."""
    return UNKNOWN if any(v is UNKNOWN for v in values) else OPEN


def _copy(node: Node) -> Step:
    child = node.children[0].index
    return lambda v: v[child]


def _not(node: Node) -> Step:
    child = node.children[0].index

    def step(v: Frame) -> Value:
        x = v[child]
        return x if isinstance(x, Void) else not x

    return step


def _all(node: Node) -> Step:
    indices = tuple(c.index for c in node.children)

    def step(v: Frame) -> Value:
        result: Value = True
        for i in indices:
            x = v[i]
            if x is True:
                continue
            if x is False:
                return False
            if result is not UNKNOWN:
                result = x
        return result

    return step


def _any(node: Node) -> Step:
    indices = tuple(c.index for c in node.children)

    def step(v: Frame) -> Value:
        result: Value = False
        for i in indices:
            x = v[i]
            if x is False:
                continue
            if x is True:
                return True
            if result is not UNKNOWN:
                result = x
        return result

    return step


def _compare(node: Node) -> Step:
    a, b = (c.index for c in node.children)
    test = OPERATORS[cast("str", node.payload)]

    def step(v: Frame) -> Value:
        x, y = v[a], v[b]
        if isinstance(x, Void) or isinstance(y, Void):
            return doubt([x, y])
        return cast("bool", test(x, y))

    return step


def _arithmetic(node: Node) -> Step:
    a, b = (c.index for c in node.children)
    apply = ARITHMETIC[node.op]

    def step(v: Frame) -> Value:
        x, y = v[a], v[b]
        if isinstance(x, Void) or isinstance(y, Void):
            return doubt([x, y])
        return apply(cast("int", x), cast("int", y))

    return step


def _extreme(node: Node) -> Step:
    indices = tuple(c.index for c in node.children)
    pick: Callable[[list[int]], int] = min if node.op is Op.MIN else max

    def step(v: Frame) -> Value:
        values = [v[i] for i in indices]
        if any(isinstance(x, Void) for x in values):
            return doubt(values)
        return pick(cast("list[int]", values))

    return step


def _choose(node: Node) -> Step:
    test, then, otherwise = (c.index for c in node.children)

    def step(v: Frame) -> Value:
        t = v[test]
        if not isinstance(t, Void):
            return v[then] if t else v[otherwise]
        x, y = v[then], v[otherwise]
        return x if x == y and not isinstance(x, Void) else doubt([t, x, y])

    return step


def _lookup(node: Node) -> Step:
    key, *rows = (c.index for c in node.children)

    def step(v: Frame) -> Value:
        k = v[key]
        if not isinstance(k, Void):
            return v[rows[cast("int", k)]]
        values = [v[r] for r in rows]
        if not isinstance(values[0], Void) and all(x == values[0] for x in values):
            return values[0]
        return doubt([k, *values])

    return step


def _age(node: Node) -> Step:
    child, own = node.children[0].index, node.index

    def step(v: Frame) -> Value:
        birth = v[child]
        if isinstance(birth, Void):
            return birth
        return age_on(cast("date", birth), cast("date", v[own]))

    return step


_STEPS: dict[Op, Callable[[Node], Step]] = {
    Op.WORD: _copy,
    Op.NOT: _not,
    Op.ALL: _all,
    Op.ANY: _any,
    Op.COMPARE: _compare,
    Op.ADD: _arithmetic,
    Op.SUBTRACT: _arithmetic,
    Op.MULTIPLY: _arithmetic,
    Op.DIVIDE_UP: _arithmetic,
    Op.MIN: _extreme,
    Op.MAX: _extreme,
    Op.CHOOSE: _choose,
    Op.LOOKUP: _lookup,
    Op.AGE: _age,
}
