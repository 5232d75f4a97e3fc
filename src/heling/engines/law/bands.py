"""Which differences between people the law makes on a day.

A day of birth matters only through the ages at which some condition turns; a place only through
the city it is compared with. Everybody between two such ages is in one *band*. Found from the
graph, so that a pack that draws a new line draws a new band.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast

from heling.engines.law.assemble import Assembly
from heling.engines.law.fold import FLIPPED
from heling.engines.law.graph import Node, Op, reach, static_nodes
from heling.engines.law.interpret import Frame, Interpreter
from heling.engines.law.model import Fact
from heling.engines.law.units import PLACES, Kind

EVERY_YEAR = tuple(range(1, 151))


@dataclass(frozen=True, slots=True, eq=False)
class Ages:
    """One date of birth. ``shown``: indices of the nodes that hold the age; ``ages``: where a
    condition turns, ascending; ``each_year``: the age is used as a number, so every year counts."""

    fact: Fact
    shown: tuple[int, ...]
    ages: tuple[int, ...]
    each_year: bool


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """The differences of one day. ``exact``: facts of which every value counts; ``cities``: the
    places that a place is compared with."""

    births: tuple[Ages, ...]
    cities: tuple[tuple[Fact, tuple[int, ...]], ...]
    exact: tuple[Fact, ...]


def all_roots(assembly: Assembly) -> tuple[Node, ...]:
    """Every node that a result is read off: rights, conflicts, encouragements."""
    found: list[Node] = []
    for right in assembly.rights:
        found += [right.when] if right.amount is None else [right.when, right.amount]
    for settlement in assembly.settlements:
        found += [] if settlement.total is None else [settlement.total]
        for side in settlement.sides:
            found += [side.present, side.rivals, side.keeps]
    found += [node for _, _, node in assembly.encouraged if node is not None]
    return tuple(dict.fromkeys(found))


class Differences:
    """Reads bands off the nodes that some results depend on."""

    def __init__(self, roots: tuple[Node, ...], interpreter: Interpreter) -> None:
        nodes = reach(roots)
        self._interpreter = interpreter
        self._facts = [n for n in nodes if n.op is Op.FACT]
        self._roots = frozenset(n.index for n in roots)
        self._static = static_nodes(interpreter.nodes)
        self._parents: dict[int, list[Node]] = {}
        for node in nodes:
            for child in dict.fromkeys(node.children):
                self._parents.setdefault(child.index, []).append(node)

    def on(self, day: date) -> Bands:
        """The bands of one day: constants have the values that they have then."""
        frame = self._interpreter.run({}, day)
        births, cities, exact = [], [], []
        for node in self._facts:
            fact = cast("Fact", node.payload)
            if fact.type.kind is Kind.DATE and (ages := self._ages(node, fact, frame)):
                births.append(ages)
            elif fact.type.kind in PLACES and (limits := self._limits(node, frame)) is not None:
                cities.append((fact, tuple(sorted({limit for _, limit in limits}))))
            else:
                exact.append(fact)
        return Bands(tuple(births), tuple(cities), tuple(exact))

    def _ages(self, birth: Node, fact: Fact, frame: Frame) -> Ages | None:
        """None when the day itself is used otherwise than through an age."""
        aliases, users = self._uses(birth)
        if not users or any(u.op is not Op.AGE for u in users) or aliases & self._roots:
            return None
        shown: list[int] = []
        turns: set[int] = set()
        each_year = False
        for age in users:
            named, _ = self._uses(age)
            limits = self._limits(age, frame)
            shown += sorted(named)
            if limits is None:
                each_year = True
            else:
                turns.update(_turns(limits))
        ages = EVERY_YEAR if each_year else tuple(sorted(turns))
        return Ages(fact, tuple(shown), ages, each_year)

    def _uses(self, node: Node) -> tuple[set[int], list[Node]]:
        """The node and the words that stand for it; what uses any of them."""
        aliases, users, pending = {node.index}, [], [node]
        while pending:
            for parent in self._parents.get(pending.pop().index, ()):
                if parent.op is not Op.WORD:
                    users.append(parent)
                elif parent.index not in aliases:
                    aliases.add(parent.index)
                    pending.append(parent)
        return aliases, users

    def _limits(self, node: Node, frame: Frame) -> list[tuple[str, int]] | None:
        """(symbol, number) of every comparison; None when used in any other way. A limit that is
        an open term turns nobody."""
        aliases, users = self._uses(node)
        if aliases & self._roots:
            return None
        found = []
        for user in users:
            if user.op is not Op.COMPARE:
                return None
            left, right = user.children
            subject_left = left.index in aliases
            limit = right if subject_left else left
            if limit.index not in self._static:
                return None
            value, symbol = frame[limit.index], cast("str", user.payload)
            if type(value) is int:
                found.append((symbol if subject_left else FLIPPED[symbol], value))
        return found


def _turns(limits: Iterable[tuple[str, int]]) -> Iterable[int]:
    """The ages at which a comparison changes: ``>= 80`` at 80, ``> 80`` at 81, ``== 80`` at both."""
    for symbol, limit in limits:
        if symbol in (">=", "<", "==", "!="):
            yield limit
        if symbol in (">", "<=", "==", "!="):
            yield limit + 1
