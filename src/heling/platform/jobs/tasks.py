"""The clock of the jobs; found by procrastinate's autodiscovery.

Beginning what is scheduled, and taking up what a killed worker left behind.
"""

from __future__ import annotations

import logging

from asgiref.sync import sync_to_async
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status

from heling.platform.jobs.schedules import tick
from heling.platform.jobs.work import give_up

log = logging.getLogger(__name__)
_MOST_ATTEMPTS = 3


@app.periodic(cron="* * * * *")
@app.task(name="jobs.tick", queue="events", queueing_lock="jobs.tick", pass_context=False)
def begin_what_is_due(timestamp: int) -> None:
    """Look at the schedules, by the clock of now: a task that waited is not late for that."""
    del timestamp
    tick(timezone.now())


@app.periodic(cron="* * * * * */15")
@app.task(name="jobs.take_up", queue="events", queueing_lock="jobs.take_up", pass_context=True)
async def take_up(context: JobContext, timestamp: int) -> None:
    """Queue again what belongs to a worker that has not been heard of for half a minute."""
    for job in await context.app.job_manager.get_stalled_jobs():
        await _take_up(context, job)


async def _take_up(context: JobContext, job: Job) -> None:
    manager = context.app.job_manager
    run_id = job.task_kwargs.get("run_id")
    if job.queueing_lock is not None:  # the clock's own, and it calls again
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
    elif job.attempts < _MOST_ATTEMPTS:
        log.warning("%s lost its worker, queued again", job.call_string)
        await manager.retry_job(job, retry_at=timezone.now())
    else:
        if isinstance(run_id, int):
            await sync_to_async(give_up)(run_id)
        await manager.finish_job(job, status=Status.FAILED, delete_job=False)
