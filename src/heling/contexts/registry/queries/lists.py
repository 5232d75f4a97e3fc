"""Rows of the elder list, and pairs of registrations that look like one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from heling.contexts.places import public as places
from heling.contexts.registry.domain.states import ELDER, ElderState
from heling.contexts.registry.domain.words import StatusKind
from heling.contexts.registry.models import Elder, Household, Status
from heling.contexts.registry.models.people import same_bounds
from heling.contexts.registry.queries.cards import ElderCard, elder_cards
from heling.contexts.registry.queries.facts import status_valid_on
from heling.kernel.actor import Actor
from heling.kernel.period import birthday

_SHOWN = (
    "pk", "name", "sex", "birth", "code", "id_masked", "phone_masked", "living", "state",
    "died_on", "demo", "pinyin", "household_id",
)  # fmt: skip


def elders(
    *, by: Actor, status: StatusKind | None = None, on: date | None = None
) -> QuerySet[Elder]:
    """Elders in scope without merged ones, by community; with a status valid ``on`` a day."""
    rows = (
        Elder.objects.visible_to(by)
        .exclude(state=ElderState.MERGED)
        .only(*_SHOWN)
        .order_by("code", "pk")
    )
    return having(rows, status, on=on) if status is not None and on is not None else rows


def having(rows: QuerySet[Elder], status: StatusKind, *, on: date) -> QuerySet[Elder]:
    """Those of the rows who themselves have a status on a day.

    A status lies where its elder lives, but saying ``code = code`` beside the bounds made the
    planner multiply two estimates that are one, and compare the commonest streets of both
    tables pair by pair: 20 ms of planning for a query of 2.
    """
    certified = Status.objects.filter(
        status_valid_on(on), same_bounds(rows), kind=status.value, elder_id=OuterRef("pk")
    )
    return rows.filter(Exists(certified))


def of_age(rows: QuerySet[Elder], *, at_least: int, on: date) -> QuerySet[Elder]:
    """Those of the rows who have reached an age in years on a day."""
    latest = date(on.year - at_least, on.month, 1) + timedelta(days=on.day - 1)
    while birthday(latest, at_least) > on:  # at most once, after a leap day
        latest -= timedelta(days=1)
    return rows.filter(birth__lte=latest)


def describe(rows: Sequence[Any]) -> None:
    """Attach to one page of rows: ``place`` (community), ``address`` and ``state_tag``.

    Addresses come by a query of their own: a join would make the planner sort the whole
    territory before it takes one page.
    """
    codes = {row.code for row in rows}
    names = places.names(codes | {code[:4] for code in codes})
    homes = Household.objects.filter(pk__in={row.household_id for row in rows}).order_by()
    addresses = dict(homes.values_list("pk", "address"))
    kinds = {ElderState.ACTIVE: "good", ElderState.DECEASED: "plain"}
    for row in rows:
        row.place = names.get(row.code, row.code).removeprefix(names.get(row.code[:4], ""))
        row.address = addresses.get(row.household_id, "")
        state = ElderState(row.state)
        row.state_tag = (kinds.get(state, "warn"), ELDER.labels[state])


@dataclass(frozen=True, slots=True)
class Pair:
    """Two registrations that may be one person, and why."""

    first: ElderCard
    second: ElderCard
    reason: str


def suspicious_pairs(*, by: Actor, limit: int = 100) -> list[Pair]:
    """Active registrations in scope with the same birth date and name, or sound and address.

    Both halves run inside a community, along its index; the widest question is a city's,
    which is asked community by community by the database.
    """
    twin = Elder.objects.visible_to(by).filter(
        code=OuterRef("code"), state=ElderState.ACTIVE, pk__gt=OuterRef("pk")
    )
    same_name = Q(name=OuterRef("name"), birth=OuterRef("birth"))
    same_door = Q(pinyin=OuterRef("pinyin"), household_id=OuterRef("household_id"))
    rows = (
        Elder.objects.visible_to(by)
        .filter(state=ElderState.ACTIVE)
        .annotate(other=twin.filter(same_name | same_door).order_by("pk").values("pk")[:1])
        .filter(other__isnull=False)
        .order_by("code", "pk")
        .values_list("pk", "other")[:limit]
    )
    pairs = list(rows)
    cards = elder_cards({i for pair in pairs for i in pair}, by=by)
    return [
        Pair(cards[a], cards[b], _why(cards[a], cards[b]))
        for a, b in pairs
        if a in cards and b in cards
    ]


def _why(a: ElderCard, b: ElderCard) -> str:
    return "姓名和出生日期相同" if (a.name, a.birth) == (b.name, b.birth) else "姓名读音和住址相同"
