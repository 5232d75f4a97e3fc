"""Properties as nodes: what must hold for everybody, in the words of the rules.

Every form of claim becomes ordinary 是非 nodes over the rules' own nodes, in a fork of their
graph, so a claim means exactly what the rules mean. Only ``monotone`` compares two people. Beside
what must hold stands what must be possible: a claim about nobody is not proved but empty.

In a property's expressions a grant's name is its amount under its own article (0 when it is not
granted), 符合(项目) says that it is granted, 享受(项目) that it is granted and not given up to
another benefit, 享受(一方) that a party of a conflict is there and prevails. Of a norm, 适用(规范)
says that it concerns somebody and 符合(规范) that it is kept; 要求, 期限, 下限 and 上限 are its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from heling.engines.law import syntax
from heling.engines.law.assemble import Assembly, Right, Settlement, Side
from heling.engines.law.graph import Graph, Node, Op
from heling.engines.law.linking import THIS_CITY
from heling.engines.law.model import (
    Claim,
    Constant,
    Definition,
    Direction,
    Entity,
    Fact,
    Form,
    Pack,
    Property,
    Rule,
)
from heling.engines.law.syntax import Compiler, Wrong
from heling.engines.law.trouble import Findings
from heling.engines.law.units import BOOL, CITY, Bounds, Kind

_PERSONAL = (Entity.PERSON, Entity.HOUSEHOLD)


@dataclass(frozen=True, slots=True, eq=False)
class Rise:
    """Two people who differ in one fact alone: the second is older, or higher in it."""

    fact: Fact
    direction: Direction


@dataclass(frozen=True, slots=True, eq=False)
class Promise:
    """A property as nodes. ``must`` holds for everybody of whom ``given`` is true; with ``rise``
    it is instead the value (是非 or number) that is compared between two people. Each of ``lives``
    must be possible, or the property speaks of nobody."""

    stated: Property
    nodes: tuple[Node, ...]
    given: Node
    must: Node
    lives: tuple[Node, ...]
    rise: Rise | None = None

    @property
    def roots(self) -> tuple[Node, ...]:
        """Everything that decides it."""
        return (self.given, self.must, *self.lives)


@dataclass(frozen=True, slots=True)
class _Parts:
    must: Node
    lives: tuple[Node, ...] = ()
    rise: Rise | None = None


def promises(
    assembly: Assembly, properties: tuple[Property, ...], findings: Findings
) -> tuple[Promise, ...]:
    """Properties compiled against linked packs. What cannot be understood goes to ``findings``."""
    compiler = _Claims(assembly)
    found = []
    for item in properties:
        try:
            found.append(compiler.promise(item))
        except Wrong as wrong:
            findings.add(item.spot, str(wrong))
    return tuple(found)


def properties_of(packs: tuple[Pack, ...]) -> tuple[Property, ...]:
    return tuple(q for p in packs for q in p.properties)


def _part(name: str, nodes: Mapping[str, Node], word: str) -> Node:
    """What a norm says: 适用, 符合, 要求, 期限, 下限 or 上限."""
    if word not in nodes:
        raise Wrong(f"“{word}”没有“{name}”，可以写的有：{'、'.join(nodes) or '没有'}")
    return nodes[word]


class _Claims:
    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._graph: Graph = assembly.graph.fork()
        self._rights = {r.grant.word: r for r in assembly.rights}
        self._words = {
            n.payload.word: n
            for n in assembly.graph.nodes
            if isinstance(n.payload, Fact | Constant | Definition)
        }
        self._named: dict[str, Callable[[str], Node]] = {"符合": self.granted, "享受": self.enjoyed}
        for name, nodes in assembly.parts.items():
            self._named[name] = partial(_part, name, nodes)
        self._compiler = Compiler(self._graph, self._resolve, self._named)

    def promise(self, item: Property) -> Promise:
        always = self._graph.node(Op.LITERAL, BOOL, True)  # noqa: FBT003 - a truth is the value
        given = self._compiler.condition(item.given) if item.given else always
        parts = _FORMS[item.claim.form](self, item.claim, item)
        lives = parts.lives or (given,)
        return Promise(
            item,
            tuple(self._graph.nodes),
            given,
            parts.must,
            tuple(dict.fromkeys(lives)),
            parts.rise,
        )

    # Words

    def _resolve(self, word: str) -> Node | None:
        if word in self._words:
            return self._words[word]
        constant = self._assembly.constants.get(word)
        if constant is not None:
            return self._graph.node(Op.CONSTANT, constant.type, constant, (), constant.bounds)
        if word == THIS_CITY and self._assembly.city:
            return syntax.place(self._graph, CITY, self._assembly.city)
        right = self._rights.get(word)
        return None if right is None or right.amount is None else self.amount(right)

    def right(self, word: str) -> Right:
        found = self._rights.get(word)
        if found is None:
            raise Wrong(f"“{word}”不是应当给付的项目")
        return found

    def _priced(self, word: str) -> Right:
        right = self.right(word)
        if right.amount is None:
            raise Wrong(f"“{word}”没有数额，不能这样主张")
        return right

    def amount(self, right: Right) -> Node:
        """The amount under the grant's own article, 0 when the condition fails."""
        assert right.amount is not None  # noqa: S101 - asked only of grants that have one
        return syntax.choose(self._graph, right.when, right.amount, self._zero(right.amount))

    def _zero(self, like: Node) -> Node:
        return self._graph.node(Op.LITERAL, like.type, 0, (), Bounds(0, 0))

    def granted(self, word: str) -> Node:
        """The condition holds, and an amount of nothing is no grant."""
        right = self.right(word)
        if right.amount is None:
            return right.when
        some = syntax.compare(self._graph, "!=", right.amount, self._zero(right.amount))
        return self.all(right.when, some)

    def enjoyed(self, word: str) -> Node:
        """Granted, and the first conflict with a rival that is there is won (as in a
        determination); or a conflict's party that is there and prevails."""
        if word not in self._rights:
            return self._party(word)
        won = self._graph.node(Op.LITERAL, BOOL, True)  # noqa: FBT003
        for side in reversed(self._contests(word)):
            lone = self.all(self.negate(side.rivals), won)
            won = self.any(self.all(side.rivals, side.keeps), lone)
        return self.all(self.granted(word), won)

    def _contests(self, word: str) -> list[Side]:
        return [
            side
            for s in self._assembly.settlements
            for side in s.sides
            if word in side.party.grants and s.total is None
        ]

    def _party(self, word: str) -> Node:
        sides = [s for c in self._assembly.settlements for s in c.sides if s.party.word == word]
        if len(sides) != 1:
            known = "没有" if not sides else "不止一个"
            raise Wrong(f"享受(…) 里应当是一个项目，或者冲突里的一方：{known}“{word}”")
        return self.all(sides[0].present, sides[0].keeps)

    # Small constructors

    def all(self, *nodes: Node) -> Node:
        return syntax.junction(self._graph, Op.ALL, list(nodes))

    def any(self, *nodes: Node) -> Node:
        return syntax.junction(self._graph, Op.ANY, list(nodes))

    def negate(self, node: Node) -> Node:
        return syntax.negation(self._graph, node)

    def implies(self, premise: Node, conclusion: Node) -> Node:
        return self.any(self.negate(premise), conclusion)

    def _apart(self, nodes: list[Node]) -> Node:
        """No two at once."""
        pairs = [self.negate(self.all(a, b)) for i, a in enumerate(nodes) for b in nodes[i + 1 :]]
        return self.all(*pairs)

    # One method per form

    def always(self, claim: Claim, item: Property) -> _Parts:
        del item
        return _Parts(self._compiler.condition(claim.one("is")))

    def never(self, claim: Claim, item: Property) -> _Parts:
        return _Parts(self.negate(self.always(claim, item).must))

    def never_together(self, claim: Claim, item: Property) -> _Parts:
        """Nobody enjoys two of them; each can be enjoyed."""
        del item
        each = [self.enjoyed(w) for w in claim.terms.get("each", ())]
        return _Parts(self._apart(each), tuple(each))

    def no_overlap(self, claim: Claim, item: Property) -> _Parts:
        del item
        cases = [self._compiler.condition(t) for t in claim.terms.get("each", ())]
        return _Parts(self._apart(cases), tuple(cases))

    def no_gap(self, claim: Claim, item: Property) -> _Parts:
        """Whoever meets the grant's condition gets an amount; or: some case always holds."""
        del item
        if "each" in claim.terms:
            cases = [self._compiler.condition(t) for t in claim.terms["each"]]
            return _Parts(self.any(*cases), tuple(cases))
        right = self._priced(claim.one("grant"))
        return _Parts(self.implies(right.when, self.granted(right.grant.word)), (right.when,))

    def amount_within(self, claim: Claim, item: Property) -> _Parts:
        del item
        right = self._priced(claim.one("grant"))
        assert right.amount is not None  # noqa: S101 - _priced says so
        limits = [
            syntax.compare(self._graph, symbol, right.amount, self._compiler.quantity(text))
            for part, symbol in (("at_least", ">="), ("at_most", "<="))
            if (text := claim.one(part))
        ]
        return self._of_granted(right, self.all(*limits))

    def one_of(self, claim: Claim, item: Property) -> _Parts:
        del item
        right = self._priced(claim.one("grant"))
        assert right.amount is not None  # noqa: S101 - _priced says so
        values = [
            syntax.compare(self._graph, "==", right.amount, self._compiler.quantity(text))
            for text in claim.terms.get("values", ())
        ]
        if not values:
            raise Wrong("values 里至少要写一个数额")
        return self._of_granted(right, self.any(*values))

    def _of_granted(self, right: Right, holds: Node) -> _Parts:
        granted = self.granted(right.grant.word)
        return _Parts(self.implies(granted, holds), (granted,))

    def never_below(self, claim: Claim, item: Property) -> _Parts:
        """Whatever districts say: never less than the city's own lower limit, and more for some."""
        del item
        word = claim.one("constant")
        floor, value = self._assembly.floors.get(word), self._resolve(word)
        if floor is None or value is None:
            raise Wrong(f"never_below 要写一个由区县提高的数，“{word}”没有区县提高")
        more = syntax.compare(self._graph, ">", value, floor)
        return _Parts(syntax.compare(self._graph, ">=", value, floor), (more,))

    def only_residents(self, claim: Claim, item: Property) -> _Parts:
        """No right of the pack for somebody whose place is not this city."""
        place = self._resolve(claim.one("place"))
        if place is None or place.type.kind is not Kind.CITY or place.op is not Op.FACT:
            raise Wrong(f"only_residents 要写一个地方事实，“{claim.one('place')}”不是")
        if not self._assembly.city:
            raise Wrong("没有写城市的规则包不能用 only_residents")
        here = syntax.compare(
            self._graph, "==", place, syntax.place(self._graph, CITY, self._assembly.city)
        )
        mine = [
            self.granted(word)
            for word, r in self._rights.items()
            if r.pack.id == item.pack and r.grant.entity in _PERSONAL
        ]
        if not mine:
            raise Wrong("这个规则包里没有给老年人或者家庭的项目")
        return _Parts(self.implies(self.any(*mine), here), tuple(mine))

    def higher_received(self, claim: Claim, item: Property) -> _Parts:
        """Where several parties are there and none was chosen, one prevails, and whoever does is
        worth no less than any other."""
        del item
        settlement = self._settlement(claim)
        if missing := [s.party.word for s in settlement.sides if not s.party.value]:
            raise Wrong(f"就高要能比较，“{missing[0]}”缺少 value")
        values = [self._compiler.quantity(s.party.value) for s in settlement.sides]
        sides = list(zip(settlement.sides, values, strict=True))
        beaten = [
            self.implies(
                self.all(mine.present, mine.keeps, other.present),
                syntax.compare(self._graph, ">=", value, rival),
            )
            for mine, value in sides
            for other, rival in sides
            if other is not mine
        ]
        someone = self.any(*(self.all(s.present, s.keeps) for s, _ in sides))
        premise = self.all(self._several(settlement), self._unchosen(settlement))
        return _Parts(self.implies(premise, self.all(someone, *beaten)), (premise,))

    def _settlement(self, claim: Claim) -> Settlement:
        word = claim.one("conflict")
        for settlement in self._assembly.settlements:
            if settlement.conflict.word == word:
                return settlement
        raise Wrong(f"没有“{word}”这个冲突")

    def _several(self, settlement: Settlement) -> Node:
        return self.any(*(self.all(s.present, s.rivals) for s in settlement.sides))

    def _unchosen(self, settlement: Settlement) -> Node:
        """The elder chose no party that is there."""
        if settlement.conflict.rule is not Rule.CHOICE:
            return self._graph.node(Op.LITERAL, BOOL, True)  # noqa: FBT003
        fact = self._words[settlement.conflict.choice]
        chosen = [
            self.all(
                s.present,
                syntax.compare(
                    self._graph, "==", fact, syntax.level(self._graph, fact.type, s.party.word)
                ),
            )
            for s in settlement.sides
        ]
        return self.negate(self.any(*chosen))

    def never_empty(self, claim: Claim, item: Property) -> _Parts:
        """Somebody to whom a party gives something keeps a party that gives something."""
        del item
        sides = self._settlement(claim).sides
        gives = [self._gives(s) for s in sides]
        left = [self.all(g, s.keeps) for g, s in zip(gives, sides, strict=True)]
        return _Parts(self.implies(self.any(*gives), self.any(*left)), tuple(gives))

    def _gives(self, side: Side) -> Node:
        if not side.party.grants:
            return side.present
        return self.any(*(self.granted(w) for w in side.party.grants))

    def monotone(self, claim: Claim, item: Property) -> _Parts:
        del item
        value = self._compiler.compile(claim.one("of"))
        if value.type.kind not in (Kind.BOOL, Kind.NUMBER):
            raise Wrong(f"of 应当是数量或者是非，这里算出来的是{value.type}")
        rise = Rise(self._riser(claim.one("in")), Direction(claim.one("direction")))
        some = value
        if value.type.kind is Kind.NUMBER:
            some = syntax.compare(self._graph, "!=", value, self._zero(value))
        return _Parts(value, (some,), rise)

    def _riser(self, word: str) -> Fact:
        """The fact that rises: a number, an ordered level, or the birthday behind an age."""
        node = self._resolve(word)
        while node is not None and node.op in (Op.WORD, Op.AGE):
            node = node.children[0]
        fact = None if node is None else node.payload
        if isinstance(fact, Fact) and (
            fact.type.ordered or fact.type.kind in (Kind.NUMBER, Kind.DATE)
        ):
            return fact
        raise Wrong(f"in 要写一个有高低的事实（年龄、等级、数量），“{word}”不是")


_FORMS: dict[Form, Callable[[_Claims, Claim, Property], _Parts]] = {
    Form.ALWAYS: _Claims.always,
    Form.NEVER: _Claims.never,
    Form.NEVER_TOGETHER: _Claims.never_together,
    Form.HIGHER_RECEIVED: _Claims.higher_received,
    Form.NEVER_EMPTY: _Claims.never_empty,
    Form.MONOTONE: _Claims.monotone,
    Form.ONLY_RESIDENTS: _Claims.only_residents,
    Form.AMOUNT_WITHIN: _Claims.amount_within,
    Form.ONE_OF: _Claims.one_of,
    Form.NO_GAP: _Claims.no_gap,
    Form.NO_OVERLAP: _Claims.no_overlap,
    Form.NEVER_BELOW: _Claims.never_below,
}
