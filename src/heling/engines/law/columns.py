"""A whole population at once: the same graph folded into NumPy columns, integers only.

Facts come as columns (rows × 1); every grant leaves as a status column, an amount column and,
where conflicts touch it, an effect column. What depends on the day alone is computed once; age
conditions become one comparison of birth days; rows are taken in blocks, so that intermediate
columns stay in the cache and memory stays flat.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from heling.engines.law import masks
from heling.engines.law.assemble import Assembly, Right
from heling.engines.law.determination import Status
from heling.engines.law.fact_columns import FactColumn, check_columns
from heling.engines.law.graph import Node, Op
from heling.engines.law.interpret import OPERATORS, Frame, Interpreter, Value, Void
from heling.engines.law.masks import Mask, Numbers, Quantity, Truth
from heling.engines.law.model import Fact
from heling.engines.law.units import Bounds

BLOCK = 1 << 18
"""Rows per block: a boolean column of a block is 256 KiB, a few of them fit a core's cache."""

STATUS_CODES = {status: code for code, status in enumerate(Status)}
_EPOCH = date(1970, 1, 1).toordinal()
_UNSIGNED: tuple[type[np.unsignedinteger[Any]], ...] = (np.uint8, np.uint16, np.uint32)

Codes = NDArray[np.uint8]

__all__ = [
    "BLOCK",
    "STATUS_CODES",
    "ColumnEngine",
    "FactColumn",
    "GrantColumn",
    "latest_birth",
    "narrowest",
]


@dataclass(frozen=True, slots=True)
class GrantColumn:
    """``status``: codes of :class:`Status` in order of declaration. ``amount``: integers in the
    grant's unit, 0 unless granted; None for a grant without amount. ``effect``: codes of
    :class:`Effect`; None for a grant that no conflict touches."""

    status: Codes
    amount: Numbers | None
    effect: Codes | None


class ColumnEngine:
    """Folds one assembly over columns."""

    def __init__(self, assembly: Assembly, interpreter: Interpreter) -> None:
        self._assembly = assembly
        self._interpreter = interpreter
        self._contests = {
            right.grant.word: [
                (side.rivals, side.keeps)
                for s in assembly.settlements
                for side in s.sides
                if right.grant.word in side.party.grants and s.total is None
            ]
            for right in assembly.rights
        }
        self._static = _static_nodes(assembly.graph.nodes)

    def run(
        self, facts: Mapping[str, FactColumn], size: int, on: date, *, effects: bool = True
    ) -> dict[str, GrantColumn]:
        """All grants for ``size`` rows on one day. Raises BadInput for columns that do not fit."""
        return self.judge(
            check_columns(self._assembly.facts, facts, size), size, on, effects=effects
        )

    def judge(
        self, inputs: Mapping[str, FactColumn], size: int, on: date, *, effects: bool
    ) -> dict[str, GrantColumn]:
        """The same for columns that are known to fit (dates as days since 1970)."""
        frame = self._interpreter.run({}, on)
        outputs = {
            r.grant.word: self._allocate(r, size, effects=effects) for r in self._assembly.rights
        }
        for rows in _blocks(size):
            block = _Block(self._static, frame, on, inputs, rows, rows.stop - rows.start)
            for right in self._assembly.rights:
                self._fill(block, right, outputs[right.grant.word], rows)
        return outputs

    def _allocate(self, right: Right, size: int, *, effects: bool) -> GrantColumn:
        contested = effects and bool(self._contests[right.grant.word])
        return GrantColumn(
            status=np.empty(size, dtype=np.uint8),
            amount=None
            if right.amount is None
            else np.empty(size, dtype=narrowest(right.amount.bounds)),
            effect=np.empty(size, dtype=np.uint8) if contested else None,
        )

    def _fill(self, block: _Block, right: Right, out: GrantColumn, rows: slice) -> None:
        when = block.truth(right.when)
        status = out.status[rows]
        if right.amount is None or out.amount is None:
            _write_codes(status, when)
        else:
            value = block.known_amount(right.amount)
            _write_amount(status, out.amount[rows], when, value, right.amount)
        if out.effect is not None:
            self._write_effect(block, right.grant.word, out.effect[rows], status)

    def _write_effect(self, block: _Block, word: str, effect: Codes, status: Codes) -> None:
        """The first conflict that bites; judged only for people who hold the grant (granted or
        open: the odd codes) and may have a rival benefit, who are few."""
        effect[:] = 0
        for rivals, keeps in self._contests[word]:
            rival = block.truth(rivals)
            contested = masks.either(rival.true, rival.unknown, rival.open)
            if contested is None:
                continue
            chosen = np.flatnonzero(contested & (status & 1).view(np.bool_) & (effect == 0))
            if len(chosen):
                few = block.take(chosen)
                effect[chosen] = _effect_codes(few.truth(rivals), few.truth(keeps), few.size)


def _effect_codes(rivals: Truth, keeps: Truth, size: int) -> Codes:
    """Effect codes where a rival may be there: KEEPS=1, YIELDS=2, UNKNOWN=3, OPEN=4."""
    codes = np.full(size, 2, dtype=np.uint8)
    unsure = masks.either(keeps.unknown, masks.both(keeps.open, rivals.unknown))
    for mask, code in ((keeps.true, 1), (keeps.open, 4), (unsure, 3)):
        if mask is not None:
            codes[mask] = code
    return codes


def _write_codes(status: Codes, when: Truth) -> None:
    """DENIED=0, GRANTED=1, UNKNOWN=2, OPEN=3 from three disjoint masks."""
    if when.true is None:
        status[:] = 0
    else:
        status[:] = when.true.view(np.uint8)
    if when.unknown is not None:
        status += when.unknown.view(np.uint8) << 1
    if when.open is not None:
        status += when.open.view(np.uint8) * np.uint8(3)


def _write_amount(
    status: Codes, amount: Numbers, when: Truth, value: Quantity | Void, node: Node
) -> None:
    """Where the condition holds the amount decides: known and not nothing, or in doubt."""
    if isinstance(value, Void):
        amount[:] = 0
        doubtful = (when.true, None) if value is Void.UNKNOWN else (None, when.true)
        unknown, opened = (
            masks.either(a, b) for a, b in zip((when.unknown, when.open), doubtful, strict=True)
        )
        _write_codes(status, Truth(None, unknown, opened))
        return
    granted, unknown, opened = when.true, when.unknown, when.open
    if granted is not None:
        unknown = masks.either(unknown, masks.both(granted, value.unknown))
        opened = masks.either(opened, masks.both(granted, value.open))
        granted = masks.without(masks.without(granted, value.unknown), value.open)
    if granted is None:
        amount[:] = 0
    else:
        np.multiply(value.values, granted, out=amount, casting="unsafe")
        if node.bounds.low <= 0:
            granted = amount != 0
    _write_codes(status, Truth(granted, unknown, opened))


def narrowest(bounds: Bounds) -> type[np.integer[Any]]:
    """The smallest integer type that holds every value within the bounds."""
    for kind in _UNSIGNED:
        if bounds.low >= 0 and bounds.high <= np.iinfo(kind).max:
            return kind
    return np.int64


def _blocks(size: int) -> Iterator[slice]:
    for start in range(0, size, BLOCK):
        yield slice(start, min(size, start + BLOCK))


def _static_nodes(nodes: list[Node]) -> frozenset[int]:
    """Nodes whose value depends on the day alone."""
    found: set[int] = set()
    for node in nodes:
        if node.op is not Op.FACT and all(c.index in found for c in node.children):
            found.add(node.index)
    return frozenset(found)


class _Block:
    """Columns of one block of rows; every node at most once."""

    def __init__(
        self,
        static: frozenset[int],
        frame: Frame,
        on: date,
        facts: Mapping[str, FactColumn],
        rows: slice | NDArray[np.intp],
        size: int,
    ) -> None:
        self._static = static
        self._frame = frame
        self.on = on
        self._facts = facts
        self._rows = rows
        self.size = size
        self._truths: dict[int, Truth] = {}
        self._quantities: dict[int, Quantity] = {}

    def take(self, chosen: NDArray[np.intp]) -> _Block:
        """A block of some of the rows (positions within this one)."""
        start = self._rows.start if isinstance(self._rows, slice) else 0
        rows = chosen + start if isinstance(self._rows, slice) else self._rows[chosen]
        return _Block(self._static, self._frame, self.on, self._facts, rows, len(chosen))

    def constant(self, node: Node) -> tuple[bool, Value]:
        """(True, value) for a node that depends on the day alone."""
        return node.index in self._static, self._frame[node.index]

    def truth(self, node: Node) -> Truth:
        found = self._truths.get(node.index)
        if found is None:
            static, value = self.constant(node)
            if static:
                found = masks.scalar(cast("bool | Void", value), self.size)
            else:
                found = _TRUTHS[node.op](self, node)
            self._truths[node.index] = found
        return found

    def quantity(self, node: Node) -> Quantity:
        found = self._quantities.get(node.index)
        if found is None:
            static, value = self.constant(node)
            found = (
                self._constant_column(value, node) if static else _QUANTITIES[node.op](self, node)
            )
            self._quantities[node.index] = found
        return found

    def _constant_column(self, value: Value, node: Node) -> Quantity:
        if isinstance(value, Void):
            doubt = masks.scalar(value, self.size)
            zeros = np.zeros(self.size, dtype=np.uint8)
            return Quantity(zeros, doubt.unknown, doubt.open)
        kind = narrowest(Bounds(cast("int", value), cast("int", value)))
        del node
        return Quantity(np.full(self.size, value, dtype=kind))

    def known_amount(self, node: Node) -> Quantity | Void:
        """A grant's amount; the kind of doubt alone where it is in doubt for everybody."""
        static, value = self.constant(node)
        return value if static and isinstance(value, Void) else self.quantity(node)

    # Facts

    def _column(self, node: Node) -> tuple[NDArray[Any] | None, Mask | None]:
        """(values, unknown) of a fact's rows; values None when the fact is not given at all."""
        column = self._facts.get(cast("Fact", node.payload).word)
        if column is None:
            return None, np.ones(self.size, dtype=np.bool_)
        known = column.known
        return column.values[self._rows], None if known is None else ~known[self._rows]

    def fact_truth(self, node: Node) -> Truth:
        values, unknown = self._column(node)
        return Truth(masks.without(values, unknown), unknown)

    def fact_quantity(self, node: Node) -> Quantity:
        values, unknown = self._column(node)
        if values is None:
            values = np.zeros(self.size, dtype=np.uint8)
        return Quantity(values, unknown)

    # Truths

    def word_truth(self, node: Node) -> Truth:
        return self.truth(node.children[0])

    def negation(self, node: Node) -> Truth:
        return masks.negate(self.truth(node.children[0]), self.size)

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
                return masks.scalar(not neutral, self.size)
            if not static or value is not neutral:
                parts.append(self.truth(child))
        return parts

    def comparison(self, node: Node) -> Truth:
        left, right = node.children
        symbol = cast("str", node.payload)
        a_static, a = self.constant(left)
        b_static, b = self.constant(right)
        if b_static and not isinstance(b, Void):
            return self._against(left, symbol, cast("int", b))
        if a_static and not isinstance(a, Void):
            return self._against(right, _FLIPPED[symbol], cast("int", a))
        return self._pairwise(symbol, left, right)

    def _against(self, subject: Node, symbol: str, limit: int) -> Truth:
        """A column against one number; an age against a birth day, without computing ages."""
        birth = _birth_of(subject)
        if birth is None or symbol in ("==", "!="):
            column = self.quantity(subject)
            return _certain(OPERATORS[symbol](column.values, limit), column)
        column = self.quantity(birth)
        if symbol in (">=", "<"):
            cutoff = latest_birth(limit, self.on)
        else:
            cutoff = latest_birth(limit + 1, self.on)
        reached = column.values <= cutoff if symbol in (">=", ">") else column.values > cutoff
        return _certain(reached, column)

    def _pairwise(self, symbol: str, left: Node, right: Node) -> Truth:
        a, b = self.quantity(left), self.quantity(right)
        unknown, opened = masks.doubts([a, b])
        holds = cast("Mask", OPERATORS[symbol](_wide(a.values), _wide(b.values)))
        return Truth(masks.without(masks.without(holds, unknown), opened), unknown, opened)

    # Quantities

    def word_quantity(self, node: Node) -> Quantity:
        return self.quantity(node.children[0])

    def age(self, node: Node) -> Quantity:
        """Whole years: how many birthdays lie behind."""
        birth = self.quantity(node.children[0])
        cutoffs = np.array([latest_birth(k, self.on) for k in range(150, 0, -1)])
        reached = len(cutoffs) - np.searchsorted(cutoffs, birth.values, side="left")
        return Quantity(reached.astype(np.uint8), birth.unknown, birth.open)

    def arithmetic(self, node: Node) -> Quantity:
        a, b = (self.quantity(c) for c in node.children)
        apply = _UFUNCS[node.op]
        unknown, opened = masks.doubts([a, b])
        return Quantity(apply(_wide(a.values), _wide(b.values)), unknown, opened)

    def extreme(self, node: Node) -> Quantity:
        parts = [self.quantity(c) for c in node.children]
        apply = _UFUNCS[node.op]
        values = _wide(parts[0].values)
        for part in parts[1:]:
            values = apply(values, _wide(part.values))
        unknown, opened = masks.doubts(parts)
        return Quantity(values, unknown, opened)

    def choose(self, node: Node) -> Quantity:
        test, then, otherwise = node.children
        return masks.choose(self.truth(test), self.quantity(then), self.quantity(otherwise))

    def lookup(self, node: Node) -> Quantity:
        key, *rows = node.children
        column = self.quantity(key)
        values = [self.constant(r) for r in rows]
        if column.open is None and all(s and not isinstance(v, Void) for s, v in values):
            return self._table(column, [cast("int", v) for _, v in values], node)
        return self._cascade(column, rows)

    def _table(self, key: Quantity, row: list[int], node: Node) -> Quantity:
        """All rows are known numbers: one gather."""
        table = np.array(row, dtype=narrowest(node.bounds))
        values = table.take(key.values, mode="clip")
        return Quantity(values, key.unknown if len(set(row)) > 1 else None)

    def _cascade(self, key: Quantity, rows: list[Node]) -> Quantity:
        """Rows that vary: a chain of choices, one per level, all in doubt with the key."""
        result = self.quantity(rows[-1])
        for code in range(len(rows) - 2, -1, -1):
            result = masks.choose(Truth(key.values == code), self.quantity(rows[code]), result)
        unsure = masks.either(key.unknown, key.open)
        if unsure is None:
            return result
        parts = [self.quantity(r) for r in rows]
        same: Mask | None = np.ones(self.size, dtype=np.bool_)
        for part in parts:
            same = masks.both(same, parts[0].values == part.values)
            same = masks.without(masks.without(same, part.unknown), part.open)
        unknown, opened = masks.doubts([key, *parts])
        unsure = masks.without(unsure, same)
        return Quantity(
            np.where(cast("Mask", same), parts[0].values, result.values),
            masks.either(masks.both(unsure, unknown), self._settled(result.unknown, unsure, same)),
            masks.either(masks.both(unsure, opened), self._settled(result.open, unsure, same)),
        )

    @staticmethod
    def _settled(mask: Mask | None, unsure: Mask | None, same: Mask | None) -> Mask | None:
        return masks.without(masks.without(mask, unsure), same)


def _certain(holds: object, column: Quantity) -> Truth:
    """The comparison's outcome where the column is not in doubt."""
    mask = masks.without(masks.without(cast("Mask", holds), column.unknown), column.open)
    return Truth(mask, column.unknown, column.open)


def _wide(values: Numbers) -> NDArray[np.int64]:
    """Arithmetic happens in int64, whose range the bounds of every node respect."""
    return values.astype(np.int64, copy=False)


def _birth_of(node: Node) -> Node | None:
    """The date of birth whose age this node is, if that is what it is."""
    while node.op is Op.WORD:
        node = node.children[0]
    return node.children[0] if node.op is Op.AGE else None


def latest_birth(age: int, on: date) -> int:
    """The last day of birth (days since 1970) with which one has reached ``age`` on ``on``.

    Inverse of :func:`heling.kernel.period.age_on`, 29 February included.
    """
    year = on.year - age
    if year < 1:
        return -_EPOCH
    day = 28 if (on.month, on.day) == (2, 29) and not calendar.isleap(year) else on.day
    return date(year, on.month, day).toordinal() - _EPOCH


_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_UFUNCS: dict[Op, Callable[..., Any]] = {
    Op.ADD: np.add,
    Op.SUBTRACT: np.subtract,
    Op.MULTIPLY: np.multiply,
    Op.DIVIDE_UP: lambda a, b: -(-a // np.maximum(b, 1)),  # 0 only where nothing is known
    Op.MIN: np.minimum,
    Op.MAX: np.maximum,
}
_TRUTHS: dict[Op, Callable[[_Block, Node], Truth]] = {
    Op.FACT: _Block.fact_truth,
    Op.WORD: _Block.word_truth,
    Op.NOT: _Block.negation,
    Op.ALL: _Block.conjunction,
    Op.ANY: _Block.disjunction,
    Op.COMPARE: _Block.comparison,
}
_QUANTITIES: dict[Op, Callable[[_Block, Node], Quantity]] = {
    Op.FACT: _Block.fact_quantity,
    Op.WORD: _Block.word_quantity,
    Op.AGE: _Block.age,
    Op.ADD: _Block.arithmetic,
    Op.SUBTRACT: _Block.arithmetic,
    Op.MULTIPLY: _Block.arithmetic,
    Op.DIVIDE_UP: _Block.arithmetic,
    Op.MIN: _Block.extreme,
    Op.MAX: _Block.extreme,
    Op.CHOOSE: _Block.choose,
    Op.LOOKUP: _Block.lookup,
}
