"""Branches that nobody can reach: written in a pack, and never of any consequence.

A branch is one side of an ``or``, one side of an ``if else``, a written row of a table, or the whole
condition of a grant. It is dead when no facts, no open terms and no day lead there, given what stands
around it. Also found: a condition that is true or false for everybody. The ``else`` of a table is
not a branch: a table must have one, needed or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import z3

from heling.engines.law.assemble import Assembly
from heling.engines.law.encoding import Encoding, Formula, Unknowns, regimes, solver_for
from heling.engines.law.graph import Graph, Node, Op
from heling.engines.law.model import Constant, Definition, Fact, Table
from heling.engines.law.model import Formula as Text
from heling.engines.law.syntax import negation
from heling.engines.law.trouble import Finding, Spot
from heling.engines.law.units import Kind

PATIENCE = 2_000
"""Milliseconds for one question; a branch about which Z3 cannot decide is not reported."""


@dataclass(frozen=True, slots=True, eq=False)
class _Branch:
    """Reached where ``node`` has the value ``code`` (a truth, or a level) and ``around`` holds."""

    spot: Spot
    node: Node
    around: tuple[Node, ...]
    message: str
    code: bool | int = True


def dead_branches(assembly: Assembly) -> tuple[Finding, ...]:
    """A finding for each, with file, line, word and article."""
    graph = assembly.graph.fork()
    waiting = list(_branches(assembly, graph))
    for regime in regimes(assembly):
        context = z3.Context()
        unknowns = Unknowns(assembly, regime, context)
        encoding = Encoding(unknowns)
        solver = solver_for(unknowns.limits, context, PATIENCE)
        waiting = [b for b in waiting if solver.check(*_question(b, encoding)) == z3.unsat]
    found = (Finding(b.spot, b.message) for b in waiting)
    return tuple(dict.fromkeys(found))


def _question(branch: _Branch, encoding: Encoding) -> list[Formula]:
    return [encoding.of(branch.node) == branch.code, *(encoding.of(n) for n in branch.around)]


def _branches(assembly: Assembly, graph: Graph) -> Iterator[_Branch]:
    for node in assembly.graph.nodes:
        if node.op is Op.WORD:
            item = cast("Definition", node.payload)
            walk = _Walk(graph, item.spot, item.formula)
            if node.type.kind is Kind.BOOL and node.children[0].op is not Op.COMPARE:
                yield from walk.settled(node)
            yield from walk.below(node.children[0], ())
    for right in assembly.rights:
        grant = right.grant
        yield _Branch(grant.spot, right.when, (), "没有人能符合这个项目的条件，请检查 when")
        yield from _Walk(graph, grant.spot, "").below(right.when, ())
        if right.amount is not None:
            walk = _Walk(graph, grant.spot, grant.amount)
            yield from walk.below(right.amount, (right.when,))
    for settlement in assembly.settlements:
        spot = settlement.conflict.spot
        for side in settlement.sides:
            name = side.party.word
            yield _Branch(spot, side.present, (), f"“{name}”这一方不可能出现，请检查 between")
            yield _Branch(
                spot, side.keeps, (side.present,), f"“{name}”这一方永远保留不了，请检查 rule"
            )


class _Walk:
    """The branches of one formula, down to the words it uses, which are walked on their own."""

    def __init__(self, graph: Graph, spot: Spot, text: Text) -> None:
        self._graph = graph
        self._spot = spot
        self._rows = text.rows.keys() if isinstance(text, Table) else None

    def below(self, node: Node, around: tuple[Node, ...]) -> Iterator[_Branch]:
        if node.op is Op.COMPARE:
            yield from self.settled(node)
        if node.op is Op.WORD:
            return
        if node.op is Op.ANY:
            yield from self._any(node, around)
        elif node.op is Op.CHOOSE:
            yield from self._choose(node, around)
        elif node.op is Op.LOOKUP:
            yield from self._lookup(node, around)
        else:
            for child in node.children:
                beside = tuple(c for c in node.children if c is not child)
                inner = (*around, *beside) if node.op is Op.ALL else around
                yield from self.below(child, inner)

    def settled(self, node: Node) -> Iterator[_Branch]:
        for code, always in ((True, "不成立"), (False, "成立")):
            yield _Branch(self._spot, node, (), f"“{say(node)}”对谁都{always}，请检查", code)

    def _any(self, node: Node, around: tuple[Node, ...]) -> Iterator[_Branch]:
        for child in node.children:
            text = f"“{say(child)}”这一支没有人能走到，请检查"
            yield _Branch(self._spot, child, around, text)
            yield from self.below(child, around)

    def _choose(self, node: Node, around: tuple[Node, ...]) -> Iterator[_Branch]:
        test, then, otherwise = node.children
        for code, side, value in ((True, "if", then), (False, "else", otherwise)):
            text = f"“{say(test)}”的 {side} 一支没有人能走到，请检查"
            yield _Branch(self._spot, test, around, text, code)
            inner = test if code else negation(self._graph, test)
            yield from self.below(value, (*around, inner))
        yield from self.below(test, around)

    def _lookup(self, node: Node, around: tuple[Node, ...]) -> Iterator[_Branch]:
        key, *values = node.children
        for code, level in enumerate(key.type.levels):
            if self._rows is None or level in self._rows:
                text = f"表里“{level}”这一行没有人能走到，请检查"
                yield _Branch(self._spot, key, around, text, code)
        for value in values:
            yield from self.below(value, around)


_SYMBOLS = {Op.ALL: " and ", Op.ANY: " or ", Op.ADD: " + ", Op.SUBTRACT: " - ", Op.MULTIPLY: " * "}
_CALLS = {Op.AGE: "周岁", Op.MIN: "min", Op.MAX: "max", Op.NOT: "not "}


def say(node: Node) -> str:
    """An expression as it could be written in a pack; parts that have a name by their name."""
    if isinstance(node.payload, Fact | Constant | Definition):
        return node.payload.word
    if node.op is Op.LITERAL:
        kind, value = node.type.kind, cast("int", node.payload)
        return node.type.levels[value] if kind is Kind.ENUM else str(value)
    below = [say(c) for c in node.children]
    if node.op is Op.COMPARE:
        return f"{below[0]} {node.payload} {below[1]}"
    if node.op in _SYMBOLS:
        return "(" + _SYMBOLS[node.op].join(below) + ")"
    if node.op is Op.CHOOSE:
        return f"({below[1]} if {below[0]} else {below[2]})"
    return f"{_CALLS.get(node.op, '查表')}({', '.join(below)})"
