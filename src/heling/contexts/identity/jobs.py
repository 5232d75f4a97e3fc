"""What identity does by the clock."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore

from heling.kernel.actor import Actor
from heling.platform.jobs.work import Progress, job


@job("identity.clear_sessions", title="清除过期的登录")
def clear_sessions(progress: Progress, by: Actor, **arguments: Any) -> None:
    """Delete sessions that have run out: what nobody uses any more is not kept."""
    del progress, by, arguments
    SessionStore.clear_expired()
