"""Files: a scenario's text, and a plan as XLSX and PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from heling.contexts.reforms import actions, queries
from heling.contexts.reforms.access import Perm
from heling.contexts.reforms.exports import FORMS, Report
from heling.kernel.errors import NotFound, Refused
from heling.platform.access.middleware import Request


@require_safe
def text(request: Request, pk: int, position: int) -> HttpResponse:
    """The reform file, for ``heling reform`` or for another plan."""
    request.actor.require(Perm.VIEW)
    found = queries.plan_page(pk, by=request.actor).scenario(position)
    if not found.text:
        raise NotFound("这个方案里还没有改动，没有原文。", hint="请先改动、保存。")
    return _file(found.text.encode(), "application/yaml; charset=utf-8", f"{found.title}.yaml")


@require_safe
def export(request: Request, pk: int, form: str) -> HttpResponse:
    """All scenarios of a plan as one file; who took it stands in the journal."""
    request.actor.require(Perm.VIEW)
    page = queries.plan_page(pk, by=request.actor)
    if form not in FORMS:
        raise NotFound("没有这种格式。", hint="可以导出 XLSX 或 PDF。")
    answers = queries.answered(page, by=request.actor)
    counted = tuple((a.scenario, a.figures) for a in answers if a.figures is not None)
    if page.snapshot is None or not counted:
        raise Refused("还没有可以导出的结果。", hint="请先生成人口快照，并在方案里保存改动。")
    actions.note_export(plan_id=pk, form=form, snapshot_id=page.snapshot.id, by=request.actor)
    report = Report(
        page=page,
        counted=counted,
        names=queries.county_names(page),
        by=request.actor.name,
        at=timezone.localtime(),
    )
    make, kind = FORMS[form]
    return _file(make(report), kind, f"{page.plan.title}.{form}")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = (
        content_disposition_header(True, name) or "attachment"  # noqa: FBT003
    )
    response["Cache-Control"] = "no-store"
    return response
