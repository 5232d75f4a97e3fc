"""A refreshed snapshot is a full one; nobody but the city sees it; nothing half done stays."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from heling.contexts.entitlements import snapshots, testing
from heling.contexts.entitlements.models import Snapshot
from heling.contexts.entitlements.public import latest_snapshot, read_snapshot
from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.registry import testing as elders
from heling.contexts.registry.public import StatusKind, elder_card, fact_pages
from heling.engines.law import load_city
from heling.engines.law.bitstore import BitStore
from heling.kernel.actor import Actor
from heling.kernel.errors import Forbidden, NotFound, Refused
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.jobs.work import Cancelled, carry_out, start

TODAY = date(2026, 11, 2)
PLACE, OTHER, ELSEWHERE = "330203001001", "330205002001", "450102001001"


@pytest.fixture
def city(db: None, tmp_path: Path, settings: Any) -> Actor:
    settings.FILES_ROOT = tmp_path
    return people.acting(RoleKey.CITY, "3302")


def arrays(snapshot: Snapshot) -> dict[str, Any]:
    return snapshots._arrays(snapshot)


def assert_same(one: Snapshot, other: Snapshot) -> None:
    a, b = arrays(one), arrays(other)
    assert a.keys() == b.keys()
    for word in a:
        assert a[word].dtype == b[word].dtype, word
        assert np.array_equal(a[word], b[word]), word


def test_the_columns_are_the_facts_of_everybody(city: Actor) -> None:
    young = testing.elder(date(1950, 1, 1), place=OTHER)
    poor = testing.elder(date(1940, 1, 1))
    testing.status(poor)
    testing.level(poor, 3)
    taken = snapshots.take(on=TODAY, by=city)
    found = arrays(taken)
    assert found["elder_id"].tolist() == [poor, young]  # by county
    assert found["区县"].tolist() == [330203, 330205]
    assert found["低保"].tolist() == [True, False]
    assert found["低保.known"].tolist() == [True, False]
    assert found["失能等级"].tolist()[0] == 3
    assert found["失能等级.known"].tolist() == [True, False]
    assert (taken.people, taken.reread, taken.as_of, taken.code) == (2, None, TODAY, "3302")


def test_what_leaves_the_context_names_nobody(city: Actor) -> None:
    ids = [testing.elder() for _ in range(3)]
    snapshots.take(on=TODAY, by=city)
    found = latest_snapshot(by=city)
    assert found is not None
    read = read_snapshot(found.id, by=city)
    rules = load_city("330200")
    store = BitStore(rules.facts, read.facts, read.size, read.districts)
    assert store.people.tolist() == [3]
    assert set(read.households.tolist()) == {0, 1, 2}
    assert not set(read.facts) & {"elder_id", "户", "区县"}
    columns = [c.values for c in read.facts.values()]
    assert not any(np.array_equal(c, np.array(sorted(ids))) for c in columns)


def test_only_the_city_sees_or_makes_it(city: Actor) -> None:
    testing.elder()
    taken = snapshots.take(on=TODAY, by=city)
    for stranger in (
        people.acting(RoleKey.COUNTY, "330203"),
        people.acting(RoleKey.STREET, "330203001"),
        people.acting(RoleKey.CITY, "4501"),
    ):
        assert latest_snapshot(by=stranger) is None
        with scoped(stranger):
            assert not Snapshot.objects.filter(pk=taken.pk).exists()  # the database's own rule
    with pytest.raises(Forbidden):
        snapshots.take(on=TODAY, by=people.acting(RoleKey.COUNTY, "330203"))


def test_a_city_without_elders_gets_no_snapshot(city: Actor) -> None:
    with pytest.raises(Refused, match="还没有在册"):
        snapshots.take(on=TODAY, by=city)
    assert not Snapshot.objects.exists()


def test_only_the_last_two_are_kept(city: Actor, django_capture_on_commit_callbacks: Any) -> None:
    testing.elder()
    with django_capture_on_commit_callbacks(execute=True):
        taken = [snapshots.take(on=TODAY + timedelta(days=n), by=city) for n in range(4)]
    assert list(Snapshot.objects.order_by("pk")) == taken[2:]
    files = [p for p in Path(settings.FILES_ROOT).rglob("*") if p.is_file()]
    assert sorted(p.name for p in files) == sorted(s.file_key for s in taken[2:])


def test_without_its_file_it_is_read_whole_again(city: Actor) -> None:
    testing.elder()
    lost = snapshots.take(on=TODAY, by=city)
    snapshots.forget(lost.file_key)
    with pytest.raises(NotFound, match="重新生成"):
        read_snapshot(lost.pk, by=city)
    assert snapshots.take(on=TODAY, by=city).reread is None


def test_cancelled_it_leaves_nothing(city: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        testing.elder()
    monkeypatch.setattr(snapshots, "PAGE", 1)

    def stop(done: int) -> None:
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        snapshots.take(on=TODAY, by=city, say=stop)
    assert not Snapshot.objects.exists()
    assert not [p for p in Path(settings.FILES_ROOT).rglob("*") if p.is_file()]


def test_the_job_takes_it_and_says_how_far_it_is(city: Actor) -> None:
    testing.elder()
    run = carry_out(start("entitlements.snapshot", by=city, on=TODAY.isoformat()).pk)
    run.refresh_from_db()
    assert run.result == {"people": 1, "reread": None}
    assert (run.done, run.total) == (1, 1)


def test_every_day_every_city_with_elders(city: Actor) -> None:
    testing.elder()
    for changed in (1, 0):
        run = carry_out(start("entitlements.rolls", by=city, until=TODAY.isoformat()).pk)
        assert run.result == {"changed": changed}
    assert {s.code for s in Snapshot.objects.all()} == {"3302"}


def test_other_facts_in_the_packs_make_it_a_full_one(
    city: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    testing.elder()
    snapshots.take(on=TODAY, by=city)
    monkeypatch.setattr(
        snapshots,
        "fact_columns",
        lambda page, levels: {"出生日期": snapshots.FactColumn(page.birth)},
    )
    assert snapshots.take(on=TODAY, by=city).reread is None


# A refresh is a full one: random lives, each day committed, so that the journal's positions count.

KINDS = (StatusKind.DIBAO, StatusKind.YOUFU, StatusKind.TEKUN, StatusKind.JISHENG)


def live(dice: random.Random, day: date, city: Actor) -> None:
    """One thing happens to somebody, by the real actions."""
    ids = _active(city)
    act = dice.randrange(9)
    who = dice.choice(ids)
    code = elder_card(who, by=city).code
    if act == 0 or len(ids) < 4:
        testing.elder(date(1930 + dice.randrange(40), 5, 1), address=f"同一路{dice.randrange(3)}号")
    elif act == 1:
        kind, days = dice.choice(KINDS), dice.randrange(-3, 4)
        ends = None if days < 0 else TODAY + timedelta(days=20 + days)
        _attempt(lambda: elders.status(who, kind, code=code, ends=ends))
    elif act == 2:
        elders.supporter(who, absent=dice.choice((True, False, None)), code=code)
    elif act == 3:
        elders.moved(who, dice.choice((PLACE, OTHER, ELSEWHERE)), on=day)
    elif act == 4:
        elders.died(who, on=day)
    elif act == 5:
        elders.left(who, on=day)
    elif act == 6:
        other = dice.choice([i for i in ids if i != who])
        _attempt(lambda: elders.merged(who, other))
    else:
        _attempt(lambda: testing.level(who, dice.randrange(5), on=day, place=code))


def _active(city: Actor) -> list[int]:
    with scoped(city):
        return [int(i) for page in fact_pages(by=city, on=TODAY) for i in page.elder_id]


def _attempt(act: Any) -> None:
    """What the registry refuses (two running certificates, …) does not happen."""
    from heling.kernel.errors import HelingError

    try:
        act()
    except HelingError:
        return


@pytest.mark.parametrize("seed", range(3))
def test_refreshed_equals_full(seed: int, own_database: str, tmp_path: Path, settings: Any) -> None:
    del own_database  # here transactions really commit
    settings.FILES_ROOT = tmp_path
    dice, day = random.Random(seed), TODAY  # noqa: S311
    with scoped(EVERYTHING):
        city = people.acting(RoleKey.CITY, "3302")
        for n in range(12):
            place, door = PLACE if n % 2 else OTHER, f"同一路{n % 3}号"
            testing.elder(date(1935 + n, 5, 1), place=place, address=door)
        family = _active(city)[0]
        elders.status(family, StatusKind.DIBAO, code=elder_card(family, by=city).code)
    snapshots.take(on=day, by=city)
    rereads = []
    for _ in range(6):
        for _ in range(dice.randrange(4)):
            with scoped(EVERYTHING):
                live(dice, day, city)
        day += timedelta(days=dice.randrange(9))
        refreshed = snapshots.take(on=day, by=city)
        rereads.append(refreshed.reread)
        full = snapshots.take(on=day, by=city, full=True)
        assert_same(refreshed, full)
        # The next refresh starts from the refreshed one, so that nothing it lacks is made good.
        with scoped(city):
            full.delete()
    assert None not in rereads
    assert min(rereads) < 6  # it does not read everybody


def test_a_status_that_ends_and_a_level_of_another_day_are_read_again(
    own_database: str, tmp_path: Path, settings: Any
) -> None:
    del own_database
    settings.FILES_ROOT = tmp_path
    with scoped(EVERYTHING):
        city = people.acting(RoleKey.CITY, "3302")
        poor, assessed, third = (testing.elder() for _ in range(3))
        elders.status(poor, code=PLACE, ends=TODAY + timedelta(days=2))
        testing.level(assessed, 3, on=TODAY + timedelta(days=1))
    days = [TODAY, TODAY + timedelta(days=2), TODAY + timedelta(days=3), TODAY]
    taken = []
    for day in days:
        taken.append(snapshots.take(on=day, by=city))
        found = arrays(taken[-1])
        at = {int(e): n for n, e in enumerate(found["elder_id"])}
        assert found["低保"][at[poor]] == (day <= TODAY + timedelta(days=2))
        assert found["失能等级.known"][at[assessed]] == (day > TODAY)
    assert [s.reread for s in taken] == [None, 1, 1, 2]
    assert third not in (poor, assessed)
