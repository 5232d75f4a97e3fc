"""Defining, starting and carrying out jobs.

A job is a function ``(progress, by, **arguments) -> result`` with JSON-ready arguments
and result. It runs in a worker under the rights that its starter has *then*: the actor
is rebuilt, so a role taken away in between is gone (shared/trust.md, ASVS 8.3.3).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from heling.kernel.actor import Actor
from heling.kernel.errors import HelingError
from heling.platform.jobs.models import RUN, Run, RunState

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The person who started the job asked to stop it; raised inside the job."""


class Elsewhere(Exception):
    """Another process is at work on the same run; raised inside the job, which is tried again."""


class Job(Protocol):
    def __call__(self, progress: Progress, by: Actor, **arguments: Any) -> Any: ...


_jobs: dict[str, tuple[str, Job]] = {}


def job(name: str, *, title: str) -> Callable[[Job], Job]:
    """Register a job under a stable name (``context.verb``) and a Chinese title."""

    def register(function: Job) -> Job:
        _jobs[name] = (title, function)
        return function

    return register


class Progress:
    """Handed to the job: say how far it is, learn that it should stop.

    A job that works in one long transaction still shows its progress: what is published
    from inside a transaction goes over a connection of its own.
    """

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        # A test's run lives in the test's own transaction, which no other connection sees.
        self._alone = not connection.in_atomic_block
        self._side: BaseDatabaseWrapper | None = None

    def at(self, done: int, total: int | None = None) -> None:
        """Publish progress at once. Raises Cancelled when the person asked to stop."""
        with self._connection().cursor() as cursor:
            cursor.execute(
                "update jobs_run set done = %s, total = coalesce(%s, total) where id = %s"
                " returning cancel_requested",
                [done, total, self.run_id],
            )
            row = cursor.fetchone()
        if row is not None and row[0]:
            raise Cancelled

    def close(self) -> None:
        if self._side is not None:
            self._side.close()

    def _connection(self) -> BaseDatabaseWrapper:
        if not (self._alone and connection.in_atomic_block):
            return connection
        if self._side is None:
            self._side = connection.copy()
        return self._side


def title_of(name: str) -> str:
    """The Chinese title of a registered job."""
    return _jobs[name][0]


def start(
    name: str,
    *,
    by: Actor,
    after: timedelta | None = None,
    alone: str | None = None,
    **arguments: Any,
) -> Run:
    """Put a run in the queue, in the caller's transaction: if that rolls back, so does this.

    A caller that carries the run out itself gives ``after``: a worker takes it up only then,
    if it is not over. Of the runs that are ``alone`` under one word, one at a time is at work.
    """
    title, _ = _jobs[name]
    run = Run.objects.create(
        job=name,
        title=title,
        arguments=arguments,
        user_id=by.user_id,
        actor={
            "user_id": by.user_id,
            "role": by.role,
            "territory": by.territory.prefix if by.territory else None,
            "request_id": by.request_id,
        },
    )
    due = timezone.now() + after if after else None
    carry_out_task.configure(schedule_at=due, lock=alone).defer(run_id=run.pk)
    return run


def cancel(run: Run) -> None:
    """Ask a run to stop; a waiting one stops at once, a running one at its next step."""
    Run.objects.filter(pk=run.pk).update(cancel_requested=True)
    Run.objects.filter(pk=run.pk, state=RunState.WAITING).update(
        state=RunState.CANCELLED, finished_at=timezone.now()
    )


# What escapes carry_out is trouble with the database itself, or work that another process
# has in hand: try again, for longer than the database keeps the transaction of a lost one.
@app.task(name="jobs.carry_out", queue="jobs", retry=RetryStrategy(max_attempts=5, wait=15))
def carry_out_task(run_id: int) -> None:
    carry_out(run_id)


def give_up(run_id: int) -> None:
    """End a run whose worker has died again and again."""
    run = Run.objects.get(pk=run_id)
    if not run.over:
        _move(run, "fail", "执行任务的程序多次中断，任务没有完成；已记录，请把任务编号告诉管理员。")


def carry_out(run_id: int) -> Run:
    """Run it to its end. A job owns its transactions; each must open ``scoped(by)``.

    A run that stands as running is begun again: its worker was killed (see tasks.py). Work
    that must not be half done or done twice is for that reason one transaction, in which
    the job also looks whether it has been done.
    """
    run = Run.objects.get(pk=run_id)
    if run.over:
        return run
    _move(run, "begin")
    progress = Progress(run.pk)
    try:
        by = import_string(settings.ACTOR_REBUILDER)(run.actor)
        run.result = _jobs[run.job][1](progress, by, **run.arguments)
    except Cancelled:
        _move(run, "cancel", "已按您的要求取消。已完成的部分保留，未完成的部分没有写入。")
    except Elsewhere:
        raise
    except HelingError as error:
        _move(run, "fail", str(error))
    except Exception:
        log.exception("job %s (run %s) failed", run.job, run.pk)
        _move(run, "fail", "系统出错，任务没有完成；已记录，请把任务编号告诉管理员。")
    else:
        _move(run, "finish")
    finally:
        progress.close()
    return run


def _move(run: Run, step: str, message: str = "") -> None:
    run.state = RUN.next(step, run.state)
    run.message = message
    run.finished_at = timezone.now() if run.over else None
    with transaction.atomic():
        run.save(update_fields=["state", "message", "finished_at", "result"])
