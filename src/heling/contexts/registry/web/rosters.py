"""Bringing a roster in: hand in a file, look at what would happen, write it or drop it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from urllib.parse import quote

import xlsxwriter
from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heling.contexts.registry.access import Perm
from heling.contexts.registry.domain.rosters import VERDICTS, Verdict
from heling.contexts.registry.imports import actions, queries
from heling.contexts.registry.imports.rows import COLUMNS, REQUIRED
from heling.contexts.registry.imports.staging import StagedRow
from heling.kernel.errors import BadInput, Problem
from heling.platform.access.middleware import Request
from heling.platform.journal.record import record_reading


class UploadForm(forms.Form):
    file = forms.FileField(
        label="名册文件",
        help_text="Excel（.xlsx）或 CSV，不超过 64 MB。先检查，不会马上写入。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "请选择一个文件", "empty": "这个文件是空的"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def roster_list(request: Request) -> HttpResponse:
    """Hand in a file; what was handed in before stands below."""
    by = request.actor
    by.require(Perm.REGISTER)
    form = UploadForm(request.POST or None, request.FILES or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            batch = actions.upload_roster(name=upload.name, chunks=upload.chunks(), by=by)
            return redirect("registry_roster", batch)
        except BadInput as error:
            problems = error.problems
    context = {"form": form, "problems": problems, "batches": queries.recent_batches(by=by)}
    failed = request.method == "POST"
    return render(request, "registry/roster_list.html", context, status=422 if failed else 200)


@require_safe
@never_cache
def roster(request: Request, batch_id: int) -> HttpResponse:
    """One batch: progress, then sums and rows by what would happen to them."""
    by = request.actor
    by.require(Perm.REGISTER)
    page = queries.batch_page(batch_id, by=by)
    shown = _verdict(request.GET.get("show", ""), page)
    rows = queries.rows_of(batch_id, shown, by=by)
    if rows:
        record_reading(
            by=by, elder_id=None, code=by.territory.code if by.territory else "",
            fields=["名册内容"], purpose=f"核对导入的名册（{VERDICTS[shown]}）",
        )  # fmt: skip
    context = {"page": page, "rows": rows, "shown": shown, "most": queries.SHOWN}
    return render(request, "registry/roster.html", context)


def _verdict(text: str, page: queries.BatchPage) -> Verdict:
    if text in set(Verdict):
        return Verdict(text)
    return Verdict.ERROR if page.errors else Verdict.NEW


@require_POST
def roster_write(request: Request, batch_id: int) -> HttpResponse:
    similar = request.POST.get("similar") == "1"
    actions.write_roster(batch_id=batch_id, similar=similar, by=request.actor)
    return redirect("registry_roster", batch_id)


@require_POST
def roster_drop(request: Request, batch_id: int) -> HttpResponse:
    actions.drop_roster(batch_id=batch_id, by=request.actor)
    return redirect("registry_roster_list")


@require_safe
def roster_template(request: Request) -> HttpResponse:
    """An empty roster with the right headings and a note for each of them."""
    request.actor.require(Perm.REGISTER)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("老年人名册")
        bold = book.add_format({"bold": True, "num_format": "@"})
        text = book.add_format({"num_format": "@"})  # numbers stay whole when typed in
        for column, heading in enumerate(COLUMNS):
            sheet.write_string(0, column, heading, bold)
            sheet.set_column(column, column, 18, text)
            if heading in REQUIRED:
                sheet.write_comment(0, column, "必填")
    return _download(buffer.getvalue(), "老年人名册模板.xlsx")


@require_safe
@never_cache
def roster_faults(request: Request, batch_id: int) -> HttpResponse:
    """The rows with problems, as they were typed, with what to mend in front: correct and re-upload."""
    request.actor.require(Perm.REGISTER)
    rows = queries.faulty_rows(batch_id, by=request.actor)
    text = "".join(_fault_lines(rows))
    return _download(text.encode("utf-8-sig"), "需改正的行.csv")


def _fault_lines(rows: Iterator[StagedRow]) -> Iterator[str]:
    yield _csv_line(["问题", *COLUMNS])
    for row in rows:
        problems = "；".join(f"{where}：{message}" for where, message in row.problems)
        yield _csv_line(
            [f"第 {row.number} 行 {problems}", *(row.cells.get(c, "") for c in COLUMNS)]
        )


def _csv_line(cells: list[str]) -> str:
    buffer = io.StringIO()
    # A cell that begins like a formula would run when the file is opened (ASVS 1.2.10).
    csv.writer(buffer).writerow(f"'{c}" if c[:1] in "=+-@\t\r" and c else c for c in cells)
    return buffer.getvalue()


def _download(data: bytes, name: str) -> HttpResponse:
    kind = "text/csv" if name.endswith(".csv") else "application/octet-stream"
    response = HttpResponse(data, content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


console = [
    path("elders/import/", roster_list, name="registry_roster_list"),
    path("elders/import/template/", roster_template, name="registry_roster_template"),
    path("elders/import/<int:batch_id>/", roster, name="registry_roster"),
    path("elders/import/<int:batch_id>/write/", roster_write, name="registry_roster_write"),
    path("elders/import/<int:batch_id>/drop/", roster_drop, name="registry_roster_drop"),
    path("elders/import/<int:batch_id>/faults/", roster_faults, name="registry_roster_faults"),
]
