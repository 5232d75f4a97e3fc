"""A whole population at once: the same graph folded into NumPy columns, integers only.

Facts come as columns (rows × 1); every grant leaves as a status column, an amount column and,
where conflicts touch it, an effect column. What depends on the day alone is computed once; age
conditions become one comparison of birth days; rows are taken in blocks, so that intermediate
columns stay in the cache and memory stays flat. Every column has the narrowest type that holds
its bounds, and arithmetic happens in a type that holds the bounds of both sides and of the
result: nothing can overflow.
"""

from __future__ import annotations

import calendar
import itertools
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
from heling.engines.law.fold import Fold, birth_of, certain
from heling.engines.law.graph import Node, Op, static_nodes
from heling.engines.law.interpret import OPERATORS, Frame, Interpreter, Void
from heling.engines.law.masks import Mask, Numbers, Quantity, Truth
from heling.engines.law.model import Fact
from heling.engines.law.units import Bounds, Kind

BLOCK = 1 << 18
"""Rows per block: a boolean column of a block is 256 KiB, a few of them fit a core's cache."""

STATUS_CODES = {status: code for code, status in enumerate(Status)}
_EPOCH = date(1970, 1, 1).toordinal()
_KINDS: tuple[type[np.integer[Any]], ...] = (
    np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.int64,
)  # fmt: skip

Codes = NDArray[np.uint8]
_Contested = dict[tuple[str, int], list[NDArray[np.intp]]]
"""(grant, number of the conflict) → rows where it may bite, block by block."""

__all__ = [
    "BLOCK",
    "STATUS_CODES",
    "ColumnEngine",
    "FactColumn",
    "GrantColumn",
    "contests",
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


def contests(assembly: Assembly) -> dict[str, list[tuple[Node, Node]]]:
    """Per grant, (a rival is there, this side keeps) of every conflict that may take it away."""
    return {
        right.grant.word: [
            (side.rivals, side.keeps)
            for s in assembly.settlements
            for side in s.sides
            if right.grant.word in side.party.grants and s.total is None
        ]
        for right in assembly.rights
    }


class ColumnEngine:
    """Folds one assembly over columns."""

    def __init__(self, assembly: Assembly, interpreter: Interpreter) -> None:
        self._assembly = assembly
        self._interpreter = interpreter
        self._contests = contests(assembly)
        self._static = static_nodes(assembly.graph.nodes)

    def check(self, facts: Mapping[str, FactColumn], size: int) -> dict[str, FactColumn]:
        """Columns as the engine reads them. Raises BadInput for columns that do not fit."""
        return check_columns(self._assembly.facts, facts, size)

    def run(
        self, facts: Mapping[str, FactColumn], size: int, on: date, *, effects: bool = True
    ) -> dict[str, GrantColumn]:
        """All grants for ``size`` rows on one day. Raises BadInput for columns that do not fit."""
        return self.judge(self.check(facts, size), size, on, effects=effects)

    def judge(
        self, inputs: Mapping[str, FactColumn], size: int, on: date, *, effects: bool
    ) -> dict[str, GrantColumn]:
        """The same for columns that are known to fit (dates as days since 1970)."""
        frame = self._interpreter.run({}, on)
        outputs = {
            r.grant.word: self._allocate(r, size, effects=effects) for r in self._assembly.rights
        }
        contested: _Contested = {}
        for rows in _blocks(size):
            block = _Block(self._static, frame, on, inputs, rows, rows.stop - rows.start)
            for right in self._assembly.rights:
                out = outputs[right.grant.word]
                self._fill(block, right, out, rows)
                if out.effect is not None:
                    self._note_rivals(block, right.grant.word, out.status[rows], rows, contested)
        for (word, number), found in contested.items():
            chosen = np.concatenate(found)
            few = _Block(self._static, frame, on, inputs, chosen, len(chosen))
            self._settle(few, self._contests[word][number], outputs[word], chosen)
        return outputs

    def judge_rows(
        self, inputs: Mapping[str, FactColumn], rows: NDArray[np.intp], on: date
    ) -> dict[str, GrantColumn]:
        """The grants of some rows only, in the order of ``rows``."""
        chosen = {
            word: FactColumn(
                column.values[rows], None if column.known is None else column.known[rows]
            )
            for word, column in inputs.items()
        }
        return self.judge(chosen, len(rows), on, effects=True)

    def _allocate(self, right: Right, size: int, *, effects: bool) -> GrantColumn:
        """Columns of nothing: memory that is never written costs nothing either."""
        contested = effects and bool(self._contests[right.grant.word])
        return GrantColumn(
            status=np.zeros(size, dtype=np.uint8),
            amount=None
            if right.amount is None
            else np.zeros(size, dtype=narrowest(right.amount.bounds)),
            effect=np.zeros(size, dtype=np.uint8) if contested else None,
        )

    def _fill(self, block: _Block, right: Right, out: GrantColumn, rows: slice) -> None:
        when = block.truth(right.when)
        status = out.status[rows]
        if right.amount is None or out.amount is None:
            _write_codes(status, when)
        else:
            value = block.known_amount(right.amount)
            _write_amount(status, out.amount[rows], when, value, right.amount)

    def _note_rivals(
        self, block: _Block, word: str, status: Codes, rows: slice, contested: _Contested
    ) -> None:
        """Rows that hold the grant (granted or open: the odd codes) and may have a rival benefit.
        They are few: who prevails is judged for them alone."""
        for number, (rivals, _) in enumerate(self._contests[word]):
            rival = block.truth(rivals)
            mask = masks.either(rival.true, rival.unknown, rival.open)
            if mask is not None:
                bites = (status & mask.view(np.uint8)).view(np.bool_)
                found = np.flatnonzero(bites)
                contested.setdefault((word, number), []).append(found + rows.start)

    @staticmethod
    def _settle(
        few: _Block, contest: tuple[Node, Node], out: GrantColumn, chosen: NDArray[np.intp]
    ) -> None:
        """The first conflict that bites decides."""
        effect = cast("Codes", out.effect)
        rivals, keeps = contest
        codes = _effect_codes(few.truth(rivals), few.truth(keeps), few.size)
        before = effect[chosen]
        effect[chosen] = np.where(before == 0, codes, before)


def _effect_codes(rivals: Truth, keeps: Truth, size: int) -> Codes:
    """Effect codes where a rival may be there: KEEPS=1, YIELDS=2, UNKNOWN=3, OPEN=4."""
    codes = np.full(size, 2, dtype=np.uint8)
    unsure = masks.either(keeps.unknown, masks.both(keeps.open, rivals.unknown))
    for mask, code in ((keeps.true, 1), (keeps.open, 4), (unsure, 3)):
        if mask is not None:
            codes[mask] = code
    return codes


def _write_codes(status: Codes, when: Truth) -> None:
    """DENIED=0, GRANTED=1, UNKNOWN=2, OPEN=3 from three disjoint masks, onto zeros."""
    fresh = True
    for mask, code in ((when.true, 1), (when.unknown, 2), (when.open, 3)):
        if mask is None:
            continue
        if not fresh:
            status |= mask.view(np.uint8) * np.uint8(code)
        elif code == 1:
            status[:] = mask.view(np.uint8)
        else:
            np.multiply(mask.view(np.uint8), np.uint8(code), out=status)
        fresh = False


def _write_amount(
    status: Codes, amount: Numbers, when: Truth, value: Quantity | Void, node: Node
) -> None:
    """Where the condition holds the amount decides: known and not nothing, or in doubt."""
    if isinstance(value, Void):
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
        np.multiply(value.values, cast("Mask", granted), out=amount, casting="unsafe")
        if node.bounds.low <= 0:
            granted = amount != 0
    _write_codes(status, Truth(granted, unknown, opened))


def narrowest(*bounds: Bounds) -> type[np.integer[Any]]:
    """The smallest integer type that holds every value within all the bounds."""
    low, high = min(b.low for b in bounds), max(b.high for b in bounds)
    for kind in _KINDS:
        limits = np.iinfo(kind)
        if limits.min <= low and high <= limits.max:
            return kind
    raise OverflowError(f"{low} to {high}")  # the compiler refuses such bounds (INT_LIMIT)


def _blocks(size: int) -> Iterator[slice]:
    for start in range(0, size, BLOCK):
        yield slice(start, min(size, start + BLOCK))


class _Block(Fold):
    """Columns of one block of rows."""

    def __init__(
        self,
        static: frozenset[int],
        frame: Frame,
        on: date,
        facts: Mapping[str, FactColumn],
        rows: slice | NDArray[np.intp],
        size: int,
    ) -> None:
        super().__init__(static, frame, on)
        self._facts = facts
        self._rows = rows
        self.size = size
        self._every: Mask | None = None

    @property
    def every(self) -> Mask:
        if self._every is None:
            self._every = np.ones(self.size, dtype=np.bool_)
        return self._every

    def number(self, value: int) -> Numbers:
        return np.full(self.size, value, dtype=narrowest(Bounds(value, value)))

    # Facts

    def _column(self, node: Node) -> tuple[NDArray[Any] | None, Mask | None]:
        """(values, unknown) of a fact's rows; values None when the fact is not given at all."""
        column = self._facts.get(cast("Fact", node.payload).word)
        if column is None:
            return None, self.every
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

    # Comparisons

    def against(self, subject: Node, symbol: str, limit: int) -> Truth:
        """A column against one number; an age against a birth day, without computing ages."""
        birth = birth_of(subject)
        if birth is None or symbol in ("==", "!="):
            column = self.quantity(subject)
            return certain(OPERATORS[symbol](column.values, limit), column)
        column = self.quantity(birth)
        if symbol in (">=", "<"):
            cutoff = latest_birth(limit, self.on)
        else:
            cutoff = latest_birth(limit + 1, self.on)
        reached = column.values <= cutoff if symbol in (">=", ">") else column.values > cutoff
        return certain(reached, column)

    def relation(self, symbol: str, left: Node, right: Node) -> Mask:
        a, b = self.quantity(left).values, self.quantity(right).values
        return cast("Mask", OPERATORS[symbol](a, b))

    def equal(self, a: Numbers, b: Numbers) -> Mask:
        return cast("Mask", a == b)

    def level(self, values: Numbers, code: int) -> Mask:
        return cast("Mask", values == code)

    # Quantities

    def age(self, node: Node) -> Quantity:
        """Whole years: how many birthdays lie behind."""
        birth = self.quantity(node.children[0])
        cutoffs = np.array([latest_birth(k, self.on) for k in range(150, 0, -1)])
        reached = len(cutoffs) - np.searchsorted(cutoffs, birth.values, side="left")
        return Quantity(reached.astype(np.uint8), birth.unknown, birth.open)

    def arithmetic(self, node: Node) -> Quantity:
        a, b = (self.quantity(c) for c in node.children)
        kind = working(node)
        unknown, opened = masks.doubts([a, b])
        values = _UFUNCS[node.op](
            a.values.astype(kind, copy=False), b.values.astype(kind, copy=False)
        )
        return Quantity(values, unknown, opened)

    def extreme(self, node: Node) -> Quantity:
        parts = [self.quantity(c) for c in node.children]
        apply, kind = _UFUNCS[node.op], working(node)
        values = parts[0].values.astype(kind, copy=False)
        for part in parts[1:]:
            values = apply(values, part.values.astype(kind, copy=False))
        unknown, opened = masks.doubts(parts)
        return Quantity(values, unknown, opened)

    def select(self, taken: Mask, then: Numbers, otherwise: Numbers) -> Numbers:
        return np.where(taken, then, otherwise)

    def lookup(self, node: Node) -> Quantity:
        """Where all rows of the table are known numbers: one step per change between levels."""
        key, *rows = node.children
        values = [self.constant(r) for r in rows]
        column = self.quantity(key)
        if column.open is not None or not all(s and not isinstance(v, Void) for s, v in values):
            return super().lookup(node)
        row = [cast("int", v) for _, v in values]
        found = _stairs(column.values, row, narrowest(node.bounds))
        return Quantity(found, column.unknown if len(set(row)) > 1 else None)


def _stairs(codes: Numbers, row: list[int], kind: type[np.integer[Any]]) -> Numbers:
    """``row[code]``; codes beyond the last row (people in doubt) count as the last. Each level at
    which the row changes flips the bits that differ, in narrow arithmetic all the way."""
    values = np.full(len(codes), row[0], dtype=kind)
    for code, (before, after) in enumerate(itertools.pairwise(row), start=1):
        if before != after:
            change = np.bitwise_xor(kind(before), kind(after))
            values ^= (codes >= code) * change
    return values


def working(node: Node) -> type[np.integer[Any]]:
    """A type in which this node can be computed: it holds both sides and the result."""
    if node.type.kind is not Kind.NUMBER:
        return np.int64
    return narrowest(node.bounds, *(c.bounds for c in node.children))


def latest_birth(age: int, on: date) -> int:
    """The last day of birth (days since 1970) with which one has reached ``age`` on ``on``.

    Inverse of :func:`heling.kernel.period.age_on`, 29 February included.
    """
    year = on.year - age
    if year < 1:
        return -_EPOCH
    day = 28 if (on.month, on.day) == (2, 29) and not calendar.isleap(year) else on.day
    return date(year, on.month, day).toordinal() - _EPOCH


def _divide_up(a: Numbers, b: Numbers) -> Numbers:
    """Whole parts, a started one counted; neither side is negative, and ``b`` is 0 only where
    nothing is known."""
    part = np.maximum(b, 1)
    return cast("Numbers", a // part + (a % part != 0))


_UFUNCS: dict[Op, Callable[..., Any]] = {
    Op.ADD: np.add,
    Op.SUBTRACT: np.subtract,
    Op.MULTIPLY: np.multiply,
    Op.DIVIDE_UP: _divide_up,
    Op.MIN: np.minimum,
    Op.MAX: np.maximum,
}
