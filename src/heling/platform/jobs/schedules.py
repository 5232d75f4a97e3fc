"""What runs by the clock, without anybody asking.

A context says so when it is ready (``AppConfig.ready``)::

    every_day("entitlements.ages", at=time(1, 20))
    every_month("entitlements.months", day=1, at=time(2, 0))

Every minute each worker looks what has fallen due (:func:`tick`). A slot is one day on which a
job was to run; it has one row, unique in the database, so that any number of workers begins it
once. The row, the run and its place in the queue are one transaction: a worker that dies leaves
all of them or nothing, and a run without its worker is taken up as every other (tasks.py).

Slots that went by while nothing ran are not run one by one. The next run is told the span:
``until``, the day of its own slot, and ``since``, the day of the last slot that ended well, both
as ISO dates. A job does what fell due after ``since``, up to ``until``, and must not mind doing
it twice. So an outage, or a run that failed, is made good by the next one.

Hours are those of the city (``TIME_ZONE``). The platform itself acts, with no permission: a job
that needs one makes its own actor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from heling.kernel.actor import system
from heling.platform.jobs.models import Run, RunState, Slot
from heling.platform.jobs.work import start, title_of

MOST_TRIES = 3
TRY_AGAIN_AFTER = timedelta(hours=1)
LATE_AFTER = timedelta(minutes=10)
_ALONE = "jobs.schedules"  # one scheduled run at a time: the others wait, people's jobs do not
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job and its hour, on every day or on one ``day`` (1 to 28) of every month."""

    job: str
    at: time
    day: int | None = None

    def slot(self, now: datetime) -> date:
        """The day of the last slot that is not after ``now`` (an aware moment)."""
        local = timezone.localtime(now)
        today = local.date()
        return today if self._falls_on(today) and local.time() >= self.at else self.before(today)

    def before(self, day: date) -> date:
        """The last slot before a day."""
        day -= _DAY
        while not self._falls_on(day):
            day -= _DAY
        return day

    def after(self, day: date) -> date:
        """The first slot after a day."""
        day += _DAY
        while not self._falls_on(day):
            day += _DAY
        return day

    def _falls_on(self, day: date) -> bool:
        return self.day is None or day.day == self.day

    @property
    def words(self) -> str:
        often = "每天" if self.day is None else f"每月 {self.day} 日"
        return f"{often} {self.at:%H:%M}"


_schedules: dict[str, Schedule] = {}


def every_day(job: str, *, at: time) -> None:
    """Run a job every day at an hour."""
    _schedules[job] = Schedule(job, at)


def every_month(job: str, *, day: int, at: time) -> None:
    """Run a job on one day of every month. Raises ValueError for a day that some months lack."""
    if not 1 <= day <= 28:
        raise ValueError(f"{job}: day {day} is not in every month")
    _schedules[job] = Schedule(job, at, day)


def tick(now: datetime) -> list[Run]:
    """Begin what is due at ``now`` and has not begun; try again what failed. The new runs."""
    return [run for s in _schedules.values() if (run := _begin(s, now)) is not None]


@transaction.atomic
def _begin(schedule: Schedule, now: datetime) -> Run | None:
    day = schedule.slot(now)
    # A worker that comes second waits here for the first one's commit, and finds the row.
    slot, new = Slot.objects.get_or_create(job=schedule.job, day=day)
    if not new:
        free = Slot.objects.select_for_update(of=("self",), skip_locked=True)
        again = free.filter(pk=slot.pk).select_related("run").first()
        if again is None or not _failed(again, now):
            return None
        slot = again
    since = _last_done(schedule, before=day) or schedule.before(day)
    slot.run = start(
        schedule.job,
        by=system("定时任务"),
        alone=_ALONE,
        since=since.isoformat(),
        until=day.isoformat(),
    )
    slot.tries += 1
    slot.save(update_fields=["run", "tries"])
    return slot.run


def _failed(slot: Slot, now: datetime) -> bool:
    run = slot.run
    if run is None or run.state != RunState.FAILED or slot.tries >= MOST_TRIES:
        return False
    return run.finished_at is not None and run.finished_at + TRY_AGAIN_AFTER <= now


def _last_done(schedule: Schedule, *, before: date) -> date | None:
    done = Slot.objects.filter(job=schedule.job, day__lt=before, run__state=RunState.DONE)
    return done.order_by("-day").values_list("day", flat=True).first()


@dataclass(frozen=True, slots=True)
class Line:
    """A schedule as a page shows it: ``run`` is the last one; ``late``: no worker has begun
    what is due."""

    title: str
    words: str
    day: date | None
    run: Run | None
    late: bool
    next_day: date


def overview(now: datetime) -> Iterator[Line]:
    """Every schedule with its last run, by hour."""
    last = {
        s.job: s for s in Slot.objects.order_by("job", "-day").distinct("job").select_related("run")
    }
    for schedule in sorted(_schedules.values(), key=lambda s: (s.day or 0, s.at, s.job)):
        slot = last.get(schedule.job)
        yield Line(
            title=title_of(schedule.job),
            words=schedule.words,
            day=slot.day if slot else None,
            run=slot.run if slot else None,
            late=slot is None or slot.day < schedule.slot(now - LATE_AFTER),
            next_day=schedule.after(schedule.slot(now)),
        )
