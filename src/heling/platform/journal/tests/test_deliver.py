"""Every entry reaches every reader: once in effect, in order, whoever else fails."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from heling.kernel.actor import system
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.journal import deliver as delivery
from heling.platform.journal.deliver import deliver, subscribe
from heling.platform.journal.models import Entry, Subscription
from heling.platform.journal.record import record
from heling.platform.journal.testing import deliver_now
from heling.platform.journal.tests.events import Followed, Happened

BY = system("测试")


def reader(name: str, *events: type, act: Callable[[Entry], None]) -> None:
    """Register ``act`` as the handler of a module of its own."""

    def handler(entry: Entry) -> None:
        act(entry)

    handler.__module__ = name
    subscribe(*events)(handler)


def seen_by(name: str, *events: type) -> list[int]:
    seen: list[int] = []
    reader(name, *events, act=lambda entry: seen.append(entry.payload["n"]))
    return seen


# --- within one transaction ---------------------------------------------------------------
@pytest.mark.django_db
def test_a_reader_gets_its_kinds_in_order_and_only_once() -> None:
    mine, both = seen_by("a", Happened), seen_by("b", Happened, Followed)
    for n in range(3):
        record(Happened(n=n), by=BY)
        record(Followed(n=10 + n), by=BY)
    assert deliver_now() == 3 + 6
    assert deliver_now() == 0
    assert mine == [0, 1, 2]
    assert both == [0, 10, 1, 11, 2, 12]


@pytest.mark.django_db
def test_more_than_a_batch_is_delivered_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = seen_by("a", Happened)
    for n in range(7):
        record(Happened(n=n), by=BY)
    assert delivery._read("a", 3, horizon=delivery.LAST_ID) == 7
    assert mine == list(range(7))


@pytest.mark.django_db
def test_handlers_of_one_module_take_turns_entry_by_entry() -> None:
    log: list[str] = []
    reader("a", Happened, act=lambda e: log.append(f"first {e.payload['n']}"))
    reader("a", Followed, act=lambda e: log.append(f"second {e.payload['n']}"))
    record(Happened(n=1), by=BY)
    record(Followed(n=2), by=BY)
    record(Happened(n=3), by=BY)
    deliver_now()
    assert log == ["first 1", "second 2", "first 3"]


@pytest.mark.django_db
def test_what_a_handler_records_is_delivered_too() -> None:
    reader("a", Happened, act=lambda e: record(Followed(n=e.payload["n"] + 1), by=BY) and None)
    followed = seen_by("b", Followed)
    record(Happened(n=1), by=BY)
    deliver_now()
    assert followed == [2]


@pytest.mark.django_db
def test_a_failing_reader_stops_there_and_holds_up_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, good = [True], seen_by("z", Happened)
    done: list[int] = []

    def act(entry: Entry) -> None:
        record(Followed(n=entry.payload["n"]), by=BY)
        if broken[0] and entry.payload["n"] == 1:
            raise LookupError("表格不见了")
        done.append(entry.payload["n"])

    reader("a", Happened, act=act)
    for n in range(3):
        record(Happened(n=n), by=BY)
    with caplog.at_level(logging.ERROR):
        deliver_now()
    assert (done, good) == ([0], [0, 1, 2])
    assert "reader a failed on entry" in caplog.text
    stuck = Subscription.objects.get(name="a")
    assert stuck.failed_at is not None
    assert stuck.failure == "LookupError: 表格不见了"
    assert Entry.objects.filter(kind=Followed.kind).count() == 1, "what the failed one did is gone"
    broken[0] = False
    deliver_now()
    assert done == [0, 1, 2]
    healed = Subscription.objects.get(name="a")
    assert (healed.failed_at, healed.failure) == (None, "")


@pytest.mark.django_db
def test_a_second_handler_that_fails_undoes_the_first() -> None:
    """All handlers of an entry or none: a retry must not find half of it done."""
    reader("a", Happened, act=lambda e: record(Followed(n=1), by=BY) and None)

    def fail(entry: Entry) -> None:
        raise LookupError

    reader("a", Happened, act=fail)
    record(Happened(n=1), by=BY)
    deliver_now()
    assert not Entry.objects.filter(kind=Followed.kind).exists()


@pytest.mark.django_db
def test_an_entry_of_a_running_transaction_waits() -> None:
    mine = seen_by("a", Happened)
    record(Happened(n=1), by=BY)
    assert deliver() == 0, "the test's own transaction is still running"
    assert mine == []


# --- across real transactions ---------------------------------------------------------------
class Writer(threading.Thread):
    """Records in a transaction of its own that commits when it is told to."""

    def __init__(self, *ns: int) -> None:
        super().__init__()
        self.ns, self.recorded, self.go = ns, threading.Event(), threading.Event()

    def run(self) -> None:
        try:
            with scoped(EVERYTHING):
                for n in self.ns:
                    record(Happened(n=n), by=BY)
                self.recorded.set()
                self.go.wait(30)
        finally:
            connection.close()

    def begin(self) -> Writer:
        self.start()
        assert self.recorded.wait(30)
        return self

    def commit(self) -> None:
        self.go.set()
        self.join(30)


def wait_for(done: Callable[[], bool], *, seconds: int = 60) -> None:
    """Deliver until ``done``: transactions of other tests' databases hold the horizon too."""
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        deliver()
        time.sleep(0.02)


@pytest.mark.usefixtures("own_database")
def test_a_late_committer_is_not_skipped() -> None:
    mine = seen_by("a", Happened)
    early = Writer(1).begin()
    Writer(2).begin().commit()
    deliver()
    assert mine == [], "the later one waits for the earlier one"
    early.commit()
    wait_for(lambda: len(mine) == 2)
    assert mine == [1, 2]


@pytest.mark.usefixtures("own_database")
def test_without_the_horizon_the_late_committer_would_be_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: shows that the test above can fail."""
    monkeypatch.setattr(delivery, "position", lambda: delivery.LAST_ID)
    mine = seen_by("a", Happened)
    early = Writer(1).begin()
    Writer(2).begin().commit()
    deliver()
    early.commit()
    deliver()
    assert mine == [2]


@pytest.mark.usefixtures("own_database")
def test_a_reader_that_found_nothing_does_not_look_again() -> None:
    seen_by("a", Followed)
    Writer(*range(5)).begin().commit()
    with scoped(EVERYTHING):
        last = Entry.objects.latest("xid").xid
    # Something else that runs in the cluster may hold the horizon before them for a while.
    passed = Subscription.objects.filter(entry_id=delivery.LAST_ID, xid__gte=last)
    wait_for(passed.exists)
    mine = seen_by("a", Happened)
    Writer(7).begin().commit()
    wait_for(lambda: bool(mine))
    assert mine == [7], "what was passed over stays behind"


@pytest.mark.slow
@pytest.mark.usefixtures("own_database")
def test_eight_writers_and_two_deliverers_lose_and_double_nothing() -> None:
    seen: list[int] = []
    guard = threading.Lock()

    def act(entry: Entry) -> None:
        with guard:
            seen.append(entry.payload["n"])

    reader("a", Happened, act=act)
    writers, each = 8, 25
    stop = threading.Event()

    def write(writer: int) -> None:
        chance = random.Random(writer)  # noqa: S311
        try:
            for n in range(each):
                with scoped(EVERYTHING):
                    record(Happened(n=writer * each + n), by=BY)
                    time.sleep(chance.random() * 0.02)
                    if n % 5 == 4:
                        transaction.set_rollback(True)
        finally:
            connection.close()

    def keep_delivering() -> None:
        try:
            while not stop.is_set():
                delivery._read("a", 7, horizon=None)
        finally:
            connection.close()

    deliverers = [threading.Thread(target=keep_delivering) for _ in range(2)]
    threads = [threading.Thread(target=write, args=(w,)) for w in range(writers)]
    for thread in (*deliverers, *threads):
        thread.start()
    for thread in threads:
        thread.join(60)
    stop.set()
    for thread in deliverers:
        thread.join(60)
    expected = {w * each + n for w in range(writers) for n in range(each) if n % 5 != 4}
    wait_for(lambda: set(seen) == expected)
    assert sorted(seen) == sorted(expected)


# --- waking the worker -------------------------------------------------------------------------
def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where task_name = 'journal.deliver'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.usefixtures("own_database")
def test_a_commit_wakes_the_worker_once() -> None:
    seen_by("a", Happened)
    with scoped(EVERYTHING):
        record(Happened(n=1), by=BY)
        record(Happened(n=2), by=BY)
        assert jobs() == 0
    assert jobs() == 1
    with scoped(EVERYTHING):
        record(Happened(n=3), by=BY)
    assert jobs() == 1, "one is waiting already"


@pytest.mark.usefixtures("own_database")
def test_a_rollback_or_a_kind_that_nobody_waits_for_wakes_nobody() -> None:
    seen_by("a", Happened)
    with scoped(EVERYTHING):
        record(Followed(n=1), by=BY)
    with scoped(EVERYTHING):
        record(Happened(n=1), by=BY)
        transaction.set_rollback(True)
    assert jobs() == 0


@pytest.mark.usefixtures("own_database")
def test_the_worker_finds_the_task_and_delivers() -> None:
    from procrastinate.contrib.django import app

    mine = seen_by("a", Happened)
    with scoped(EVERYTHING):
        record(Happened(n=1), by=BY)
    app.tasks["journal.deliver"].func()
    wait_for(lambda: bool(mine))
    assert mine == [1]
    assert "journal.deliver" in {t.task.name for t in app.periodic_registry.periodic_tasks.values()}
