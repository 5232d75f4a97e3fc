"""Facts change, ages are crossed, people die and move: what ends, what waits, what stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps

from heling.contexts.assessment import testing as assessing
from heling.contexts.assessment.public import AssessmentCompleted
from heling.contexts.entitlements import actions, handlers, law, testing
from heling.contexts.entitlements.domain.objections import Cause
from heling.contexts.entitlements.domain.standing import standings
from heling.contexts.entitlements.domain.states import Ending
from heling.contexts.entitlements.jobs import raise_age_dues
from heling.contexts.entitlements.models import Award, Candidate, Due
from heling.contexts.entitlements.testing import CALL, HOURS, INSURANCE, PLACE, TODAY
from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import plant
from heling.contexts.registry import testing as elders
from heling.contexts.registry.public import ElderDied, ElderMoved, StatusChanged, StatusKind
from heling.kernel.errors import BadInput, Forbidden, Refused
from heling.platform.journal.record import Event, record
from heling.platform.journal.testing import deliver_now

pytestmark = pytest.mark.usefixtures("db")
DAY = timedelta(days=1)
YOUNG = date(1960, 5, 1)
AFTER = date(2026, 11, 20)


@pytest.fixture
def office() -> testing.Office:
    return testing.office()


REACTIONS = {
    ElderDied: handlers.end_on_death,
    ElderMoved: handlers.follow_a_move,
    StatusChanged: handlers.look_again_at_facts,
    AssessmentCompleted: handlers.look_again_at_level,
}


def tell(event: Event) -> None:
    """Record an event of a lower floor and deliver it twice: reactions are idempotent."""
    entry = record(event, by=handlers.BY)
    entry.refresh_from_db()
    for _ in range(2):
        REACTIONS[type(event)](entry)


def status_changed(elder_id: int) -> StatusChanged:
    return StatusChanged(
        elder_id=elder_id, code=PLACE, status_id=1, status="dibao", change="ended", starts=TODAY
    )


def test_death_ends_everything_on_that_day(office: testing.Office) -> None:
    elder_id = testing.elder()
    granted = testing.granted(elder_id, by=office)
    running = testing.applied(elder_id, CALL, by=office)
    died = date(2026, 11, 18)
    tell(ElderDied(elder_id=elder_id, code=PLACE, on=died))
    granted.refresh_from_db()
    running.refresh_from_db()
    assert (granted.state, running.state) == ("terminated", "terminated")
    award = Award.objects.get(application=granted)
    assert (award.ends, award.ending) == (died, "death")
    assert [d.kind for d in granted.decisions.order_by("pk")] == ["grant", "end"]
    assert granted.steps.filter(step="terminate").count() == 1


def test_an_award_that_had_not_begun_never_begins(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.granted(elder_id, by=office)
    award = Award.objects.get(application=case)
    actions.terminate_all(
        elder_id=elder_id,
        ending=Ending.DEATH,
        last_day=award.starts - 5 * DAY,
        on=AFTER,
        by=handlers.BY,
    )
    award.refresh_from_db()
    assert award.ends == award.starts - DAY


def test_a_status_lost_waits_for_a_person(office: testing.Office) -> None:
    elder_id = testing.elder(YOUNG)
    elders.status(elder_id, StatusKind.DIBAO, code=PLACE, ends=date(2026, 11, 15))
    case = testing.granted(elder_id, INSURANCE, by=office)
    tell(status_changed(elder_id))
    due = Due.objects.get(elder_id=elder_id)
    assert (due.cause, due.done_at) == ("facts", None)
    case.refresh_from_db()
    assert case.state == "granted"  # nothing is taken away by itself

    (change,) = actions.redetermine(
        elder_id=elder_id, cause=Cause.FACTS, on=AFTER, by=office.county
    )
    assert (change.before, change.now.outcome) == ("granted", "pending")
    with pytest.raises(Refused, match="还缺事实"):
        actions.apply_changes(application_id=case.pk, reason="低保已停", on=AFTER, by=office.county)
    case.declared = {"低保": False, "低保边缘": False, "计划生育特殊家庭": False}
    case.save()
    with pytest.raises(Forbidden):
        actions.apply_changes(application_id=case.pk, reason="低保已停", on=AFTER, by=office.street)
    actions.apply_changes(application_id=case.pk, reason="低保已停发", on=AFTER, by=office.county)
    case.refresh_from_db()
    due.refresh_from_db()
    assert case.state == "terminated"
    assert Award.objects.get(application=case).ends == AFTER
    assert due.done_at is not None


def test_a_worse_level_raises_the_hours_from_that_day(office: testing.Office) -> None:
    elder_id = testing.elder(YOUNG)
    testing.status(elder_id, StatusKind.DIBAO)
    testing.level(elder_id, 2, on=TODAY)
    case = testing.granted(elder_id, HOURS, by=office, answers={"护理补贴": 0})
    assessing.completed(
        elder_id,
        assessing.pair(PLACE[:6]),
        on=AFTER,
        total=40,
        reason=assessing.Reason.IMMEDIATE,
        by=people.acting(RoleKey.STREET, PLACE[:9]),
    )
    tell(
        AssessmentCompleted(
            elder_id=elder_id, code=PLACE, assessment_id=1, scale="x", level=3, on=AFTER
        )
    )
    assert Due.objects.get(elder_id=elder_id).cause == "assessment"
    actions.apply_changes(application_id=case.pk, reason="评估为重度", on=AFTER, by=office.county)
    old, new = Award.objects.filter(application=case).order_by("pk")
    assert (old.amount, old.ends) == (30, AFTER - DAY)
    assert (new.amount, new.starts, new.ends) == (45, AFTER, None)
    assert [d.kind for d in case.decisions.order_by("pk")] == ["grant", "change"]


@pytest.mark.parametrize(("day", "outcome"), [(-1, "pending"), (0, "granted")])
def test_an_age_is_crossed_on_the_birthday(office: testing.Office, day: int, outcome: str) -> None:
    birthday = date(2026, 11, 25)
    elder_id = testing.elder(date(1946, 11, 25))
    case = testing.applied(elder_id, INSURANCE, by=office)
    actions.redetermine(
        elder_id=elder_id, cause=Cause.AGE, on=birthday + timedelta(days=day), by=office.street
    )
    case.refresh_from_db()
    (standing,) = standings(law.read(case.determination), [INSURANCE])
    assert standing.outcome == outcome


def test_crossing_an_age_raises_a_due(office: testing.Office) -> None:
    birthday = date(2026, 11, 25)
    elder_id = testing.elder(date(1946, 11, 25))
    testing.applied(elder_id, INSURANCE, by=office)
    assert raise_age_dues(since=birthday - 2 * DAY, until=birthday - DAY, by=office.city) == 0
    assert raise_age_dues(since=birthday - DAY, until=birthday, by=office.city) == 1
    assert raise_age_dues(since=birthday - DAY, until=birthday, by=office.city) == 0
    due = Due.objects.get(elder_id=elder_id)
    assert (due.cause, due.since) == ("age", birthday)


def test_unchanged_facts_close_the_due(office: testing.Office) -> None:
    elder_id = testing.elder()
    testing.granted(elder_id, by=office)
    testing.status(elder_id, StatusKind.DISABILITY)
    tell(status_changed(elder_id))
    assert (
        actions.redetermine(elder_id=elder_id, cause=Cause.FACTS, on=AFTER, by=office.county) == ()
    )
    assert Due.objects.get(elder_id=elder_id).note == "结果不变"


def test_the_journal_brings_the_news(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.granted(elder_id, by=office)
    testing.status(elder_id, StatusKind.DISABILITY)  # the registry's own action and event
    deliver_now()
    assert Due.objects.get(elder_id=elder_id).cause == "facts"
    record(ElderDied(elder_id=elder_id, code=PLACE, on=AFTER), by=handlers.BY)
    deliver_now()
    case.refresh_from_db()
    assert case.state == "terminated"
    assert Due.objects.get(elder_id=elder_id).done_at is not None


def test_nothing_running_means_nothing_due() -> None:
    elder_id = testing.elder()
    testing.status(elder_id, StatusKind.DIBAO)
    tell(status_changed(elder_id))
    assert not Due.objects.exists()


def move(elder_id: int, to: str) -> None:
    """What the registry's own action does to the rows: a new household, the code cascades."""
    plant(to)
    home = apps.get_model("registry", "Household").objects.create(code=to, address="新址一号")
    apps.get_model("registry", "Elder").objects.filter(pk=elder_id).update(household=home, code=to)


def test_a_case_follows_a_move_inside_the_city_and_ends_outside(office: testing.Office) -> None:
    elder_id, gone = testing.elder(), testing.elder()
    case, other = testing.applied(elder_id, by=office), testing.granted(gone, by=office)
    for mover, to in ((elder_id, "330203001002"), (gone, "450103001001")):
        move(mover, to)
        tell(ElderMoved(elder_id=mover, code=PLACE, to_code=to, on=AFTER, version=2))
    case.refresh_from_db()
    other.refresh_from_db()
    assert (case.code, case.state) == ("330203001002", "submitted")
    assert Due.objects.get(elder_id=elder_id).cause == "facts"
    assert other.state == "terminated"
    assert Award.objects.get(application=other).ending == "moved"


def test_termination_by_hand_needs_reason_and_a_past_day(office: testing.Office) -> None:
    case = testing.granted(testing.elder(), by=office)
    given = {"application_id": case.pk, "on": AFTER, "by": office.county, "ending": "renounced"}
    with pytest.raises(BadInput, match="终止理由"):
        actions.terminate(**given, last_day=AFTER, reason="")
    with pytest.raises(BadInput, match="在今天之后"):
        actions.terminate(**given, last_day=AFTER + DAY, reason="本人书面放弃")
    actions.terminate(**given, last_day=AFTER, reason="本人书面放弃")


def test_the_elder_gives_up(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.granted(elder_id, by=office)
    with pytest.raises(Forbidden):
        actions.renounce(application_id=case.pk, reason="不想要了", on=AFTER, by=office.clerk)
    actions.renounce(
        application_id=case.pk, reason="不想要了", on=AFTER, by=testing.family_of(elder_id)
    )
    assert Award.objects.get(application=case).ends == AFTER


def test_death_dismisses_candidates(office: testing.Office) -> None:
    elder_id = testing.elder()
    Candidate.objects.create(
        elder_id=elder_id, code=PLACE, city="330200", grant=CALL, benefit=CALL, on=TODAY
    )
    actions.terminate_all(
        elder_id=elder_id, ending=Ending.DEATH, last_day=TODAY, on=TODAY, by=handlers.BY
    )
    assert Candidate.objects.get().state == "dismissed"
