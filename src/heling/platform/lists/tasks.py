"""What the worker must know of lists: the export job (by import) and the nightly sweep."""

from __future__ import annotations

from procrastinate.contrib.django import app

from heling.platform.lists import export


@app.periodic(cron="17 3 * * *")
@app.task(name="lists.sweep", queue="jobs", queueing_lock="lists.sweep", pass_context=False)
def sweep_exports(timestamp: int) -> None:
    """Delete export files that nobody may fetch any more."""
    export.sweep()
