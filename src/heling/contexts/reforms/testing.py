"""Factories for everybody's tests: a counted city and a plan with a scenario."""

from __future__ import annotations

from datetime import date
from typing import Any

from heling.contexts.entitlements import testing as entitling
from heling.contexts.entitlements.testing import count_city
from heling.contexts.reforms import actions, studio
from heling.contexts.reforms.domain.writing import Moves
from heling.contexts.reforms.models import Plan
from heling.contexts.registry.public import StatusKind
from heling.kernel.actor import Actor

PLACE, OTHER = "330203001001", "330205002001"
HOURS, PRICE, AGE = "重度时数", "小时价格", "保险起始年龄"
_BIRTHS = (1936, 1940, 1944, 1947, 1948, 1950)


def city_of_six(by: Actor, *, on: date) -> list[int]:
    """Six elders in two counties, one of them poor and severely disabled, and a snapshot."""
    studio.empty()
    ids = [
        entitling.elder(date(year, 5, 1), place=OTHER if n % 2 else PLACE)
        for n, year in enumerate(_BIRTHS)
    ]
    entitling.status(ids[2], StatusKind.DIBAO)
    entitling.level(ids[2], 3, on=on)
    count_city(by, on=on)
    return ids


def plan(by: Actor, **changes: Any) -> Plan:
    """A plan over three months from November 2026."""
    given: dict[str, Any] = {"title": "提高时数", "month": "2026-11", "months": 3}
    return actions.make_plan(**given | changes, by=by)


def moved(by: Actor, found: Plan, *, position: int = 1, **numbers: int) -> None:
    """Save a scenario that moves numbers."""
    found.refresh_from_db()
    actions.save_scenario(
        plan_id=found.pk,
        position=position,
        seen=found.version,
        title=f"方案{position}",
        moves=Moves(numbers=numbers),
        by=by,
    )
