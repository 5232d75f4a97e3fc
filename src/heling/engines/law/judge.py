"""From evaluated nodes to results: status, amount, effect, reasons, questions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from heling.engines.law.assemble import Assembly, Right, Settlement
from heling.engines.law.determination import (
    ConflictResult,
    Effect,
    Encouragement,
    GrantResult,
    Mark,
    OpenTerm,
    PartyResult,
    Question,
    Reading,
    Status,
    WouldChange,
)
from heling.engines.law.explain import VERDICTS, Explainer, Explanation, Found, leaves
from heling.engines.law.graph import Node, Op
from heling.engines.law.interpret import OPEN, UNKNOWN, Frame, Value, Void
from heling.engines.law.model import UNVERIFIED, Change, Constant, Fact, Grant
from heling.engines.law.overlays import districts_of
from heling.engines.law.wording import Wording

_CONDITION: dict[Value, Status] = {
    True: Status.GRANTED,
    False: Status.DENIED,
    UNKNOWN: Status.UNKNOWN,
    OPEN: Status.OPEN,
}
_LIMIT = 20_000
_EASE = {
    Change.AGE: 0,
    Change.FIXED: 1,
    Change.MOVE: 2,
    Change.CHOICE: 3,
    Change.CLAIM: 4,
    Change.ASSESSMENT: 5,
}
"""How easily a person can answer: one's birthday at once, a level only after an assessment."""


def status_of(right: Right, frame: Frame) -> tuple[Status, int | None]:
    """Status and amount under the grant's own article. An amount of nothing is no grant."""
    status = _CONDITION[frame[right.when.index]]
    if status is not Status.GRANTED or right.amount is None:
        return status, None
    amount = frame[right.amount.index]
    if isinstance(amount, Void):
        return _CONDITION[amount], None
    return (Status.GRANTED, cast("int", amount)) if amount else (Status.DENIED, None)


class Judge:
    """Reads results off frames of one assembly. Holds only what never changes."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._explainer = Explainer(
            Wording(assembly.city, assembly.city_name, districts_of(assembly.packs)),
            assembly.graph.nodes,
        )
        self._fixed = [_Fixed(r, assembly.settlements) for r in assembly.rights]

    def explanation(self, frame: Frame) -> Explanation:
        return self._explainer.start(frame)

    def grants(
        self, frame: Frame, why: Explanation, ways: Mapping[str, tuple[WouldChange, ...]]
    ) -> tuple[GrantResult, ...]:
        """All results; ``ways`` is what would change them, where that was asked for."""
        return tuple(f.result(frame, why, ways.get(f.word, ())) for f in self._fixed)

    def encouraged(self, frame: Frame) -> tuple[Encouragement, ...]:
        return tuple(
            _encouragement(grant, node, frame) for grant, _, node in self._assembly.encouraged
        )

    def conflicts(self, frame: Frame, why: Explanation) -> tuple[ConflictResult, ...]:
        return tuple(_conflict(s, frame, why) for s in self._assembly.settlements)

    def questions(
        self, grants: tuple[GrantResult, ...], conflicts: tuple[ConflictResult, ...]
    ) -> tuple[Question, ...]:
        """Missing facts, the one that most grants wait for first; then the easiest to answer.

        A right that stands may still wait for what a conflict needs to know.
        """
        unsettled = {c.id: c.missing for c in conflicts}
        waiting: dict[str, list[str]] = {}
        for grant in grants:
            doubtful = grant.effect is Effect.UNKNOWN
            for word in (*grant.missing, *(unsettled[grant.conflict] if doubtful else ())):
                waiting.setdefault(word, []).append(grant.id)
        facts = sorted((self._assembly.facts[w] for w in waiting), key=lambda f: f.order)
        facts.sort(key=lambda f: (-len(waiting[f.word]), _EASE[f.change]))
        return tuple(Question(f.word, f.ask, f.change.value, tuple(waiting[f.word])) for f in facts)


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """One grant under one set of facts: all but what conflicts do to it. ``results`` by effect."""

    status: Status
    amount: int | None
    at_least: int | None
    parts: tuple[Found, ...]
    opens: tuple[Constant, ...]
    results: dict[tuple[Effect, str], GrantResult]


class _Fixed:
    """What is the same in every result of one grant, prepared once."""

    def __init__(self, right: Right, settlements: tuple[Settlement, ...]) -> None:
        self._right = right
        self.word = right.grant.word
        self._readings = tuple(
            Reading(i.word, i.cite.label, i.note, i.status) for i in right.interpretations
        )
        self._reading_marks = tuple(
            Mark(i.word, i.note) for i in right.interpretations if i.status == UNVERIFIED
        )
        self._awaits = tuple(
            OpenTerm(a.term, a.filled_by, right.grant.cite.label, "amount")
            for a in right.grant.awaits
        )
        self._contests = [
            (s.conflict.word, side.rivals, side.keeps)
            for s in settlements
            for side in s.sides
            if right.grant.word in side.party.grants and s.total is None
        ]
        self._leaves = leaves((right.when,) if right.amount is None else (right.when, right.amount))
        self._cases: dict[tuple[Value, ...], _Case] = {}
        self._made: dict[tuple[object, ...], GrantResult] = {}
        self._unit = str(right.grant.unit) if right.grant.unit else ""

    def result(self, frame: Frame, why: Explanation, ways: tuple[WouldChange, ...]) -> GrantResult:
        """The grant's result. Whoever has the same facts, ages and rules under this grant shares
        its case; results with the same reasons are shared wider still."""
        key = self._leaves(frame)
        case = self._cases.get(key)
        if case is None:
            if len(self._cases) >= _LIMIT:
                self._cases = {}
            case = self._cases[key] = self._case(frame, why)
        effect = self._effect(case.status, frame)
        found = case.results.get(effect)
        if found is None:
            found = case.results[effect] = self._shared(case, effect)
        return dataclasses.replace(found, would_change=ways) if ways else found

    def _case(self, frame: Frame, why: Explanation) -> _Case:
        status, amount = status_of(self._right, frame)
        return _Case(status, amount, self._at_least(status, frame), *self._parts(frame, why), {})

    def _at_least(self, status: Status, frame: Frame) -> int | None:
        """What is certain while only the district is not known: the city's own lower limit."""
        right = self._right
        if status is not Status.UNKNOWN or right.floor is None:
            return None
        certain = frame[right.floor.index]
        if frame[right.when.index] is not True or isinstance(certain, Void):
            return None
        return cast("int", certain) or None

    def _shared(self, case: _Case, effect: tuple[Effect, str]) -> GrantResult:
        outcome = (case.status, case.amount, case.at_least, *effect)
        found = self._made.get((outcome, case.parts))
        if found is None:
            if len(self._made) >= _LIMIT:
                self._made = {}
            found = self._result(outcome, case.parts, case.opens)
            self._made[(outcome, case.parts)] = found
        return found

    def _result(
        self,
        outcome: tuple[Status, int | None, int | None, Effect, str],
        parts: tuple[Found, ...],
        opens: tuple[Constant, ...],
    ) -> GrantResult:
        grant = self._right.grant
        status, amount, at_least, effect, conflict = outcome
        terms = [open_term(c, "condition") for f in parts for c in f.opens if c not in opens]
        marks = dict.fromkeys(m for f in parts for m in f.marks)
        return GrantResult(
            id=grant.word,
            pack=grant.pack,
            benefit=grant.benefit,
            plain=grant.plain,
            entity=grant.entity.value,
            bearer=grant.bearer,
            cite=grant.cite,
            status=status,
            amount=amount,
            unit=self._unit,
            floor=grant.floor,
            effect=effect,
            conflict=conflict,
            reasons=tuple(f.reason for f in parts if f.reason is not None),
            missing=tuple(dict.fromkeys(m.word for f in parts for m in f.missing)),
            open_terms=tuple(dict.fromkeys([*terms, *(open_term(c, "amount") for c in opens)])),
            awaits=self._awaits,
            unverified=(*marks, *self._reading_marks),
            readings=self._readings,
            at_least=at_least,
        )

    def _effect(self, status: Status, frame: Frame) -> tuple[Effect, str]:
        """What the conflicts do to a grant that stands (or stands but for an open amount)."""
        if status not in (Status.GRANTED, Status.OPEN):
            return Effect.NONE, ""
        for word, rivals, keeps in self._contests:
            effect = effect_of(frame[rivals.index], frame[keeps.index])
            if effect is not Effect.NONE:
                return effect, word
        return Effect.NONE, ""

    def _parts(
        self, frame: Frame, why: Explanation
    ) -> tuple[tuple[Found, ...], tuple[Constant, ...]]:
        """Deciding parts of the condition and, where the condition holds, of the amount; with
        the open terms that the amount waits for."""
        parts = why.parts(self._right.when)
        if self._right.amount is None or frame[self._right.when.index] is not True:
            return parts, ()
        amount = why.of(self._right.amount)
        return (*parts, amount), amount.opens


def effect_of(rivals: Value, keeps: Value) -> Effect:
    """A rival that is not there has no effect; otherwise it depends on who prevails. Whether a
    rival is there at all is asked before an open term is blamed."""
    if rivals is False:
        return Effect.NONE
    if keeps is OPEN and rivals is UNKNOWN:
        return Effect.UNKNOWN
    return _EFFECTS[keeps]


_EFFECTS: dict[Value, Effect] = {
    True: Effect.KEEPS,
    False: Effect.YIELDS,
    UNKNOWN: Effect.UNKNOWN,
    OPEN: Effect.OPEN,
}


def open_term(constant: Constant, part: str) -> OpenTerm:
    return OpenTerm(constant.word, constant.filled_by, constant.cite.label, part)


def _encouragement(grant: Grant, node: Node | None, frame: Frame) -> Encouragement:
    concerns = VERDICTS[frame[node.index]] if node is not None else VERDICTS[UNKNOWN]
    return Encouragement(
        id=grant.word,
        pack=grant.pack,
        benefit=grant.benefit,
        duty=grant.duty.value,
        cite=grant.cite,
        concerns=concerns,
    )


def _conflict(settlement: Settlement, frame: Frame, why: Explanation) -> ConflictResult:
    conflict = settlement.conflict
    doubts = [
        why.of(n)
        for side in settlement.sides
        for n in (side.present, side.keeps)
        if isinstance(frame[n.index], Void)
    ]
    missing: dict[Fact, None] = dict.fromkeys(m for f in doubts for m in f.missing)
    opens = dict.fromkeys(open_term(c, "amount") for f in doubts for c in f.opens)
    total, at_least, unit = _total(settlement, frame)
    return ConflictResult(
        id=conflict.word,
        rule=conflict.rule.value,
        cite=conflict.cite,
        text=conflict.note,
        parties=tuple(
            PartyResult(
                party=side.party.word,
                grants=side.party.grants,
                present=VERDICTS[frame[side.present.index]],
                keeps=VERDICTS[frame[side.keeps.index]],
            )
            for side in settlement.sides
        ),
        total=total,
        at_least=at_least,
        unit=unit,
        missing=tuple(m.word for m in missing),
        open_terms=tuple(opens),
    )


def _total(settlement: Settlement, frame: Frame) -> tuple[int | None, int | None, str]:
    """Stacked amounts: the sum, and the part of it that is certain already."""
    node = settlement.total
    if node is None:
        return None, None, ""
    value = frame[node.index]
    certain = sum(cast("int", v) for v in _terms(node, frame) if not isinstance(v, Void))
    total = None if isinstance(value, Void) else cast("int", value)
    return total, certain, str(node.type.unit)


def _terms(node: Node, frame: Frame) -> list[Value]:
    """The leaves of a sum as the assembler built it (left-deep)."""
    if node.op is Op.ADD:
        return [*_terms(node.children[0], frame), *_terms(node.children[1], frame)]
    return [frame[node.index]]
