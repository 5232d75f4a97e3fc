"""Procrastinate's entrance to delivery; found by its autodiscovery."""

from __future__ import annotations

from procrastinate.contrib.django import app

from heling.platform.journal.deliver import deliver
from heling.platform.journal.wake import TASK


@app.periodic(cron="* * * * *")
@app.task(name=TASK, queue="events", queueing_lock=TASK, pass_context=False)
def deliver_entries(timestamp: int | None = None) -> None:
    """Run by the clock (with its timestamp) and after commits (without)."""
    deliver()
