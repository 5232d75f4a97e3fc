"""Export: asked for with a purpose, written by a job, logged, fetched by its starter only."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from heling.kernel.actor import Actor
from heling.kernel.errors import Forbidden, NotFound, Refused
from heling.platform.access.scope import scoped
from heling.platform.jobs.models import Run, RunState
from heling.platform.jobs.work import Progress, job, start
from heling.platform.journal.record import record
from heling.platform.lists import definition
from heling.platform.lists.cells import plain
from heling.platform.lists.definition import Column
from heling.platform.lists.events import ExportDownloaded, ListExported
from heling.platform.lists.keyset import chunks
from heling.platform.lists.state import State
from heling.platform.lists.writers import WRITERS, XLSX_ROWS, Writer

FORMATS = {"xlsx": "Excel 表格（XLSX）", "csv": "CSV 文本"}
KEPT_FOR = timedelta(days=3)
SHORTEST_PURPOSE = 4
JOB = "lists.export"


def folder() -> Path:
    return Path(settings.FILES_ROOT) / "exports"


def ask(request: HttpRequest, state: State) -> HttpResponse:
    """Start an export of what the URL shows; without a purpose nothing starts."""
    if not state.definition.may_export(state.actor):
        raise Forbidden("您的岗位不能导出这个列表。", hint="如工作需要，请向本单位管理员申请。")
    state.narrowed()  # a bad filter is refused here, not in the job
    purpose = request.POST.get("purpose", "").strip()
    form = request.POST.get("format", "xlsx")
    if len(purpose) < SHORTEST_PURPOSE or len(purpose) > 200 or form not in FORMATS:
        messages.error(request, "请写明导出的用途（4 到 200 个字），再导出。用途会被记录。")
        return HttpResponseRedirect(f"{request.get_full_path()}#export")
    run = start(
        JOB,
        by=state.actor,
        key=state.definition.key,
        query=state.bookmark,
        columns=[c.key for c in state.columns if c.exported],
        format=form,
        purpose=purpose,
    )
    return HttpResponseRedirect(reverse("jobs_run", args=[run.pk]))


@job(JOB, title="导出列表")
def carry_out(progress: Progress, by: Actor, **arguments: Any) -> dict[str, Any]:
    """Write the file chunk by chunk, each in a transaction of its own, so progress shows.

    Returns ``file`` (a name under the exports folder), ``rows``, ``name`` and ``href``.
    Raises Forbidden when the right was taken away meanwhile, Refused when Excel cannot
    hold that many rows.
    """
    found = definition.find(arguments["key"])
    if not found.may_export(by):
        raise Forbidden("发起导出的岗位已没有导出权限，没有导出。", hint="请向本单位管理员申请。")
    state = State(found, by, QueryDict(arguments["query"]))
    columns = tuple(found.by_key[key] for key in arguments["columns"] if key in found.by_key)
    with scoped(by):
        total = state.narrowed().order_by().count()
    if arguments["format"] == "xlsx" and total > XLSX_ROWS:
        raise Refused(
            f"共 {total:,} 条，超过 Excel 一张表的上限。", hint="请改选 CSV，或缩小条件。"
        )
    progress.at(0, total)
    folder().mkdir(parents=True, exist_ok=True)
    file = f"{secrets.token_hex(16)}.{arguments['format']}"
    path = folder() / file
    writer = WRITERS[arguments["format"]](path)
    try:
        rows = _write(writer, state, columns, progress)
        writer.close(_notes(state, by, rows, arguments["purpose"]))
    except BaseException:
        with suppress(Exception):  # a full disk refuses the closing too
            writer.close(())
        path.unlink(missing_ok=True)
        raise
    with scoped(by):
        record(
            ListExported(
                run_id=progress.run_id,
                list=found.key,
                title=found.title,
                query=arguments["query"],
                columns=tuple(c.key for c in columns),
                format=arguments["format"],
                rows=rows,
                purpose=arguments["purpose"],
            ),
            by=by,
        )
    name = f"{found.title}-{timezone.localtime():%Y%m%d-%H%M}.{arguments['format']}"
    href = reverse("lists_export_file", args=[progress.run_id])
    return {"file": file, "rows": rows, "name": name, "href": href, "link": "下载文件"}


def _write(writer: Writer, state: State, columns: tuple[Column, ...], progress: Progress) -> int:
    writer.head([column.label for column in columns])
    done = 0
    for rows in _scoped_chunks(state):
        if state.definition.prepare is not None:
            with scoped(state.actor):
                state.definition.prepare(rows)
        for row in rows:
            writer.row(plain(column, row) for column in columns)
        done += len(rows)
        progress.at(done)
    return done


def _scoped_chunks(state: State) -> Any:
    """Chunks, each read in its own short transaction under the starter's scope."""
    with scoped(state.actor):
        source = chunks(state.narrowed())
    while True:
        with scoped(state.actor):
            rows = next(source, None)
        if rows is None:
            return
        yield rows


def _notes(state: State, by: Actor, rows: int, purpose: str) -> list[tuple[str, str]]:
    with scoped(by):
        said = state.said()
    conditions = "；".join(f"{part['label']}：{part['text']}" for part in said) or "无"
    return [
        ("列表", state.definition.title),
        ("条件", conditions),
        ("条数", f"{rows:,}"),
        ("导出人", by.name),
        ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        ("用途", purpose),
        ("提示", "含个人信息，仅限上述用途，用毕删除；本次导出已记入日志。"),
        *([("演示数据", "人物和业务均为虚构，不作任何依据。")] if settings.DEMO else []),
    ]


def file(request: HttpRequest, run_id: int) -> FileResponse:
    """Give the file to the account that exported it, for three days, and log it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    run = Run.objects.filter(
        pk=run_id, job=JOB, state=RunState.DONE, user_id=actor.user_id or 0
    ).first()
    if run is None or not isinstance(run.result, dict):
        raise NotFound("没有这个导出文件。", hint="请在“后台任务”里查看，或重新导出。")
    path = folder() / str(run.result["file"])
    if run.created_at < timezone.now() - KEPT_FOR or not path.is_file():
        path.unlink(missing_ok=True)
        raise NotFound("导出文件只保留三天，已经删除。", hint="如仍需要，请重新导出并写明用途。")
    record(ExportDownloaded(run_id=run.pk, list=str(run.arguments["key"])), by=actor)
    response = FileResponse(path.open("rb"), content_type="application/octet-stream")
    disposition = content_disposition_header(True, str(run.result["name"]))  # noqa: FBT003
    response["Content-Disposition"] = disposition or "attachment"
    response["Cache-Control"] = "no-store"
    return response


@job("lists.sweep", title="删除过期的导出文件")
def sweep_job(progress: Progress, by: Actor, **arguments: Any) -> dict[str, int]:
    """Every night: files that nobody may fetch any more."""
    del progress, by, arguments
    return {"files": sweep()}


def sweep() -> int:
    """Delete files older than three days. Returns how many."""
    gone = 0
    oldest = (timezone.now() - KEPT_FOR).timestamp()
    for path in folder().glob("*.*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
