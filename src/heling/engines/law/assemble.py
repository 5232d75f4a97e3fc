"""Packs become one rule set: words are linked, expressions typed, conflicts turned into nodes.

A conflict is not a special case of any back end. "Who keeps, who yields" is built here as
ordinary 是非 nodes (``keeps``, ``rivals``), so the interpreter, the columns and every later
fold treat unknown facts and open terms in conflicts exactly as they treat them elsewhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from heling.engines.law import model, syntax
from heling.engines.law.graph import Graph, Node, Op, reach
from heling.engines.law.model import Conflict, Grant, Interpretation, Pack, Party, Rule
from heling.engines.law.syntax import Compiler, Wrong
from heling.engines.law.trouble import Findings, Spot
from heling.engines.law.units import BOOL, CITY, Bounds, Kind

THIS_CITY = "本市"
MAX_DEPTH = 100
"""Nodes from a grant down to its last fact. Folds recurse, and a stack is not endless."""

Declared = model.Fact | model.Constant | model.Definition


@dataclass(frozen=True, slots=True, eq=False)
class Right:
    """A grant with its condition and amount as nodes, and what shapes its reading."""

    grant: Grant
    pack: Pack
    when: Node
    amount: Node | None
    interpretations: tuple[Interpretation, ...]


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
    fact_nodes: dict[str, Node]
    rights: tuple[Right, ...]
    encouraged: tuple[tuple[Grant, Pack, Node | None], ...]
    settlements: tuple[Settlement, ...]


def assemble(packs: tuple[Pack, ...], city: str, findings: Findings) -> Assembly:
    """Link packs that import one another. Complaints go to ``findings``; check them first."""
    return _Assembler(packs, city, findings).run()


class _Assembler:
    def __init__(self, packs: tuple[Pack, ...], city: str, findings: Findings) -> None:
        self._packs = packs
        self._city = city
        self._findings = findings
        self._graph = Graph()
        self._words: dict[str, Declared] = {}
        self._nodes: dict[str, Node] = {}
        self._pending: list[str] = []
        self._failed: set[str] = set()
        self._amounts: dict[str, Node] = {}
        self._compiler = Compiler(self._graph, self._resolve)

    def run(self) -> Assembly:
        self._declare()
        self._check_imports()
        for pack in self._packs:
            for definition in pack.definitions:
                self._try(definition.spot, self._resolve, definition.word)
        rights = tuple(r for p in self._packs for g in p.grants if (r := self._right(g, p)))
        encouraged = tuple(
            (g, p, self._relevance(g))
            for p in self._packs
            for g in p.grants
            if g.duty is not model.Duty.MUST
        )
        settlements = [
            s for p in self._packs for c in p.conflicts if (s := self._settle(c, rights))
        ]
        facts = {w: d for w, d in self._words.items() if isinstance(d, model.Fact)}
        return Assembly(
            packs=self._packs,
            city=self._city,
            city_name=next((p.city_name for p in self._packs if p.city == self._city), ""),
            graph=self._graph,
            facts=facts,
            fact_nodes={w: self._fact_node(f) for w, f in facts.items()},
            rights=rights,
            encouraged=encouraged,
            settlements=tuple(settlements),
        )

    # Words

    def _declare(self) -> None:
        fills = {f.target: f for p in self._packs for f in p.fills}
        for pack in self._packs:
            declared: Iterable[Declared] = (*pack.facts, *pack.constants, *pack.definitions)
            for item in declared:
                self._add_word(item)
        for target, fill in fills.items():
            self._fill(target, fill)
        names = {g.word for p in self._packs for g in p.grants}
        for clash in sorted(names & self._words.keys()):
            self._findings.add(self._words[clash].spot, f"“{clash}”既是词又是项目名，请改其中一个")
        self._check_interpretations(names)

    def _add_word(self, item: Declared) -> None:
        other = self._words.get(item.word)
        if item.word == THIS_CITY:
            self._findings.add(item.spot, "“本市”是固定的词，不能另行规定")
        elif other is not None:
            where = f"{other.spot.file} 第 {other.spot.line} 行"
            self._findings.add(item.spot, f"“{item.word}”已经在 {where} 写过，请改名或删去一个")
        else:
            self._words[item.word] = item

    def _fill(self, target: str, fill: model.Fill) -> None:
        """A lower instrument answers an open term; anything else it may not touch."""
        constant = self._words.get(target)
        if not isinstance(constant, model.Constant) or not constant.filled_by:
            self._findings.add(fill.spot, f"“{target}”不是法规留待规定的数，实施办法不能填写")
        elif constant.type != fill.type:
            self._findings.add(
                fill.spot, f"单位不一致：法规里“{target}”是{constant.type}，这里是{fill.type}"
            )
        else:
            self._words[target] = dataclasses.replace(
                constant, versions=fill.versions, status=fill.status, source=fill.source
            )

    def _check_interpretations(self, grants: set[str]) -> None:
        conflicts = {c.word for p in self._packs for c in p.conflicts}
        known = grants | conflicts | self._words.keys()
        for note in (i for p in self._packs for i in p.interpretations):
            for word in note.applies_to:
                if word not in known:
                    self._findings.add(note.spot, f"applies_to 里的“{word}”没有这个词或项目")

    def _check_imports(self) -> None:
        by_id = {p.id: p for p in self._packs}
        for pack in self._packs:
            for name in pack.imports:
                other = by_id.get(name)
                if other is not None and other.period.start > pack.period.start:
                    self._findings.add(
                        pack.spot,
                        f"引用的 {name} 自 {other.period.start} 才有效，晚于本包的 {pack.period.start}",
                    )

    def _resolve(self, word: str) -> Node | None:
        if word in self._nodes:
            return self._nodes[word]
        if word == THIS_CITY:
            return self._this_city()
        item = self._words.get(word)
        if item is None:
            return self._amounts.get(word)
        node = self._make(item)
        self._nodes[word] = node
        return node

    def _this_city(self) -> Node | None:
        if not self._city:
            return None
        code = int(self._city)
        return self._graph.node(Op.LITERAL, CITY, code, (), Bounds(code, code))

    def _make(self, item: Declared) -> Node:
        if isinstance(item, model.Fact):
            return self._fact_node(item)
        if isinstance(item, model.Constant):
            return self._graph.node(Op.CONSTANT, item.type, item, (), item.bounds)
        return self._define(item)

    def _fact_node(self, fact: model.Fact) -> Node:
        return self._graph.node(Op.FACT, fact.type, fact, (), fact.bounds)

    def _define(self, item: model.Definition) -> Node:
        if item.word in self._pending:
            circle = " → ".join([*self._pending[self._pending.index(item.word) :], item.word])
            raise Wrong(f"定义绕成了圈：{circle}，请拆开")
        if item.word in self._failed:
            raise Wrong(f"用到的“{item.word}”本身有错，请先改正它")
        self._pending.append(item.word)
        try:
            body = self._formula(item.formula)
        except Wrong:
            self._failed.add(item.word)
            raise
        finally:
            self._pending.pop()
        return self._graph.node(Op.WORD, body.type, item, (body,), body.bounds)

    def _formula(self, formula: model.Formula) -> Node:
        if isinstance(formula, str):
            node = self._compiler.compile(formula)
        else:
            node = self._compiler.table(formula.key, formula.rows, formula.otherwise)
        if self._graph.depth(node) > MAX_DEPTH:
            raise Wrong(f"词套词套了 {MAX_DEPTH} 层以上，请把定义拆平")
        return node

    def _try(self, spot: Spot, build: object, *args: object) -> Node | None:
        """Run a builder; a Wrong becomes a finding at the spot."""
        try:
            return build(*args)  # type: ignore[operator, no-any-return]
        except Wrong as wrong:
            self._findings.add(spot, str(wrong))
        except RecursionError:
            self._findings.add(spot, "词套词套得太深，请把定义拆平")
        return None

    # Grants

    def _right(self, grant: Grant, pack: Pack) -> Right | None:
        if grant.duty is not model.Duty.MUST:
            return None
        when = self._try(grant.spot, self._compiler.condition, grant.when)
        amount = self._try(grant.spot, self._amount, grant) if grant.amount else None
        if when is None:
            return None
        force = self._graph.node(Op.IN_FORCE, BOOL, pack)
        when = syntax.junction(self._graph, Op.ALL, [force, when])
        if amount is not None:
            zero = self._graph.node(Op.LITERAL, amount.type, 0)
            self._amounts[grant.word] = syntax.choose(self._graph, when, amount, zero)
        return Right(grant, pack, when, amount, self._readings(grant, when, amount))

    def _amount(self, grant: Grant) -> Node:
        node = self._formula(grant.amount)
        if node.type.kind is not Kind.NUMBER:
            raise Wrong(f"数额应当是数量，这里算出来的是{node.type}")
        if grant.unit is None or node.type.unit != grant.unit:
            raise Wrong(f"单位不一致：unit 写的是{grant.unit}，数额算出来的是{node.type.unit}")
        return node

    def _relevance(self, grant: Grant) -> Node | None:
        """Whom an encouragement concerns; it never becomes a right."""
        if not grant.when:
            return None
        return self._try(grant.spot, self._compiler.condition, grant.when)

    def _readings(
        self, grant: Grant, when: Node, amount: Node | None
    ) -> tuple[Interpretation, ...]:
        roots = (when,) if amount is None else (when, amount)
        words = {n.payload.word for n in reach(roots) if isinstance(n.payload, Declared)}
        words.add(grant.word)
        notes = (i for p in self._packs for i in p.interpretations)
        return tuple(n for n in notes if words & set(n.applies_to))

    # Conflicts

    def _settle(self, conflict: Conflict, rights: tuple[Right, ...]) -> Settlement | None:
        by_word = {r.grant.word: r for r in rights}
        try:
            return self._settlement(conflict, by_word)
        except Wrong as wrong:
            self._findings.add(conflict.spot, str(wrong))
            return None

    def _settlement(self, conflict: Conflict, rights: dict[str, Right]) -> Settlement:
        if len(conflict.parties) < 2:
            raise Wrong("冲突至少要有两方")
        present = [self._present(p, rights) for p in conflict.parties]
        keeps = self._keeps(conflict, present)
        sides = []
        for i, party in enumerate(conflict.parties):
            others = [n for j, n in enumerate(present) if j != i]
            rivals = syntax.junction(self._graph, Op.ANY, others)
            sides.append(Side(party, present[i], rivals, keeps[i]))
        total = self._total(conflict) if conflict.rule is Rule.STACK else None
        return Settlement(conflict, tuple(sides), total)

    def _present(self, party: Party, rights: dict[str, Right]) -> Node:
        if party.when:
            return self._compiler.condition(party.when)
        for word in party.grants:
            if word not in rights:
                raise Wrong(f"“{word}”不是应当给付的项目，不能列为冲突的一方")
        return syntax.junction(self._graph, Op.ANY, [rights[w].when for w in party.grants])

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
        earlier = [syntax.negation(self._graph, n) for n in present[:i]]
        return syntax.junction(self._graph, Op.ALL, [present[i], *earlier])

    def _by_value(self, conflict: Conflict, present: list[Node]) -> list[Node]:
        """就高: more valuable than every rival that is there; of equals, the one listed first."""
        if missing := [p.word for p in conflict.parties if not p.value]:
            raise Wrong(f"就高要能比较，“{missing[0]}”缺少 value")
        values = [self._compiler.quantity(p.value) for p in conflict.parties]
        keeps = []
        for i, mine in enumerate(values):
            beaten = [present[i]]
            for j, other in enumerate(values):
                if j != i:
                    better = syntax.compare(self._graph, ">=" if i < j else ">", mine, other)
                    absent = syntax.negation(self._graph, present[j])
                    beaten.append(syntax.junction(self._graph, Op.ANY, [absent, better]))
            keeps.append(syntax.junction(self._graph, Op.ALL, beaten))
        return keeps

    def _by_choice(
        self, conflict: Conflict, present: list[Node], fallback: list[Node]
    ) -> list[Node]:
        """自愿选择: the chosen party, if it is there; with no (valid) choice, the fallback."""
        fact = self._resolve(conflict.choice)
        if fact is None or fact.type.kind is not Kind.ENUM:
            raise Wrong(f"choice 要写一个等级事实，“{conflict.choice}”不是")
        if strange := [p.word for p in conflict.parties if p.word not in fact.type.levels]:
            raise Wrong(f"“{conflict.choice}”里没有“{strange[0]}”这个选项")
        chosen = [
            syntax.junction(
                self._graph,
                Op.ALL,
                [
                    syntax.compare(
                        self._graph, "==", fact, syntax.level(self._graph, fact.type, p.word)
                    ),
                    present[i],
                ],
            )
            for i, p in enumerate(conflict.parties)
        ]
        undecided = syntax.negation(self._graph, syntax.junction(self._graph, Op.ANY, chosen))
        return [
            syntax.junction(
                self._graph,
                Op.ANY,
                [mine, syntax.junction(self._graph, Op.ALL, [undecided, fallback[i]])],
            )
            for i, mine in enumerate(chosen)
        ]

    def _total(self, conflict: Conflict) -> Node | None:
        amounts = [
            self._amounts[w] for p in conflict.parties for w in p.grants if w in self._amounts
        ]
        total = amounts[0] if amounts else None
        for other in amounts[1:]:
            assert total is not None  # noqa: S101 - the loop starts after the first
            total = syntax.arithmetic(self._graph, Op.ADD, total, other)
        return total
