"""月度名册: drawn up from awards piece by piece, sealed when the month is over.

A city's month has millions of lines, so no step of it is one long transaction: each piece of
awards is brought into the roster in a short one of its own. Drawing again only touches what
has changed since. Before a month is sealed, one statement, and with it one moment, has to find
roster and awards the same; what is sealed afterwards are exactly those lines.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
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
from heling.contexts.entitlements.models import Award, Cycle, Line
from heling.kernel.actor import Actor
from heling.kernel.errors import Conflict, Forbidden, NotFound, Refused
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import scoped
from heling.platform.journal.record import record

Said = Callable[[int], None]

PIECE = 20_000  # awards in one transaction
_ROUNDS = 3  # how often a month is drawn once more because awards changed meanwhile
_END = 2**63 - 1

# An award that touches the month, with its days cut to it. Row-level security of the actor
# applies, so nobody draws a roster wider than their own territory.
_DAYS = """greatest(a.starts, %(first)s), least(coalesce(a.ends, %(last)s), %(last)s)"""
_TOUCHES = """a.code >= %(lo)s and a.code < %(hi)s
  and a.starts <= %(last)s and (a.ends is null or a.ends >= greatest(a.starts, %(first)s))"""

_UPTO = """
select max(id), count(*) from (select id from entitlements_award
  where id > %(after)s and code >= %(lo)s and code < %(hi)s order by id limit %(size)s) piece
"""
# The range of numbers is said on both sides: otherwise a piece could read the whole month.
_DROP = f"""
delete from entitlements_line l
where l.cycle_id = %(cycle)s and l.award_id > %(after)s and l.award_id <= %(upto)s and not exists (
  select from entitlements_award a
  where a.id = l.award_id and a.id > %(after)s and a.id <= %(upto)s and {_TOUCHES}
    and (a.code, a.elder_id, {_DAYS}) is not distinct from (l.code, l.elder_id, l.starts, l.ends))
"""  # noqa: S608 - constants above
_ADD = f"""
insert into entitlements_line (cycle_id, award_id, decision_id, determination_id, code, elder_id,
    "grant", benefit, cite, amount, unit, starts, ends)
select %(cycle)s, a.id, a.decision_id, a.determination_id, a.code, a.elder_id,
    a."grant", a.benefit, a.cite, a.amount, a.unit, {_DAYS}
from entitlements_award a
where a.id > %(after)s and a.id <= %(upto)s and {_TOUCHES}
order by a.id
on conflict (cycle_id, award_id) do nothing
"""  # noqa: S608
# Number and sum of hashes of both sides: one pass over each, however large the month.
_SUM = "count(*), coalesce(sum(hashtextextended(concat_ws('|', {}), 0)::numeric), 0)"
_AGREES = f"""
select (select row({_SUM.format("l.award_id, l.code, l.elder_id, l.starts, l.ends")})
    from entitlements_line l where l.cycle_id = %(cycle)s)
  is not distinct from (select row({_SUM.format(f"a.id, a.code, a.elder_id, {_DAYS}")})
    from entitlements_award a where {_TOUCHES})
"""  # noqa: S608


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


def draw_cycle(*, cycle_id: int, by: Actor, say: Said | None = None) -> int:
    """Bring the open roster up to today's awards. Returns the number of lines.

    Commits piece by piece (``say`` hears how many awards are done): whoever stops half-way
    keeps what was drawn, and drawing again goes on from there.
    """
    by.require(Perm.CYCLES)
    _bring_up(cycle_id, by=by, say=say)
    with scoped(by):
        cycle = _open(cycle_id, by=by)
        cycle.size = Line.objects.filter(cycle=cycle).count()
        cycle.drawn_at = Now()
        cycle.save(update_fields=["size", "drawn_at"])
    return cycle.size


def draw_month(*, month: date, by: Actor, say: Said | None = None) -> int:
    """Draw the roster of a month that is over, beginning it if nobody has. Returns its lines.

    Does nothing where nothing was enjoyed in the month, or where it is sealed.
    """
    by.require(Perm.CYCLES)
    if by.territory is None:
        raise Forbidden("名册要以一个地区的名义编制。")
    period = month_of(month)
    with scoped(by):
        enjoyed = Award.objects.visible_to(by).filter(starts__lte=period.end)
        if not enjoyed.filter(Q(ends=None) | Q(ends__gte=period.start)).exists():
            return 0
        cycle, _ = Cycle.objects.get_or_create(
            month=period.start, code=by.territory.prefix, defaults=signature(by)
        )
    if cycle.state == CycleState.CLOSED:
        return 0
    return draw_cycle(cycle_id=cycle.pk, by=by, say=say)


def close_cycle(*, cycle_id: int, on: date, by: Actor, say: Said | None = None) -> Cycle:
    """封存: draw once more, hash, and let the database refuse every later change.

    Raises Conflict when somebody draws the same month at the same time, or awards change
    faster than it can be drawn.
    """
    by.require(Perm.CYCLES)
    with scoped(by):
        check_closing(cycle_id=cycle_id, on=on, by=by)
    for _ in range(_ROUNDS):
        _bring_up(cycle_id, by=by, say=say)
        with scoped(by):
            cycle = _find(cycle_id, by=by)
            agrees = _agrees(cycle)
        if agrees:
            break
    else:
        raise Conflict("编制时待遇一直在变动，名册没有封存。", hint="请稍后再封存。")
    with scoped(by):
        digest, size = cycle_digest(cycle.pk)
    with scoped(by):
        return _seal(cycle, digest, size, by=by)


def check_closing(*, cycle_id: int, on: date, by: Actor) -> None:
    """Raise NotFound or Refused unless the actor may seal the month today."""
    by.require(Perm.CYCLES)
    cycle = _find(cycle_id, by=by)
    CYCLE.next("close", cycle.state)
    check_may_close(month_of(cycle.month), on)


def _seal(seen: Cycle, digest: str, size: int, *, by: Actor) -> Cycle:
    """Close what was ``seen`` and hashed, and nothing else."""
    cycle = _lock(seen.pk, by=by)
    state = CYCLE.next("close", cycle.state)
    if cycle.drawn_at != seen.drawn_at:
        raise Conflict("有人正在重新编制这个月的名册，没有封存。", hint="请等编制完成后再封存。")
    cycle.state, cycle.digest, cycle.size = state, digest, size
    cycle.closed_at, cycle.closed_by = Now(), by.name
    cycle.save()
    record(
        CycleClosed(
            cycle_id=cycle.pk, code=cycle.code, month=cycle.month, size=size, digest=digest
        ),
        by=by,
    )
    cycle.refresh_from_db()
    return cycle


def _bring_up(cycle_id: int, *, by: Actor, say: Said | None) -> None:
    done = after = 0
    while after < _END:
        with scoped(by):
            after, count = _piece(cycle_id, after, by=by)
        done += count
        if say is not None:
            say(done)


def _piece(cycle_id: int, after: int, *, by: Actor) -> tuple[int, int]:
    """One transaction: the next awards by number; up to which, and how many they were."""
    cycle = _open(cycle_id, by=by)
    with connection.cursor() as cursor:
        given = _given(cycle, after=after)
        cursor.execute(_UPTO, given | {"size": PIECE})
        upto, count = cursor.fetchone()
        given["upto"] = upto if count == PIECE else _END
        cursor.execute(_DROP, given)
        cursor.execute(_ADD, given)
    cycle.drawn_at = Now()
    cycle.save(update_fields=["drawn_at"])
    return given["upto"], count


def _agrees(cycle: Cycle) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_AGREES, _given(cycle, after=0))
        return bool(cursor.fetchone()[0])


def _given(cycle: Cycle, *, after: int) -> dict[str, Any]:
    period = month_of(cycle.month)
    return {
        "cycle": cycle.pk,
        "first": period.start,
        "last": period.end,
        "lo": cycle.code,
        "hi": cycle.code + ":",
        "after": after,
    }


def _find(cycle_id: int, *, by: Actor) -> Cycle:
    return _found(Cycle.objects.visible_to(by).filter(pk=cycle_id).first())


def _lock(cycle_id: int, *, by: Actor) -> Cycle:
    rows = Cycle.objects.visible_to(by).select_for_update(of=("self",))
    return _found(rows.filter(pk=cycle_id).first())


def _open(cycle_id: int, *, by: Actor) -> Cycle:
    cycle = _lock(cycle_id, by=by)
    if cycle.state == CycleState.CLOSED:
        raise Refused("这个月的名册已经封存，不能再编制。", hint="以后的更正计入以后的月份。")
    return cycle


def _found(cycle: Cycle | None) -> Cycle:
    if cycle is None:
        raise NotFound("没有找到这份名册。", hint="请从名册列表进入。")
    return cycle
