"""Real workers and their clock, in a database of their own: one is killed, two come after it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from heling.platform.embedded.postgres import APP
from heling.platform.jobs.models import Run, RunState, Slot

# The real worker, with one schedule: a job that writes down when it begins and when it ends,
# and stands still between the two as long as the file "hold" is there.
WORKER = """
from heling.shell.cli.environment import setup_django; setup_django()
import datetime, os, pathlib, time
from heling.platform.jobs import schedules
from heling.platform.jobs.work import job
folder = pathlib.Path(os.environ["FOLDER"])
def say(word):
    with (folder / "said").open("a") as file: file.write(word + chr(10))
@job("test.once", title="一天一次")
def once(progress, by, **arguments):
    say("begin")
    while (folder / "hold").exists(): time.sleep(0.02)
    say("end")
schedules._schedules.clear()
schedules.every_day("test.once", at=datetime.time(0, 0))
from heling.shell.cli.main import main; main(["worker"])
"""
_PATIENCE = 120.0  # seconds


@contextmanager
def worker(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-c", WORKER], env=environment, stdout=out, stderr=out
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait(20)


def wait_until(true: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


@pytest.mark.slow
def test_a_killed_workers_slot_is_done_by_one_of_the_next(
    own_database: str, tmp_path: Path
) -> None:
    said, hold, log = (tmp_path / name for name in ("said", "hold", "worker.log"))
    url = settings.CONFIG.server.url(own_database, APP)
    environment = {**os.environ, "DATABASE_URL": url, "FOLDER": str(tmp_path)}
    hold.touch()
    with worker(environment, log) as first:
        wait_until(said.exists, log)
        first.send_signal(signal.SIGKILL)
        first.wait(20)
    assert Run.objects.get().state == RunState.RUNNING
    hold.unlink()
    with connection.cursor() as cursor:  # half a minute of silence, without waiting for it
        cursor.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 min'")
    with worker(environment, log), worker(environment, log):
        wait_until(lambda: Run.objects.get().over, log)
        time.sleep(2)  # for the second one, were it to begin as well
    assert said.read_text().split() == ["begin", "begin", "end"]
    assert Run.objects.get().state == RunState.DONE
    assert Slot.objects.get().tries == 1
