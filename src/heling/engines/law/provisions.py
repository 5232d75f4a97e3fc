"""Norms become provisions: their parts as nodes, linked and type-checked."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from heling.engines.law import syntax
from heling.engines.law.assemble import Assembly
from heling.engines.law.determination import Reading
from heling.engines.law.graph import Node, Op, reach
from heling.engines.law.linking import Declared, Linker
from heling.engines.law.model import Constant, Fact, Norm, NormKind, Pack
from heling.engines.law.syntax import Wrong
from heling.engines.law.units import BOOL, Kind, Unit

COMMENCEMENT = "施行日"
"""In ``after``: the day on which the instrument itself came into force."""
FEN = Unit(("分",))
STEPS = ("日", "月", "年")


@dataclass(frozen=True, slots=True, eq=False)
class Provision:
    """A norm with its parts as nodes; a part that the norm does not have is None.

    ``test`` is the condition under which a duty, quota or price is kept.
    """

    norm: Norm
    pack: Pack
    when: Node
    test: Node | None
    measure: Node | None
    limit: Node | None
    start: Node | None
    step: Node | None
    done: Node | None
    lowest: Node | None
    highest: Node | None
    readings: tuple[Reading, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        parts = (
            *(self.when, self.test, self.measure, self.limit, self.start, self.step, self.done),
            *(self.lowest, self.highest),
        )
        return tuple(p for p in parts if p is not None)


class NormLinker(Linker):
    """Turns norms into provisions; what is wrong goes to ``findings``."""

    def provisions(self) -> tuple[Provision, ...]:
        self.link({n.word for p in self.packs for n in p.norms})
        made = [
            (n, self.attempt(n.spot, self._provision, n, p)) for p in self.packs for n in p.norms
        ]
        return tuple(provision for _, provision in made if provision is not None)

    def assembly(self, provisions: tuple[Provision, ...], city_name: str) -> Assembly:
        """The norms as proofs see them: words and facts, and of each norm its parts by name."""
        facts = self.facts()
        constants = {w: d for w, d in self.words.items() if isinstance(d, Constant)}
        parts: dict[str, dict[str, Node]] = {name: {} for name in _PARTS}
        for provision in provisions:
            for name, node in zip(_PARTS, _parts(provision), strict=True):
                if node is not None:
                    parts[name][provision.norm.word] = node
        return Assembly(
            packs=self.packs,
            city=self.city,
            city_name=city_name,
            graph=self.graph,
            facts=facts,
            constants={**constants, **self.raised},
            floors=dict(self.floors),
            fact_nodes={w: self.fact_node(f) for w, f in facts.items()},
            rights=(),
            encouraged=(),
            settlements=(),
            parts=parts,
        )

    def _provision(self, norm: Norm, pack: Pack) -> Provision:
        when = self._when(norm, pack)
        measure, limit, test = self._test(norm)
        provision = Provision(
            norm=norm,
            pack=pack,
            when=when,
            test=test,
            measure=measure,
            limit=limit,
            start=self._day(norm.last or norm.after),
            step=self._step(norm.every or norm.within),
            done=self._day(norm.done),
            lowest=self._fen(norm.lowest),
            highest=self._fen(norm.highest),
            readings=(),
        )
        self._check_entity(provision)
        return _with_readings(provision, self.packs)

    def _when(self, norm: Norm, pack: Pack) -> Node:
        force = self.graph.node(Op.IN_FORCE, BOOL, pack)
        if not norm.when:
            return force
        return syntax.junction(self.graph, Op.ALL, [force, self.compiler.condition(norm.when)])

    def _test(self, norm: Norm) -> tuple[Node | None, Node | None, Node | None]:
        """What is measured, against what, and the condition under which the norm is kept."""
        if norm.must:
            return None, None, self.compiler.condition(norm.must)
        if not norm.measure:
            return None, None, None
        measure, limit = self.compiler.quantity(norm.measure), self.compiler.quantity(norm.limit)
        if norm.unit != measure.type.unit:
            raise Wrong(
                f"单位不一致：unit 写的是{norm.unit}，measure 算出来的是{measure.type.unit}"
            )
        symbol = ">=" if norm.kind is NormKind.QUOTA else "<="
        return measure, limit, syntax.compare(self.graph, symbol, measure, limit)

    def _day(self, word: str) -> Node | None:
        if not word or word == COMMENCEMENT:
            return None
        node = self.compiler.compile(word)
        if node.type.kind is not Kind.DATE:
            raise Wrong(f"“{word}”应当是一个日期，这里是{node.type}")
        return node

    def _step(self, word: str) -> Node | None:
        """A length of time: a constant in 日, 月 or 年."""
        if not word:
            return None
        node = self.compiler.quantity(word)
        if str(node.type.unit) not in STEPS or node.op is not Op.CONSTANT:
            raise Wrong(f"“{word}”应当是 constants 里的一个词，单位为日、月或年")
        return node

    def _fen(self, text: str) -> Node | None:
        if not text:
            return None
        node = self.compiler.quantity(text)
        if node.type.unit != FEN:
            raise Wrong(f"罚款应当以分计，这里算出来的是{node.type}")
        return node

    def _check_entity(self, provision: Provision) -> None:
        """A norm about a compound may ask about the compound only."""
        for node in reach(provision.nodes):
            fact = node.payload
            if isinstance(fact, Fact) and fact.of is not provision.norm.of:
                raise Wrong(
                    f"“{fact.word}”说的是{fact.of.label}，这一条说的是{provision.norm.of.label}"
                )


_PARTS = ("适用", "符合", "要求", "期限", "下限", "上限")


def _parts(provision: Provision) -> tuple[Node | None, ...]:
    p = provision
    return (p.when, p.test, p.limit, p.step, p.lowest, p.highest)


def _with_readings(provision: Provision, packs: tuple[Pack, ...]) -> Provision:
    words = {n.payload.word for n in reach(provision.nodes) if isinstance(n.payload, Declared)}
    words.add(provision.norm.word)
    notes = (i for p in packs for i in p.interpretations if words & set(i.applies_to))
    return dataclasses.replace(
        provision,
        readings=tuple(Reading(i.word, i.cite.label, i.note, i.status) for i in notes),
    )
