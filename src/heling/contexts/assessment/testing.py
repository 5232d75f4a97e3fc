"""Factories for everybody's tests: assessors, drafts, completed assessments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from heling.contexts.assessment import actions
from heling.contexts.assessment.domain import GBT42195, Reason, load_scale
from heling.contexts.assessment.models import Assessment
from heling.contexts.identity.public import RoleKey, permissions_of
from heling.contexts.identity.testing import official
from heling.contexts.places.testing import VILLAGE
from heling.contexts.registry.testing import actor
from heling.kernel.actor import Actor
from heling.kernel.identifiers import Territory

TODAY = date(2026, 11, 1)
COUNTY = VILLAGE[:6]


@dataclass(frozen=True)
class Pair:
    """Two assessors of one county; the first has a medical background."""

    nurse: Actor
    other: Actor

    @property
    def ids(self) -> list[int]:
        return [a.user_id for a in (self.nurse, self.other) if a.user_id]


def assessor(code: str = COUNTY, *, medical: bool = False, name: str = "") -> Actor:
    """The actor of a fresh assessor with a post for ``code`` (significant digits)."""
    user = official(RoleKey.ASSESSOR, code, medical=medical, name=name)
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=RoleKey.ASSESSOR,
        permissions=permissions_of(RoleKey.ASSESSOR),
        territory=Territory(code),
    )


def pair(code: str = COUNTY) -> Pair:
    return Pair(assessor(code, medical=True, name="李护士"), assessor(code, name="周评估"))


def answers(total: int = 90, *, scale: str = GBT42195) -> dict[str, str]:
    """Every item answered, as stored keys, with this total of points (GB/T: 0–90).

    Points are lost from the first item on; where a scale has no such step, a few are kept.
    """
    lost = sum(i.max for i in load_scale(scale).items) - total
    chosen = {}
    for item in load_scale(scale).items:
        kept = [o for o in item.options if o.score >= item.max - lost]
        option = min(kept, key=lambda o: o.score)
        lost -= item.max - option.score
        chosen[item.code] = option.key
    return chosen


FACTS: dict[str, Any] = {"diagnoses": [], "no_risk_events": True}


def draft(
    elder_id: int,
    team: Pair | None = None,
    *,
    on: date = TODAY,
    reason: Reason = Reason.FIRST,
    scale: str = GBT42195,
    by: Actor | None = None,
    reviews_id: int | None = None,
    assessors: Sequence[int] | None = None,
) -> tuple[Assessment, Pair]:
    """An arranged assessment and its team, nothing filled in."""
    team = team or pair()
    role = RoleKey.COUNTY if reason is Reason.REVIEW else RoleKey.STREET
    assessment = actions.start_assessment(
        elder_id=elder_id,
        scale=scale,
        reason=reason,
        assessors=team.ids if assessors is None else assessors,
        experts=frozenset(team.ids),
        today=on,
        reviews_id=reviews_id,
        by=by or actor(role, COUNTY),
    )
    return assessment, team


def filled(
    elder_id: int,
    team: Pair | None = None,
    *,
    on: date = TODAY,
    total: int = 90,
    facts: Mapping[str, object] | None = None,
    given: Mapping[str, str] | None = None,
    **more: Any,
) -> tuple[Assessment, Pair]:
    """A draft with every answer and fact that submission asks for."""
    assessment, team = draft(elder_id, team, on=on, **more)
    pk, by, gbt = assessment.pk, team.nurse, assessment.scale == GBT42195
    actions.set_visit(assessment_id=pk, on=on, place="家中", guardian="女儿", today=on, by=by)
    if gbt:
        actions.set_adjustments(assessment_id=pk, facts=FACTS if facts is None else facts, by=by)
    chosen = answers(total, scale=assessment.scale) if given is None else given
    actions.save_answers(assessment_id=pk, answers=chosen, version=99, by=by)
    return Assessment.objects.get(pk=pk), team


def signed(assessment: Assessment, by: Actor, *, at: datetime | None = None) -> Assessment:
    """One more signature."""
    return actions.sign(
        assessment_id=assessment.pk,
        name=by.name,
        sha256=assessment.result_sha256,
        at=at or datetime.combine(assessment.assessed_on or TODAY, time(9), UTC),
        by=by,
    )


def completed(
    elder_id: int, team: Pair | None = None, *, on: date = TODAY, total: int = 90, **more: Any
) -> Assessment:
    """The whole thread: arranged, filled in, submitted, signed by both."""
    assessment, team = filled(elder_id, team, on=on, total=total, **more)
    assessment = actions.submit(assessment_id=assessment.pk, today=on, by=team.other)
    signed(assessment, team.nurse)
    return signed(assessment, team.other)


def disputed(assessment: Assessment, *, by: Actor | None = None) -> Assessment:
    """A completed assessment, now doubted by the daughter."""
    actions.dispute(
        assessment_id=assessment.pk,
        reason="洗澡一直要人帮",
        raised_by="女儿",
        relation="子女",
        on=TODAY,
        by=by or actor(RoleKey.STREET, assessment.code[:9]),
    )
    assessment.refresh_from_db()
    return assessment
