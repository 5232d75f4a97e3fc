"""What a killed worker left is queued again, but not for ever."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from heling.kernel.actor import system
from heling.platform.jobs import tasks, work
from heling.platform.jobs.models import Run, RunState
from heling.platform.jobs.work import job, start

pytestmark = pytest.mark.django_db


@job("test.sleep", title="睡")
def _sleep(progress: Any, by: Any, **arguments: Any) -> None:
    """Never carried out here: only its queue entry matters."""


def begun(*, worker: str | None, attempts: int = 0) -> tuple[Run, int]:
    """A run in the hands of a worker last heard of ``worker`` ago (None: of no worker)."""
    run = start("test.sleep", by=system("测试"))
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    with connection.cursor() as cursor:
        worker_id = None
        if worker is not None:
            cursor.execute(
                "insert into procrastinate_workers (last_heartbeat)"
                " values (now() - %s::interval) returning id",
                [worker],
            )
            worker_id = cursor.fetchone()[0]
        cursor.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = %s, attempts = %s"
            " where (args->>'run_id')::bigint = %s returning id",
            [worker_id, attempts, run.pk],
        )
        return run, cursor.fetchone()[0]


class _Manager:
    """The queue over the test's own connection, which hands JSON out as text."""

    finish_job = app.job_manager.finish_job
    retry_job = app.job_manager.retry_job

    async def get_stalled_jobs(self) -> list[Job]:
        stalled = await app.job_manager.get_stalled_jobs()
        return [j.evolve(task_kwargs=json.loads(str(j.task_kwargs))) for j in stalled]


def take_up() -> None:
    context: Any = SimpleNamespace(app=SimpleNamespace(job_manager=_Manager()))
    async_to_sync(tasks.take_up.func)(context, timestamp=0)


def status(job_id: int) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("select status::text from procrastinate_jobs where id = %s", [job_id])
        row = cursor.fetchone()
        return row[0] if row else None


def test_the_jobs_of_silent_workers_are_queued_again() -> None:
    silent, gone, alive = (begun(worker=w)[1] for w in ("31 s", None, "29 s"))
    take_up()
    assert (status(silent), status(gone), status(alive)) == ("todo", "todo", "doing")


def test_a_run_that_kills_its_worker_each_time_is_given_up() -> None:
    """Two more attempts after the first; then the person is told."""
    again, again_job = begun(worker="1 min", attempts=2)
    last, last_job = begun(worker="1 min", attempts=3)
    take_up()
    assert (status(again_job), status(last_job)) == ("todo", "failed")
    assert Run.objects.get(pk=again.pk).state == RunState.RUNNING
    given_up = Run.objects.get(pk=last.pk)
    assert given_up.state == RunState.FAILED
    assert "多次中断" in given_up.message


def test_what_is_over_stays_as_it_ended() -> None:
    run, _ = begun(worker=None, attempts=3)
    Run.objects.filter(pk=run.pk).update(state=RunState.DONE)
    take_up()
    assert Run.objects.get(pk=run.pk).state == RunState.DONE


def test_the_clocks_own_tasks_are_left_to_the_clock() -> None:
    """Queued again it could meet its successor, which holds the same queueing lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (task_name, queue_name, queueing_lock, status)"
            " values ('journal.deliver', 'events', 'journal.deliver', 'doing') returning id"
        )
        old = cursor.fetchone()[0]
    take_up()
    assert status(old) is None


def test_the_worker_knows_the_task_and_tries_again_after_database_trouble() -> None:
    assert "jobs.take_up" in {t.task.name for t in app.periodic_registry.periodic_tasks.values()}
    assert work.carry_out_task.retry_strategy is not None
