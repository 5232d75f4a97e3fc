"""What takes long: finding people who have a right, monthly rosters, the re-check of receipts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from heling.contexts.entitlements import roll, snapshots
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.actions.months import close_cycle, draw_cycle, draw_month
from heling.contexts.entitlements.actions.redetermining import raise_due
from heling.contexts.entitlements.domain.months import CycleState, months_between
from heling.contexts.entitlements.domain.objections import CandidateState, Cause
from heling.contexts.entitlements.domain.states import LIVE
from heling.contexts.entitlements.models import Application, Candidate, Cycle, Due, Item
from heling.contexts.entitlements.population import Judged, judge
from heling.contexts.entitlements.verifying import verify_receipts
from heling.contexts.lawbook import public as lawbook
from heling.contexts.places import public as places
from heling.engines.law import RuleSet
from heling.engines.law.library import cities, default_root
from heling.engines.law.model import Entity
from heling.kernel.actor import Actor, system
from heling.kernel.errors import Forbidden, Refused
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import scoped
from heling.platform.jobs.work import Progress, job

PAGE = 20_000
ASK_RIVAL = "享受前须问清是否领取不能重复的补贴"
ASK_AGAIN_AFTER = timedelta(days=365)


@job("entitlements.discover", title="发现应享未享的老年人")
def discover_candidates(progress: Progress, by: Actor, **arguments: Any) -> dict[str, int]:
    """Judge every elder of the actor's territory and list rights that nobody has claimed.

    Commits street by street: cancelling keeps what was found. Running it again finds only
    what is new. ``on`` (ISO date) defaults to today.
    """
    by.require(Perm.DISCOVER)
    if by.territory is None or len(by.territory.prefix) < 4:
        raise Forbidden("请以市或市以下的岗位办理。")
    on = date.fromisoformat(arguments.get("on") or timezone.localdate().isoformat())
    done = found = 0
    for place in _streets(by.territory):
        elders, new = _discover(replace(by, territory=place), on=on, run_id=progress.run_id)
        done, found = done + elders, found + new
        progress.at(done)
    return {"elders": done, "found": found}


def _streets(territory: Territory) -> tuple[Territory, ...]:
    """The streets and townships of a territory; the territory itself when it is one, or less."""
    if territory.level in ("乡", "村"):
        return (territory,)
    return tuple(Territory(street.code) for street in places.below(territory, level="乡"))


def _discover(by: Actor, *, on: date, run_id: int | None) -> tuple[int, int]:
    """One street in one transaction: how many elders, and how many new candidates."""
    assert by.territory is not None  # noqa: S101 - the caller has given one
    rules = lawbook.rules_of(by.territory.city, on=on)
    done = found = 0
    with scoped(by):
        for page in judge(rules, on=on, by=by, size=PAGE):
            rows = list(_new_candidates(page, rules, on=on, run_id=run_id))
            Candidate.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
            done += len(page.elder_id)
            found += len(rows)
    return done, found


def _new_candidates(
    page: Judged, rules: RuleSet, *, on: date, run_id: int | None
) -> Iterator[Candidate]:
    span = (int(page.elder_id[0]), int(page.elder_id[-1]))
    taken = _taken(span, on=on)
    for right in rules.assembly.rights:
        word = right.grant.word
        unit = str(right.grant.unit) if right.grant.unit else ""
        shared = right.grant.entity is Entity.HOUSEHOLD
        behind = _taken_behind(page, word, on=on) if shared else set[int | None]()
        for at in np.flatnonzero(page.entitled[word]):
            elder_id, door = int(page.elder_id[at]), int(page.household_id[at])
            if (elder_id, word) not in taken and door not in behind:
                if shared:
                    behind.add(door)
                yield Candidate(
                    household_id=door if shared else None,
                    code=f"{page.code[at]:012d}",
                    elder_id=elder_id,
                    city=rules.city,
                    grant=word,
                    benefit=right.grant.benefit,
                    amount=int(page.amount[word][at]) or None,
                    unit=unit,
                    on=on,
                    run_id=run_id,
                    note=ASK_RIVAL if page.doubtful[word][at] else "",
                )


def _taken(span: tuple[int, int], *, on: date) -> set[tuple[int, str]]:
    """(elder, grant) pairs that run, are listed, or were turned down within a year."""
    items = Item.objects.filter(live=True, elder_id__range=span)
    listed = _listed(Candidate.objects.filter(elder_id__range=span), on=on)
    return {
        *items.values_list("elder_id", "grant"),
        *listed.values_list("elder_id", "grant"),
    }


def _listed(rows: QuerySet[Candidate], *, on: date) -> QuerySet[Candidate]:
    """Those that are listed, or were turned down within a year."""
    old = {"on__lt": on - ASK_AGAIN_AFTER}
    refused = [CandidateState.DECLINED, CandidateState.DISMISSED]
    return rows.exclude(state__in=refused, **old).exclude(state=CandidateState.CONFIRMED)


def _taken_behind(page: Judged, grant: str, *, on: date) -> set[int | None]:
    """Doors of a page behind which somebody has a benefit of the household, or is listed for it."""
    doors = np.unique(page.household_id[page.entitled[grant]]).tolist()
    items = Item.objects.filter(grant=grant, live=True, household_id__in=doors)
    listed = _listed(Candidate.objects.filter(grant=grant, household_id__in=doors), on=on)
    return {
        *items.values_list("household_id", flat=True),
        *listed.values_list("household_id", flat=True),
    }


@job("entitlements.unclaimed", title="每月发现应享未享的老年人")
def unclaimed_job(progress: Progress, by: Actor, **arguments: Any) -> dict[str, int]:
    """Every month: the same for every city. Only lists; whom to ask is for people to decide."""
    del by
    found = 0
    for city in _cities():
        finder = system("每月发现应享未享", Perm.DISCOVER, territory=city)
        found += discover_candidates(progress, finder, on=arguments["until"])["found"]
    return {"found": found}


@job("entitlements.draw_cycle", title="编制月度名册")
def draw_cycle_job(progress: Progress, by: Actor, **arguments: Any) -> dict[str, Any]:
    cycle_id = int(arguments["cycle_id"])
    size = draw_cycle(cycle_id=cycle_id, by=by, say=progress.at)
    progress.at(size, size)
    return {"lines": size, **_link(cycle_id)}


@job("entitlements.close_cycle", title="封存月度名册")
def close_cycle_job(progress: Progress, by: Actor, **arguments: Any) -> dict[str, Any]:
    """A worker that died after the seal has sealed: the next one only says so."""
    cycle_id = int(arguments["cycle_id"])
    with scoped(by):
        cycle = Cycle.objects.visible_to(by).filter(pk=cycle_id, state=CycleState.CLOSED).first()
    if cycle is None:
        today = timezone.localdate()
        cycle = close_cycle(cycle_id=cycle_id, on=today, by=by, say=progress.at)
    progress.at(cycle.size, cycle.size)
    return {"lines": cycle.size, **_link(cycle_id)}


def _link(cycle_id: int) -> dict[str, str]:
    return {"href": reverse("entitlements_cycle", args=[cycle_id]), "link": "看名册"}


@job("entitlements.months", title="编制上月名册")
def months_job(progress: Progress, by: Actor, **arguments: Any) -> dict[str, int]:
    """Every month: draw, for every city, the rosters of the months that are over, so that they
    wait for somebody to check and to seal them. A sealed one is not touched."""
    del by
    since, until = (date.fromisoformat(arguments[name]) for name in ("since", "until"))
    lines = 0
    for month in months_between(since, until):
        for city in _cities():
            clerk = system("每月编制名册", Perm.CYCLES, territory=city)
            lines += draw_month(month=month, by=clerk, say=progress.at)
    return {"lines": lines}


def _cities() -> tuple[Territory, ...]:
    return tuple(Territory.parse(city) for city in cities(default_root()))


@job("entitlements.ages", title="到龄重新认定")
def ages_job(progress: Progress, by: Actor, **arguments: Any) -> dict[str, int]:
    """Every day: whoever crosses an age that changes a running case is to be looked at again.

    From the day after ``since`` to ``until`` (ISO dates); running twice, or over a longer
    span after an outage, raises nothing twice.
    """
    since, until = (date.fromisoformat(arguments[name]) for name in ("since", "until"))
    raised = raise_age_dues(since=since, until=until, by=by)
    progress.at(raised, raised)
    return {"raised": raised}


def raise_age_dues(*, since: date, until: date, by: Actor) -> int:
    """Milestones after ``since`` up to ``until``, read from the determinations of running cases."""
    with scoped(by):
        running = (
            Application.objects.visible_to(by)
            .filter(state__in=LIVE)
            .order_by("pk")
            .values_list("elder_id", "determination__law__timeline")
        )
        due = {
            (elder_id, day)
            for elder_id, timeline in running.iterator()
            for milestone in timeline or ()
            if since < (day := date.fromisoformat(milestone["on"])) <= until
        }
        known = set(
            Due.objects.visible_to(by)
            .filter(cause=Cause.AGE, since__gt=since, since__lte=until)
            .values_list("elder_id", "since")
        )
        return sum(
            raise_due(elder_id=elder_id, cause=Cause.AGE, since=day, on=until, by=by)
            for elder_id, day in sorted(due - known)
        )


@job("entitlements.snapshot", title="人口快照")
def snapshot_job(progress: Progress, by: Actor, **arguments: Any) -> dict[str, Any]:
    """The facts of the actor's city, sealed, for counting. ``full``: read everybody anew;
    ``on`` (ISO date) defaults to today. Cancelled, it leaves nothing behind."""
    by.require(Perm.SNAPSHOT)
    on = date.fromisoformat(arguments.get("on") or timezone.localdate().isoformat())
    taken = snapshots.take(on=on, by=by, full=bool(arguments.get("full")), say=progress.at)
    progress.at(taken.people, taken.people)
    return {"people": taken.people, "reread": taken.reread}


@job("entitlements.roll", title="更新应享名册")
def roll_job(progress: Progress, by: Actor, **arguments: Any) -> dict[str, Any]:
    """What the law gives everybody in the actor's city; writes only what changed since the last
    time. ``on`` (ISO date) defaults to today."""
    by.require(Perm.SNAPSHOT)
    on = date.fromisoformat(arguments.get("on") or timezone.localdate().isoformat())
    made = roll.draw(on=on, by=by, say=progress.at)
    progress.at(made.people, made.people)
    return {
        "people": made.people,
        "changed": made.changed,
        "href": reverse("entitlements_roll"),
        "link": "看名册",
    }


@job("entitlements.rolls", title="每日更新应享名册")
def rolls_job(progress: Progress, by: Actor, **arguments: Any) -> dict[str, int]:
    """Every day: the same for every city that has elders, with the day's snapshot of their facts."""
    del by
    changed = 0
    for city in _cities():
        keeper = system("每日更新应享名册", Perm.SNAPSHOT, territory=city)
        with suppress(Refused):
            changed += roll_job(progress, keeper, on=arguments["until"])["changed"]
    return {"changed": changed}


@job("entitlements.verify", title="复核认定凭据")
def verify_job(progress: Progress, by: Actor, **arguments: Any) -> dict[str, Any]:
    del arguments
    by.require(Perm.VERIFY)
    report = verify_receipts(by=by, progress=progress.at)
    return {
        "checked": report.checked,
        "matching": report.matching,
        "superseded": report.superseded,
        "mismatches": [f"{m.determination_id}：{m.message}" for m in report.mismatches],
    }
