"""The planning fold: the same graph over bitmaps, totals per district by counting bits.

A condition is three bitmaps (是, 不知道, 尚待规定), an amount is bit planes
(:mod:`heling.engines.law.planes`). A month of a city of 1.5 million costs milliseconds and no
memory to speak of, so a reform can be priced while the planner moves a slider. Agrees with
:mod:`heling.engines.law.columns` elder by elder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import cast

import numpy as np

from heling.engines.law import masks, planes
from heling.engines.law.assemble import Assembly, Right
from heling.engines.law.bitstore import BitStore
from heling.engines.law.columns import contests, latest_birth
from heling.engines.law.fold import FLIPPED, Fold, birth_of, certain
from heling.engines.law.graph import Node, Op, static_nodes
from heling.engines.law.interpret import ARITHMETIC, Frame, Interpreter, Void
from heling.engines.law.masks import Mask, Quantity, Truth
from heling.engines.law.model import Constant, Entity, Fact
from heling.engines.law.planes import Arithmetic, Plane, Planes
from heling.engines.law.units import Kind, Unit

MONTHLY_FEN = Unit(("分",), ("月",))


@dataclass(frozen=True, slots=True, eq=False)
class GrantBits:
    """One grant over a population; ``None`` = nobody. ``amount``: planes, 0 unless granted.
    The last four say what conflicts do to those who hold it (granted or open)."""

    granted: Mask | None
    unknown: Mask | None
    open: Mask | None
    amount: Planes | None
    keeps: Mask | None = None
    yields: Mask | None = None
    unsure: Mask | None = None
    pending: Mask | None = None

    @property
    def enjoyed(self) -> Mask | None:
        """Granted, and not given up (nor perhaps given up) to another benefit."""
        away = masks.either(self.yields, self.unsure, self.pending)
        return masks.without(self.granted, away)


@dataclass(frozen=True, slots=True)
class GrantTotals:
    """Per district: people by status, people who enjoy the grant, and what they receive.

    ``per_household``: households are counted, not people; each where it stands best (granted
    before open before unknown), its amount that of its eldest. ``amount`` in ``unit``, None without amount; ``cost`` in 分 a month, None when the price of the
    unit is not known that day (``price``: in 分 per unit; 1 for money itself).
    """

    granted: tuple[int, ...]
    unknown: tuple[int, ...]
    open: tuple[int, ...]
    enjoyed: tuple[int, ...]
    amount: tuple[int, ...] | None
    unit: str
    price: int | None
    cost: tuple[int, ...] | None
    per_household: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """One day: ``districts`` are codes, ``people`` how many live there, then every grant."""

    on: date
    districts: tuple[int, ...]
    people: tuple[int, ...]
    grants: dict[str, GrantTotals]

    @property
    def cost(self) -> tuple[int, ...]:
        """分 a month per district, of all grants whose price is known."""
        priced = [g.cost for g in self.grants.values() if g.cost is not None]
        return tuple(sum(each) for each in zip(*priced, strict=True)) or (0,) * len(self.people)


def same(a: GrantBits, b: GrantBits) -> bool:
    """Whether a grant stands equally for everybody."""
    pairs = ((getattr(a, f), getattr(b, f)) for f in _MASKS)
    return all(_equal(x, y) for x, y in pairs) and _equal_planes(a.amount, b.amount)


_MASKS = ("granted", "unknown", "open", "keeps", "yields", "unsure", "pending")


def _equal(a: Plane | None, b: Plane | None) -> bool:
    """None and False are nobody, as is a mask that is nowhere set."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return np.array_equal(a, b)
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        mask, other = (a, b) if isinstance(a, np.ndarray) else (b, a)
        return not other and not mask.any()  # type: ignore[union-attr] # one of them is
    return bool(a) == bool(b)


def _equal_planes(a: Planes | None, b: Planes | None) -> bool:
    if a is None or b is None:
        return a is b
    return len(a.bits) == len(b.bits) and all(map(_equal, a.bits, b.bits))


class BitEngine:
    """Folds one assembly over bitmaps."""

    def __init__(self, assembly: Assembly, interpreter: Interpreter) -> None:
        self._assembly = assembly
        self._interpreter = interpreter
        self._contests = contests(assembly)
        self._static = static_nodes(assembly.graph.nodes)
        self._prices = {r.grant.word: _prices(r, assembly) for r in assembly.rights}

    def run(self, store: BitStore, on: date) -> dict[str, GrantBits]:
        """Every grant as bitmaps on one day."""
        fold = _BitFold(self._static, self._interpreter.run({}, on), on, store)
        return {r.grant.word: self._grant(fold, r) for r in self._assembly.rights}

    def totals(self, store: BitStore, on: date) -> Totals:
        """Counts, amounts and costs per district on one day."""
        return self.count(store, self.run(store, on), on)

    def count(
        self,
        store: BitStore,
        found: Mapping[str, GrantBits],
        on: date,
        known: tuple[Mapping[str, GrantBits], Totals] | None = None,
    ) -> Totals:
        """The totals of what :meth:`run` found on a day. ``known``: what was found before, and
        its totals; a grant that is the same is not counted again."""
        return Totals(
            on=on,
            districts=tuple(store.codes.tolist()),
            people=tuple(store.people.tolist()),
            grants={
                r.grant.word: self._counted(store, r, found[r.grant.word], on, known)
                for r in self._assembly.rights
            },
        )

    def _counted(
        self,
        store: BitStore,
        right: Right,
        bits: GrantBits,
        on: date,
        known: tuple[Mapping[str, GrantBits], Totals] | None,
    ) -> GrantTotals:
        word = right.grant.word
        if known is not None and word in known[0] and same(bits, known[0][word]):
            totals = known[1].grants[word]
            if totals.amount is None or totals.price == self.price(right, on):
                return totals
        return self._total(store, right, bits, on)

    def price(self, right: Right, on: date) -> int | None:
        """分 a month for one unit of a grant: 1 for money, the one hour price for hours; None
        when there is no amount a month, no single price, or none in force."""
        if right.grant.unit == MONTHLY_FEN:
            return 1
        priced = self._prices[right.grant.word]
        return priced[0].on(on) if len(priced) == 1 else None

    def _total(self, store: BitStore, right: Right, bits: GrantBits, on: date) -> GrantTotals:
        granted, opened, unknown = bits.granted, bits.open, bits.unknown
        enjoyed, households = bits.enjoyed, self._by_household(store, right)
        if households:
            enjoyed = store.once(enjoyed)
            unknown = store.once(unknown, masks.either(granted, opened))
            opened = store.once(opened, granted)
            granted = store.once(granted)
        amount = None if bits.amount is None else amounts(store, bits.amount, enjoyed)
        price = None if amount is None else self.price(right, on)
        cost = None if amount is None or price is None else tuple(a * price for a in amount)
        return GrantTotals(
            granted=tuple(store.counts(granted).tolist()),
            unknown=tuple(store.counts(unknown).tolist()),
            open=tuple(store.counts(opened).tolist()),
            enjoyed=tuple(store.counts(enjoyed).tolist()),
            amount=amount,
            unit=str(right.grant.unit) if right.grant.unit else "",
            price=price,
            cost=cost,
            per_household=households,
        )

    @staticmethod
    def _by_household(store: BitStore, right: Right) -> bool:
        return store.knows_households and right.grant.entity is Entity.HOUSEHOLD

    def _grant(self, fold: _BitFold, right: Right) -> GrantBits:
        when = fold.truth(right.when)
        granted, unknown, opened = when.true, when.unknown, when.open
        amount: Planes | None = None
        if right.amount is not None:
            value = fold.known_amount(right.amount)
            if isinstance(value, Void):
                doubt = granted
                granted = None
                unknown = masks.either(unknown, doubt if value is Void.UNKNOWN else None)
                opened = masks.either(opened, doubt if value is Void.OPEN else None)
                amount = planes.constant(0)
            else:
                unknown = masks.either(unknown, masks.both(granted, value.unknown))
                opened = masks.either(opened, masks.both(granted, value.open))
                granted = masks.without(masks.without(granted, value.unknown), value.open)
                granted, amount = fold.paid(granted, value.values, right.amount)
        return self._effects(fold, right.grant.word, GrantBits(granted, unknown, opened, amount))

    def _effects(self, fold: _BitFold, word: str, bits: GrantBits) -> GrantBits:
        """The first conflict that bites, for those who hold the grant."""
        left = masks.either(bits.granted, bits.open)
        found: list[tuple[Mask | None, ...]] = []
        for rivals, keeps in self._contests[word]:
            rival, kept = fold.truth(rivals), fold.truth(keeps)
            bites = masks.both(left, masks.either(rival.true, rival.unknown, rival.open))
            unsure = masks.either(kept.unknown, masks.both(kept.open, rival.unknown))
            found.append(
                (
                    masks.both(bites, kept.true),
                    masks.without(bites, masks.either(kept.true, kept.unknown, kept.open)),
                    masks.both(bites, unsure),
                    masks.without(masks.both(bites, kept.open), unsure),
                )
            )
            left = masks.without(left, bites)
        if not found:
            return bits
        merged = (masks.either(*each) for each in zip(*found, strict=True))
        return GrantBits(bits.granted, bits.unknown, bits.open, bits.amount, *merged)


def amounts(store: BitStore, amount: Planes, of: Mask | None) -> tuple[int, ...]:
    """The sum of an amount over some people, per district, in exact integers."""
    totals = [0] * len(store.codes)
    last = len(amount.bits) - 1
    for i, plane in enumerate(amount.bits):
        if plane is False or of is None:
            continue
        weight = -(1 << i) if i == last else 1 << i
        here = store.counts(of if plane is True else of & plane)
        totals = [t + weight * int(n) for t, n in zip(totals, here, strict=True)]
    return tuple(totals)


def _prices(right: Right, assembly: Assembly) -> list[Constant]:
    """Constants that turn the grant's unit into money a month."""
    unit = right.grant.unit
    constants = (n.payload for n in assembly.graph.nodes if isinstance(n.payload, Constant))
    return [
        c
        for c in constants
        if unit is not None and c.type.kind is Kind.NUMBER and c.type.unit * unit == MONTHLY_FEN
    ]


class _BitFold(Fold):
    """Bitmaps of one store on one day."""

    def __init__(self, static: frozenset[int], frame: Frame, on: date, store: BitStore) -> None:
        super().__init__(static, frame, on)
        self._store = store
        self._sums = Arithmetic(store.every)

    @property
    def every(self) -> Mask:
        return self._store.every

    def number(self, value: int) -> Planes:
        return planes.constant(value)

    def paid(self, granted: Mask | None, values: Planes, node: Node) -> tuple[Mask | None, Planes]:
        """Who receives anything at all, and how much: nothing is no grant."""
        if granted is None:
            return None, planes.constant(0)
        bits = tuple(
            plane if plane is False else (granted if plane is True else plane & granted)
            for plane in values.bits
        )
        if node.bounds.low <= 0:
            granted = masks.either(*(b for b in bits if not isinstance(b, bool)))
        return granted, Planes(bits)

    # Facts

    def fact_truth(self, node: Node) -> Truth:
        word = cast("Fact", node.payload).word
        return Truth(self._store.holds(word), self._store.unknown(word))

    def fact_quantity(self, node: Node) -> Quantity:
        word = cast("Fact", node.payload).word
        return Quantity(self._store.values(word), self._store.unknown(word))

    # Comparisons

    def against(self, subject: Node, symbol: str, limit: int) -> Truth:
        birth = birth_of(subject)
        if birth is not None and birth.op is Op.FACT:
            return self._aged(cast("Fact", birth.payload).word, symbol, limit)
        column = self.quantity(subject)
        if column.values.word:
            holds = self._store.compare(column.values.word, symbol, limit)
        else:
            holds = self._related(symbol, column.values, planes.constant(limit))
        return certain(holds, column)

    def _aged(self, word: str, symbol: str, limit: int) -> Truth:
        """An age against a number, as days of birth; equality is two of them."""
        unknown = self._store.unknown(word)
        if symbol in ("==", "!="):
            exact = masks.without(self._reached(word, limit), self._reached(word, limit + 1))
            found = Truth(exact, unknown)
            return found if symbol == "==" else masks.negate(found, self.every)
        reached = self._reached(word, limit if symbol in (">=", "<") else limit + 1)
        found = Truth(reached, unknown)
        return found if symbol in (">=", ">") else masks.negate(found, self.every)

    def _reached(self, word: str, age: int) -> Mask | None:
        if not self._store.given(word):
            return None
        return self._store.born_by(word, latest_birth(age, self.on))

    def relation(self, symbol: str, left: Node, right: Node) -> Mask:
        return self._related(symbol, self.quantity(left).values, self.quantity(right).values)

    def _related(self, symbol: str, a: Planes, b: Planes) -> Mask:
        if symbol in (">", "<="):
            symbol, a, b = FLIPPED[symbol], b, a
        if symbol in ("==", "!="):
            same = self._sums.equal(a, b)
            return same if symbol == "==" else self.every ^ same
        less = self._sums.less(a, b)
        return less if symbol == "<" else self.every ^ less

    def equal(self, a: Planes, b: Planes) -> Mask:
        return self._sums.equal(a, b)

    def level(self, values: Planes, code: int) -> Mask:
        if values.word:
            return self._store.compare(values.word, "==", code)
        return self._sums.equal(values, planes.constant(code))

    # Quantities

    def age(self, node: Node) -> Quantity:
        """Whole years: one more for every birthday reached."""
        birth = self.quantity(node.children[0])
        total = planes.constant(0)
        room = planes.width(node.bounds)
        for years in range(1, node.bounds.high + 1):
            day = planes.constant(latest_birth(years, self.on))
            reached = self.every ^ self._sums.less(day, birth.values)
            total = self._sums.add(total, Planes((reached, False)), room)
        return Quantity(total, birth.unknown, birth.open)

    def arithmetic(self, node: Node) -> Quantity:
        a, b = (self.quantity(c) for c in node.children)
        unknown, opened = masks.doubts([a, b])
        values = _ARITHMETIC[node.op](self, a.values, b.values, node)
        return Quantity(values, unknown, opened)

    def sum(self, a: Planes, b: Planes, node: Node) -> Planes:
        return self._sums.add(a, b, planes.width(node.bounds))

    def difference(self, a: Planes, b: Planes, node: Node) -> Planes:
        return self._sums.subtract(a, b, planes.width(node.bounds))

    def product(self, a: Planes, b: Planes, node: Node) -> Planes:
        return self._sums.multiply(a, b, planes.width(node.bounds))

    def parts(self, a: Planes, b: Planes, node: Node) -> Planes:
        """Division has no short circuit: through a column of numbers and back."""
        rows = self._store.words * 64
        whole, part = planes.column(a, rows), planes.column(b, rows)
        part[part < 1] = 1
        return planes.sliced(ARITHMETIC[Op.DIVIDE_UP](whole, part), node.bounds)  # type: ignore[arg-type]

    def extreme(self, node: Node) -> Quantity:
        parts = [self.quantity(c) for c in node.children]
        unknown, opened = masks.doubts(parts)
        pick = self._lower if node.op is Op.MIN else self._higher
        return Quantity(reduce(pick, (p.values for p in parts)), unknown, opened)

    def _lower(self, a: Planes, b: Planes) -> Planes:
        return self._sums.select(self._sums.less(a, b), a, b)

    def _higher(self, a: Planes, b: Planes) -> Planes:
        return self._sums.select(self._sums.less(a, b), b, a)

    def select(self, taken: Mask, then: Planes, otherwise: Planes) -> Planes:
        return self._sums.select(taken, then, otherwise)


_ARITHMETIC: dict[Op, Callable[[_BitFold, Planes, Planes, Node], Planes]] = {
    Op.ADD: _BitFold.sum,
    Op.SUBTRACT: _BitFold.difference,
    Op.MULTIPLY: _BitFold.product,
    Op.DIVIDE_UP: _BitFold.parts,
}
