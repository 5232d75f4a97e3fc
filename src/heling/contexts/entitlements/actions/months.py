"""月度名册: drawn up from awards in one statement, sealed when the month is over."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction
from django.db.models.functions import Now

from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.casework import signature
from heling.contexts.entitlements.digests import cycle_digest
from heling.contexts.entitlements.domain.months import (
    CYCLE,
    CycleState,
    check_may_close,
    check_may_open,
    month_of,
    parse_month,
)
from heling.contexts.entitlements.events import CycleClosed
from heling.contexts.entitlements.models import Cycle, Line
from heling.kernel.actor import Actor
from heling.kernel.errors import Forbidden, NotFound, Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record

# One pass over the awards that touch the month; days are cut to it. Row-level security of the
# actor applies to the select, so nobody draws a roster wider than their own territory.
_DRAW = """
insert into entitlements_line (cycle_id, award_id, decision_id, determination_id, code, elder_id,
    "grant", benefit, cite, amount, unit, starts, ends)
select %(cycle)s, a.id, a.decision_id, a.determination_id, a.code, a.elder_id,
    a."grant", a.benefit, a.cite, a.amount, a.unit,
    greatest(a.starts, %(first)s), least(coalesce(a.ends, %(last)s), %(last)s)
from entitlements_award a
where a.code >= %(lo)s and a.code < %(hi)s
  and a.starts <= %(last)s and (a.ends is null or a.ends >= greatest(a.starts, %(first)s))
"""


@transaction.atomic
def open_cycle(*, month: str, on: date, by: Actor) -> Cycle:
    """Begin the roster of a month (``2026-11``) for the actor's territory."""
    by.require(Perm.CYCLES)
    if by.territory is None:
        raise Forbidden("名册要以一个地区的名义编制。", hint="请先选择岗位。")
    period = parse_month(month)
    check_may_open(period, on)
    with refusing():
        return Cycle.objects.create(month=period.start, code=by.territory.prefix, **signature(by))


@transaction.atomic
def draw_cycle(*, cycle_id: int, by: Actor) -> int:
    """Draw the open roster anew from today's awards. Returns the number of lines."""
    by.require(Perm.CYCLES)
    cycle = _lock(cycle_id, by=by)
    if cycle.state == CycleState.CLOSED:
        raise Refused("这个月的名册已经封存，不能再编制。", hint="以后的更正计入以后的月份。")
    period, lo, hi = month_of(cycle.month), cycle.code, cycle.code + ":"
    Line.objects.filter(cycle=cycle).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            _DRAW,
            {"cycle": cycle.pk, "first": period.start, "last": period.end, "lo": lo, "hi": hi},
        )
        cycle.size = cursor.rowcount
    cycle.drawn_at = Now()
    cycle.save(update_fields=["size", "drawn_at"])
    return cycle.size


@transaction.atomic
def close_cycle(*, cycle_id: int, on: date, by: Actor) -> Cycle:
    """封存: draw once more, hash, and let the database refuse every later change."""
    by.require(Perm.CYCLES)
    cycle = _lock(cycle_id, by=by)
    state = CYCLE.next("close", cycle.state)
    check_may_close(month_of(cycle.month), on)
    draw_cycle(cycle_id=cycle.pk, by=by)
    digest, size = cycle_digest(cycle.pk)
    cycle.refresh_from_db()
    cycle.state, cycle.digest, cycle.size = state, digest, size
    cycle.closed_at, cycle.closed_by = Now(), by.name
    cycle.save()
    record(
        CycleClosed(
            cycle_id=cycle.pk, code=cycle.code, month=cycle.month, size=size, digest=digest
        ),
        by=by,
    )
    return cycle


def _lock(cycle_id: int, *, by: Actor) -> Cycle:
    cycle = Cycle.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=cycle_id).first()
    if cycle is None:
        raise NotFound("没有找到这份名册。", hint="请从名册列表进入。")
    return cycle
