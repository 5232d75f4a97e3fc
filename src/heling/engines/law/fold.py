"""What the two folds over a population share: boolean columns and bitmaps.

A fold knows the rules of four-valued logic once, over arrays of any kind. How a fact is looked
up, how two quantities are compared and how values are picked is left to the kind: one byte per
person in :mod:`heling.engines.law.columns`, one bit in :mod:`heling.engines.law.bits`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date
from typing import Any, cast

from heling.engines.law import masks
from heling.engines.law.graph import Node, Op
from heling.engines.law.interpret import Frame, Value, Void
from heling.engines.law.masks import Mask, Quantity, Truth

FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


class Fold(ABC):
    """Every node of the graph at most once, for one set of people and one day.

    ``frame``: what depends on the day alone; ``every``: the mask of all people.
    """

    def __init__(self, static: frozenset[int], frame: Frame, on: date) -> None:
        self._static = static
        self._frame = frame
        self.on = on
        self._truths: dict[int, Truth] = {}
        self._quantities: dict[int, Quantity] = {}

    # What a kind of array must know

    @property
    @abstractmethod
    def every(self) -> Mask:
        """The mask that holds for everybody."""

    @abstractmethod
    def fact_truth(self, node: Node) -> Truth: ...

    @abstractmethod
    def fact_quantity(self, node: Node) -> Quantity: ...

    @abstractmethod
    def number(self, value: int) -> Any:
        """The same number for everybody."""

    @abstractmethod
    def against(self, subject: Node, symbol: str, limit: int) -> Truth:
        """A quantity compared with a number that is the same for everybody."""

    @abstractmethod
    def relation(self, symbol: str, left: Node, right: Node) -> Mask:
        """Two quantities compared; meaningless where one is in doubt."""

    @abstractmethod
    def age(self, node: Node) -> Quantity: ...

    @abstractmethod
    def arithmetic(self, node: Node) -> Quantity: ...

    @abstractmethod
    def extreme(self, node: Node) -> Quantity: ...

    @abstractmethod
    def select(self, taken: Mask, then: Any, otherwise: Any) -> Any:
        """Values of ``then`` where taken, of ``otherwise`` elsewhere."""

    @abstractmethod
    def equal(self, a: Any, b: Any) -> Mask:
        """Where two columns of values are the same."""

    @abstractmethod
    def level(self, values: Any, code: int) -> Mask:
        """Where values are one number."""

    # What is the same for all

    def constant(self, node: Node) -> tuple[bool, Value]:
        """(True, value) for a node that depends on the day alone."""
        return node.index in self._static, self._frame[node.index]

    def truth(self, node: Node) -> Truth:
        found = self._truths.get(node.index)
        if found is None:
            static, value = self.constant(node)
            if static:
                found = masks.scalar(cast("bool | Void", value), self.every)
            else:
                found = _TRUTHS[node.op](self, node)
            self._truths[node.index] = found
        return found

    def quantity(self, node: Node) -> Quantity:
        found = self._quantities.get(node.index)
        if found is None:
            static, value = self.constant(node)
            found = self._constant(value) if static else _QUANTITIES[node.op](self, node)
            self._quantities[node.index] = found
        return found

    def _constant(self, value: Value) -> Quantity:
        if isinstance(value, Void):
            doubt = masks.scalar(value, self.every)
            return Quantity(self.number(0), doubt.unknown, doubt.open)
        return Quantity(self.number(cast("int", value)))

    def known_amount(self, node: Node) -> Quantity | Void:
        """A grant's amount; the kind of doubt alone where it is in doubt for everybody."""
        static, value = self.constant(node)
        return value if static and isinstance(value, Void) else self.quantity(node)

    # Truths

    def word_truth(self, node: Node) -> Truth:
        return self.truth(node.children[0])

    def negation(self, node: Node) -> Truth:
        return masks.negate(self.truth(node.children[0]), self.every)

    def conjunction(self, node: Node) -> Truth:
        parts = self._parts(node, neutral=True)
        return parts if isinstance(parts, Truth) else masks.conjunction(parts)

    def disjunction(self, node: Node) -> Truth:
        parts = self._parts(node, neutral=False)
        return parts if isinstance(parts, Truth) else masks.disjunction(parts)

    def _parts(self, node: Node, *, neutral: bool) -> list[Truth] | Truth:
        """Children that matter today: neutral ones are dropped, a deciding one decides."""
        parts = []
        for child in node.children:
            static, value = self.constant(child)
            if static and value is (not neutral):
                return masks.scalar(not neutral, self.every)
            if not static or value is not neutral:
                parts.append(self.truth(child))
        return parts

    def comparison(self, node: Node) -> Truth:
        left, right = node.children
        symbol = cast("str", node.payload)
        a_static, a = self.constant(left)
        b_static, b = self.constant(right)
        if b_static and not isinstance(b, Void):
            return self.against(left, symbol, cast("int", b))
        if a_static and not isinstance(a, Void):
            return self.against(right, FLIPPED[symbol], cast("int", a))
        unknown, opened = masks.doubts([self.quantity(left), self.quantity(right)])
        holds = self.relation(symbol, left, right)
        return Truth(masks.without(masks.without(holds, unknown), opened), unknown, opened)

    # Quantities

    def word_quantity(self, node: Node) -> Quantity:
        return self.quantity(node.children[0])

    def choose(self, node: Node) -> Quantity:
        test, then, otherwise = node.children
        return self.chosen(self.truth(test), self.quantity(then), self.quantity(otherwise))

    def chosen(self, test: Truth, then: Quantity, otherwise: Quantity) -> Quantity:
        """``then if test else otherwise``; where the test is in doubt but both sides are the
        same known number, that number."""
        taken = test.true if test.true is not None else self.every ^ self.every
        values = self.select(taken, then.values, otherwise.values)
        unsure = masks.either(test.unknown, test.open)
        sides_unknown = masks.taken(taken, then.unknown, otherwise.unknown)
        sides_open = masks.taken(taken, then.open, otherwise.open)
        if unsure is None:
            return Quantity(values, sides_unknown, sides_open)
        unknown, opened = masks.doubts([test, then, otherwise])
        doubtful = masks.either(then.unknown, then.open, otherwise.unknown, otherwise.open)
        same = masks.without(self.equal(then.values, otherwise.values), doubtful)
        unsure = masks.without(unsure, same)
        return Quantity(
            values,
            masks.patch(sides_unknown, unsure, unknown, same),
            masks.patch(sides_open, unsure, opened, same),
        )

    def lookup(self, node: Node) -> Quantity:
        """A chain of choices, one per level, all in doubt with the key."""
        key, *rows = node.children
        column = self.quantity(key)
        result = self.quantity(rows[-1])
        for code in range(len(rows) - 2, -1, -1):
            here = Truth(self.level(column.values, code))
            result = self.chosen(here, self.quantity(rows[code]), result)
        unsure = masks.either(column.unknown, column.open)
        if unsure is None:
            return result
        parts = [self.quantity(r) for r in rows]
        same: Mask | None = self.every
        for part in parts:
            same = masks.both(same, self.equal(parts[0].values, part.values))
            same = masks.without(masks.without(same, part.unknown), part.open)
        unknown, opened = masks.doubts([column, *parts])
        unsure = masks.without(unsure, same)
        return Quantity(
            self.select(cast("Mask", same), parts[0].values, result.values),
            masks.patch(result.unknown, unsure, unknown, same),
            masks.patch(result.open, unsure, opened, same),
        )


def certain(holds: Mask, column: Quantity) -> Truth:
    """The comparison's outcome where the column is not in doubt."""
    mask = masks.without(masks.without(holds, column.unknown), column.open)
    return Truth(mask, column.unknown, column.open)


def birth_of(node: Node) -> Node | None:
    """The date of birth whose age this node is, if that is what it is."""
    while node.op is Op.WORD:
        node = node.children[0]
    return node.children[0] if node.op is Op.AGE else None


_TRUTHS: dict[Op, Callable[[Fold, Node], Truth]] = {
    Op.FACT: lambda fold, node: fold.fact_truth(node),
    Op.WORD: Fold.word_truth,
    Op.NOT: Fold.negation,
    Op.ALL: Fold.conjunction,
    Op.ANY: Fold.disjunction,
    Op.COMPARE: Fold.comparison,
}
_QUANTITIES: dict[Op, Callable[[Fold, Node], Quantity]] = {
    Op.FACT: lambda fold, node: fold.fact_quantity(node),
    Op.WORD: Fold.word_quantity,
    Op.AGE: lambda fold, node: fold.age(node),
    Op.ADD: lambda fold, node: fold.arithmetic(node),
    Op.SUBTRACT: lambda fold, node: fold.arithmetic(node),
    Op.MULTIPLY: lambda fold, node: fold.arithmetic(node),
    Op.DIVIDE_UP: lambda fold, node: fold.arithmetic(node),
    Op.MIN: lambda fold, node: fold.extreme(node),
    Op.MAX: lambda fold, node: fold.extreme(node),
    Op.CHOOSE: Fold.choose,
    Op.LOOKUP: lambda fold, node: fold.lookup(node),
}
