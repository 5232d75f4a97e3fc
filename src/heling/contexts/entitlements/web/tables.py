"""The list pages: which rows, columns, filters and what can be done to many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from heling.contexts.entitlements import actions
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.domain.months import CYCLE, CycleState
from heling.contexts.entitlements.domain.objections import (
    CANDIDATE,
    OBJECTION,
    OBJECTION_CHANNELS,
    CandidateState,
    ObjectionState,
)
from heling.contexts.entitlements.domain.standing import amount_text
from heling.contexts.entitlements.domain.states import CASE, CHANNEL_LABELS, Channel, State
from heling.contexts.entitlements.queries import roll, rows
from heling.contexts.entitlements.queries.cases import STATE_TAGS
from heling.contexts.entitlements.web import forms
from heling.contexts.places import public as places
from heling.contexts.registry import public as registry
from heling.kernel.actor import Actor
from heling.kernel.errors import HelingError
from heling.platform.lists.definition import (
    BulkAction,
    Column,
    Kind,
    List,
    Outcome,
    Tool,
    page_by_key,
)
from heling.platform.lists.filters import Choice, Choices, DateRange, DivisionTree, Search

_PLACE = DivisionTree(
    key="place", label="区划", field="code", children=places.children, names=places.names
)

_WHO = Column(key="elder", label="老年人", value="elder_name")
_AGE = Column(key="age", label="年龄", value="elder_age", kind=Kind.NUMBER)
_WHERE = Column(key="place", label="社区（村）", value="place_name", sort="code")

# The one box of the elder list, over other rows.
_ELDER = Search(
    key="q",
    label="查找",
    hint="老年人的姓名、拼音、证件号（全号或后四位）、电话",
    find=rows.of_elder,
    private=registry.has_whole_number,
    behind=registry.behind_number,
    field="elder_id",
)


def _options(labels: dict[Any, str]) -> list[tuple[str, str]]:
    return [(str(key), label) for key, label in labels.items()]


def _publish(*, by: Actor, ids: Sequence[int]) -> Outcome:
    notice = actions.publish_batch(application_ids=ids, on=timezone.localdate(), by=by)
    return Outcome(
        f"已发布 {notice.number}，共 {notice.size} 人次，"
        f"{notice.starts} 至 {notice.ends} 公示，{notice.ends} 过后可以决定。"
    )


def _invite(*, by: Actor, ids: Sequence[int]) -> Outcome:
    drafts = actions.invite_candidates(candidate_ids=ids, on=timezone.localdate(), by=by)
    return Outcome(
        f"已为 {len(drafts)} 位老年人拟好申请，等待本人确认。"
        "请在待办中逐位联系；本人或家属也可以在手机上确认。"
    )


def _dismiss(*, by: Actor, ids: Sequence[int], reason: str) -> Outcome:
    try:
        done = actions.dismiss_candidates(
            candidate_ids=ids, reason=reason, on=timezone.localdate(), by=by
        )
    except HelingError as error:
        return Outcome("没有移出。", refused=(str(error),))
    return Outcome(f"已移出 {done} 条。")


def _case_state(row: Any) -> tuple[str, str]:
    state = State(row.state)
    return STATE_TAGS.get(state, "info"), CASE.labels[state]


_CANDIDATE_TAGS = {
    CandidateState.FOUND: "info",
    CandidateState.INVITED: "warn",
    CandidateState.CONFIRMED: "good",
}

APPLICATIONS = List(
    key="entitlements.applications",
    title="申请与审核",
    rows=rows.applications,
    prepare=rows.with_elders_and_items,
    permission=Perm.VIEW,
    order="due",
    columns=(
        _WHO,
        _WHERE,
        Column(key="items", label="申请项目", value="item_names"),
        Column(key="state", label="状态", value=_case_state, kind=Kind.TAG, sort="state"),
        Column(key="due", label="最迟办理日", value="due_on", kind=Kind.DATE, sort="due_on"),
        Column(
            key="channel",
            label="渠道",
            value=lambda row: CHANNEL_LABELS[Channel(row.channel)],
            shown=False,
        ),
        Column(
            key="submitted",
            label="提交日",
            value="submitted_on",
            kind=Kind.DATE,
            sort="submitted_on",
        ),
        Column(key="number", label="编号", value="pk", kind=Kind.NUMBER, sort="id", shown=False),
    ),
    filters=(
        _ELDER,
        Choice(key="state", label="状态", options=_options(CASE.labels), field="state"),
        Choice(key="channel", label="渠道", options=_options(CHANNEL_LABELS), field="channel"),
        DateRange(key="due", label="最迟办理日", field="due_on"),
        _PLACE,
    ),
    row_url=page_by_key("entitlements_application"),
    row_name="elder_name",
    actions=(
        BulkAction(
            key="publish",
            label="列入公示",
            run=_publish,
            permission=Perm.PUBLISH,
            explain="只能选“复核通过”的申请。公示只显示隐去部分的姓名、社区和项目，发布后不能修改。",
        ),
    ),
    unit="份",
)

CANDIDATES = List(
    key="entitlements.candidates",
    title="免申即享",
    rows=rows.candidates,
    prepare=rows.with_elders,
    permission=Perm.VIEW,
    order="place",
    columns=(
        _WHO,
        _AGE,
        _WHERE,
        Column(key="benefit", label="待遇", value="benefit", sort="grant"),
        Column(key="amount", label="数额", value=lambda row: amount_text(row.amount, row.unit)),
        Column(
            key="state",
            label="状态",
            value=lambda row: (
                _CANDIDATE_TAGS.get(row.state, "plain"),
                CANDIDATE.labels[CandidateState(row.state)],
            ),
            kind=Kind.TAG,
            sort="state",
        ),
        Column(key="on", label="发现日", value="on", kind=Kind.DATE, sort="on"),
        Column(key="note", label="说明", value="note", shown=False),
    ),
    filters=(
        _ELDER,
        Choice(key="state", label="状态", options=_options(CANDIDATE.labels), field="state"),
        _PLACE,
    ),
    row_url=page_by_key("entitlements_elder", "elder_id"),
    row_name="elder_name",
    actions=(
        BulkAction(
            key="invite",
            label="拟好申请，请本人确认",
            run=_invite,
            permission=Perm.INVITE,
            explain="将按今天的事实再认定一次；已不符合的自动移出。",
        ),
        BulkAction(
            key="dismiss",
            label="移出名单",
            run=_dismiss,
            permission=Perm.INVITE,
            form=forms.DismissReason,
            explain="一年内不再列入。",
        ),
    ),
    tools=(
        Tool(
            label="发现应享未享",
            url=lambda: reverse("entitlements_discover"),
            permission=Perm.DISCOVER,
            icon="search",
            primary=True,
        ),
    ),
)
ROLL = List(
    key="entitlements.roll",
    title="应享名册",
    rows=roll.rows,
    prepare=rows.with_elders,
    permission=Perm.VIEW,
    order="place",
    columns=(
        _WHO,
        _AGE,
        _WHERE,
        Column(key="since", label="情形自", value="since", kind=Kind.DATE),
    ),
    filters=(
        _ELDER,
        Choice(key="right", label="待遇", options=roll.rights_of, find=roll.having),
        _PLACE,
    ),
    row_url=page_by_key("entitlements_roll_row", "elder_id"),
    row_name="elder_name",
    unit="位",
)
NOTICES = List(
    key="entitlements.notices",
    title="公示",
    rows=rows.notices,
    permission=Perm.VIEW,
    order="-published",
    columns=(
        Column(key="number", label="编号", value="number"),
        Column(key="place", label="范围", value="place"),
        Column(
            key="published",
            label="发布日",
            value="published_on",
            kind=Kind.DATE,
            sort="published_on",
        ),
        Column(key="starts", label="公示起", value="starts", kind=Kind.DATE),
        Column(key="ends", label="公示止", value="ends", kind=Kind.DATE, sort="ends"),
        Column(key="size", label="人次", value="size", kind=Kind.NUMBER),
    ),
    filters=(DateRange(key="published", label="发布日", field="published_on"),),
    row_url=page_by_key("entitlements_notice"),
    row_name="number",
    exportable=False,
    unit="份",
)

OBJECTIONS = List(
    key="entitlements.objections",
    title="异议",
    rows=rows.objections,
    prepare=rows.with_elders,
    permission=Perm.RESOLVE,
    order="due",
    columns=(
        Column(key="elder", label="公示对象", value="elder_name"),
        _WHERE,
        Column(
            key="state",
            label="状态",
            value=lambda row: (
                "warn" if row.state == ObjectionState.OPEN else "plain",
                OBJECTION.labels[ObjectionState(row.state)],
            ),
            kind=Kind.TAG,
            sort="state",
        ),
        Column(
            key="channel",
            label="渠道",
            value=lambda row: dict(_options(OBJECTION_CHANNELS)).get(row.channel, ""),
        ),
        Column(key="due", label="最迟答复日", value="due_on", kind=Kind.DATE, sort="due_on"),
        Column(key="raised", label="提出时间", value="raised_at", kind=Kind.TIME, sort="raised_at"),
    ),
    filters=(
        Choices(key="state", label="状态", options=_options(OBJECTION.labels), field="state"),
        _PLACE,
    ),
    row_url=page_by_key("entitlements_objection"),
    row_name="elder_name",
    exportable=False,
)

CYCLES = List(
    key="entitlements.cycles",
    title="月度名册",
    rows=rows.cycles,
    prepare=rows.with_places,
    permission=Perm.VIEW,
    order="-month",
    columns=(
        Column(key="month", label="月份", value=lambda row: f"{row.month:%Y年%-m月}", sort="month"),
        Column(key="place", label="范围", value="place_name"),
        Column(
            key="state",
            label="状态",
            value=lambda row: (
                "good" if row.state == CycleState.CLOSED else "info",
                CYCLE.labels[CycleState(row.state)],
            ),
            kind=Kind.TAG,
        ),
        Column(key="size", label="条数", value="size", kind=Kind.NUMBER),
        Column(key="closed", label="封存时间", value="closed_at", kind=Kind.TIME),
    ),
    row_url=page_by_key("entitlements_cycle"),
    tools=(
        Tool(
            label="编制名册",
            url=lambda: reverse("entitlements_cycle_new"),
            permission=Perm.CYCLES,
            icon="paper",
            primary=True,
        ),
    ),
    unit="份",
)
