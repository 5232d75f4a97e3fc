"""Proofs: does a property hold for everybody whom the rules could ever meet?

Each property is asked twice. Is what it speaks of possible at all? Then: is there anybody for whom
it fails? Nobody on any day of any regime: proved. Somebody: refuted, and shown as a person. Nothing
it could speak of: vacuous. No answer in time: unknown, which is not good enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import z3

from heling.engines.law.assemble import Assembly, Ruled
from heling.engines.law.claims import Promise, promises, properties_of
from heling.engines.law.encoding import Encoding, Formula, Regime, Unknowns, regimes, solver_for
from heling.engines.law.model import Direction, Property
from heling.engines.law.trouble import Finding, Findings
from heling.engines.law.units import Kind
from heling.engines.law.witness import Json, Person, Witness

PATIENCE = 10_000
"""Milliseconds for one question to Z3; the properties of the house need far less."""


TIDYING = 1_000
"""Milliseconds for one question that only makes a counterexample plainer."""


class Outcome(StrEnum):
    PROVED = "proved"
    REFUTED = "refuted"
    VACUOUS = "vacuous"
    UNKNOWN = "unknown"


_SAYS = {
    Outcome.PROVED: "已证明",
    Outcome.REFUTED: "不成立",
    Outcome.VACUOUS: "前提不可能出现，等于没有主张",
    Outcome.UNKNOWN: "在时限内没有得出结论",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of one property; ``person`` breaks it when it is refuted."""

    stated: Property
    outcome: Outcome
    person: Person | None = None

    @property
    def holds(self) -> bool:
        return self.outcome is Outcome.PROVED

    @property
    def says(self) -> str:
        """The outcome as one Chinese sentence."""
        return f"性质“{self.stated.word}”{_SAYS[self.outcome]}"

    def to_json(self) -> Json:
        return {
            "pack": self.stated.pack,
            "property": self.stated.word,
            "form": self.stated.claim.form.value,
            "cite": self.stated.cite.label,
            "outcome": self.outcome.value,
            "counterexample": None if self.person is None else self.person.to_json(),
        }


def prove(
    rules: Ruled, properties: Sequence[Property] | None = None, *, patience: int = PATIENCE
) -> tuple[Proof, ...]:
    """Prove properties (all those of the packs, if none are given) under these rules.

    ``patience`` in milliseconds limits each question. Raises PackError when a property cannot be
    understood under these rules.
    """
    assembly = rules.assembly
    findings = Findings()
    wanted = properties_of(assembly.packs) if properties is None else tuple(properties)
    compiled = promises(assembly, wanted, findings)
    findings.settle()
    found: dict[str, list[Proof]] = {p.stated.word: [] for p in compiled}
    periods = {p.id: p.period for p in assembly.packs}
    for regime in regimes(assembly):
        court = _Court(assembly, regime, patience)
        for promise in compiled:
            if regime.start in periods[promise.stated.pack]:
                found[promise.stated.word].append(court.judge(promise))
    return tuple(_overall(p.stated, found[p.stated.word]) for p in compiled)


def _overall(item: Property, proofs: list[Proof]) -> Proof:
    """One failure fails; a claim must speak of somebody under at least one regime."""
    for outcome in (Outcome.REFUTED, Outcome.UNKNOWN, Outcome.PROVED):
        if found := [p for p in proofs if p.outcome is outcome]:
            return found[0]
    return Proof(item, Outcome.VACUOUS)


class _Court:
    """All questions under one regime. Its Z3 context is its own: threads do not meet there."""

    def __init__(self, assembly: Assembly, regime: Regime, patience: int) -> None:
        self._context = z3.Context()
        self._unknowns = Unknowns(assembly, regime, self._context)
        self._encoding = Encoding(self._unknowns)
        self._patience = patience

    def judge(self, promise: Promise) -> Proof:
        people = [self._encoding]
        if promise.rise is not None:
            people.append(Encoding(self._unknowns.other(promise.rise.fact)))
        limits = [limit for p in people for limit in p.unknowns.limits]
        solver = solver_for(limits, self._context, self._patience)
        solver.add(*(p.of(promise.given) for p in people))
        if promise.rise is not None:
            solver.add(_rises(promise, people))
        if (empty := self._empty(promise, solver)) is not None:
            return Proof(promise.stated, empty)
        solver.add(_violation(promise, people))
        answer = solver.check()
        if answer == z3.sat:
            model = self._certain(promise, solver, people)
            person = Witness(promise, solver, people).person(model)
            return Proof(promise.stated, Outcome.REFUTED, person)
        return Proof(promise.stated, Outcome.PROVED if answer == z3.unsat else Outcome.UNKNOWN)

    def _certain(self, promise: Promise, solver: z3.Solver, people: list[Encoding]) -> z3.ModelRef:
        """Somebody who breaks the promise whatever the open terms will be, and the solver limited
        to such people; if there is nobody, whom the solver has just found."""
        model = solver.model()
        solver.set("timeout", min(self._patience, TIDYING))
        solver.push()
        for high in (False, True):
            same_people = [Encoding(p.unknowns.settled(high=high)) for p in people]
            solver.add(*(p.of(promise.given) for p in same_people))
            solver.add(_violation(promise, same_people))
        if solver.check() == z3.sat:
            return solver.model()
        solver.pop()
        return model

    def _empty(self, promise: Promise, solver: z3.Solver) -> Outcome | None:
        """The outcome when something that the property speaks of cannot be; None when all can."""
        for live in promise.lives:
            answer = solver.check(self._encoding.of(live))
            if answer != z3.sat:
                return Outcome.VACUOUS if answer == z3.unsat else Outcome.UNKNOWN
        return None


def _rises(promise: Promise, people: list[Encoding]) -> Formula:
    """The second person is higher in the fact, or born earlier."""
    assert promise.rise is not None  # noqa: S101 - asked only of comparisons
    fact = promise.rise.fact
    lower, higher = (p.unknowns.facts[fact.word] for p in people)
    return higher.key < lower.key if fact.type.kind is Kind.DATE else higher > lower


def _violation(promise: Promise, people: list[Encoding]) -> Formula:
    if promise.rise is None:
        return z3.Not(people[0].of(promise.must))
    lower, higher = (_as_number(p.of(promise.must)) for p in people)
    if promise.rise.direction is Direction.NEVER_LOWER:
        return higher < lower
    return higher > lower


def _as_number(formula: Formula) -> Formula:
    return z3.If(formula, 1, 0) if z3.is_bool(formula) else formula


@dataclass(frozen=True, slots=True)
class Broken:
    """A property of the rules before that the changed rules do not keep. ``proof`` is None when
    it cannot even be said any more; ``finding`` then says why."""

    stated: Property
    proof: Proof | None
    finding: Finding | None


def broken_by(before: Ruled, after: Ruled, *, patience: int = PATIENCE) -> tuple[Broken, ...]:
    """Which properties that held before no longer hold after a change of packs.

    The properties are those of the rules before: taking a promise out of a pack, or weakening it,
    does not hide that it is broken.
    """
    held = [p.stated for p in prove(before, patience=patience) if p.holds]
    packs = {p.id for p in after.assembly.packs}
    lost = []
    sayable = []
    for item in held:
        findings = Findings()
        if item.pack not in packs:
            findings.add(item.spot, f"规则包 {item.pack} 不在了")
        else:
            promises(after.assembly, (item,), findings)
        lost += [Broken(item, None, f) for f in findings.all()]
        sayable += [] if len(findings) else [item]
    proofs = prove(after, sayable, patience=patience)
    return (*lost, *(Broken(p.stated, p, None) for p in proofs if not p.holds))
