"""After a commit, tell the worker that there is something to deliver.

The outbox does not depend on this: the worker looks every minute anyway. It only makes
reactions follow in a second instead of a minute.
"""

from __future__ import annotations

import logging

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

log = logging.getLogger(__name__)

TASK = "journal.deliver"
wanted: set[str] = set()  # kinds that some handler waits for


def after_commit(kind: str) -> None:
    """Call once per entry; at most one wake-up is asked for per transaction."""
    if kind not in wanted:
        return
    if not any(_wake in hook for hook in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    try:
        app.configure_task(TASK, queueing_lock=TASK, queue="events").defer()
    except AlreadyEnqueued:
        log.debug("a delivery is waiting already")
