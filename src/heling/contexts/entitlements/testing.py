"""Factories and scenarios for other contexts' tests: cases at each step of their life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from heling.contexts.assessment import testing as assessing
from heling.contexts.entitlements import actions, snapshots
from heling.contexts.entitlements.models import Application, RollRow, Situation
from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.registry import testing as elders
from heling.contexts.registry.public import StatusKind
from heling.kernel.actor import Actor

PLACE = "330203001001"
TODAY = date(2026, 11, 2)
_POINTS = {0: 90, 1: 80, 2: 50, 3: 40, 4: 10}
INSURANCE, CALL, HOURS, AGED = "意外伤害保险", "应急呼叫设施", "失能免费服务", "高龄免费服务"


@dataclass(frozen=True)
class Office:
    """The officials of one community, street, county and city, each another account."""

    clerk: Actor
    street: Actor
    county: Actor
    other: Actor
    city: Actor


def office(place: str = PLACE) -> Office:
    """A fresh set of officials above the community ``place``."""
    return Office(
        clerk=people.acting(RoleKey.COMMITTEE, place),
        street=people.acting(RoleKey.STREET, place[:9]),
        county=people.acting(RoleKey.COUNTY, place[:6]),
        other=people.acting(RoleKey.COUNTY, place[:6]),
        city=people.acting(RoleKey.CITY, place[:4]),
    )


def elder(birth: date = date(1940, 5, 1), *, place: str = PLACE, **changes: Any) -> int:
    """An elder registered and living in ``place``; eighty-six years old by default."""
    return elders.elder(birth=birth, code=place, hukou_code=place, **changes)


def status(elder_id: int, kind: StatusKind = StatusKind.DIBAO, *, place: str = PLACE) -> int:
    return elders.status(elder_id, kind, code=place)


def level(elder_id: int, number: int, *, on: date = TODAY, place: str = PLACE) -> int:
    """A completed national assessment with this level (0 to 4); returns its id."""
    team = assessing.pair(place[:6])
    return assessing.completed(
        elder_id,
        team,
        on=on,
        total=_POINTS[number],
        by=people.acting(RoleKey.STREET, place[:9]),
    ).pk


def applied(
    elder_id: int, *grants: str, by: Office, on: date = TODAY, **changes: Any
) -> Application:
    """An application brought in by the clerk; insurance unless told otherwise."""
    return actions.apply_for(
        elder_id=elder_id,
        grants=list(grants or (INSURANCE,)),
        on=on,
        by=by.clerk,
        consent="上门征得本人口头同意",
        **changes,
    )


def reviewed(
    elder_id: int, *grants: str, by: Office, on: date = TODAY, **changes: Any
) -> Application:
    """Accepted and passed by street and county: ready for a notice."""
    case = applied(elder_id, *grants, by=by, on=on, **changes)
    actions.accept(application_id=case.pk, on=on, by=by.street)
    actions.first_review(application_id=case.pk, verdict="pass", on=on, by=by.street)
    return actions.second_review(application_id=case.pk, verdict="pass", on=on, by=by.county)


def published(
    elder_id: int, *grants: str, by: Office, on: date = TODAY, **changes: Any
) -> Application:
    """On a running notice of the county."""
    case = reviewed(elder_id, *grants, by=by, on=on, **changes)
    actions.publish_batch(application_ids=[case.pk], on=on, by=by.county)
    case.refresh_from_db()
    return case


def granted(
    elder_id: int, *grants: str, by: Office, on: date = TODAY, **changes: Any
) -> Application:
    """Decided on the first day possible; awards run from that day."""
    case = published(elder_id, *grants, by=by, on=on, **changes)
    assert case.publicity_ends is not None  # noqa: S101 - it is on a notice
    actions.decide(application_id=case.pk, on=case.publicity_ends + timedelta(days=1), by=by.county)
    case.refresh_from_db()
    return case


def rolled(elder_id: int, *, place: str = PLACE) -> None:
    """On the roll of the city, in a situation about which nothing is said."""
    situation, _ = Situation.objects.get_or_create(
        city=f"{place[:4]}00", digest="", explanations=[], ages=[]
    )
    RollRow.objects.create(elder_id=elder_id, code=place, situation=situation, since=TODAY)


def family_of(elder_id: int, *, place: str = PLACE) -> Actor:
    """A daughter with a written mandate."""
    return people.acting_for(elder_id, place)


def latest(elder_id: int) -> Application:
    """The newest case of an elder."""
    return Application.objects.filter(elder_id=elder_id).order_by("-pk")[0]


def count_city(by: Actor, *, on: date = TODAY) -> None:
    """A full snapshot of the actor's city."""
    snapshots.take(on=on, by=by, full=True)
