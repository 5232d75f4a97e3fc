"""What identity does by the clock; found by procrastinate's autodiscovery."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore
from procrastinate.contrib.django import app


@app.periodic(cron="17 3 * * *")
@app.task(name="identity.clear_sessions", queue="jobs", queueing_lock="identity.clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Delete sessions that have run out: what nobody uses any more is not kept."""
    del timestamp
    SessionStore.clear_expired()
