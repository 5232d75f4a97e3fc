"""Rosters without a screen: looked at, or brought in, in one go (the command line)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from heling.contexts.registry.access import Perm
from heling.contexts.registry.domain.rosters import BatchState, Verdict
from heling.contexts.registry.imports.actions import upload_roster, write_roster
from heling.contexts.registry.imports.comparing import compare
from heling.contexts.registry.imports.jobs import errors_of, read_pieces
from heling.contexts.registry.imports.seen import Seen
from heling.contexts.registry.imports.staging import staged
from heling.contexts.registry.models import RosterBatch
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Problem
from heling.platform.access.scope import scoped
from heling.platform.jobs.work import carry_out

_OURS = timedelta(minutes=30)  # we do the work here; a worker, only should we be killed


def look_at_roster(path: Path, *, by: Actor) -> Iterator[tuple[int, str, Sequence[Problem]]]:
    """(row number, verdict, problems) of every row; nothing is stored. Raises BadInput."""
    by.require(Perm.REGISTER)
    seen = Seen()
    with path.open("rb") as file:
        for _, rows in read_pieces(file, suffix=path.suffix.lower(), by=by):
            for row, result in zip(rows, compare(rows, seen=seen, by=by), strict=True):
                yield row.number, result.verdict.value, row.problems


def bring_in_roster(*, name: str, chunks: Iterable[bytes], by: Actor) -> dict[str, Any]:
    """Check and write a file through the same jobs as the console; a report of it.

    Rows with problems and possible duplicates are left out, as on the screen. Raises
    BadInput where the file cannot be read or the writing was taken back.
    """
    with scoped(by):
        batch_id = upload_roster(name=name, chunks=chunks, by=by, after=_OURS)
        run_id = RosterBatch.objects.get(pk=batch_id).run_id
    carry_out(run_id or 0)
    with scoped(by):
        batch = RosterBatch.objects.get(pk=batch_id)
        if batch.state != BatchState.CHECKED:
            raise BadInput.single("文件", batch.problem)
        rows = staged(batch, verdicts=(Verdict.ERROR,), by=by)
        problems = [{"row": n, "where": w, "message": m} for n, w, m in errors_of(rows)]
    written = bool(batch.counts["new"] or batch.counts["changed"])
    if written:
        with scoped(by):
            run_id = write_roster(batch_id=batch_id, similar=False, by=by, after=_OURS)
        run = carry_out(run_id)
        if run.message:
            raise BadInput.single("写入", run.message)
    return {"file": name, "written": written, "counts": batch.counts, "problems": problems}
