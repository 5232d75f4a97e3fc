"""What time alone brings: ages, months, periods and terms, without anybody pressing a button."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heling.contexts.entitlements import actions, jobs, testing
from heling.contexts.entitlements.domain.months import months_between
from heling.contexts.entitlements.domain.objections import Cause
from heling.contexts.entitlements.jobs import close_cycle_job, discover_candidates, raise_age_dues
from heling.contexts.entitlements.models import Candidate, Cycle, Due, Line
from heling.contexts.entitlements.public import count_tasks, tasks_for
from heling.contexts.entitlements.testing import INSURANCE, TODAY
from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.kernel.actor import system
from heling.platform.access.scope import scoped
from heling.platform.jobs import schedules
from heling.platform.jobs.models import Run, RunState
from heling.platform.jobs.schedules import tick
from heling.platform.jobs.work import Cancelled, Progress, carry_out
from heling.platform.journal.models import Entry
from heling.platform.testing.at_once import together

DAY = timedelta(days=1)
HOUSE = dict(schedules._schedules)
CLERK = system("测试")


@pytest.fixture
def office(db: None) -> testing.Office:
    return testing.office()


@pytest.fixture(autouse=True)
def _only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {job: s for job, s in HOUSE.items() if job.startswith("entitlements.")}
    del ours["entitlements.rolls"]  # writes files; it has tests of its own
    monkeypatch.setattr(schedules, "_schedules", ours)


def clock(on: date, hour: int = 4) -> dict[str, Any]:
    """It is that hour: what is due begins and is carried out. Results by job."""
    now = datetime(on.year, on.month, on.day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))
    runs = [carry_out(run.pk) for run in tick(now)]
    assert [run.message for run in runs if run.state != RunState.DONE] == []
    return {run.job.removeprefix("entitlements."): run.result for run in runs}


# --- ages -------------------------------------------------------------------------------------


def test_an_eightieth_birthday_is_noticed_by_itself(office: testing.Office) -> None:
    birthday = date(2026, 11, 25)
    elder_id = testing.elder(date(1946, 11, 25))
    testing.applied(elder_id, INSURANCE, by=office)
    assert clock(birthday - DAY)["ages"] == {"raised": 0}
    assert "ages" not in clock(birthday, hour=1), "not before its hour"
    assert clock(birthday) == {"ages": {"raised": 1}}
    assert clock(birthday) == {}
    assert clock(birthday + DAY) == {"ages": {"raised": 0}}
    due = Due.objects.get(elder_id=elder_id)
    assert (due.cause, due.since) == (Cause.AGE, birthday)
    assert [t.todo for t in tasks_for(office.county, on=birthday)] == ["重新认定"]


@pytest.mark.parametrize("outage", [1, 5, 40])
def test_a_birthday_during_an_outage_is_noticed_after_it(
    office: testing.Office, outage: int
) -> None:
    elder_id = testing.elder(date(1946, 11, 25))
    testing.applied(elder_id, INSURANCE, by=office)
    clock(date(2026, 11, 24))
    assert clock(date(2026, 11, 25) + outage * DAY)["ages"] == {"raised": 1}
    assert Due.objects.get(elder_id=elder_id).since == date(2026, 11, 25)


@pytest.mark.usefixtures("own_database")
def test_two_workers_with_the_same_day_raise_it_once() -> None:
    birthday = date(2026, 11, 25)
    with scoped(CLERK):
        office = testing.office()
        testing.applied(testing.elder(date(1946, 11, 25)), INSURANCE, by=office)
    days = {"since": birthday - DAY, "until": birthday}
    raised = together(*[lambda: raise_age_dues(**days, by=CLERK)] * 2)
    assert sorted(raised) == [0, 1], raised
    with scoped(CLERK):
        assert Due.objects.count() == 1
        assert Entry.objects.filter(kind="entitlements.DueRaised").count() == 1


def test_what_is_noted_already_is_not_told_again(office: testing.Office) -> None:
    elder_id = testing.elder()
    testing.applied(elder_id, by=office)
    due = {"elder_id": elder_id, "cause": Cause.CHECK, "since": TODAY, "on": TODAY}
    assert [actions.raise_due(**due, by=office.city) for _ in range(2)] == [True, False]
    assert Entry.objects.filter(kind="entitlements.DueRaised").count() == 1


# --- months -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        ("2026-10-01", "2026-11-01", ["2026-10-01"]),
        ("2026-09-01", "2026-12-01", ["2026-09-01", "2026-10-01", "2026-11-01"]),
        ("2026-12-01", "2027-01-01", ["2026-12-01"]),
        ("2026-11-01", "2026-11-01", []),
    ],
)
def test_the_months_of_a_span(since: str, until: str, months: list[str]) -> None:
    found = months_between(date.fromisoformat(since), date.fromisoformat(until))
    assert [month.isoformat() for month in found] == months


def test_a_month_is_drawn_when_it_is_over_and_waits_for_a_person(office: testing.Office) -> None:
    testing.granted(testing.elder(), by=office)  # from 10 November
    elsewhere = testing.office("450103001001").city
    assert clock(date(2026, 11, 30))["months"] == {"lines": 0}
    assert clock(date(2026, 12, 1))["months"] == {"lines": 1}
    cycle = Cycle.objects.get()
    assert (cycle.month, cycle.code, cycle.state) == (date(2026, 11, 1), "3302", "open")
    assert (cycle.actor_name, cycle.role) == ("每月编制名册", "system")

    (task,) = tasks_for(office.city, on=date(2026, 12, 1))
    assert (task.todo, task.about) == ("核对并封存月度名册", "2026年11月")
    assert (task.due_on, task.overdue) == (date(2026, 12, 14), False)  # ten working days
    assert tasks_for(office.city, on=task.due_on + DAY)[0].overdue
    for other in (office.county, elsewhere):
        assert not [t for t in tasks_for(other, on=task.due_on) if t.todo == task.todo]
    actions.close_cycle(cycle_id=cycle.pk, on=date(2026, 12, 1), by=office.city)
    assert count_tasks(office.city, on=task.due_on) == 0


def test_a_month_that_is_not_over_is_nobodys_task(office: testing.Office) -> None:
    actions.open_cycle(month="2026-11", on=TODAY, by=office.city)
    assert count_tasks(office.city, on=date(2026, 11, 30)) == 0
    assert count_tasks(office.city, on=date(2026, 12, 1)) == 1


def test_every_month_of_an_outage_is_drawn_and_sealed_ones_stay(office: testing.Office) -> None:
    case = testing.granted(testing.elder(), by=office)
    clock(date(2026, 12, 1))
    november = Cycle.objects.get()
    actions.close_cycle(cycle_id=november.pk, on=date(2026, 12, 1), by=office.city)
    sealed = list(Line.objects.values())
    testing.granted(testing.elder(), by=office)
    assert clock(date(2027, 3, 5))["months"] == {"lines": 6}
    months = Cycle.objects.order_by("month").values_list("month", "size")
    assert list(months) == [
        (date(2026, 11, 1), 1),
        (date(2026, 12, 1), 2),
        (date(2027, 1, 1), 2),
        (date(2027, 2, 1), 2),
    ]
    assert list(Line.objects.filter(cycle=november).values()) == sealed
    assert case.awards.count() == 1


def test_what_an_official_has_begun_is_gone_on_with(office: testing.Office) -> None:
    testing.granted(testing.elder(), by=office)
    cycle = actions.open_cycle(month="2026-11", on=TODAY, by=office.city)
    assert clock(date(2026, 12, 1))["months"] == {"lines": 1}
    assert Cycle.objects.get().pk == cycle.pk


def test_a_month_is_sealed_in_the_background(office: testing.Office) -> None:
    testing.granted(testing.elder(), by=office)
    client, today = Client(), timezone.localdate()
    people.sign_in(client, people.official(RoleKey.CITY, testing.PLACE[:4]))
    current = actions.open_cycle(month=f"{today:%Y-%m}", on=today, by=office.city)
    refused = client.post(reverse("entitlements_cycle_close", args=[current.pk]))
    assert "还没有结束" in refused.content.decode()
    assert not Run.objects.exists()

    last = today.replace(day=1) - DAY
    cycle = actions.open_cycle(month=f"{last:%Y-%m}", on=today, by=office.city)
    sent = client.post(reverse("entitlements_cycle_close", args=[cycle.pk]))
    run = carry_out(Run.objects.get().pk)
    assert sent["Location"] == reverse("jobs_run", args=[run.pk])
    assert run.state == RunState.DONE, run.message
    assert run.result["href"] == reverse("entitlements_cycle", args=[cycle.pk])
    cycle.refresh_from_db()
    assert cycle.state == "closed"
    # A worker that died after the seal: the next one only says so.
    again = close_cycle_job(Progress(run.pk), office.city, cycle_id=cycle.pk)
    assert again["lines"] == cycle.size


# --- rights that nobody has claimed --------------------------------------------------------------


def test_a_right_that_came_with_an_age_is_found_by_itself(office: testing.Office) -> None:
    elder_id = testing.elder(date(1946, 12, 2))
    assert clock(date(2026, 12, 1))["unclaimed"] == {"found": 0}  # that of 2 November, late
    assert clock(date(2026, 12, 2))["unclaimed"]["found"] > 0
    assert INSURANCE in Candidate.objects.filter(elder_id=elder_id).values_list("grant", flat=True)
    assert not clock(date(2027, 1, 2))["unclaimed"]["found"]


@pytest.mark.usefixtures("own_database")
def test_what_was_found_before_a_stop_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with scoped(CLERK):
        office = testing.office()
        first, second = testing.elder(), testing.elder(place="330203002001")
    run = Run.objects.create(job="x", title="x", actor={}, cancel_requested=True)
    with pytest.raises(Cancelled):
        discover_candidates(Progress(run.pk), office.city, on=TODAY.isoformat())
    with scoped(CLERK):
        assert set(Candidate.objects.values_list("elder_id", flat=True)) == {first}
    Run.objects.update(cancel_requested=False)
    discover_candidates(Progress(run.pk), office.city, on=TODAY.isoformat())
    with scoped(CLERK):
        assert set(Candidate.objects.values_list("elder_id", flat=True)) == {first, second}


def test_whoever_has_a_street_is_searched_in_one_piece(office: testing.Office) -> None:
    testing.elder()
    run = Run.objects.create(job="x", title="x", actor={})
    assert jobs.discover_candidates(Progress(run.pk), office.street)["elders"] == 1


# --- terms, which need no job: the day itself decides --------------------------------------------


def test_an_objection_is_overdue_on_the_day_after_its_last(office: testing.Office) -> None:
    case = testing.published(testing.elder(), by=office)
    objection = actions.raise_objection(
        application_id=case.pk,
        objector="李邻居",
        contact="13800001111",
        content="他已经搬到外地和儿子同住",
        on=TODAY,
        by=office.clerk,
    )
    for days, overdue in ((0, False), (1, True)):
        (task,) = tasks_for(office.other, on=objection.due_on + days * DAY)
        assert (task.todo, task.due_on, task.overdue) == (
            "核实并答复异议",
            objection.due_on,
            overdue,
        )
