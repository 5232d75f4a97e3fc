"""Why, why not, what is missing: the graph folded into reasons, pruned to what decided.

Of an ``and`` that fails only the failing conditions are shown, of an ``or`` that holds only the
holding ones; in doubt, only what is in doubt. Reasons are immutable and interned: people in the
same situation share them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import cast

from heling.engines.law.determination import Mark, Reason, Verdict
from heling.engines.law.graph import Node, Op
from heling.engines.law.interpret import OPEN, UNKNOWN, Frame, Value, Void
from heling.engines.law.model import UNVERIFIED, Constant, Definition, Fact, Pack
from heling.engines.law.units import Kind
from heling.engines.law.wording import Wording

_CACHE_LIMIT = 100_000

VERDICTS: dict[Value, Verdict] = {
    True: Verdict.YES,
    False: Verdict.NO,
    UNKNOWN: Verdict.UNKNOWN,
    OPEN: Verdict.OPEN,
}


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A reason (None when there is nothing to say) and what lies under it."""

    reason: Reason | None
    missing: tuple[Fact, ...] = ()
    opens: tuple[Constant, ...] = ()
    marks: tuple[Mark, ...] = ()


Leaves = Callable[[Frame], tuple[Value, ...]]


def leaves(roots: tuple[Node, ...]) -> Leaves:
    """Reads the values that decide everything above them: facts, ages, constants, periods. A
    day of birth counts through the age alone, unless the rules look at the day itself."""
    seen: dict[int, Node] = {}
    pending = list(roots)
    while pending:
        node = pending.pop()
        if node.index not in seen:
            seen[node.index] = node
            pending.extend(() if node.op is Op.AGE else node.children)
    ends = (n for n in seen.values() if n.op is Op.AGE or not n.children)
    picked = sorted(n.index for n in ends if n.op is not Op.LITERAL)
    if len(picked) < 2:  # itemgetter would not give a tuple
        return lambda frame: tuple(frame[i] for i in picked)
    return itemgetter(*picked)


class Explainer:
    """Explains frames of one graph: what it finds is kept for whoever has the same facts.

    ``start`` gives an object that lives for one determination.
    """

    def __init__(self, wording: Wording, nodes: list[Node]) -> None:
        self._wording = wording
        self._cache: dict[tuple[object, ...], Found] = {}
        self._nodes = nodes

    @cached_property
    def _leaves(self) -> list[Leaves | None]:
        return [leaves((n,)) if n.op in _DEEP else None for n in self._nodes]

    def start(self, frame: Frame) -> Explanation:
        if len(self._cache) > _CACHE_LIMIT:
            self._cache = {}
        return Explanation(self._wording, self._cache, self._leaves, frame)


class Explanation:
    """Reasons for one frame; every node is explained once."""

    def __init__(
        self,
        wording: Wording,
        cache: dict[tuple[object, ...], Found],
        known_by: list[Leaves | None],
        frame: Frame,
    ) -> None:
        self._wording = wording
        self._cache = cache
        self._leaves = known_by
        self._frame = frame
        self._done: dict[int, Found] = {}

    def of(self, node: Node) -> Found:
        """The reason for a node's value."""
        index = node.index
        found = self._done.get(index)
        if found is None:
            found = self._done[index] = self._find(node)
        return found

    def _find(self, node: Node) -> Found:
        """From somebody with the same facts under this node, or afresh."""
        read = self._leaves[node.index]
        if read is None:
            return _EXPLAINERS[node.op](self, node)
        key = (node.index, read(self._frame))
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = _EXPLAINERS[node.op](self, node)
        return found

    def parts(self, node: Node) -> tuple[Found, ...]:
        """The deciding parts of a condition, one level down."""
        if node.op in (Op.ALL, Op.ANY):
            return tuple(self.of(c) for c in self._pruned(node))
        return (self.of(node),)

    def _intern(self, key: tuple[object, ...], make: Callable[[], Found]) -> Found:
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = make()
        return found

    # One explainer per operation

    def junction(self, node: Node) -> Found:
        value = self._frame[node.index]
        parts = tuple(f for c in self._pruned(node) if (f := self.of(c)).reason)
        if len(parts) == 1:
            return parts[0]
        return self._intern((node, value, parts), lambda: _group(node, value, parts))

    def _pruned(self, node: Node) -> list[Node]:
        """Deciding children: the ones that make an ``and`` fail, an ``or`` hold, or doubt."""
        frame, value = self._frame, self._frame[node.index]
        if isinstance(value, Void):
            return [c for c in node.children if isinstance(frame[c.index], Void)]
        every = value is (node.op is Op.ALL)
        return [c for c in node.children if every or frame[c.index] is value]

    def word(self, node: Node) -> Found:
        item, value = cast("Definition", node.payload), self._frame[node.index]
        body = node.children[0]
        below = self.parts(body) if body.type.kind is Kind.BOOL else (self.of(body),)
        return self._intern((node, value, below), lambda: self._word(node, item, value, below))

    def _word(self, node: Node, item: Definition, value: Value, below: tuple[Found, ...]) -> Found:
        if node.type.kind is Kind.BOOL:
            text, plain = self._wording.statement(item, value)
        else:
            text = plain = f"{item.word}：{self._wording.show(node, value)}"
        verdict = VERDICTS[value] if node.type.kind is Kind.BOOL else _value_verdict(value)
        body = node.children[0]
        reason = Reason(
            verdict=verdict,
            text=text,
            plain=plain,
            cite=item.cite.label,
            word=item.word,
            joint=_joint(body),
            because=tuple(f.reason for f in below if f.reason is not None),
        )
        own = (Mark(item.word, item.note or "定义待核实"),) if item.status == UNVERIFIED else ()
        return _gather(reason, below, own)

    def fact(self, node: Node) -> Found:
        item, value = cast("Fact", node.payload), self._frame[node.index]
        return self._intern((node, value), lambda: self._fact(node, item, value))

    def _fact(self, node: Node, item: Fact, value: Value) -> Found:
        missing = (item,) if value is UNKNOWN else ()
        if node.type.kind is Kind.BOOL:
            text, plain = self._wording.statement(item, value)
            return Found(Reason(VERDICTS[value], text, plain), missing)
        text = f"{item.word}：{self._wording.show(node, value)}"
        return Found(Reason(_value_verdict(value), text, text), missing)

    def constant(self, node: Node) -> Found:
        item, value = cast("Constant", node.payload), self._frame[node.index]
        return self._intern((node, value), lambda: self._constant(node, item, value))

    def _constant(self, node: Node, item: Constant, value: Value) -> Found:
        text, plain = self._wording.constant(item, value, node)
        verdict = VERDICTS[value] if node.type.kind is Kind.BOOL else _value_verdict(value)
        opens = (item,) if value is OPEN else ()
        marks = (Mark(item.word, item.source or item.note),) if item.status == UNVERIFIED else ()
        return Found(Reason(verdict, text, plain, cite=item.cite.label), (), opens, marks)

    def comparison(self, node: Node) -> Found:
        frame = self._frame
        sides = node.children
        key = (node, *(frame[c.index] for c in sides))
        below = tuple(self.of(c) for c in sides)
        return self._intern((*key, below), lambda: self._comparison(node, below))

    def _comparison(self, node: Node, below: tuple[Found, ...]) -> Found:
        text, plain = self._wording.comparison(node, self._frame)
        cite = next(
            (c.payload.cite.label for c in node.children if isinstance(c.payload, Constant)), ""
        )
        reason = Reason(VERDICTS[self._frame[node.index]], text, plain, cite=cite)
        return _gather(reason, below)

    def negation(self, node: Node) -> Found:
        """The child's sentence states what is the case; only the verdict turns."""
        child, value = self.of(node.children[0]), self._frame[node.index]
        return self._intern((node, value, child), lambda: _turned(child, VERDICTS[value]))

    def in_force(self, node: Node) -> Found:
        pack, value = cast("Pack", node.payload), self._frame[node.index]
        return self._intern((node, value), lambda: _in_force(pack, applies=value is True))

    def literal(self, node: Node) -> Found:
        return self._intern((node,), lambda: Found(None))

    def number(self, node: Node) -> Found:
        """Arithmetic, min and max: the parts speak for themselves."""
        value = self._frame[node.index]
        below = tuple(self.of(c) for c in node.children)
        if isinstance(value, Void):
            below = tuple(f for f in below if f.missing or f.opens)
        return self._intern((node, value, below), lambda: _gather(_sum(below), below))

    def choose(self, node: Node) -> Found:
        test, then, otherwise = node.children
        decision = self._frame[test.index]
        if isinstance(decision, Void):
            return self.number(node)
        taken = then if decision else otherwise
        below = (self.of(test), self.of(taken))
        return self._intern((node, below), lambda: _gather(_sum(below), below))

    def lookup(self, node: Node) -> Found:
        key, *rows = node.children
        code = self._frame[key.index]
        if isinstance(code, Void):
            return self.of(key)
        return self.of(rows[cast("int", code)])

    def age(self, node: Node) -> Found:
        """The day of birth never shows in a reason, so people of one age share theirs."""
        birth = node.children[0]
        return self.of(birth) if isinstance(self._frame[birth.index], Void) else _SILENT


_SILENT = Found(None)


def _group(node: Node, value: Value, parts: tuple[Found, ...]) -> Found:
    heading = _HEADINGS[(node.op, VERDICTS[value])]
    reason = Reason(
        verdict=VERDICTS[value],
        text=heading,
        plain=heading,
        joint=_joint(node),
        because=tuple(f.reason for f in parts if f.reason is not None),
    )
    return _gather(reason, parts)


def _joint(node: Node) -> str:
    """How the reasons below combine: all of them were needed, or any one would do."""
    if node.op not in (Op.ALL, Op.ANY):
        return ""
    return "all" if node.op is Op.ALL else "any"


def _gather(reason: Reason | None, below: tuple[Found, ...], own: tuple[Mark, ...] = ()) -> Found:
    return Found(
        reason,
        tuple(dict.fromkeys(m for f in below for m in f.missing)),
        tuple(dict.fromkeys(o for f in below for o in f.opens)),
        tuple(dict.fromkeys((*own, *(m for f in below for m in f.marks)))),
    )


def _turned(child: Found, verdict: Verdict) -> Found:
    if child.reason is None:
        return child
    said = child.reason
    reason = Reason(verdict, said.text, said.plain, said.cite, "", said.joint, said.because)
    return Found(reason, child.missing, child.opens, child.marks)


def _sum(below: tuple[Found, ...]) -> Reason | None:
    reasons = tuple(f.reason for f in below if f.reason is not None)
    if len(reasons) < 2:
        return reasons[0] if reasons else None
    return Reason(Verdict.VALUE, "由以下各项算出", "由以下各项算出", joint="all", because=reasons)


def _value_verdict(value: Value) -> Verdict:
    return VERDICTS[value] if isinstance(value, Void) else Verdict.VALUE


def _in_force(pack: Pack, *, applies: bool) -> Found:
    marks = (
        (Mark("施行日期", f"{pack.period.start} 起施行：{pack.period_source}"),)
        if pack.period_status == UNVERIFIED
        else ()
    )
    if applies:
        return Found(None, marks=marks)
    end = f"，{pack.period.end} 后失效" if pack.period.end else ""
    text = f"《{pack.title}》自 {pack.period.start} 起施行{end}，这一天不适用"
    return Found(Reason(Verdict.NO, text, "这一天还没有（或不再有）这项规定"), marks=marks)


_HEADINGS = {
    (Op.ALL, Verdict.YES): "以下各项都符合",
    (Op.ALL, Verdict.NO): "以下各项不符合",
    (Op.ALL, Verdict.UNKNOWN): "以下各项都要符合，还不能确定",
    (Op.ALL, Verdict.OPEN): "以下各项都要符合，尚待规定",
    (Op.ANY, Verdict.YES): "以下各项任一即可，已经符合",
    (Op.ANY, Verdict.NO): "以下各项都不符合",
    (Op.ANY, Verdict.UNKNOWN): "以下任一项符合即可，还不能确定",
    (Op.ANY, Verdict.OPEN): "以下任一项符合即可，尚待规定",
}

_DEEP = (Op.WORD, Op.NOT, Op.ALL, Op.ANY, Op.CHOOSE, Op.LOOKUP)
_EXPLAINERS: dict[Op, Callable[[Explanation, Node], Found]] = {
    Op.LITERAL: Explanation.literal,
    Op.FACT: Explanation.fact,
    Op.CONSTANT: Explanation.constant,
    Op.WORD: Explanation.word,
    Op.IN_FORCE: Explanation.in_force,
    Op.AGE: Explanation.age,
    Op.NOT: Explanation.negation,
    Op.ALL: Explanation.junction,
    Op.ANY: Explanation.junction,
    Op.COMPARE: Explanation.comparison,
    Op.ADD: Explanation.number,
    Op.SUBTRACT: Explanation.number,
    Op.MULTIPLY: Explanation.number,
    Op.DIVIDE_UP: Explanation.number,
    Op.MIN: Explanation.number,
    Op.MAX: Explanation.number,
    Op.CHOOSE: Explanation.choose,
    Op.LOOKUP: Explanation.lookup,
}
