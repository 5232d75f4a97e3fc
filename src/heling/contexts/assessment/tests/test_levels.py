"""Levels for other contexts, and what follows from the registry's events."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from heling.contexts.assessment import actions, handlers
from heling.contexts.assessment.domain import GBT42195, LTC2021, Reason
from heling.contexts.assessment.models import Assessment, Assessor
from heling.contexts.assessment.public import due_between, level_on, levels_on
from heling.contexts.assessment.testing import (
    COUNTY,
    TODAY,
    completed,
    disputed,
    draft,
    filled,
)
from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import OTHER_COUNTY, OTHER_VILLAGE, VILLAGE
from heling.contexts.registry.public import ElderDied, ElderLeft, ElderMerged, ElderReinstated
from heling.contexts.registry.testing import actor, elder, family_of, merged, moved
from heling.kernel.actor import Actor, system
from heling.kernel.identifiers import Territory
from heling.platform.journal.models import Entry
from heling.platform.journal.record import Event, record
from heling.platform.journal.testing import deliver_now

pytestmark = pytest.mark.usefixtures("db")
DAY = timedelta(days=1)


def county() -> Actor:
    return actor(RoleKey.COUNTY, COUNTY)


def happened(event: Event) -> Entry:
    entry = record(event, by=system("测试"))
    entry.refresh_from_db()
    return entry


def test_a_level_holds_from_its_day_and_not_the_day_before() -> None:
    someone = elder()
    completed(someone, total=70, on=TODAY)
    fact = level_on(someone, on=TODAY, by=county())
    assert fact is not None
    assert (fact.scale, fact.version, fact.level, fact.on) == (GBT42195, "1", 1, TODAY)
    assert (fact.due, fact.unverified, fact.disputed) == (date(2027, 11, 1), (), False)
    assert (fact.overdue(fact.due), fact.overdue(fact.due + DAY)) == (False, True)
    assert level_on(someone, on=TODAY - DAY, by=county()) is None


def test_a_past_day_has_the_level_of_that_day() -> None:
    someone = elder()
    completed(someone, total=90, on=TODAY - 400 * DAY)
    completed(someone, total=50, on=TODAY, reason=Reason.ROUTINE)
    levels = [level_on(someone, on=TODAY - n * DAY, by=county()) for n in (0, 1, 400, 401)]
    assert [f and f.level for f in levels] == [2, 0, 0, None]


def test_drafts_and_voided_ones_give_no_level() -> None:
    someone = elder()
    assessment, team = filled(someone)
    actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    assert level_on(someone, on=TODAY, by=county()) is None
    done = completed(elder())
    actions.void(assessment_id=done.pk, reason="认错了人", at=done.created_at, by=county())
    assert level_on(done.elder_id, on=TODAY, by=county()) is None


def test_scales_stand_side_by_side_and_a_disputed_level_says_so() -> None:
    someone = elder()
    first = completed(someone, total=70)
    care = completed(someone, total=128, scale=LTC2021, on=TODAY + DAY)
    later = TODAY + DAY
    assert care.in_force
    disputed(first)
    gbt = level_on(someone, on=later, by=county(), scale=GBT42195)
    ltc = level_on(someone, on=later, by=county(), scale=LTC2021)
    latest = level_on(someone, on=later, by=county())
    assert gbt is not None
    assert ltc is not None
    assert latest == ltc
    assert gbt.disputed
    assert (ltc.level, ltc.label) == (0, "0 级 基本正常")
    assert any("待核实" in sentence for sentence in ltc.unverified)


def test_the_care_insurance_dispute_has_a_deadline_of_working_days() -> None:
    someone = elder()
    row = disputed(completed(someone, total=128, scale=LTC2021)).disputes.get()
    assert row.deadline == date(2026, 11, 13), "ten working days after Sunday 1 November"


def test_strangers_get_no_level() -> None:
    someone = elder()
    completed(someone)
    assert level_on(someone, on=TODAY, by=actor(RoleKey.COUNTY, OTHER_COUNTY[:6])) is None
    assert level_on(someone, on=TODAY, by=family_of(someone + 1)) is None
    assert level_on(someone, on=TODAY, by=family_of(someone)) is not None


def test_all_levels_of_a_territory_arrive_by_elder_once_each() -> None:
    first, second = elder(), elder()
    far = elder(code=OTHER_COUNTY, hukou_code=OTHER_COUNTY)
    completed(second, total=50)
    completed(first, total=90, on=TODAY - 30 * DAY)
    completed(first, total=30, on=TODAY, reason=Reason.IMMEDIATE)
    assert far
    found = list(levels_on(on=TODAY, by=county(), scale=GBT42195))
    assert [(who, fact.level) for who, fact in found] == [(first, 3), (second, 2)]
    before = list(levels_on(on=TODAY - DAY, by=county(), scale=GBT42195))
    assert [(who, fact.level) for who, fact in before] == [(first, 0)]
    village = Territory(VILLAGE[:9] + "009")
    assert not list(levels_on(on=TODAY, by=county(), scale=GBT42195, territory=village))


@pytest.mark.parametrize(("shift", "count"), [(-1, 0), (0, 1), (1, 1)])
def test_due_between_includes_the_last_day(shift: int, count: int) -> None:
    done = completed(elder())
    assert done.due_on
    last = done.due_on + shift * DAY
    assert len(list(due_between(first=TODAY, last=last, by=county()))) == count


def test_death_ends_what_is_open_and_takes_the_elder_off_the_due_list() -> None:
    someone = elder()
    done = completed(someone)
    open_, _ = draft(someone, reason=Reason.IMMEDIATE)
    entry = happened(ElderDied(elder_id=someone, code=VILLAGE, on=TODAY))
    for _ in range(2):
        handlers.stop(entry)
    done.refresh_from_db()
    open_.refresh_from_db()
    assert (open_.state, done.stopped_on, done.in_force) == ("voided", TODAY, True)
    assert not list(due_between(first=TODAY, last=date(2030, 1, 1), by=county()))
    assert level_on(someone, on=TODAY, by=county()) is not None, "the past stays known"

    back = ElderReinstated(elder_id=someone, code=VILLAGE, reason="误登记")
    handlers.resume(happened(back))
    assert len(list(due_between(first=TODAY, last=date(2030, 1, 1), by=county()))) == 1


def test_moving_away_stops_as_death_does() -> None:
    someone = elder()
    completed(someone)
    handlers.stop(happened(ElderLeft(elder_id=someone, code=VILLAGE, on=TODAY)))
    assert Assessment.objects.get().stopped_on == TODAY


def test_a_merge_brings_the_assessments_along_and_one_stays_in_force() -> None:
    kept, gone = elder(), elder()
    older = completed(kept, total=90, on=TODAY - 30 * DAY)
    newer = completed(gone, total=50)
    draft(kept, reason=Reason.IMMEDIATE)
    doubled, _ = draft(gone, reason=Reason.IMMEDIATE)
    with connection.cursor() as cursor:
        cursor.execute(
            "update registry_elder set state = 'merged', merged_into_id = %s where id = %s",
            [kept, gone],
        )
    entry = happened(ElderMerged(elder_id=kept, code=VILLAGE, merged_id=gone))
    for _ in range(2):
        handlers.follow_merge(entry)
    assert not Assessment.objects.filter(elder_id=gone).exists()
    assert not Assessor.objects.filter(elder_id=gone).exists()
    assert Assessment.objects.get(pk=doubled.pk).state == "voided"
    assert list(Assessment.objects.filter(in_force=True)) == [newer]
    fact = level_on(kept, on=TODAY, by=county())
    assert fact is not None
    assert (fact.assessment_id, fact.level) == (newer.pk, 2)
    assert older.pk != newer.pk


def test_the_news_of_a_merge_finds_the_elder_who_has_moved_since() -> None:
    kept, gone = elder(), elder()
    completed(gone)
    merged(kept, gone)
    moved(kept, OTHER_VILLAGE)
    deliver_now()
    connection.check_constraints()
    assert Assessment.objects.get().elder_id == kept
    assert Assessment.objects.get().code == OTHER_VILLAGE
