"""One case walked to a stage by the real actions, on days of the past."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from heling.contexts.entitlements import actions, law
from heling.contexts.entitlements.demo.office import DemoOffice
from heling.contexts.entitlements.domain.objections import Outcome
from heling.contexts.entitlements.domain.standing import standings
from heling.contexts.entitlements.models import Application, Entry
from heling.engines.law import Determination, RuleSet
from heling.engines.law.units import Kind
from heling.kernel.actor import ANONYMOUS, Actor
from heling.kernel.errors import HelingError

_ROUNDS = 4  # an answer may raise another question


@dataclass(frozen=True, slots=True)
class Wish:
    """What the law gives an elder on a day (first what a measure need not still fill), what
    it refuses, and the answers that this takes."""

    elder_id: int
    code: str
    grants: tuple[str, ...]
    refused: tuple[str, ...]
    answers: Mapping[str, Any]


def wish(elder_id: int, *, on: date, by: Actor, said: dict[str, Any]) -> Wish:
    """Ask the law as somebody would who has none of the statuses that nobody certified.

    ``said`` collects the answers that the law asked for, so that the next elder of the same
    city gives them at once.
    """
    found = law.determine(elder_id, on=on, by=by, declared=said)
    rules = law.rules_for(found.card.code, on=on)
    for _ in range(_ROUNDS):
        new = {w: a for w, a in _answers(found.determination, rules) if w not in said}
        if not new:
            break
        said |= new
        found = law.determine(elder_id, on=on, by=by, declared=said)
    every = [g.id for g in found.determination.grants]
    by_outcome: dict[Outcome, list[str]] = {}
    for standing in standings(found.determination, every):
        by_outcome.setdefault(standing.outcome, []).append(standing.grant)
    given = [*by_outcome.get(Outcome.GRANTED, ()), *by_outcome.get(Outcome.OPEN, ())]
    used = {p["word"] for p in found.provenance if p["source"] == law.SAID}
    return Wish(
        elder_id,
        found.card.code,
        tuple(given),
        tuple(by_outcome.get(Outcome.DENIED, ())),
        {word: answer for word, answer in said.items() if word in used},
    )


def sort_out(
    elders: Iterable[int], *, enough: int, on: date, by: Actor
) -> tuple[list[Wish], list[Wish]]:
    """Elders whom the law gives something, until there are ``enough``, and those passed over."""
    entitled: list[Wish] = []
    others: list[Wish] = []
    said: dict[str, Any] = {}
    for elder_id in elders:
        if len(entitled) == enough:
            break
        wanted = wish(elder_id, on=on, by=by, said=said)
        (entitled if wanted.grants else others).append(wanted)
    return entitled, others


def _answers(determination: Determination, rules: RuleSet) -> Iterator[tuple[str, Any]]:
    """No to every status, nothing to every number, the first of every choice."""
    for question in determination.missing:
        kind = rules.facts[question.fact].type
        if kind.kind is Kind.BOOL:
            yield question.fact, False
        elif kind.kind is Kind.NUMBER:
            yield question.fact, 0
        elif kind.kind is Kind.ENUM and question.fact != law.LEVEL:
            yield question.fact, kind.levels[0]


Walk = Callable[[Wish], Application]


@dataclass(slots=True)
class Walker:
    """Walks cases of the elders in ``waiting``; each elder serves once.

    ``others`` are elders whom the law gives nothing: for refusals.
    """

    office: DemoOffice
    today: date
    waiting: list[Wish]
    others: list[Wish]

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def some(self, count: int, walk: Walk) -> list[Application]:
        """Up to ``count`` cases, of the first elders with whom the walk succeeds."""
        return self._some(count, walk, self.waiting)

    def refuse_some(self, count: int, walk: Walk) -> list[Application]:
        """The same among those who will be refused."""
        self.others += [self.waiting.pop() for _ in range(min(count, len(self.waiting)))]
        return self._some(count, walk, self.others)

    def _some(self, count: int, walk: Walk, elders: list[Wish]) -> list[Application]:
        made: list[Application] = []
        for wanted in list(elders):
            if len(made) == count:
                break
            try:
                with transaction.atomic():
                    made.append(walk(wanted))
            except HelingError:
                continue  # the law gives this one nothing, or facts changed on the way
            elders.remove(wanted)
        return made

    # --- to a stage; days are counted back from today ------------------------------------

    def applied(self, days: int) -> Walk:
        return lambda wanted: self._apply(wanted, days, refused=False)

    def accepted(self, days: int) -> Walk:
        def walk(wanted: Wish) -> Application:
            case = self._apply(wanted, days, refused=False)
            return self._accept(case, days - 1)

        return walk

    def first_passed(self, days: int) -> Walk:
        return lambda wanted: self._first(self.accepted(days)(wanted), days - 3)

    def second_passed(self, days: int) -> Walk:
        def walk(wanted: Wish) -> Application:
            case = self.first_passed(days)(wanted)
            return actions.second_review(
                application_id=case.pk, verdict="pass", on=self.ago(days - 7), by=self.office.county
            )

        return walk

    def refusal_proposed(self, days: int) -> Walk:
        def walk(wanted: Wish) -> Application:
            case = self._accept(self._apply(wanted, days, refused=True), days - 1)
            return actions.first_review(
                application_id=case.pk,
                verdict="fail",
                reason="核对登记的事实，未达到规定的条件。",
                on=self.ago(days - 3),
                by=self.office.street,
            )

        return walk

    def denied(self, days: int) -> Walk:
        def walk(wanted: Wish) -> Application:
            case = self.refusal_proposed(days)(wanted)
            county, why = self.office.county, "初审意见属实，按现行规定不能给予。"
            actions.second_review(
                application_id=case.pk, verdict="fail", reason=why, on=self.ago(days - 6), by=county
            )
            actions.decide(application_id=case.pk, reason=why, on=self.ago(days - 8), by=county)
            return case

        return walk

    def to_be_corrected(self, days: int) -> Walk:
        def walk(wanted: Wish) -> Application:
            case = self._apply(wanted, days, refused=False)
            return actions.request_correction(
                application_id=case.pk,
                what="请补交医院近半年的诊断证明复印件。",
                on=self.ago(days - 1),
                by=self.office.street,
            )

        return walk

    def withdrawn(self, days: int) -> Walk:
        def walk(wanted: Wish) -> Application:
            case = self._apply(wanted, days, refused=False)
            return actions.withdraw(
                application_id=case.pk,
                reason="老人近期要到外地女儿家居住，暂不申请。",
                on=self.ago(days - 1),
                by=self.office.clerk_of(case.code),
            )

        return walk

    # --- single steps ----------------------------------------------------------------------

    def publish(self, cases: Sequence[Application], days: int) -> None:
        """One notice of the county for these cases."""
        ids = [case.pk for case in cases]
        actions.publish_batch(application_ids=ids, on=self.ago(days), by=self.office.county)

    def decide(self, cases: Sequence[Application], days: int) -> None:
        for case in cases:
            actions.decide(application_id=case.pk, on=self.ago(days), by=self.office.county)

    def object(self, case: Application, days: int, content: str) -> int:
        """A neighbour objects on the public page; returns the objection's number."""
        line = Entry.objects.filter(application=case).order_by("pk")[0].line_id
        return actions.raise_public_objection(
            line_id=line,
            objector="周邻居（演示）",
            contact="15400000000",
            content=content,
            on=self.ago(days),
            by=ANONYMOUS,
        )

    def _apply(self, wanted: Wish, days: int, *, refused: bool) -> Application:
        return actions.apply_for(
            elder_id=wanted.elder_id,
            grants=wanted.refused[:1] if refused else wanted.grants[:2],
            on=self.ago(days),
            by=self.office.clerk_of(wanted.code),
            consent="上门征得本人口头同意",
            answers=wanted.answers,
        )

    def _accept(self, case: Application, days: int) -> Application:
        return actions.accept(application_id=case.pk, on=self.ago(days), by=self.office.street)

    def _first(self, case: Application, days: int) -> Application:
        return actions.first_review(
            application_id=case.pk, verdict="pass", on=self.ago(days), by=self.office.street
        )
