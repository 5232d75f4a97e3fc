"""Assessments that were never made, of people who do not exist: the demonstration's past.

Graded, fingerprinted, signed and completed like real ones, under every trigger of the
tables, but many at a time and on past days. Refuses to work in production, where nobody
signs for anybody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from typing import ClassVar

from django.conf import settings
from django.db.models import DateTimeField, F, OuterRef, Subquery
from django.db.models.functions import Cast
from django.utils import timezone

from heling.contexts.assessment import actions
from heling.contexts.assessment.actions.arranging import _numbers
from heling.contexts.assessment.actions.signing import _check_team, _grade, _write_result
from heling.contexts.assessment.domain import GBT42195, Reason, Scale, State, load_scale
from heling.contexts.assessment.domain.answers import COMA, DIAGNOSES
from heling.contexts.assessment.domain.filling import NO_RISK_EVENTS, read_facts
from heling.contexts.assessment.models import (
    Answered,
    Assessment,
    Assessor,
    RiskEvent,
    Transition,
)
from heling.contexts.identity.public import Holder, RoleKey, permissions_of
from heling.contexts.registry.public import ElderCard, elder_cards
from heling.kernel.actor import Actor
from heling.kernel.errors import Refused
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import scoped
from heling.platform.journal.record import Event, record

_BATCH = 250
_ARRIVED, _SIGNED = time(9, 30), time(10, 40)  # on the day of assessment, Asia/Shanghai


@dataclass(frozen=True)
class DemonstrationAssessed(Event):
    """A batch of the demonstration's past; no AssessmentCompleted each, nothing follows from it."""

    kind: ClassVar[str] = "assessment.DemonstrationAssessed"
    label: ClassVar[str] = "补入演示评估"

    assessments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAssessment:
    """``answers``: item code → score of GB/T 42195-2022. ``falls`` in the 30 days before ``on``."""

    elder_id: int
    on: date
    answers: Mapping[str, int]
    diagnoses: tuple[str, ...] = ()
    falls: int = 0


def demo_assessments(
    past: Iterable[PastAssessment], *, assessors: Sequence[Holder], by: Actor
) -> int:
    """Complete assessments on past days, signed by ``assessors``; returns how many.

    Each elder at most once and not assessed before; elders out of the actor's sight are
    left out.
    """
    _refuse_in_production()
    scale, made, rows = load_scale(GBT42195), 0, iter(past)
    while batch := list(islice(rows, _BATCH)):
        with scoped(by):
            cards = elder_cards([p.elder_id for p in batch], by=by)
            made += _batch([p for p in batch if p.elder_id in cards], cards, scale, assessors)
    if made:
        with scoped(by):
            record(DemonstrationAssessed(assessments=made), by=by)
    return made


def demo_appointments(
    *,
    new: Sequence[PastAssessment],
    again: Sequence[int],
    assessors: Sequence[Holder],
    street: Actor,
    today: date,
) -> None:
    """Assessments under way, by the real actions: what assessors find on their list.

    Of ``new``, who were never assessed, the first was visited today and waits for the second
    signature; the others, and the elders ``again``, to be assessed once more, have a day.
    """
    _refuse_in_production()
    team = [a.user_id for a in assessors]
    days = (today + timedelta(days=1 + n // 2) for n in count())
    with scoped(street):
        for past in new:
            arranged = actions.start_assessment(
                elder_id=past.elder_id,
                scale=GBT42195,
                reason=Reason.FIRST,
                assessors=team,
                today=today,
                planned_on=today if past is new[0] else next(days),
                by=street,
            )
            if past is new[0]:
                _visit(arranged, past, assessors[0], today=today)
        for elder_id in again:
            actions.start_assessment(
                elder_id=elder_id,
                scale=GBT42195,
                reason=Reason.ROUTINE,
                assessors=team,
                today=today,
                planned_on=next(days),
                by=street,
            )


def _refuse_in_production() -> None:
    if not settings.DEMO:
        raise Refused("正式环境不能补造评估。", hint="评估须由评估人员上门进行并签字。")


def _visit(arranged: Assessment, past: PastAssessment, assessor: Holder, *, today: date) -> None:
    """The first assessor fills in the form, submits it and signs."""
    role, pk = RoleKey.ASSESSOR, arranged.pk
    by = Actor(
        assessor.user_id,
        assessor.name,
        role,
        permissions_of(role),
        territory=Territory(arranged.code[:6]),
    )
    scale = load_scale(arranged.scale)
    with scoped(by):
        actions.set_visit(
            assessment_id=pk, on=today, place=arranged.place, guardian="家属", today=today, by=by
        )
        facts: dict[str, object] = {DIAGNOSES: list(past.diagnoses), NO_RISK_EVENTS: True}
        actions.set_adjustments(assessment_id=pk, facts=facts, by=by)
        filled = actions.save_answers(
            assessment_id=pk, answers=_keys(scale, past.answers), version=arranged.version, by=by
        )
        ready = actions.submit(assessment_id=filled.pk, today=today, by=by)
        actions.sign(
            assessment_id=pk,
            name=assessor.name,
            sha256=ready.result_sha256,
            at=timezone.now(),
            by=by,
        )


def _batch(
    past: Sequence[PastAssessment],
    cards: Mapping[int, ElderCard],
    scale: Scale,
    assessors: Sequence[Holder],
) -> int:
    drafts = Assessment.objects.bulk_create(_draft(p, cards[p.elder_id], scale) for p in past)
    Assessor.objects.bulk_create(
        Assessor(
            **_whose(draft),
            user_id=assessor.user_id,
            name=assessor.name,
            medical=assessor.medical,
        )
        for draft in drafts
        for assessor in assessors
    )
    RiskEvent.objects.bulk_create(
        event for draft, p in zip(drafts, past, strict=True) for event in _falls(draft, p)
    )
    Answered.objects.bulk_create(
        (row for draft in drafts for row in _answered(draft, assessors)), batch_size=5000
    )
    Transition.objects.bulk_create(row for d in drafts for row in _transitions(d, assessors))
    _grade_all([d.pk for d in drafts], scale)
    _sign_all([d.pk for d in drafts])
    return len(drafts)


def _draft(past: PastAssessment, card: ElderCard, scale: Scale) -> Assessment:
    facts: dict[str, object] = {
        "informant": "self" if past.elder_id % 3 else "child",
        DIAGNOSES: list(past.diagnoses),
        NO_RISK_EVENTS: past.falls == 0,
    }
    return Assessment(
        elder_id=card.id,
        code=card.code,
        scale=scale.id,
        scale_version=scale.version,
        scale_sha256=scale.sha256,
        **_numbers(scale, Reason.FIRST),
        reason=Reason.FIRST.value,
        planned_on=past.on,
        assessed_on=past.on,
        place=f"{card.place_name}{card.address}",
        answers=_keys(scale, past.answers),
        facts=read_facts(scale, facts),
        version=1,
        demo=True,
        created_at=_at(past.on, _ARRIVED) - timedelta(days=3),
    )


def _keys(scale: Scale, answers: Mapping[str, int]) -> dict[str, str]:
    """Scores as keys of options; where 昏睡 and 昏迷 share a score, nobody is in a coma."""
    return {
        item.code: next(
            o.key for o in item.options if o.score == answers[item.code] and o.code != COMA
        )
        for item in scale.items
    }


def _falls(draft: Assessment, past: PastAssessment) -> Iterator[RiskEvent]:
    for nth in range(past.falls):
        yield RiskEvent(
            **_whose(draft),
            kind="fall",
            on=past.on - timedelta(days=3 + 6 * nth),
            note="在家中跌倒",
        )


def _answered(draft: Assessment, assessors: Sequence[Holder]) -> Iterator[Answered]:
    """The first assessor asked and wrote."""
    for item, answer in draft.answers.items():
        yield Answered(
            **_whose(draft),
            version=1,
            item=item,
            answer=answer,
            **_author(assessors[0]),
            at=_at(_day(draft), _ARRIVED),
        )


def _transitions(draft: Assessment, assessors: Sequence[Holder]) -> Iterator[Transition]:
    for step, state, by, at in (
        ("arrange", State.DRAFT, assessors[0], draft.created_at),
        ("submit", State.AWAITING_SIGNATURE, assessors[0], _at(_day(draft), _ARRIVED)),
        ("complete", State.COMPLETED, assessors[-1], _at(_day(draft), _SIGNED)),
    ):
        yield Transition(**_whose(draft), step=step, state=state.value, **_author(by), at=at)


def _grade_all(ids: Sequence[int], scale: Scale) -> None:
    """Score, fingerprint and freeze, exactly as submission does."""
    rows = list(
        Assessment.objects.filter(pk__in=ids)
        .select_related("reviews")
        .prefetch_related("team", "risk_events")
        .order_by("pk")
    )
    for row in rows:
        notes = _check_team(row, scale)
        _write_result(row, scale, _grade(row, scale, _day(row)), notes)
        row.state = State.AWAITING_SIGNATURE.value
    Assessment.objects.bulk_update(
        rows,
        [
            *("result", "adjustments", "result_sha256", "unverified", "level", "level_label"),
            *("due_on", "version", "state"),
        ],
    )


def _sign_all(ids: Sequence[int]) -> None:
    begins = Cast(F("assessed_on"), DateTimeField())  # midnight UTC is 8 in the morning here
    signed = Assessment.objects.filter(pk=OuterRef("assessment_id"))
    Assessor.objects.filter(assessment_id__in=ids).update(
        signed_at=Subquery(
            signed.annotate(at=begins + timedelta(hours=2, minutes=40)).values("at")
        ),
        signed_name=F("name"),
        signed_sha256=Subquery(signed.values("result_sha256")),
    )
    Assessment.objects.filter(pk__in=ids).update(
        state=State.COMPLETED.value,
        completed_at=begins + timedelta(hours=2, minutes=40),
        in_force=True,
    )


def _whose(draft: Assessment) -> dict[str, object]:
    return {"elder_id": draft.elder_id, "code": draft.code, "assessment": draft}


def _author(assessor: Holder) -> dict[str, object]:
    return {
        "user_id": assessor.user_id,
        "actor_name": assessor.name,
        "role": RoleKey.ASSESSOR.value,
    }


def _day(assessment: Assessment) -> date:
    assert assessment.assessed_on is not None  # noqa: S101 - the drafts of this module have one
    return assessment.assessed_on


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())
