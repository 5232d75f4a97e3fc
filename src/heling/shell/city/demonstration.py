"""The demonstration city, made once: ground, accounts, people, assessments, cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from django.conf import settings

from heling.contexts.assessment.public import demo_appointments, demo_assessments
from heling.contexts.entitlements.public import DemoOffice, demo_cases
from heling.contexts.identity import public as identity
from heling.contexts.identity.public import RoleKey
from heling.contexts.registry import public as registry
from heling.demo import ElderDraft, HouseholdDraft, VillageRef, generate
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput
from heling.kernel.identifiers import Territory
from heling.kernel.period import age_on
from heling.platform.access.scope import scoped
from heling.platform.journal.models import Entry
from heling.platform.journal.record import Event, record
from heling.shell.city.assessing import new_and_oldest, past_assessments
from heling.shell.city.drafts import Converter
from heling.shell.city.ground import (
    cities_with_packs,
    cities_with_people,
    prepare,
    refuse_in_production,
    villages,
)
from heling.shell.city.hardship import POOR, with_hardship
from heling.shell.city.layout import Home, home_of, spread
from heling.shell.city.rosters import write_demonstration_rosters
from heling.shell.city.seeding import seeder

SEED = 1
FEWEST = 100
Say = Callable[[str], None]
_KEPT = 60_000  # drafts kept for assessing: far more than a demonstration needs


@dataclass(frozen=True)
class CityFounded(Event):
    kind: ClassVar[str] = "city.CityFounded"
    label: ClassVar[str] = "建立演示城市"
    subject: ClassVar[str] = "demonstration"

    demonstration_id: int
    elders: int
    on: date


@dataclass(slots=True)
class _People:
    """Who was generated and who was registered, by the generator's serial."""

    drafts: dict[int, ElderDraft] = field(default_factory=dict)
    ids: dict[object, int] = field(default_factory=dict)

    def watch(self, households: Iterator[HouseholdDraft]) -> Iterator[HouseholdDraft]:
        for household in households:
            for elder in household.members:
                if len(self.drafts) < _KEPT:
                    self.drafts[elder.serial] = elder
            yield household

    def pairs(self) -> Iterator[tuple[ElderDraft, int]]:
        return ((d, self.ids[s]) for s, d in self.drafts.items() if s in self.ids)

    def living_in(self, place: Territory) -> list[tuple[ElderDraft, int]]:
        return [(d, i) for d, i in self.pairs() if place.contains(Territory(d.residence_code))]


def ensure_demonstration_city(*, elders: int, today: date, say: Say) -> bool:
    """Make the demonstration city unless it stands; True when it was made now.

    All of it in one transaction: a run that fails or is stopped leaves nothing behind.
    Raises Refused in production.
    """
    refuse_in_production()
    by = seeder()
    with scoped(by):
        if Entry.objects.filter(subject="demonstration", subject_id=SEED).exists():
            return False
        if elders < FEWEST:
            raise BadInput.single(
                "老年人数", f"{elders} 太少，演示城市至少要 {FEWEST} 人才能走完各个环节"
            )
        _found(elders, today=today, by=by, say=say)
        record(CityFounded(demonstration_id=SEED, elders=elders, on=today), by=by)
    return True


def _found(elders: int, *, today: date, by: Actor, say: Say) -> None:
    say("载入行政区划 …")
    prepare(cities_with_packs(), by=by)
    cities = cities_with_people()
    homes = [home_of(city) for city in cities]
    identity.demo_accounts([h.community.prefix for h in homes])
    say(f"生成 {elders:,} 位老年人（均为虚构）…")
    ground = [v for c, h in zip(cities, homes, strict=True) for v in spread(h, villages([c]))]
    people = _populate(elders, ground, [h.street for h in homes], today=today, by=by)
    say("补入能力评估 …")
    _assess(people, homes, today=today, by=by)
    taken = {draft.resident_id for draft in people.drafts.values()}
    for home in homes:
        _put_to_work(home, people, today=today, say=say)
        rosters = write_demonstration_rosters(
            home, folder=settings.CONFIG.var / "demo", taken=taken, today=today
        )
        say("  可导入的花名册：" + "、".join(map(str, rosters)))


def _populate(
    elders: int,
    ground: Sequence[VillageRef],
    streets: Sequence[Territory],
    *,
    today: date,
    by: Actor,
) -> _People:
    people = _People()
    households = generate(seed=SEED, elders=elders, villages=ground, on=today)
    poorer = with_hardship(households, streets, on=today)
    registry.load(
        Converter().rows(people.watch(poorer)),
        source="演示城市",
        today=today,
        by=by,
        taken=registry.Taken.SKIP,
        progress=lambda batch: people.ids.update(batch.ids),
    )
    return people


def _assess(people: _People, homes: Sequence[Home], *, today: date, by: Actor) -> None:
    for home in homes:
        assessors = identity.holders(RoleKey.ASSESSOR, code=home.community.prefix, on=today)
        demo_assessments(
            past_assessments(people.living_in(home.city), today=today), assessors=assessors, by=by
        )


def _put_to_work(home: Home, people: _People, *, today: date, say: Say) -> None:
    """An elder with an account and a daughter, and cases at every stage on the officials' desks."""
    neighbours = people.living_in(home.community)
    draft, elder_id = max(neighbours, key=lambda pair: _tells_most(pair[0], today))
    with scoped(seeder()):
        identity.demo_family(elder_id=elder_id, code=home.community.prefix, elder_name=draft.name)
    others = [pair for pair in people.living_in(home.street) if pair[1] != elder_id]
    others.sort(key=lambda pair: not any(s.kind in POOR for s in pair[0].statuses))
    office = DemoOffice.of(home.community, on=today)
    new, again = new_and_oldest(people.living_in(home.street), today=today)
    assessors = identity.holders(RoleKey.ASSESSOR, code=home.community.prefix, on=today)
    demo_appointments(new=new, again=again, assessors=assessors, street=office.street, today=today)
    stages = demo_cases(
        office=office,
        family_elder=elder_id,
        elders=[i for _, i in others],
        today=today,
    )
    say(f"  {home.city} 办件：" + "、".join(f"{label} {n}" for label, n in stages.items()))


def _tells_most(draft: ElderDraft, today: date) -> tuple[bool, bool, int, int]:
    """Who shows most of the law: certified statuses, high age, a family, little ability."""
    age = age_on(draft.birth, today)
    return (bool(draft.supporters), bool(draft.statuses), min(age, 95), -draft.ability.body)
