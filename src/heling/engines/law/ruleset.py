"""The rules of one city, ready to use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

from heling.engines.law.assemble import Assembly, assemble
from heling.engines.law.bits import BitEngine, Totals
from heling.engines.law.bitstore import BitStore
from heling.engines.law.claims import promises, properties_of
from heling.engines.law.columns import ColumnEngine, FactColumn, GrantColumn
from heling.engines.law.determination import Determination, Milestone, WouldChange, essence
from heling.engines.law.facts import Facts, read_facts
from heling.engines.law.incremental import Standing
from heling.engines.law.interpret import Frame, Interpreter
from heling.engines.law.judge import Judge
from heling.engines.law.library import city_packs, gather, kept
from heling.engines.law.model import Fact, Pack
from heling.engines.law.outlook import Outlook
from heling.engines.law.overlays import check_raises, districts_of
from heling.engines.law.receipt import ENGINE, PackStamp, Receipt
from heling.engines.law.shelf import Shelf, shelf_of
from heling.engines.law.situations import Explained, SituationEngine
from heling.engines.law.sql import select_sql
from heling.engines.law.text import LawText
from heling.engines.law.trouble import Findings
from heling.engines.law.wording import Wording
from heling.kernel.errors import BadInput, Conflict


class RuleSet:
    """All packs that apply in one city, linked and type-checked. Immutable and thread-safe.

    Build one with :func:`load_city`. ``determine`` answers about one person with reasons;
    ``columns`` answers about a whole population without.
    """

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._interpreter = Interpreter(assembly.graph.nodes)
        self._columns = ColumnEngine(assembly, self._interpreter)
        self.bits = BitEngine(assembly, self._interpreter)
        self._stamps = tuple(
            PackStamp(p.id, p.sha256, p.text.sha256 if p.text else "") for p in assembly.packs
        )

    # Made when first asked for: a reform that is only counted needs none of them.

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self._assembly)

    @cached_property
    def _situations(self) -> SituationEngine:
        return SituationEngine(self._assembly, self._interpreter)

    @cached_property
    def _outlook(self) -> Outlook:
        wording = Wording(self.city, self.city_name, districts_of(self.packs))
        return Outlook(self._assembly, self._interpreter, self._columns, wording)

    @property
    def city(self) -> str:
        return self._assembly.city

    @property
    def city_name(self) -> str:
        return self._assembly.city_name

    @property
    def assembly(self) -> Assembly:
        """The linked packs: nodes, rights, settlements. For other folds over the same tree."""
        return self._assembly

    @property
    def packs(self) -> tuple[Pack, ...]:
        return self._assembly.packs

    @property
    def facts(self) -> Mapping[str, Fact]:
        """Every fact word that this city's rules understand."""
        return self._assembly.facts

    @property
    def laws(self) -> tuple[LawText, ...]:
        """The stored texts that the packs are built on."""
        return tuple(p.text for p in self._assembly.packs if p.text is not None)

    @property
    def stamps(self) -> tuple[PackStamp, ...]:
        """Ids and hashes of the packs, as they go into receipts."""
        return self._stamps

    def read(self, facts: Mapping[str, object], on: date) -> Facts:
        """Check and encode facts. Raises BadInput listing all that is wrong."""
        return read_facts(facts, self._assembly.facts, on)

    def frame(self, facts: Facts, on: date) -> Frame:
        """Values of all nodes: the raw material of every result."""
        return self._interpreter.run(facts.values, on)

    def determine(
        self, facts: Mapping[str, object], on: date, *, outlook: bool = True
    ) -> Determination:
        """What the law gives this person on this day, and why.

        ``facts`` as in ``docs/law/facts.md``; a missing fact is unknown. ``outlook`` adds what
        would change each result and the timeline; without it both are empty and the call
        is several times faster. Raises BadInput.
        """
        known = self.read(facts, on)
        frame = self.frame(known, on)
        why = self._judge.explanation(frame)
        ways: dict[str, tuple[WouldChange, ...]] = {}
        timeline: tuple[Milestone, ...] = ()
        if outlook:
            ways = self._outlook.would_change(known.values, frame, on)
            timeline = self._outlook.timeline(known.values, frame, on)
        grants = self._judge.grants(frame, why, ways)
        conflicts = self._judge.conflicts(frame, why)
        return Determination(
            city=self.city,
            city_name=self.city_name,
            on=on,
            grants=grants,
            encouraged=self._judge.encouraged(frame),
            conflicts=conflicts,
            missing=self._judge.questions(grants, conflicts),
            timeline=timeline,
            receipt=Receipt(ENGINE, self.city, on, self._stamps, known.given, essence(grants)),
            lapsed=known.lapsed,
        )

    def columns(
        self, facts: Mapping[str, FactColumn], size: int, on: date, *, effects: bool = True
    ) -> dict[str, GrantColumn]:
        """All grants for a whole population on one day, one row per person.

        ``facts``: word → :class:`FactColumn` of ``size`` rows; a fact without a column is unknown
        everywhere. Agrees with :meth:`determine` row by row. Raises BadInput.
        """
        return self._columns.run(facts, size, on, effects=effects)

    def totals(self, store: BitStore, on: date) -> Totals:
        """People, amounts and costs per district on one day."""
        return self.bits.totals(store, on)

    def standing(self, facts: Mapping[str, FactColumn], size: int, on: date) -> Standing:
        """:meth:`columns` that can be moved to another day and follow changed rows, judging
        only those who cross an age of the packs or were changed. Raises BadInput."""
        return Standing(self._columns, self._assembly, self._interpreter, facts, size, on)

    def explain_all(self, facts: Mapping[str, FactColumn], size: int, on: date) -> Explained:
        """Every row of a population explained, once per situation. Raises BadInput.

        ``explain_all(…).of(row)`` has the grants, conflicts, encouragements and questions that
        :meth:`determine` without outlook gives that person.
        """
        return self._situations.explain(facts, size, on)

    def sql(self, on: date, *, table: str, key: str) -> str:
        """The same as :meth:`columns` as one PostgreSQL SELECT over a table of facts, for audit."""
        return select_sql(self._assembly, self._interpreter, on, table=table, key=key)

    def recompute(self, receipt: Receipt) -> Determination:
        """Determine again from a receipt. Raises Conflict when rules or result differ."""
        if receipt.city != self.city:
            raise Conflict(f"凭据是城市 {receipt.city} 的，不能用 {self.city} 的规则复核。")
        if receipt.engine != ENGINE:
            raise Conflict(f"判定时的引擎是 {receipt.engine}，现在是 {ENGINE}，不能直接比较。")
        if changed := self._changed(receipt):
            raise Conflict(
                f"规则包 {'、'.join(changed)} 与判定时不同，不能复核。", hint="请取出判定时的版本。"
            )
        again = self.determine(receipt.facts, receipt.on)
        if again.receipt.result != receipt.result:
            raise Conflict(
                "重新计算的结果与凭据不一致。", hint="凭据或存档可能被改动，请报告管理员。"
            )
        return again

    def _changed(self, receipt: Receipt) -> list[str]:
        """Ids of packs that differ from, lack in or exceed those of the receipt."""
        then, now = ({p.id: p for p in packs} for packs in (receipt.packs, self._stamps))
        return sorted(i for i in then.keys() | now.keys() if then.get(i) != now.get(i))


def load_city(code: str, where: Shelf | Path | None = None, *, measures: bool = False) -> RuleSet:
    """The rule set of a city (six-digit code), cached by the content of its packs and texts.

    ``where``: a shelf or a folder of packs, the default folder if not said. ``measures`` adds the implementing measures in the city's folder (assumed values among
    them). Raises NotFound for a city without packs and PackError for packs that are wrong.
    """
    shelf = shelf_of(where)

    def made() -> RuleSet:
        return build(city_packs(code, shelf, measures=measures), code, shelf)

    return kept(("rules", code, measures), shelf, made)


def build(names: tuple[str, ...], city: str, where: Shelf | Path) -> RuleSet:
    """Read, link and check packs. Raises PackError with everything that is wrong."""
    findings = Findings()
    packs = gather(names, shelf_of(where), findings)
    findings.settle()
    if not packs:
        raise BadInput.single("规则包", "没有可用的规则包文件")
    check_raises(packs, findings)
    assembly = assemble(packs, city, findings)
    findings.settle()
    promises(assembly, properties_of(assembly.packs), findings)
    findings.settle()
    return RuleSet(assembly)
