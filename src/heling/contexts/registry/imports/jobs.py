"""The two long steps of an import, as jobs: look at every row; write all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import PurePath
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from heling.contexts.places import public as places
from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.changing import move_residence, update_elder
from heling.contexts.registry.actions.statuses import add_status
from heling.contexts.registry.bulk import Batch as Written
from heling.contexts.registry.bulk import NewElder, load
from heling.contexts.registry.domain.rosters import BATCH, BatchState, Verdict
from heling.contexts.registry.imports.comparing import Compared, compare
from heling.contexts.registry.imports.events import RosterWritten
from heling.contexts.registry.imports.rows import REQUIRED, PlaceBook, RowRead, read_row
from heling.contexts.registry.imports.seen import Seen
from heling.contexts.registry.imports.staging import StagedRow, pack, staged
from heling.contexts.registry.imports.table import read_table
from heling.contexts.registry.models import Elder, RosterBatch, RosterRow
from heling.kernel.actor import Actor
from heling.kernel.errors import HelingError, Problem, Refused
from heling.platform.access.copying import Table, new_ids
from heling.platform.access.scope import scoped
from heling.platform.files import forget, opened
from heling.platform.jobs.work import Cancelled, Elsewhere, Progress, job
from heling.platform.journal.models import Entry
from heling.platform.journal.record import record

_PIECE = 2000  # rows checked at a time
_STEP = 4000  # elders written at a time; progress moves after each
_NO_CERTIFYING = "您的岗位不能登记身份认定，请去掉“身份类别”一列，由街道（乡镇）或区县登记"


@job("registry.check_roster", title="检查名册")
def check_roster(progress: Progress, by: Actor, **arguments: Any) -> dict[str, int]:
    """Read every row of the batch's file and say what would happen to it. Writes no elder.

    One transaction: a worker that dies leaves nothing, and the next one begins again.
    """
    batch_id: int = arguments["batch_id"]
    try:
        with scoped(by):
            batch = _claimed(batch_id, by=by)
            if batch.state == BatchState.CHECKING:
                with opened(batch.file_key) as file:
                    counts = _stage(batch, file, progress.at, by=by)
                _move(batch, "checked", counts=counts)
    except Exception as error:
        _give_up(batch_id, error, by=by)
        raise
    return dict(batch.counts)


def _give_up(batch_id: int, error: Exception, *, by: Actor) -> None:
    """The file could not be checked to its end: say why, and forget it."""
    if isinstance(error, HelingError):
        problem = str(error)
    elif isinstance(error, Cancelled):
        problem = "检查已按您的要求停止，没有写入任何内容。请重新上传。"
    else:
        problem = "系统出错，没有检查完；已记录。请重新上传，再不行请联系管理员。"
    with scoped(by):
        batch = _free(batch_id, by=by)
        if batch is None or batch.state != BatchState.CHECKING:
            return
        _move(batch, "unreadable", problem=problem)
    forget(batch.file_key)


def _free(batch_id: int, *, by: Actor) -> RosterBatch | None:
    """The batch, locked; None while another transaction works on it."""
    batches = RosterBatch.objects.visible_to(by).filter(pk=batch_id)
    return batches.select_for_update(of=("self",), skip_locked=True).first()


def _claimed(batch_id: int, *, by: Actor) -> RosterBatch:
    batch = _free(batch_id, by=by)
    if batch is None:
        raise Elsewhere
    return batch


def _stage(
    batch: RosterBatch, file: BinaryIO, at: Callable[[int], None], *, by: Actor
) -> dict[str, int]:
    counts: Counter[str] = Counter()
    seen = Seen()
    suffix = PurePath(batch.file_name).suffix.lower()
    for lines, rows in read_pieces(file, suffix=suffix, by=by):
        compared = compare(rows, seen=seen, by=by)
        ids = new_ids(RosterRow, len(rows))
        Table.of(RosterRow).write(
            _columns(batch, pk, number, cells, row, result)
            for pk, (number, cells), row, result in zip(ids, lines, rows, compared, strict=True)
        )
        counts.update(result.verdict.value for result in compared)
        at(sum(counts.values()))
    return {v.value: counts[v.value] for v in Verdict}


def read_pieces(
    file: BinaryIO, *, suffix: str, by: Actor
) -> Iterator[tuple[list[tuple[int, dict[str, str]]], list[RowRead]]]:
    """A few thousand rows at a time: as they stand in the file, and as read. Raises BadInput."""
    book, today = place_book(by), timezone.localdate()
    within = by.territory.prefix if by.territory else ""
    with read_table(file, suffix=suffix, required=REQUIRED) as table:
        while lines := list(islice(table.rows, _PIECE)):
            rows = [
                read_row(n, cells, book=book, within=within, today=today, demo=settings.DEMO)
                for n, cells in lines
            ]
            if not by.may(Perm.CERTIFY):
                for row in rows:
                    _without_certificates(row)
            yield lines, rows


def _without_certificates(row: RowRead) -> None:
    if row.draft and row.draft.statuses:
        row.problems.append(Problem("身份类别", _NO_CERTIFYING))
        row.draft = row.person = None


def place_book(by: Actor) -> PlaceBook:
    """Every place that a row may name: the own city down to communities, other cities by name."""
    city = by.territory.prefix[:4] if by.territory else ""
    return PlaceBook.of(places.directory(city))


def _columns(
    batch: RosterBatch, pk: int, number: int, cells: dict[str, str], row: RowRead, result: Compared
) -> dict[str, Any]:
    content = {
        "cells": cells,
        "problems": [(p.where, p.message) for p in row.problems],
        "notes": result.notes,
    }
    return {
        "id": pk,
        "batch_id": batch.pk,
        "code": batch.code,
        "number": number,
        "verdict": result.verdict.value,
        "id_blind": result.blind,
        "elder_id": result.elder_id,
        "sealed": pack(batch.pk, number, content),
    }


@job("registry.write_roster", title="写入名册")
def write_roster(progress: Progress, by: Actor, **arguments: Any) -> dict[str, int]:
    """Write a checked batch in one transaction: all of its good rows, or nothing at all.

    A worker that dies leaves nothing written, and the next one begins again; one that dies
    between the commit and the end of its run has written, and is not run twice.
    """
    batch_id: int = arguments["batch_id"]
    similar = bool(arguments.get("similar"))
    try:
        with scoped(by):
            batch = _claimed(batch_id, by=by)
            if batch.state == BatchState.WRITTEN:
                result = _written_before(batch, by=by)
            else:
                result = _write(batch, progress, similar=similar, by=by)
    except Exception:
        with scoped(by):
            stuck = _free(batch_id, by=by)
            if stuck is not None and stuck.state == BatchState.WRITING:
                _move(stuck, "back")
        raise
    forget(batch.file_key)
    return result


def _written_before(batch: RosterBatch, *, by: Actor) -> dict[str, int]:
    """What the journal says that an earlier attempt of the same run has written."""
    entries = Entry.objects.visible_to(by).filter(
        kind=RosterWritten.kind, subject=RosterWritten.subject, subject_id=batch.pk
    )
    payload = entries.values_list("payload", flat=True).get()
    return {name: payload[name] for name in ("new", "changed", "statuses")}


def _write(batch: RosterBatch, progress: Progress, *, similar: bool, by: Actor) -> dict[str, int]:
    BATCH.next("written", batch.state)  # refused now, not after all the work
    today, book = timezone.localdate(), place_book(by)
    wanted = (Verdict.NEW, Verdict.SIMILAR) if similar else (Verdict.NEW,)
    total = sum(batch.counts[v] for v in (*wanted, Verdict.CHANGED))
    progress.at(0, total)

    def written(step: Written) -> None:
        progress.at(step.total.elders, total)

    drafts = (_draft(s, book, today=today, by=by) for s in staged(batch, verdicts=wanted, by=by))
    source = f"名册“{batch.file_name}”"
    loaded = load(drafts, source=source, today=today, by=by, progress=written, size=_STEP)
    changed = 0
    for row in staged(batch, verdicts=(Verdict.CHANGED,), by=by):
        _change(row, book, today=today, by=by)
        changed += 1
        if changed % 100 == 0:
            progress.at(loaded.elders + changed, total)
    batch.written_at = timezone.now()
    _move(batch, "written")
    RosterRow.objects.filter(batch=batch).delete()
    result = {"new": loaded.elders, "changed": changed, "statuses": loaded.statuses}
    record(RosterWritten(batch_id=batch.pk, sha256=batch.sha256, **result), by=by)
    return result


def _again(row: StagedRow, book: PlaceBook, *, today: date, by: Actor) -> RowRead:
    """The row as it reads now."""
    within = by.territory.prefix if by.territory else ""
    return read_row(
        row.number, row.cells, book=book, within=within, today=today, demo=settings.DEMO
    )


def _no_longer(row: StagedRow) -> Refused:
    return Refused(f"第 {row.number} 行与检查时不同了，没有写入任何一行。", hint="请重新检查名册。")


def _draft(row: StagedRow, book: PlaceBook, *, today: date, by: Actor) -> NewElder:
    """Raises Refused if the row no longer reads as it did when it was checked."""
    draft = _again(row, book, today=today, by=by).draft
    if draft is None:
        raise _no_longer(row)
    return draft


def _change(row: StagedRow, book: PlaceBook, *, today: date, by: Actor) -> None:
    """Bring one registered elder up to the row, through the same actions as a form."""
    read = _again(row, book, today=today, by=by)
    (now,) = compare([read], seen=Seen(), by=by)
    if now.elder_id is None or read.person is None or read.draft is None:
        raise _no_longer(row)
    version = _version(now.elder_id)
    if now.changes:
        update_elder(
            elder_id=now.elder_id, version=version, changes=now.changes, today=today, by=by
        )
    if now.moves:
        move_residence(
            elder_id=now.elder_id,
            version=_version(now.elder_id),
            code=read.person.code,
            address=read.person.address,
            on=today,
            whole_household=False,
            today=today,
            by=by,
        )
    for at in now.statuses:
        add_status(elder_id=now.elder_id, certificate=read.draft.statuses[at], today=today, by=by)


def _version(elder_id: int) -> int:
    return Elder.objects.values_list("version", flat=True).get(pk=elder_id)


def _move(batch: RosterBatch, step: str, **changes: Any) -> None:
    batch.state = BATCH.next(step, batch.state)
    for name, value in changes.items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", "written_at", *changes])


def errors_of(rows: Iterable[StagedRow]) -> Iterator[tuple[int, str, str]]:
    """(line, column, message) of every problem, for screens and the corrected file."""
    for row in rows:
        for where, message in row.problems:
            yield row.number, where, message
