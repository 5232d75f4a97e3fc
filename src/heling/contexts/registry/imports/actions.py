"""What a clerk does with a roster: hand it in, have it written, drop it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import PurePath

from django.conf import settings
from django.db import transaction

from heling.contexts.registry.access import Perm
from heling.contexts.registry.domain.rosters import BATCH, BatchState, Verdict, standing
from heling.contexts.registry.imports.events import RosterDropped, RosterUploaded
from heling.contexts.registry.models import RosterBatch
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, NotFound, Refused
from heling.platform.files import forget, store
from heling.platform.jobs.models import Run
from heling.platform.jobs.work import start
from heling.platform.journal.record import record

_KINDS = {".xlsx", ".csv"}


@transaction.atomic
def upload_roster(
    *, name: str, chunks: Iterable[bytes], by: Actor, after: timedelta | None = None
) -> int:
    """Take a file in and have it checked by a job; returns the batch's id.

    ``after``: see :func:`heling.platform.jobs.work.start`.
    """
    by.require(Perm.REGISTER)
    if by.territory is None:
        raise Refused("您没有辖区，不能导入名册。")
    if PurePath(name).suffix.lower() not in _KINDS:
        raise BadInput.single("文件", "应为 .xlsx 或 .csv。老格式的 .xls 请先另存为 .xlsx")
    kept = store(chunks, limit=settings.UPLOAD_LIMIT_BYTES)
    batch = RosterBatch.objects.create(
        code=by.territory.code,
        file_name=PurePath(name).name[:200],
        file_key=kept.key,
        sha256=kept.sha256,
        user_id=by.user_id,
        actor_name=by.name,
    )
    batch.run_id = start("registry.check_roster", by=by, after=after, batch_id=batch.pk).pk
    batch.save(update_fields=["run_id"])
    record(RosterUploaded(batch_id=batch.pk, sha256=kept.sha256, size=kept.size), by=by)
    return batch.pk


@transaction.atomic
def write_roster(*, batch_id: int, similar: bool, by: Actor, after: timedelta | None = None) -> int:
    """Have a checked batch written by a job; returns the run's id.

    ``similar``: also register rows that may be somebody already registered.
    """
    by.require(Perm.REGISTER)
    batch = _locked(batch_id, by=by)
    batch.state = BATCH.next("write", batch.state)
    writable = [Verdict.NEW, Verdict.CHANGED, *([Verdict.SIMILAR] if similar else [])]
    if not any(batch.counts.get(v.value) for v in writable):
        raise Refused("没有可以写入的行。", hint="请改正有问题的行后重新上传。")
    batch.run_id = start(
        "registry.write_roster", by=by, after=after, batch_id=batch.pk, similar=similar
    ).pk
    batch.save(update_fields=["state", "run_id"])
    return batch.run_id


@transaction.atomic
def drop_roster(*, batch_id: int, by: Actor) -> None:
    """Forget a batch that was not written: its rows and its file."""
    by.require(Perm.REGISTER)
    batch = _locked(batch_id, by=by)
    batch.state = BATCH.next("drop", batch.state)
    batch.save(update_fields=["state"])
    batch.rows.all().delete()
    record(RosterDropped(batch_id=batch.pk), by=by)
    transaction.on_commit(lambda: forget(batch.file_key))


def _locked(batch_id: int, *, by: Actor) -> RosterBatch:
    batches = RosterBatch.objects.visible_to(by).filter(pk=batch_id)
    batch = batches.select_for_update(of=("self",), skip_locked=True).first()
    if batch is None and batches.exists():
        raise Refused("这份名册正在处理。", hint="请等它结束，或先取消正在进行的任务。")
    if batch is None:
        raise NotFound("没有找到这次导入。")
    run = Run.objects.filter(pk=batch.run_id or 0).first()
    batch.state = standing(BatchState(batch.state), run_over=run is None or run.over)
    return batch
