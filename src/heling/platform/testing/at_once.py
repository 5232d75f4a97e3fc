"""Several people at the same moment, each on a database connection of their own.

For tests with the fixture ``own_database`` (in :mod:`plugin`): transactions really commit
there, so locks, unique keys and versions meet as they do in an office. An ordinary test
runs inside one transaction that is rolled back, where nobody can get in anybody's way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from heling.kernel.actor import Actor
from heling.platform.access.scope import scoped

_PATIENCE = 30.0  # seconds; a deadlock of the test's own making fails instead of hanging


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at once; what each returned, or the error that it raised, in the order given."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index: int) -> None:
        try:
            connection.ensure_connection()  # connecting is not what the race is about
            barrier.wait(timeout=_PATIENCE)
            results[index] = acts[index]()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=_PATIENCE)
    if any(thread.is_alive() for thread in threads):
        raise AssertionError("they wait for each other")
    return results


def within(by: Actor, act: Callable[..., Any], **arguments: Any) -> Callable[[], Any]:
    """An action as :func:`together` takes it: in a transaction with the actor's scope."""

    def run() -> Any:
        with scoped(by):
            return act(by=by, **arguments)

    return run


def somebody_waits_for_a_lock() -> bool:
    """Does a connection to this database wait for a row that another one holds?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])


def wait_until(true: Callable[[], bool], *, seconds: float = 4.0) -> None:
    """Fails after some seconds, before the application's own patience with locks is over."""
    patience = time.monotonic() + seconds
    while not true():
        if time.monotonic() > patience:
            raise AssertionError("what was waited for did not happen")
        time.sleep(0.01)
