"""The three lists: all assessments, those due again, the disputed ones."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone

from heling.contexts.assessment.access import Perm
from heling.contexts.assessment.domain import ASSESSMENT, GBT42195, LTC2021, State
from heling.contexts.assessment.queries.rows import (
    all_rows,
    attach_elders,
    dispute_rows,
    due_rows,
    standard_of,
    title_of,
)
from heling.contexts.assessment.web.console import require_any
from heling.contexts.places.public import children, names
from heling.platform.access.middleware import Request
from heling.platform.lists.definition import Column, Kind, List, page_by_key
from heling.platform.lists.filters import Choice, DateRange, DivisionTree
from heling.platform.lists.page import list_page

SCALES = [(s, title_of(s)) for s in (GBT42195, LTC2021)]
STATES = [(s.value, label) for s, label in ASSESSMENT.labels.items()]
_STATE_KINDS = {
    State.DRAFT: "plain",
    State.AWAITING_SIGNATURE: "info",
    State.COMPLETED: "good",
    State.DISPUTED: "warn",
    State.SUPERSEDED: "plain",
    State.VOIDED: "bad",
}
_SOON = 30


def _state(row: Any) -> tuple[str, str]:
    return _STATE_KINDS[State(row.state)], row.get_state_display()


def _name(row: Any) -> str:
    return row.elder.name if row.elder else ""


def _place(row: Any) -> str:
    return row.elder.place_name if row.elder else ""


def _scale(row: Any) -> str:
    return standard_of(row.scale)


def _level(row: Any) -> tuple[str, str] | None:
    """待核实 stands on the level wherever an unverified value decided it."""
    if not row.level_label:
        return None
    return ("warn", f"{row.level_label} 待核实") if row.unverified else ("plain", row.level_label)


def due_mark(due: date, today: date) -> tuple[str, str]:
    """How urgent: the last day itself is still in time."""
    days = (due - today).days
    if days < 0:
        return "bad", f"已逾期 {-days} 天"
    if days <= _SOON:
        return "warn", "今天到期" if days == 0 else f"还有 {days} 天"
    return "plain", f"还有 {days} 天"


def _due(row: Any) -> tuple[str, str]:
    return due_mark(row.due_on, timezone.localdate())


def _within(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    today = timezone.localdate()
    if value == "overdue":
        return rows.filter(due_on__lt=today)
    return rows.filter(due_on__lte=today + timedelta(days=int(value)))


TERRITORY = DivisionTree(key="code", label="区划", field="code", children=children, names=names)

ALL = List(
    key="assessment.all",
    title="评估任务",
    rows=all_rows,
    columns=(
        Column(key="elder", label="姓名", value=_name),
        Column(key="place", label="社区（村）", value=_place),
        Column(key="scale", label="量表", value=_scale),
        Column(key="state", label="状态", value=_state, kind=Kind.TAG),
        Column(key="level", label="等级", value=_level, kind=Kind.TAG),
        Column(key="planned_on", label="约定日期", kind=Kind.DATE),
        Column(key="assessed_on", label="评估日期", kind=Kind.DATE),
        Column(key="due_on", label="下次最迟", kind=Kind.DATE),
        Column(key="id", label="编号", value="pk", sort="id", kind=Kind.NUMBER),
    ),
    order="-id",
    filters=(
        TERRITORY,
        Choice(key="state", label="状态", options=STATES, field="state"),
        Choice(key="scale", label="量表", options=SCALES, field="scale"),
        DateRange(key="on", label="评估日期", field="assessed_on"),
    ),
    row_url=page_by_key("assessment"),
    row_name=_name,
    prepare=attach_elders,
    export_permission=Perm.VIEW,
    unit="次",
)

DUE = List(
    key="assessment.due",
    title="到期复评",
    rows=due_rows,
    columns=(
        Column(key="elder", label="姓名", value=_name),
        Column(key="place", label="社区（村）", value=_place),
        Column(key="mark", label="期限", value=_due, kind=Kind.TAG),
        Column(key="due_on", label="最迟日期", kind=Kind.DATE, sort="due_on"),
        Column(key="level", label="现行等级", value=_level, kind=Kind.TAG),
        Column(key="assessed_on", label="上次评估", kind=Kind.DATE),
        Column(key="scale", label="量表", value=_scale),
        Column(
            key="arrange",
            label="安排",
            value="elder_id",
            template="assessment/_arrange_link.html",
            exported=False,
        ),
    ),
    order="due_on",
    filters=(
        TERRITORY,
        Choice(
            key="within",
            label="期限",
            options=[
                ("overdue", "已逾期"),
                ("30", "30 天内到期和已逾期"),
                ("90", "90 天内到期和已逾期"),
            ],
            find=_within,
        ),
        Choice(key="scale", label="量表", options=SCALES, field="scale"),
    ),
    row_url=page_by_key("assessment"),
    row_name=_name,
    prepare=attach_elders,
    permission=Perm.VIEW,
    export_permission=Perm.VIEW,
    unit="人",
)

DISPUTES = List(
    key="assessment.disputes",
    title="评估异议",
    rows=dispute_rows,
    columns=(
        Column(key="elder", label="姓名", value=_name),
        Column(key="place", label="社区（村）", value=_place),
        Column(key="raised_by", label="提出人"),
        Column(key="relation", label="关系"),
        Column(key="on", label="提出日期", kind=Kind.DATE),
        Column(
            key="outcome",
            label="处理",
            kind=Kind.TAG,
            value=lambda d: ("plain", d.get_outcome_display()) if d.outcome else ("warn", "待复评"),
        ),
        Column(key="level", label="所评等级", value="assessment.level_label"),
        Column(key="id", label="编号", value="pk", sort="id", kind=Kind.NUMBER),
    ),
    order="-id",
    filters=(
        TERRITORY,
        Choice(
            key="open",
            label="处理",
            options=[("yes", "待处理"), ("no", "已处理")],
            find=lambda rows, value: rows.filter(closed_at__isnull=value == "yes"),
        ),
    ),
    row_url=page_by_key("assessment", "assessment_id"),
    row_name=_name,
    prepare=attach_elders,
    permission=Perm.VIEW,
    export_permission=Perm.VIEW,
    unit="条",
)


def assessments(request: Request) -> HttpResponse:
    require_any(request.actor, Perm.VIEW, Perm.VIEW_LEVEL, Perm.PERFORM)
    return list_page(request, ALL)


def due(request: Request) -> HttpResponse:
    return list_page(request, DUE)


def disputes(request: Request) -> HttpResponse:
    return list_page(request, DISPUTES)
