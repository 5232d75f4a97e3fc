"""Deliberate faults of the evaluator, each of one line, for the conformance suite to notice."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any, cast

import numpy as np
import pytest

from heling.engines.law import assemble, facts, interpret, judge, norm_judge, syntax, value_reader
from heling.engines.law.fields import FieldReader
from heling.engines.law.graph import Op
from heling.engines.law.interpret import OPEN, UNKNOWN, Frame, Step, Value, Void
from heling.engines.law.linking import Linker
from heling.engines.law.model import Constant
from heling.engines.law.units import Bounds
from heling.kernel.period import age_on

Patch = Callable[[pytest.MonkeyPatch], None]
FAULTS: dict[str, Patch] = {}


def fault(name: str) -> Callable[[Patch], Patch]:
    def enter(patch: Patch) -> Patch:
        assert name not in FAULTS
        FAULTS[name] = patch
        return patch

    return enter


def _steps(name: str, op: Op, make: Callable[..., Step]) -> None:
    FAULTS[name] = lambda m: m.setitem(interpret._STEPS, op, make)


def _replaced(name: str, where: Any, attribute: str, value: Any) -> None:
    FAULTS[name] = lambda m: m.setattr(where, attribute, value)


def _operator(name: str, table: dict[Any, Any], key: Any, by: Any) -> None:
    FAULTS[name] = lambda m: m.setitem(table, key, by)


def _mapped(make: Callable[[Any], Step], change: Callable[[Value], Value]) -> Callable[..., Step]:
    """A step whose result is changed."""

    def made(node: Any) -> Step:
        step = make(node)
        return lambda frame: change(step(frame))

    return made


def _read_as(make: Callable[[Any], Step], change: Callable[[Value], Value]) -> Callable[..., Step]:
    """A step that sees its children changed."""

    def made(node: Any) -> Step:
        step, below = make(node), [c.index for c in node.children]

        def seen(frame: Frame) -> Value:
            copy = frame.copy()
            for index in below:
                copy[index] = change(copy[index])
            return step(copy)

        return seen

    return made


def _unless(void: Void, otherwise: Value) -> Callable[[Value], Value]:
    return lambda value: otherwise if value is void else value


_steps("and is or", Op.ALL, interpret._any)
_steps("or is and", Op.ANY, interpret._all)
_steps("not changes nothing", Op.NOT, interpret._copy)
_steps("not of unknown holds", Op.NOT, _mapped(interpret._not, _unless(UNKNOWN, True)))
_steps("not of open holds", Op.NOT, _mapped(interpret._not, _unless(OPEN, True)))
_steps("unknown in and is no", Op.ALL, _read_as(interpret._all, _unless(UNKNOWN, False)))
_steps("unknown in and is yes", Op.ALL, _read_as(interpret._all, _unless(UNKNOWN, True)))
_steps("unknown in or is no", Op.ANY, _read_as(interpret._any, _unless(UNKNOWN, False)))
_steps("open in and is unknown", Op.ALL, _read_as(interpret._all, _unless(OPEN, UNKNOWN)))
_steps("open in and is no", Op.ALL, _read_as(interpret._all, _unless(OPEN, False)))
_steps("open in or is unknown", Op.ANY, _read_as(interpret._any, _unless(OPEN, UNKNOWN)))
_steps("unknown in and is open", Op.ALL, _read_as(interpret._all, _unless(UNKNOWN, OPEN)))
_steps("unknown in or is open", Op.ANY, _read_as(interpret._any, _unless(UNKNOWN, OPEN)))
_steps(
    "a comparison in doubt fails", Op.COMPARE, _mapped(interpret._compare, _unless(UNKNOWN, False))
)
_steps(
    "a comparison with an open term fails",
    Op.COMPARE,
    _mapped(interpret._compare, _unless(OPEN, False)),
)
_steps(
    "a defined word is never unknown", Op.WORD, _mapped(interpret._copy, _unless(UNKNOWN, False))
)
for _symbol, _wrong in (
    ("<", "<="),
    ("<=", "<"),
    (">", ">="),
    (">=", ">"),
    ("==", "!="),
    ("!=", "=="),
):
    _operator(f"{_symbol} is {_wrong}", interpret.OPERATORS, _symbol, interpret.OPERATORS[_wrong])
_operator("plus is minus", interpret.ARITHMETIC, Op.ADD, lambda a, b: a - b)
_operator("minus is plus", interpret.ARITHMETIC, Op.SUBTRACT, lambda a, b: a + b)
_operator("minus stops at nothing", interpret.ARITHMETIC, Op.SUBTRACT, lambda a, b: max(0, a - b))
_operator("times is plus", interpret.ARITHMETIC, Op.MULTIPLY, lambda a, b: a + b)
_operator(
    "products pass through floats",
    interpret.ARITHMETIC,
    Op.MULTIPLY,
    lambda a, b: int(np.float32(a) * np.float32(b)),
)
_operator("进一 rounds down", interpret.ARITHMETIC, Op.DIVIDE_UP, lambda a, b: a // b)
_operator("进一 adds a part always", interpret.ARITHMETIC, Op.DIVIDE_UP, lambda a, b: a // b + 1)
_operator(
    "进一 rounds to the nearest", interpret.ARITHMETIC, Op.DIVIDE_UP, lambda a, b: (a + b // 2) // b
)
_steps("sums of unknowns are nothing", Op.ADD, _mapped(interpret._arithmetic, _unless(UNKNOWN, 0)))
_steps(
    "products with open terms are nothing",
    Op.MULTIPLY,
    _mapped(interpret._arithmetic, _unless(OPEN, 0)),
)


def _extreme(pick: Callable[..., int]) -> Callable[..., Step]:
    def made(node: Any) -> Step:
        below = [c.index for c in node.children]

        def step(frame: Frame) -> Value:
            values = [frame[i] for i in below]
            voids = [v for v in values if isinstance(v, Void)]
            return interpret.doubt(values) if voids else pick(values)

        return step

    return made


def _known_only(node: Any) -> Step:
    below = [c.index for c in node.children]

    def step(frame: Frame) -> Value:
        known = [frame[i] for i in below if not isinstance(frame[i], Void)]
        pick = min if node.op is Op.MIN else max
        return pick(cast("list[int]", known)) if known else UNKNOWN

    return step


_steps("min is max", Op.MIN, _extreme(max))
_steps("max is min", Op.MAX, _extreme(min))
_steps("max passes over what is in doubt", Op.MAX, _known_only)
_steps("min passes over what is in doubt", Op.MIN, _known_only)
_steps(
    "if and else change places",
    Op.CHOOSE,
    lambda node: interpret._choose(
        dataclasses.replace(node, children=(node.children[0], node.children[2], node.children[1]))
    ),
)
_steps(
    "an unknown test takes else", Op.CHOOSE, _read_as(interpret._choose, _unless(UNKNOWN, False))
)
_steps("an open test takes else", Op.CHOOSE, _read_as(interpret._choose, _unless(OPEN, False)))


def _strict_choose(node: Any) -> Step:
    test, then, other = (c.index for c in node.children)

    def step(v: Frame) -> Value:
        t = v[test]
        return (
            interpret.doubt([t, v[then], v[other]])
            if isinstance(t, Void)
            else v[then if t else other]
        )

    return step


def _strict_lookup(node: Any) -> Step:
    key, *rows = (c.index for c in node.children)

    def step(v: Frame) -> Value:
        k = v[key]
        return k if isinstance(k, Void) else v[rows[cast("int", k)]]

    return step


def _next_row(node: Any) -> Step:
    key, *rows = node.children
    return interpret._lookup(dataclasses.replace(node, children=(key, *rows[1:], rows[-1])))


_steps("what is the same either way is in doubt", Op.CHOOSE, _strict_choose)
_steps("rows that are all the same are in doubt", Op.LOOKUP, _strict_lookup)
_steps("a table is off by one row", Op.LOOKUP, _next_row)
_steps(
    "a table takes its first row in doubt",
    Op.LOOKUP,
    _read_as(interpret._lookup, _unless(UNKNOWN, 0)),
)
_replaced(
    "an open term comes before a missing fact",
    interpret,
    "doubt",
    lambda vs: OPEN if any(v is OPEN for v in vs) else UNKNOWN,
)
_replaced("a year too old", interpret, "age_on", lambda b, on: age_on(b, on) + 1)
_replaced("the year alone makes the age", interpret, "age_on", lambda b, on: on.year - b.year)
_replaced(
    "a day late",
    interpret,
    "age_on",
    lambda b, on: on.year - b.year - ((on.month, on.day) <= (b.month, b.day)),
)
_replaced(
    "months without days make the age",
    interpret,
    "age_on",
    lambda b, on: on.year - b.year - (on.month < b.month),
)
_replaced("365 days make a year", interpret, "age_on", lambda b, on: (on - b).days // 365)
_replaced(
    "born on 29 February, older on the 28th",
    interpret,
    "age_on",
    lambda b, on: age_on(
        date(b.year, 2, 28)
        if (b.month, b.day) == (2, 29) and (on.month, on.day) == (2, 28) and on.year % 4
        else b,
        on,
    ),
)


def _constant_on(pick: Callable[[Constant, date], int | None]) -> Patch:
    return lambda m: m.setattr(Constant, "on", pick)


FAULTS["an open term is nothing"] = _constant_on(
    lambda c, day: next((v.value for v in c.versions if day in v.period), 0)
)
FAULTS["an expired number goes on"] = _constant_on(
    lambda c, day: next((v.value for v in reversed(c.versions) if v.period.start <= day), None)
)
FAULTS["the first version for ever"] = _constant_on(
    lambda c, day: c.versions[0].value if c.versions else None
)
FAULTS["the newest version always"] = _constant_on(
    lambda c, day: c.versions[-1].value if c.versions else None
)
FAULTS["a version ends a day early"] = _constant_on(
    lambda c, day: next(
        (v.value for v in c.versions if day in v.period and day != v.period.end), None
    )
)
FAULTS["a version begins a day late"] = _constant_on(
    lambda c, day: next(
        (v.value for v in c.versions if day in v.period and day != v.period.start), None
    )
)


def _static(change: Callable[[Any, date, Value], Value]) -> Patch:
    real = interpret.static_value
    return lambda m: m.setattr(interpret, "static_value", lambda n, on: change(n, on, real(n, on)))


FAULTS["a law is in force for ever"] = _static(lambda n, on, v: True if n.op is Op.IN_FORCE else v)
FAULTS["a law has no last day"] = _static(
    lambda n, on, v: v and on != n.payload.period.end if n.op is Op.IN_FORCE else v
)
FAULTS["a law has no first day"] = _static(
    lambda n, on, v: v and on != n.payload.period.start if n.op is Op.IN_FORCE else v
)
FAULTS["an open term is unknown"] = _static(lambda n, on, v: UNKNOWN if v is OPEN else v)
FAULTS["an open condition fails"] = _static(
    lambda n, on, v: False if v is OPEN and n.payload.type.kind == "bool" else v
)


@fault("nothing is granted as something")
def _(m: pytest.MonkeyPatch) -> None:
    def status(right: Any, frame: Frame) -> Any:
        found = judge._CONDITION[frame[right.when.index]]
        if found is not judge.Status.GRANTED or right.amount is None:
            return found, None
        amount = frame[right.amount.index]
        return (judge._CONDITION[amount], None) if isinstance(amount, Void) else (found, amount)

    m.setattr(judge, "status_of", status)


@fault("an amount in doubt leaves the right granted")
def _(m: pytest.MonkeyPatch) -> None:
    real = judge.status_of

    def status(right: Any, frame: Frame) -> Any:
        granted = judge._CONDITION[frame[right.when.index]]
        found = real(right, frame)
        return (
            (granted, None)
            if right.amount is not None and found[1] is None and found[0] is not judge.Status.DENIED
            else found
        )

    m.setattr(judge, "status_of", status)


_replaced(
    "a rival that is not there keeps too",
    judge,
    "effect_of",
    lambda rivals, keeps: judge._EFFECTS[keeps],
)
_replaced(
    "a rival in doubt has no effect",
    judge,
    "effect_of",
    lambda rivals, keeps: judge.Effect.NONE if rivals is not True else judge._EFFECTS[keeps],
)
_operator("who yields keeps", judge._EFFECTS, False, judge.Effect.KEEPS)


@fault("of equals the last listed keeps")
def _(m: pytest.MonkeyPatch) -> None:
    real = assemble.syntax.compare
    m.setattr(syntax, "compare", lambda g, s, a, b: real(g, {">=": ">", ">": ">="}.get(s, s), a, b))


@fault("exclusive lets the last keep")
def _(m: pytest.MonkeyPatch) -> None:
    def first(self: Any, present: list[Any], i: int) -> Any:
        later = [syntax.negation(self.graph, n) for n in present[i + 1 :]]
        return syntax.junction(self.graph, Op.ALL, [present[i], *later])

    m.setattr(assemble._Assembler, "_first", first)


@fault("a choice is not asked for")
def _(m: pytest.MonkeyPatch) -> None:
    m.setattr(assemble._Assembler, "_by_choice", lambda self, c, present, fallback: fallback)


_replaced(
    "a sum of stacked amounts is its first",
    assemble._Assembler,
    "_total",
    lambda self, c: self.amounts[c.parties[0].grants[0]],
)


def _unpacked(change: Callable[[str, str, str], bool]) -> Patch:
    """A fact with a time: whether it holds, from its first day, last day and the day asked about."""

    def unpack(raw: Any, word: str, on: date) -> Any:
        value, _ = real(raw, word, on)
        if not isinstance(raw, dict):
            return value, True
        return value, change(str(raw.get("自") or ""), str(raw.get("至") or "9"), str(on))

    real = facts._unpack
    return lambda m: m.setattr(facts, "_unpack", unpack)


FAULTS["facts never expire"] = _unpacked(lambda start, end, on: start <= on)
FAULTS["facts hold before their time"] = _unpacked(lambda start, end, on: on <= end)
FAULTS["facts expire a day early"] = _unpacked(lambda start, end, on: start <= on < end)
FAULTS["facts begin a day late"] = _unpacked(lambda start, end, on: start < on <= end)
_replaced(
    "a county is a city of its own", facts, "_city_of", lambda code: int(code[:6].ljust(6, "0"))
)


@fault("what is not said is no")
def _(m: pytest.MonkeyPatch) -> None:
    real = interpret.Interpreter.run

    def run_closed(self: Any, values: dict[str, Value], on: date) -> Frame:
        closed = {
            w: False
            for w, i in self._slots.items()
            if self.nodes[i].type.kind == "bool" and self.nodes[i].op is Op.FACT
        }
        return real(self, {**closed, **values}, on)

    m.setattr(interpret.Interpreter, "run", run_closed)


_replaced(
    "a month is thirty days",
    norm_judge,
    "later",
    lambda day, n, unit: date.fromordinal(
        day.toordinal() + n * {"日": 1, "月": 30, "年": 365}[unit]
    ),
)
_operator("a broken norm is kept", norm_judge._TESTED, False, norm_judge.Standing.KEPT)
_operator("an open norm is kept", norm_judge._TESTED, OPEN, norm_judge.Standing.KEPT)

# Loading

_replaced("units are not compared", syntax, "_same", lambda g, a, b, doing: (a, b))
_replaced("overflow is not looked for", Bounds, "within", lambda self, limit: True)
_replaced("versions may overlap", value_reader, "overlapping", lambda periods: [])
_replaced("versions may leave gaps", value_reader, "gaps", lambda periods: [])
_replaced("depth is not counted", syntax, "_too_deep", lambda tree: False)
_replaced("length is not counted", syntax, "MAX_LENGTH", 10**9)
_replaced(
    "a version need not begin with the law",
    value_reader.ValueReader,
    "_check_cover",
    lambda self, c, p, cite: None,
)
_replaced(
    "words may be declared twice",
    Linker,
    "_add_word",
    lambda self, item: self.words.__setitem__(item.word, item),
)


@fault("citations are not looked up")
def _(m: pytest.MonkeyPatch) -> None:
    real = FieldReader._cite

    def cite(self: Any, cursor: Any, quote: Any = None, word: str = "") -> Any:
        law, self._law = self._law, None
        try:
            return real(self, cursor, quote, word)
        finally:
            self._law = law

    m.setattr(FieldReader, "_cite", cite)


@fault("quotes are not looked up")
def _(m: pytest.MonkeyPatch) -> None:
    real = FieldReader._cite
    m.setattr(
        FieldReader,
        "_cite",
        lambda self, cursor, quote=None, word="": real(self, cursor, None, word),
    )
