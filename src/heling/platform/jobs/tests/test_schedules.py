"""What runs by the clock: once a slot, after an outage, again after a failure, by one worker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from heling.contexts.identity.public import RoleKey
from heling.contexts.identity.testing import official, sign_in
from heling.kernel.errors import Refused
from heling.platform.jobs import schedules
from heling.platform.jobs.models import Run, RunState, Slot
from heling.platform.jobs.schedules import Schedule, every_day, every_month, overview, tick
from heling.platform.jobs.work import carry_out, job, title_of
from heling.platform.testing.at_once import together

HOUSE = dict(schedules._schedules)  # before a test puts its own in their place
HERE = ZoneInfo("Asia/Shanghai")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = time(1, 20)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=HERE)
refuse: list[bool] = []


@job("test.nightly", title="夜间核对")
def _nightly(progress: Any, by: Any, **arguments: Any) -> Any:
    if refuse:
        raise Refused("今天不成。", hint="明天再试。")
    return {**arguments, "by": by.name, "may": sorted(by.permissions)}


@pytest.fixture(autouse=True)
def _only_mine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(schedules, "_schedules", {})
    refuse.clear()
    every_day("test.nightly", at=NIGHT)
    yield
    refuse.clear()


def at(day: str, hour: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=HERE)


# --- slots ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (at("2026-11-22", "01:19:59"), "2026-11-21"),
        (at("2026-11-22", "01:20:00"), "2026-11-22"),
        (at("2026-11-22", "23:59:59"), "2026-11-22"),
        (at("2027-01-01", "01:00"), "2026-12-31"),
        (datetime(2026, 11, 21, 17, 20, tzinfo=UTC), "2026-11-22"),  # the hour is the city's
        (datetime(2026, 11, 21, 17, 19, tzinfo=UTC), "2026-11-21"),
    ],
)
def test_a_day_begins_at_its_hour(now: datetime, slot: str) -> None:
    assert Schedule("x", NIGHT).slot(now) == date.fromisoformat(slot)


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (at("2026-11-01", "01:19:59"), "2026-10-01"),
        (at("2026-11-01", "01:20:00"), "2026-11-01"),
        (at("2026-11-30", "23:59"), "2026-11-01"),
        (at("2027-01-01", "00:00"), "2026-12-01"),
        (at("2026-03-01", "01:19"), "2026-02-01"),
    ],
)
def test_a_month_begins_on_its_day(now: datetime, slot: str) -> None:
    assert Schedule("x", NIGHT, 1).slot(now) == date.fromisoformat(slot)


@given(
    now=st.integers(0, 10 * 365 * 24 * 3600).map(lambda s: at("2020-01-01") + s * SECOND),
    day=st.none() | st.integers(1, 28),
    hour=st.times(),
)
def test_now_lies_between_the_slot_and_the_next(now: datetime, day: int | None, hour: time) -> None:
    schedule = Schedule("x", hour.replace(tzinfo=None), day)
    slot = schedule.slot(now)
    after = schedule.after(slot)
    moment = [datetime.combine(d, schedule.at, HERE) for d in (slot, after)]
    assert moment[0] <= now < moment[1]
    assert schedule.before(after) == slot
    assert day is None or (slot.day, after.day) == (day, day)


@pytest.mark.parametrize("day", [0, 29, 31])
def test_a_day_that_some_months_lack_is_refused(day: int) -> None:
    with pytest.raises(ValueError, match="not in every month"):
        every_month("test.nightly", day=day, at=NIGHT)


@pytest.mark.parametrize("day", [1, 28])
def test_a_day_that_every_month_has_is_taken(day: int) -> None:
    every_month("test.nightly", day=day, at=NIGHT)


# --- ticks ------------------------------------------------------------------------------------


def spans() -> list[tuple[str, str]]:
    """The spans of the runs that were begun, in their order."""
    runs = Run.objects.filter(job="test.nightly").order_by("pk")
    return [(run.arguments["since"], run.arguments["until"]) for run in runs]


def done(now: datetime) -> list[Run]:
    """A tick, and what it began carried out at once."""
    return [carry_out(run.pk) for run in tick(now)]


@pytest.mark.django_db
def test_a_slot_is_begun_once_and_the_next_one_again() -> None:
    (run,) = done(NOON)
    assert run.result == {"since": "2026-11-21", "until": "2026-11-22", "by": "系统", "may": []}
    assert tick(NOON) == tick(NOON + 13 * HOUR + 19 * MINUTE) == []
    assert len(tick(NOON + 13 * HOUR + 20 * MINUTE)) == 1
    assert spans() == [("2026-11-21", "2026-11-22"), ("2026-11-22", "2026-11-23")]


@pytest.mark.django_db
def test_an_outage_is_made_good_in_one_run() -> None:
    done(NOON)
    assert len(done(NOON + 5 * DAY)) == 1
    assert spans()[1] == ("2026-11-22", "2026-11-27")
    assert tick(NOON + 5 * DAY) == []


@pytest.mark.django_db
def test_missed_months_are_told_to_the_next_run() -> None:
    every_month("test.nightly", day=1, at=NIGHT)
    done(at("2026-09-15"))
    assert done(at("2026-10-01", "01:19")) == []
    done(at("2026-12-02"))
    assert spans() == [("2026-08-01", "2026-09-01"), ("2026-09-01", "2026-12-01")]


@pytest.mark.django_db
def test_what_failed_is_tried_again_each_hour_and_not_for_ever() -> None:
    refuse.append(True)
    for hour in range(3):
        (failed,) = done(NOON + hour * HOUR)
        assert (failed.state, failed.message) == (RunState.FAILED, "今天不成。 明天再试。")
        Run.objects.filter(pk=failed.pk).update(finished_at=NOON + hour * HOUR)
        assert tick(NOON + (hour + 1) * HOUR - SECOND) == []
    assert tick(NOON + 3 * HOUR) == []
    assert Slot.objects.get().tries == 3


@pytest.mark.django_db
def test_the_next_slot_makes_good_what_failed() -> None:
    done(NOON)
    refuse.append(True)
    done(NOON + DAY)
    refuse.clear()
    done(NOON + 2 * DAY)
    assert spans() == [
        ("2026-11-21", "2026-11-22"),
        ("2026-11-22", "2026-11-23"),
        ("2026-11-22", "2026-11-24"),
    ]


@pytest.mark.django_db
def test_a_run_that_is_still_at_work_is_not_begun_again() -> None:
    (run,) = tick(NOON)
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    assert tick(NOON + 3 * HOUR) == []


@pytest.mark.django_db
def test_scheduled_runs_are_at_work_one_at_a_time() -> None:
    """So that one of a worker's two places is always left for what people ask for."""
    tick(NOON)
    with connection.cursor() as cursor:
        cursor.execute("select lock, queue_name from procrastinate_jobs")
        assert cursor.fetchall() == [("jobs.schedules", "jobs")]


@pytest.mark.usefixtures("own_database")
def test_workers_that_look_at_the_same_moment_begin_it_once() -> None:
    begun = together(*[lambda: tick(NOON)] * 4)
    assert sorted(len(runs) for runs in begun) == [0, 0, 0, 1], begun
    assert (Slot.objects.count(), Run.objects.count()) == (1, 1)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs")
        assert cursor.fetchone() == (1,)


@pytest.mark.usefixtures("own_database")
def test_workers_that_look_at_the_same_failure_try_it_again_once() -> None:
    refuse.append(True)
    done(NOON)
    Run.objects.update(finished_at=NOON)
    begun = together(*[lambda: tick(NOON + HOUR)] * 4)
    assert sorted(len(runs) for runs in begun) == [0, 0, 0, 1], begun
    assert (Slot.objects.get().tries, Run.objects.count()) == (2, 2)


# --- the page ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_overview_names_the_last_run_and_says_when_none_came() -> None:
    (line,) = overview(NOON)
    assert (line.title, line.words, line.run, line.late) == ("夜间核对", "每天 01:20", None, True)
    done(NOON)
    (line,) = overview(NOON)
    assert (line.day, line.late, line.next_day) == (date(2026, 11, 22), False, date(2026, 11, 23))
    assert line.run is not None
    assert line.run.state == RunState.DONE
    due = at("2026-11-23", "01:20")
    for now, late in ((due + 10 * MINUTE - SECOND, False), (due + 10 * MINUTE, True)):
        (line,) = overview(now)
        assert (line.day, line.late) == (date(2026, 11, 22), late)


def test_every_schedule_of_the_house_names_a_job_with_a_title() -> None:
    assert {job for job in HOUSE if title_of(job)} >= {"identity.clear_sessions", "lists.sweep"}


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "seen"), [(RoleKey.CITY, True), (RoleKey.COUNTY, False)])
def test_the_page_of_jobs_shows_the_clock_to_whom_it_concerns(
    client: Client, role: RoleKey, seen: bool
) -> None:
    done(timezone.now())
    sign_in(client, official(role, "9901" if role == RoleKey.CITY else "990103"))
    page = client.get(reverse("jobs_run_list")).content.decode()
    assert ("定时任务" in page, "夜间核对" in page, "每天 01:20" in page) == (seen, seen, seen)
    assert ("已完成" in page) is seen
