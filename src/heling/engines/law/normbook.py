"""The norms of one city, ready to use: what the law demands of others than elders.

    >>> book = load_norms("330200")
    >>> book.examine("compound", {"小区户数": 850, "新建小区": True}, date(2026, 11, 1))

They stand in packs of their own (``kind: norms``) beside the pack that gives elders their rights,
are built on the same words and expressions, and are explained the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from heling.engines.law.claims import promises, properties_of
from heling.engines.law.determination import Question
from heling.engines.law.explain import Explainer
from heling.engines.law.facts import read_facts
from heling.engines.law.interpret import Interpreter
from heling.engines.law.library import gather, kept, norm_packs
from heling.engines.law.model import Entity, Fact, Norm, Pack
from heling.engines.law.norm_judge import judge
from heling.engines.law.norms import Examination, NormResult, essence
from heling.engines.law.overlays import check_raises, districts_of
from heling.engines.law.provisions import NormLinker, Provision
from heling.engines.law.receipt import ENGINE, PackStamp, Receipt
from heling.engines.law.shelf import Shelf, shelf_of
from heling.engines.law.trouble import Findings
from heling.engines.law.wording import Wording
from heling.kernel.errors import BadInput, Conflict


class NormBook:
    """All norms of one city, linked and type-checked. Immutable and thread-safe."""

    def __init__(
        self,
        packs: tuple[Pack, ...],
        city: str,
        provisions: tuple[Provision, ...],
        linker: NormLinker,
    ) -> None:
        self.packs = packs
        self.city = city
        self.city_name = next((p.city_name for p in packs if p.city == city), "")
        self.provisions = provisions
        self.graph = linker.graph
        self._facts = linker.facts()
        self._fact_nodes = {f.word: linker.fact_node(f) for f in self._facts.values()}
        self._interpreter = Interpreter(self.graph.nodes)
        self.assembly = linker.assembly(provisions, self.city_name)
        self._explainer = Explainer(
            Wording(city, self.city_name, districts_of(packs)), self.graph.nodes
        )
        self._stamps = tuple(PackStamp(p.id, p.sha256, _text_hash(p)) for p in packs)

    @property
    def norms(self) -> tuple[Norm, ...]:
        return tuple(p.norm for p in self.provisions)

    def of(self, entity: Entity) -> tuple[Provision, ...]:
        return tuple(p for p in self.provisions if p.norm.of is entity)

    def facts(self, entity: Entity) -> dict[str, Fact]:
        """The words that describe such an entity."""
        return {w: f for w, f in self._facts.items() if f.of is entity}

    def examine(self, entity: Entity | str, facts: Mapping[str, object], on: date) -> Examination:
        """Apply every norm about such an entity. A missing fact is unknown. Raises BadInput."""
        kind = _entity(entity)
        known = read_facts(facts, self.facts(kind), on)
        frame = self._interpreter.run(known.values, on)
        why = self._explainer.start(frame)
        results = tuple(judge(p, frame, why, on) for p in self.of(kind))
        receipt = Receipt(ENGINE, self.city, on, self._stamps, known.given, essence(results))
        return Examination(
            city=self.city,
            city_name=self.city_name,
            entity=kind,
            on=on,
            norms=results,
            missing=self._questions(results),
            receipt=receipt,
            lapsed=known.lapsed,
        )

    def recompute(self, entity: Entity, receipt: Receipt) -> Examination:
        """Examine again from a receipt. Raises Conflict when packs or result differ."""
        if receipt.packs != self._stamps or receipt.engine != ENGINE:
            raise Conflict("规则包或引擎与当时不同，不能复核。", hint="请取出当时的版本。")
        again = self.examine(entity, receipt.facts, receipt.on)
        if again.receipt.result != receipt.result:
            raise Conflict("重新计算的结果与凭据不一致。", hint="凭据可能被改动，请报告管理员。")
        return again

    def _questions(self, results: tuple[NormResult, ...]) -> tuple[Question, ...]:
        waiting: dict[str, list[str]] = {}
        for result in results:
            for word in result.missing:
                waiting.setdefault(word, []).append(result.id)
        facts = sorted((self._facts[w] for w in waiting), key=lambda f: f.order)
        return tuple(Question(f.word, f.ask, f.change.value, tuple(waiting[f.word])) for f in facts)


def load_norms(code: str, where: Shelf | Path | None = None, *, measures: bool = False) -> NormBook:
    """The norms of a city (six-digit code), cached by the content of its packs and texts.

    ``measures`` adds what implementing measures fill in (assumed values among them). Raises
    NotFound for a city without packs and PackError for packs that are wrong.
    """
    shelf = shelf_of(where)
    names = norm_packs(code, shelf, measures=measures)
    return kept(("norms", code, measures), shelf, lambda: build_norms(names, code, shelf))


def build_norms(names: tuple[str, ...], city: str, where: Shelf | Path) -> NormBook:
    """Read, link and check packs of norms. Raises PackError with everything that is wrong."""
    findings = Findings()
    packs = gather(names, shelf_of(where), findings)
    findings.settle()
    check_raises(packs, findings)
    linker = NormLinker(packs, city, findings)
    provisions = linker.provisions()
    findings.settle()
    book = NormBook(packs, city, provisions, linker)
    promises(book.assembly, properties_of(packs), findings)
    findings.settle()
    return book


def _entity(entity: Entity | str) -> Entity:
    try:
        return Entity(entity)
    except ValueError:
        known = "、".join(f"{e.value}（{e.label}）" for e in Entity)
        raise BadInput.single("对象", f"没有“{entity}”这一种，可以写：{known}") from None


def _text_hash(pack: Pack) -> str:
    return pack.text.sha256 if pack.text else ""
