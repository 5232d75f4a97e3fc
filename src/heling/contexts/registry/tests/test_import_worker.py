"""Rosters in a living database: seen while they are written, stopped, and robbed of their worker."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from heling.contexts.identity.public import RoleKey
from heling.contexts.identity.testing import acting
from heling.contexts.places.testing import VILLAGE, plant
from heling.contexts.registry.domain.rosters import BatchState
from heling.contexts.registry.imports import jobs
from heling.contexts.registry.imports.actions import upload_roster, write_roster
from heling.contexts.registry.models import Elder, RosterBatch, RosterRow
from heling.contexts.registry.testing import elder, resident_id
from heling.contexts.registry.tests.test_imports import as_csv, row
from heling.kernel.actor import Actor
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.embedded.postgres import APP
from heling.platform.jobs.models import Run, RunState
from heling.platform.jobs.work import Progress, cancel, carry_out
from heling.platform.journal.models import Entry

ROWS = 60
# The real worker, only with smaller steps: progress after every ten elders.
WORKER = (
    "from heling.shell.cli.environment import setup_django; setup_django();"
    "from heling.contexts.registry.imports import jobs; jobs._STEP = 10;"
    "from heling.shell.cli.main import main; main(['worker'])"
)


@dataclass(frozen=True)
class Desk:
    """A clerk in a database of their own, and a checked roster of ``ROWS`` good rows."""

    clerk: Actor
    batch_id: int
    numbers: list[str]
    environment: dict[str, str]

    def batch(self) -> RosterBatch:
        with scoped(EVERYTHING):
            return RosterBatch.objects.get(pk=self.batch_id)

    def write(self) -> int:
        with scoped(self.clerk):
            return write_roster(batch_id=self.batch_id, similar=False, by=self.clerk)


@pytest.fixture
def desk(own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(jobs, "_STEP", 10)
    url = settings.CONFIG.server.url(own_database, APP)
    environment = {**os.environ, "HELING_ENV": "test", "DATABASE_URL": url}
    with scoped(EVERYTHING):
        plant(VILLAGE)
    clerk = acting(RoleKey.STREET, VILLAGE[:9])
    numbers = [resident_id(date(1941, 3, 5)) for _ in range(ROWS)]
    rows = [
        row(身份证号=number, 姓名="王" + "甲乙丙丁戊己庚辛壬癸"[n % 10], 居住地址=f"演示路{n}号")
        for n, number in enumerate(numbers)
    ]
    path = as_csv(tmp_path / "名册.csv", rows)
    with scoped(clerk):
        batch_id = upload_roster(name=path.name, chunks=[path.read_bytes()], by=clerk)
        run_id = RosterBatch.objects.get(pk=batch_id).run_id or 0
    carry_out(run_id)
    desk = Desk(clerk, batch_id, numbers, environment)
    assert desk.batch().counts["new"] == ROWS, desk.batch().counts
    return desk


def elders() -> int:
    with scoped(EVERYTHING):
        return Elder.objects.count()


def test_writing_is_seen_from_outside_and_stopping_it_takes_everything_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int, int]] = []
    stranger, usual = connection.copy(), Progress.at

    def at(progress: Progress, done: int, total: int | None = None) -> None:
        """After each step, look from a connection of its own; ask to stop half-way."""
        usual(progress, done, total)
        with stranger.cursor() as cursor:
            cursor.execute(
                "select set_config('app.lo', '', false), set_config('app.hi', '~', false)"
            )
            cursor.execute(
                "select done, total, (select count(*) from registry_elder) from jobs_run"
                " where id = %s",
                [progress.run_id],
            )
            seen.append(cursor.fetchone())
            if done >= ROWS // 2:
                cursor.execute(
                    "update jobs_run set cancel_requested = true where id = %s", [progress.run_id]
                )

    run_id = desk.write()
    monkeypatch.setattr(Progress, "at", at)
    run = carry_out(run_id)
    stranger.close()
    assert seen == [(done, ROWS, 0) for done in (0, 10, 20, 30)], "progress yes, elders no"
    assert run.state == RunState.CANCELLED
    assert elders() == 0
    assert desk.batch().state == BatchState.CHECKED
    monkeypatch.setattr(Progress, "at", usual)
    assert carry_out(desk.write()).state == RunState.DONE, "the batch can be written after all"
    assert elders() == ROWS


def test_a_run_that_was_stopped_in_the_queue_leaves_the_batch_writable(desk: Desk) -> None:
    run = Run.objects.get(pk=desk.write())
    cancel(run)
    assert carry_out(run.pk).state == RunState.CANCELLED
    assert carry_out(desk.write()).state == RunState.DONE
    assert elders() == ROWS


@contextmanager
def worker(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-c", WORKER], env=environment, stdout=out, stderr=out
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait(20)


def wait_until(true: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


def test_a_killed_worker_leaves_nothing_and_the_next_one_writes_it(
    desk: Desk, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    run_id = desk.write()

    def done() -> int:
        return Run.objects.get(pk=run_id).done

    with worker(desk.environment, log) as first, scoped(EVERYTHING):
        # Our own unfinished registration of the last person holds the worker half-way.
        elder(birth=date(1941, 3, 5), resident_id=desk.numbers[-1], code=VILLAGE)
        wait_until(lambda: done() >= ROWS // 2, log)
        first.kill()
        first.wait(20)
        transaction.set_rollback(True)
    assert 0 < done() < ROWS
    assert elders() == 0, "nothing half-written"
    assert Run.objects.get(pk=run_id).state == RunState.RUNNING
    assert desk.batch().state == BatchState.WRITING
    with connection.cursor() as cursor:  # half a minute of silence, without waiting for it
        cursor.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 min'")
    with worker(desk.environment, log):
        wait_until(lambda: Run.objects.get(pk=run_id).over, log)
    run = Run.objects.get(pk=run_id)
    assert (run.state, run.result) == (
        RunState.DONE,
        {"new": ROWS, "changed": 0, "statuses": 0},
    ), run.message
    assert elders() == ROWS
    assert desk.batch().state == BatchState.WRITTEN
    with scoped(EVERYTHING):
        assert Entry.objects.filter(kind="registry.RosterWritten").count() == 1
        assert not RosterRow.objects.exists()
