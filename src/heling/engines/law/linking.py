"""Words become nodes: facts, constants and definitions of several packs, linked and typed.

What people are given (:mod:`heling.engines.law.assemble`) and what is demanded of others
(:mod:`heling.engines.law.norms`) are built on the same words.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import TypeVar

from heling.engines.law import model, overlays, syntax
from heling.engines.law.graph import Graph, Node, Op, reach
from heling.engines.law.model import Pack
from heling.engines.law.syntax import Compiler, Wrong
from heling.engines.law.trouble import Findings, Spot
from heling.engines.law.units import CITY

THIS_CITY = "本市"
MAX_DEPTH = 100
"""Nodes from a rule down to its last fact. Folds recurse, and a stack is not endless."""
MAX_PENDING = MAX_DEPTH // 2
"""Definitions begun and not ended: each takes some ten frames, and Python's stack has a thousand,
wherever it ends."""

Declared = model.Fact | model.Constant | model.Definition
T = TypeVar("T")


class Linker:
    """The words of some packs over one graph. Complaints go to ``findings``."""

    def __init__(self, packs: tuple[Pack, ...], city: str, findings: Findings) -> None:
        self.packs = packs
        self.city = city
        self.findings = findings
        self.graph = Graph()
        self.words: dict[str, Declared] = {}
        self.amounts: dict[str, Node] = {}
        self.floors: dict[str, Node] = {}
        """Raised words → what the city itself says."""
        self.raised: dict[str, model.Constant] = {}
        self.compiler = Compiler(self.graph, self.resolve)
        self._nodes: dict[str, Node] = {}
        self._pending: list[str] = []
        self._failed: set[str] = set()

    def link(self, items: set[str]) -> None:
        """Declare every word and build every definition. ``items``: names that are no words."""
        self._declare(items)
        self._check_imports()
        for pack in self.packs:
            for item in pack.raises:
                self.attempt(item.spot, self.resolve, item.target)
            for definition in pack.definitions:
                self.attempt(definition.spot, self.resolve, definition.word)

    def facts(self) -> dict[str, model.Fact]:
        return {w: d for w, d in self.words.items() if isinstance(d, model.Fact)}

    def _declare(self, items: set[str]) -> None:
        for pack in self.packs:
            declared: Iterable[Declared] = (*pack.facts, *pack.constants, *pack.definitions)
            for item in declared:
                self._add_word(item)
        self._fill_all([f for p in self.packs for f in p.fills])
        for clash in sorted(items & self.words.keys()):
            self.findings.add(self.words[clash].spot, f"“{clash}”既是词又是项目名，请改其中一个")
        self._check_interpretations(items)

    def _add_word(self, item: Declared) -> None:
        other = self.words.get(item.word)
        if item.word == THIS_CITY:
            self.findings.add(item.spot, "“本市”是固定的词，不能另行规定")
        elif other is not None:
            where = f"{other.spot.file} 第 {other.spot.line} 行"
            self.findings.add(item.spot, f"“{item.word}”已经在 {where} 写过，请改名或删去一个")
        else:
            self.words[item.word] = item

    def _fill_all(self, fills: list[model.Fill]) -> None:
        first: dict[str, model.Fill] = {}
        for fill in fills:
            other = first.setdefault(fill.target, fill)
            if other is fill:
                self._fill(fill.target, fill)
            else:
                self.findings.add(
                    fill.spot, f"“{fill.target}”已经由 {other.spot.file} 填写，请删去一个"
                )

    def _fill(self, target: str, fill: model.Fill) -> None:
        """A lower instrument answers an open term; anything else it may not touch."""
        constant = self.words.get(target)
        if not isinstance(constant, model.Constant) or not constant.filled_by:
            self.findings.add(fill.spot, f"“{target}”不是法规留待规定的数，实施办法不能填写")
        elif constant.type != fill.type:
            self.findings.add(
                fill.spot, f"单位不一致：法规里“{target}”是{constant.type}，这里是{fill.type}"
            )
        elif constant.filled_by != fill.filled_by:
            self.findings.add(
                fill.spot,
                f"“{target}”留待“{constant.filled_by}”规定，这里写的是“{fill.filled_by}”，"
                "不能由别的文件填写",
            )
        else:
            self.words[target] = dataclasses.replace(
                constant, versions=fill.versions, status=fill.status, source=fill.source
            )

    def _check_interpretations(self, items: set[str]) -> None:
        conflicts = {c.word for p in self.packs for c in p.conflicts}
        known = items | conflicts | self.words.keys()
        for note in (i for p in self.packs for i in p.interpretations):
            for word in note.applies_to:
                if word not in known:
                    self.findings.add(note.spot, f"applies_to 里的“{word}”没有这个词或项目")

    def _check_imports(self) -> None:
        by_id = {p.id: p for p in self.packs}
        for pack in self.packs:
            for name in pack.imports:
                other = by_id.get(name)
                if other is not None and other.period.start > pack.period.start:
                    self.findings.add(
                        pack.spot,
                        f"引用的 {name} 自 {other.period.start} 才有效，晚于本包的 {pack.period.start}",
                    )

    def resolve(self, word: str) -> Node | None:
        if word in self._nodes:
            return self._nodes[word]
        if word == THIS_CITY:
            return self._this_city()
        item = self.words.get(word)
        if item is None:
            return self.amounts.get(word)
        node = self._make(item)
        self._nodes[word] = node
        return node

    def _this_city(self) -> Node | None:
        return syntax.place(self.graph, CITY, self.city) if self.city else None

    def _make(self, item: Declared) -> Node:
        if isinstance(item, model.Fact):
            return self.fact_node(item)
        if isinstance(item, model.Constant):
            return self._constant(item)
        return self._define(item)

    def _constant(self, item: model.Constant) -> Node:
        """The number that the law states, or what districts make of it for their residents."""
        base = self.graph.node(Op.CONSTANT, item.type, item, (), item.bounds)
        body = base
        for pack in self.packs:
            for raised in pack.raises:
                if raised.target == item.word:
                    body = self._raised(body, pack, raised)
        if body is base:
            return base
        self.floors[item.word] = base
        return overlays.named(self.graph, item, body)

    def at_city_floors(self, formula: model.Formula) -> Node | None:
        """The formula with what the city itself says, or None where no district raises it."""
        if not self.floors or not self._is_raised(self.formula(formula)):
            return None
        return self._formula(formula, Compiler(self.graph, self._unraised))

    def _unraised(self, word: str) -> Node | None:
        node, item = self.resolve(word), self.words.get(word)
        if node is None or not self._is_raised(node):
            return node
        if isinstance(item, model.Definition):
            return self._formula(item.formula, Compiler(self.graph, self._unraised))
        return self.floors[word]

    def _is_raised(self, node: Node) -> bool:
        bare = {n.index for w in self.floors for n in (self._nodes[w],)}
        return any(n.index in bare for n in reach((node,)))

    def _raised(self, base: Node, pack: Pack, item: model.Raise) -> Node:
        assert pack.district is not None  # noqa: S101 - the reader asks for one beside raises
        place = self.resolve(pack.district.fact)
        if place is None:
            raise Wrong(f"不认识的词“{pack.district.fact}”，请在 imports 里引用写明它的规则包")
        own = overlays.raised_constant(item, pack.district)
        self.raised[own.word] = own
        return overlays.lay_over(self.graph, base, pack, own, place)

    def fact_node(self, fact: model.Fact) -> Node:
        return self.graph.node(Op.FACT, fact.type, fact, (), fact.bounds)

    def _define(self, item: model.Definition) -> Node:
        if item.word in self._pending:
            circle = " → ".join([*self._pending[self._pending.index(item.word) :], item.word])
            raise Wrong(f"定义绕成了圈：{circle}，请拆开")
        if item.word in self._failed:
            raise Wrong(f"用到的“{item.word}”本身有错，请先改正它")
        if len(self._pending) >= MAX_PENDING:
            raise Wrong(f"词套词套了 {MAX_PENDING} 层以上，请把定义拆平")
        self._pending.append(item.word)
        try:
            body = self.formula(item.formula)
        except Wrong:
            self._failed.add(item.word)
            raise
        finally:
            self._pending.pop()
        return self.graph.node(Op.WORD, body.type, item, (body,), body.bounds)

    def formula(self, formula: model.Formula) -> Node:
        return self._formula(formula, self.compiler)

    def _formula(self, formula: model.Formula, compiler: Compiler) -> Node:
        if isinstance(formula, str):
            node = compiler.compile(formula)
        else:
            node = compiler.table(formula.key, formula.rows, formula.otherwise)
        if self.graph.depth(node) > MAX_DEPTH:
            raise Wrong(f"词套词套了 {MAX_DEPTH} 层以上，请把定义拆平")
        return node

    def attempt(self, spot: Spot, build: Callable[..., T], *args: object) -> T | None:
        """Run a builder; a Wrong becomes a finding at the spot."""
        try:
            return build(*args)
        except Wrong as wrong:
            self.findings.add(spot, str(wrong))
        except RecursionError:
            self.findings.add(spot, "词套词套得太深，请把定义拆平")
        return None
