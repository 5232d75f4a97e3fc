"""The one tree that every use of the rules is folded from.

Expressions are nodes of a directed acyclic graph. Equal expressions are the same node
(hash-consing), children come before parents, so evaluating in order of ``index`` visits
everything once. The interpreter, the columns, the explanation and the outlook are folds over
this graph: each is one table from :class:`Op` to a small function.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heling.engines.law.model import Constant, Definition, Fact, Pack
from heling.engines.law.units import Bounds, Type


class Op(StrEnum):
    """What a node does with its children."""

    LITERAL = "literal"  # payload: bool, int (number, city, enum code)
    FACT = "fact"  # payload: Fact
    CONSTANT = "constant"  # payload: Constant
    WORD = "word"  # payload: Definition; child: its expression
    IN_FORCE = "in_force"  # payload: Pack
    AGE = "age"  # child: date of birth; 周岁 on the as-of day
    NOT = "not"
    ALL = "all"
    ANY = "any"
    COMPARE = "compare"  # payload: "<", "<=", ">", ">=", "==", "!="
    ADD = "add"
    SUBTRACT = "subtract"
    MULTIPLY = "multiply"
    DIVIDE_UP = "divide_up"  # whole parts, a started one counted: 进一(a, b)
    MIN = "min"
    MAX = "max"
    CHOOSE = "choose"  # test, then, otherwise
    LOOKUP = "lookup"  # key, one child per level of the key's enum


Payload = bool | int | str | Fact | Constant | Definition | Pack | None


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One expression. Identity is equality: the graph never builds the same node twice."""

    index: int
    op: Op
    type: Type
    payload: Payload
    children: tuple[Node, ...]
    bounds: Bounds


class Graph:
    """Builds nodes and remembers them."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[tuple[object, ...], Node] = {}
        self._depths: list[int] = []

    def fork(self) -> Graph:
        """A graph that goes on from this one: the same nodes, and new ones of its own."""
        fork = Graph()
        fork.nodes = self.nodes.copy()
        fork._known = self._known.copy()
        fork._depths = self._depths.copy()
        return fork

    def depth(self, node: Node) -> int:
        """How many nodes lie on the longest way down: what a recursive fold must bear."""
        return self._depths[node.index]

    def node(
        self,
        op: Op,
        type_: Type,
        payload: Payload,
        children: tuple[Node, ...] = (),
        bounds: Bounds = Bounds(0, 0),  # noqa: B008 - immutable
    ) -> Node:
        """The node for this expression, new or the one that already stands for it."""
        mark = payload if isinstance(payload, bool | int | str | None) else id(payload)
        key = (op, type_, type(payload), mark, tuple(c.index for c in children))
        found = self._known.get(key)
        if found is None:
            found = Node(len(self.nodes), op, type_, payload, children, bounds)
            self.nodes.append(found)
            self._depths.append(1 + max((self._depths[c.index] for c in children), default=0))
            self._known[key] = found
        return found


def reach(roots: tuple[Node, ...]) -> list[Node]:
    """Every node that the roots depend on, children first."""
    seen: dict[int, Node] = {}
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.index not in seen:
            seen[node.index] = node
            stack.extend(node.children)
    return [seen[i] for i in sorted(seen)]


def static_nodes(nodes: list[Node]) -> frozenset[int]:
    """Indices of nodes whose value depends on the day alone."""
    found: set[int] = set()
    for node in nodes:
        if node.op is not Op.FACT and all(c.index in found for c in node.children):
            found.add(node.index)
    return frozenset(found)
