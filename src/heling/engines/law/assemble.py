"""Packs become one rule set: words are linked, expressions typed, conflicts turned into nodes.

A conflict is not a special case of any back end. "Who keeps, who yields" is built here as
ordinary 是非 nodes (``keeps``, ``rivals``), so the interpreter, the columns and every later
fold treat unknown facts and open terms in conflicts exactly as they treat them elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from heling.engines.law import model, syntax
from heling.engines.law.graph import Graph, Node, Op, reach
from heling.engines.law.linking import Declared, Linker
from heling.engines.law.model import Conflict, Grant, Interpretation, Pack, Party, Rule
from heling.engines.law.syntax import Wrong
from heling.engines.law.trouble import Findings
from heling.engines.law.units import BOOL, Kind


@dataclass(frozen=True, slots=True, eq=False)
class Right:
    """A grant with its condition and amount as nodes, and what shapes its reading. ``floor``: the
    amount by the city's own rules, where districts may give more."""

    grant: Grant
    pack: Pack
    when: Node
    amount: Node | None
    interpretations: tuple[Interpretation, ...]
    floor: Node | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One party of a conflict. ``present``: it is there at all; ``rivals``: another one is too;
    ``keeps``: this one prevails (meaningful when present)."""

    party: Party
    present: Node
    rivals: Node
    keeps: Node


@dataclass(frozen=True, slots=True, eq=False)
class Settlement:
    """A conflict as nodes. ``total`` only for ``stack``: the amounts that stand side by side."""

    conflict: Conflict
    sides: tuple[Side, ...]
    total: Node | None


@dataclass(frozen=True, slots=True, eq=False)
class Assembly:
    """Everything that the back ends need; made once per set of packs."""

    packs: tuple[Pack, ...]
    city: str
    city_name: str
    graph: Graph
    facts: dict[str, model.Fact]
    constants: dict[str, model.Constant]
    floors: dict[str, Node]
    fact_nodes: dict[str, Node]
    rights: tuple[Right, ...]
    encouraged: tuple[tuple[Grant, Pack, Node | None], ...]
    settlements: tuple[Settlement, ...]
    parts: dict[str, dict[str, Node]] = field(default_factory=dict)
    """Of norms: what a property may ask of one by name, such as 要求 → norm → what it requires."""


class Ruled(Protocol):
    """Rules of either kind, rights or norms, as they are proved."""

    @property
    def assembly(self) -> Assembly:
        """The linked packs."""


def assemble(packs: tuple[Pack, ...], city: str, findings: Findings) -> Assembly:
    """Link packs that import one another. Complaints go to ``findings``; check them first."""
    return _Assembler(packs, city, findings).run()


class _Assembler(Linker):
    def run(self) -> Assembly:
        self.link({g.word for p in self.packs for g in p.grants})
        rights = tuple(r for p in self.packs for g in p.grants if (r := self._right(g, p)))
        encouraged = tuple(
            (g, p, self._relevance(g))
            for p in self.packs
            for g in p.grants
            if g.duty is not model.Duty.MUST
        )
        settlements = [s for p in self.packs for c in p.conflicts if (s := self._settle(c, rights))]
        facts = self.facts()
        constants = {w: d for w, d in self.words.items() if isinstance(d, model.Constant)}
        return Assembly(
            packs=self.packs,
            city=self.city,
            city_name=next((p.city_name for p in self.packs if p.city == self.city), ""),
            graph=self.graph,
            facts=facts,
            constants={**constants, **self.raised},
            floors=dict(self.floors),
            fact_nodes={w: self.fact_node(f) for w, f in facts.items()},
            rights=rights,
            encouraged=encouraged,
            settlements=tuple(settlements),
        )

    # Grants

    def _right(self, grant: Grant, pack: Pack) -> Right | None:
        if grant.duty is not model.Duty.MUST:
            return None
        when = self.attempt(grant.spot, self.compiler.condition, grant.when)
        amount = self.attempt(grant.spot, self._amount, grant) if grant.amount else None
        if when is None:
            return None
        force = self.graph.node(Op.IN_FORCE, BOOL, pack)
        when = syntax.junction(self.graph, Op.ALL, [force, when])
        if amount is not None:
            zero = self.graph.node(Op.LITERAL, amount.type, 0)
            self.amounts[grant.word] = syntax.choose(self.graph, when, amount, zero)
        floor = self.attempt(grant.spot, self.at_city_floors, grant.amount) if amount else None
        return Right(grant, pack, when, amount, self._readings(grant, when, amount), floor)

    def _amount(self, grant: Grant) -> Node:
        node = self.formula(grant.amount)
        if node.type.kind is not Kind.NUMBER:
            raise Wrong(f"数额应当是数量，这里算出来的是{node.type}")
        if grant.unit is None or node.type.unit != grant.unit:
            raise Wrong(f"单位不一致：unit 写的是{grant.unit}，数额算出来的是{node.type.unit}")
        return node

    def _relevance(self, grant: Grant) -> Node | None:
        """Whom an encouragement concerns; it never becomes a right."""
        if not grant.when:
            return None
        return self.attempt(grant.spot, self.compiler.condition, grant.when)

    def _readings(
        self, grant: Grant, when: Node, amount: Node | None
    ) -> tuple[Interpretation, ...]:
        roots = (when,) if amount is None else (when, amount)
        words = {n.payload.word for n in reach(roots) if isinstance(n.payload, Declared)}
        words.add(grant.word)
        notes = (i for p in self.packs for i in p.interpretations)
        return tuple(n for n in notes if words & set(n.applies_to))

    # Conflicts

    def _settle(self, conflict: Conflict, rights: tuple[Right, ...]) -> Settlement | None:
        by_word = {r.grant.word: r for r in rights}
        try:
            return self._settlement(conflict, by_word)
        except Wrong as wrong:
            self.findings.add(conflict.spot, str(wrong))
            return None

    def _settlement(self, conflict: Conflict, rights: dict[str, Right]) -> Settlement:
        if len(conflict.parties) < 2:
            raise Wrong("冲突至少要有两方")
        present = [self._present(p, rights) for p in conflict.parties]
        keeps = self._keeps(conflict, present)
        sides = []
        for i, party in enumerate(conflict.parties):
            others = [n for j, n in enumerate(present) if j != i]
            rivals = syntax.junction(self.graph, Op.ANY, others)
            sides.append(Side(party, present[i], rivals, keeps[i]))
        total = self._total(conflict) if conflict.rule is Rule.STACK else None
        return Settlement(conflict, tuple(sides), total)

    def _present(self, party: Party, rights: dict[str, Right]) -> Node:
        if party.when:
            return self.compiler.condition(party.when)
        for word in party.grants:
            if word not in rights:
                raise Wrong(f"“{word}”不是应当给付的项目，不能列为冲突的一方")
        return syntax.junction(self.graph, Op.ANY, [self._worth(rights[w]) for w in party.grants])

    def _worth(self, right: Right) -> Node:
        """A right to nothing pushes no other benefit aside: with an amount, it must be above 0."""
        if right.amount is None or right.amount.bounds.low > 0:
            return right.when
        zero = self.graph.node(Op.LITERAL, right.amount.type, 0)
        some = syntax.compare(self.graph, ">", right.amount, zero)
        return syntax.junction(self.graph, Op.ALL, [right.when, some])

    def _keeps(self, conflict: Conflict, present: list[Node]) -> list[Node]:
        rule = conflict.rule
        if rule is Rule.CHOICE:
            fallback = self._by_rule(conflict, conflict.otherwise or Rule.EXCLUSIVE, present)
            return self._by_choice(conflict, present, fallback)
        return self._by_rule(conflict, rule, present)

    def _by_rule(self, conflict: Conflict, rule: Rule, present: list[Node]) -> list[Node]:
        if rule is Rule.HIGHER_OF:
            return self._by_value(conflict, present)
        if rule is Rule.EXCLUSIVE:
            return [self._first(present, i) for i in range(len(present))]
        return present

    def _first(self, present: list[Node], i: int) -> Node:
        """Exclusive: a party prevails when none listed before it is there."""
        earlier = [syntax.negation(self.graph, n) for n in present[:i]]
        return syntax.junction(self.graph, Op.ALL, [present[i], *earlier])

    def _by_value(self, conflict: Conflict, present: list[Node]) -> list[Node]:
        """就高: more valuable than every rival that is there; of equals, the one listed first."""
        if missing := [p.word for p in conflict.parties if not p.value]:
            raise Wrong(f"就高要能比较，“{missing[0]}”缺少 value")
        values = [self.compiler.quantity(p.value) for p in conflict.parties]
        keeps = []
        for i, mine in enumerate(values):
            beaten = [present[i]]
            for j, other in enumerate(values):
                if j != i:
                    better = syntax.compare(self.graph, ">=" if i < j else ">", mine, other)
                    absent = syntax.negation(self.graph, present[j])
                    beaten.append(syntax.junction(self.graph, Op.ANY, [absent, better]))
            keeps.append(syntax.junction(self.graph, Op.ALL, beaten))
        return keeps

    def _by_choice(
        self, conflict: Conflict, present: list[Node], fallback: list[Node]
    ) -> list[Node]:
        """自愿选择: the chosen party, if it is there; with no (valid) choice, the fallback."""
        fact = self.resolve(conflict.choice)
        if fact is None or fact.type.kind is not Kind.ENUM:
            raise Wrong(f"choice 要写一个等级事实，“{conflict.choice}”不是")
        if strange := [p.word for p in conflict.parties if p.word not in fact.type.levels]:
            raise Wrong(f"“{conflict.choice}”里没有“{strange[0]}”这个选项")
        chosen = [
            syntax.junction(
                self.graph,
                Op.ALL,
                [
                    syntax.compare(
                        self.graph, "==", fact, syntax.level(self.graph, fact.type, p.word)
                    ),
                    present[i],
                ],
            )
            for i, p in enumerate(conflict.parties)
        ]
        undecided = syntax.negation(self.graph, syntax.junction(self.graph, Op.ANY, chosen))
        return [
            syntax.junction(
                self.graph,
                Op.ANY,
                [mine, syntax.junction(self.graph, Op.ALL, [undecided, fallback[i]])],
            )
            for i, mine in enumerate(chosen)
        ]

    def _total(self, conflict: Conflict) -> Node | None:
        amounts = [self.amounts[w] for p in conflict.parties for w in p.grants if w in self.amounts]
        total = amounts[0] if amounts else None
        for other in amounts[1:]:
            assert total is not None  # noqa: S101 - the loop starts after the first
            total = syntax.arithmetic(self.graph, Op.ADD, total, other)
        return total
