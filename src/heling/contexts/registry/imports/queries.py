"""What the roster pages ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from heling.contexts.registry.domain.rosters import BATCH, VERDICTS, BatchState, Verdict, standing
from heling.contexts.registry.imports.staging import StagedRow, opened, staged
from heling.contexts.registry.models import RosterBatch, RosterRow
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound
from heling.platform.jobs.models import Run

SHOWN = 200
RECENT = 20
_NOT_CHECKED = "没有检查完，请重新上传。"


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A batch as its page shows it. ``sums``: (verdict, Chinese words, number of rows)."""

    batch_id: int
    file_name: str
    state: BatchState
    state_label: str
    actor_name: str
    created_at: datetime
    problem: str
    run: Run | None
    sums: tuple[tuple[Verdict, str, int], ...]
    before: datetime | None

    @property
    def errors(self) -> int:
        return next((n for v, _, n in self.sums if v is Verdict.ERROR), 0)

    @property
    def writable(self) -> int:
        return sum(n for v, _, n in self.sums if v in {Verdict.NEW, Verdict.CHANGED})

    @property
    def similar(self) -> int:
        return next((n for v, _, n in self.sums if v is Verdict.SIMILAR), 0)


def recent_batches(*, by: Actor) -> list[BatchPage]:
    batches = list(RosterBatch.objects.visible_to(by).order_by("-created_at", "-pk")[:RECENT])
    runs = Run.objects.in_bulk([b.run_id for b in batches if b.run_id])
    return [_page(b, run=runs.get(b.run_id or 0), before=None) for b in batches]


def batch_page(batch_id: int, *, by: Actor) -> BatchPage:
    """Raises NotFound for a stranger."""
    batch = _batch(batch_id, by=by)
    before = (
        RosterBatch.objects.visible_to(by)
        .filter(sha256=batch.sha256, state=BatchState.WRITTEN)
        .exclude(pk=batch.pk)
        .order_by("-written_at")
        .values_list("written_at", flat=True)
        .first()
    )
    return _page(batch, run=Run.objects.filter(pk=batch.run_id or 0).first(), before=before)


def rows_of(batch_id: int, verdict: Verdict, *, by: Actor) -> list[StagedRow]:
    """The first rows with a verdict, for looking at."""
    rows = RosterRow.objects.visible_to(by).filter(batch_id=batch_id, verdict=verdict)
    return [opened(r) for r in rows.order_by("number")[:SHOWN]]


def faulty_rows(batch_id: int, *, by: Actor) -> Iterator[StagedRow]:
    """Every row with a problem, streaming: for the file to correct."""
    return staged(_batch(batch_id, by=by), verdicts=(Verdict.ERROR,), by=by)


def _batch(batch_id: int, *, by: Actor) -> RosterBatch:
    batch = RosterBatch.objects.visible_to(by).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("没有找到这次导入。", hint="请从导入记录中选择。")
    return batch


def _page(batch: RosterBatch, *, run: Run | None, before: datetime | None) -> BatchPage:
    state = standing(BatchState(batch.state), run_over=run is None or run.over)
    left_behind = run.message if run and state != batch.state else ""
    return BatchPage(
        batch_id=batch.pk,
        file_name=batch.file_name,
        state=state,
        state_label=BATCH.labels[state],
        actor_name=batch.actor_name,
        created_at=batch.created_at,
        problem=batch.problem or left_behind or _NOT_CHECKED,
        run=run,
        sums=tuple((v, VERDICTS[v], batch.counts.get(v.value, 0)) for v in Verdict),
        before=before,
    )
