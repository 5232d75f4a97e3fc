"""Months: totals of a roster and its seal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.domain.months import CYCLE, CycleState, month_of
from heling.contexts.entitlements.domain.standing import amount_text
from heling.contexts.entitlements.models import Cycle, Line
from heling.contexts.places import public as places
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class GrantTotal:
    benefit: str
    elders: int
    awards: int
    amount: str


@dataclass(frozen=True, slots=True)
class CyclePage:
    cycle: Cycle
    state_label: str
    place: str
    totals: tuple[GrantTotal, ...]
    may_draw: bool
    may_close: bool


def cycle_page(cycle_id: int, *, on: date, by: Actor) -> CyclePage:
    """Totals by grant. NotFound for another territory's roster."""
    cycle = Cycle.objects.visible_to(by).filter(pk=cycle_id).first()
    if cycle is None:
        raise NotFound("没有找到这份名册。", hint="请从名册列表进入。")
    groups = (
        Line.objects.filter(cycle=cycle)
        .values("grant", "benefit", "unit")
        .annotate(elders=Count("elder_id", distinct=True), awards=Count("pk"), total=Sum("amount"))
        .order_by("grant", "unit")
    )
    open_ = cycle.state == CycleState.OPEN and by.may(Perm.CYCLES)
    last = month_of(cycle.month).end
    return CyclePage(
        cycle=cycle,
        state_label=CYCLE.labels[CycleState(cycle.state)],
        place=places.names([cycle.code]).get(cycle.code, cycle.code),
        totals=tuple(
            GrantTotal(
                g["benefit"], g["elders"], g["awards"], amount_text(g["total"], _sum(g["unit"]))
            )
            for g in groups
        ),
        may_draw=open_,
        may_close=open_ and last is not None and on > last,
    )


def _sum(unit: str) -> str:
    """小时/月 summed over a month is 小时."""
    return unit.split("/")[0]
