"""Jobs: progress is seen, cancelling works, rights are those of now, failures are said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from heling.contexts.identity.models import Post, User
from heling.kernel.actor import Actor
from heling.kernel.errors import Refused
from heling.kernel.identifiers import Territory
from heling.platform.jobs import work
from heling.platform.jobs.models import Run, RunState
from heling.platform.jobs.work import Progress, cancel, carry_out, job, start

pytestmark = pytest.mark.django_db


@job("test.count", title="数数")
def _count(progress: Progress, by: Actor, **arguments: Any) -> Any:
    for i in range(arguments["to"]):
        progress.at(i, arguments["to"])
        if i == arguments.get("cancel_at"):
            Run.objects.filter(pk=progress.run_id).update(cancel_requested=True)
    return {"by": by.name, "territory": by.territory.prefix if by.territory else None}


@job("test.refuse", title="不成")
def _refuse(progress: Progress, by: Actor, **arguments: Any) -> Any:
    raise Refused("这个月已经封账。", hint="请下月再办。")


@job("test.break", title="坏了")
def _break(progress: Progress, by: Actor, **arguments: Any) -> Any:
    raise ZeroDivisionError


@pytest.fixture
def official(db: None) -> Actor:
    user = User.objects.create_user("zhang", "x" * 12, name="张三")
    Post.objects.create(user=user, role="county_official", code="990103", starts=date(2020, 1, 1))
    return Actor(user.pk, user.name, "county_official", territory=Territory("990103"))


def test_a_job_acts_with_its_starters_rights_and_leaves_its_result(official: Actor) -> None:
    run = carry_out(start("test.count", by=official, to=3).pk)
    run.refresh_from_db()
    assert (run.state, run.result) == (RunState.DONE, {"by": "张三", "territory": "990103"})
    assert (run.done, run.total, run.percent) == (2, 3, 66)
    assert run.finished_at is not None


def test_a_right_taken_away_in_between_is_gone(official: Actor) -> None:
    run = start("test.count", by=official, to=3)
    Post.objects.update(ends=date(2020, 1, 2))
    assert carry_out(run.pk).state == RunState.FAILED
    assert "停用" in Run.objects.get(pk=run.pk).message


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_step(
    official: Actor,
) -> None:
    waiting = start("test.count", by=official, to=3)
    cancel(waiting)
    assert carry_out(waiting.pk).state == RunState.CANCELLED
    running = carry_out(start("test.count", by=official, to=9, cancel_at=4).pk)
    assert (running.state, Run.objects.get(pk=running.pk).done) == (RunState.CANCELLED, 5)


def test_progress_from_inside_a_transaction_takes_a_connection_of_its_own(official: Actor) -> None:
    run = start("test.count", by=official, to=1)
    progress = Progress(run.pk)
    assert progress._connection() is connection, "a test sees its own run"
    progress._alone = True
    side = progress._connection()
    assert side is not connection
    assert side is progress._connection(), "opened once"
    progress.close()


def test_a_refusal_keeps_its_sentence_and_a_bug_keeps_its_secret(official: Actor) -> None:
    assert (
        carry_out(start("test.refuse", by=official).pk).message == "这个月已经封账。 请下月再办。"
    )
    broken = carry_out(start("test.break", by=official).pk)
    assert broken.state == RunState.FAILED
    assert "ZeroDivision" not in broken.message


def test_a_finished_run_is_not_run_again(official: Actor) -> None:
    run = carry_out(start("test.count", by=official, to=1).pk)
    first = run.finished_at
    assert carry_out(run.pk).finished_at == first
    assert "test.count" in work._jobs
