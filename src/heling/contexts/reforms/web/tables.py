"""The list of plans."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from heling.contexts.reforms import queries
from heling.contexts.reforms.access import Perm
from heling.platform.lists.definition import Column, Kind, List, Tool, page_by_key


def _shared(row: Any) -> tuple[str, str]:
    return ("info", "与同事共享") if row.shared else ("plain", "只有自己看")


PLANS = List(
    key="reforms.plans",
    title="改革推演",
    rows=queries.plans,
    permission=Perm.VIEW,
    exportable=False,
    order="-updated",
    columns=(
        Column(key="title", label="名称", value="title"),
        Column(key="count", label="方案", value="count", kind=Kind.NUMBER),
        Column(key="first", label="起始月份", value=lambda row: f"{row.first_month:%Y年%-m月}"),
        Column(key="months", label="月数", value="months", kind=Kind.NUMBER),
        Column(key="shared", label="共享", value=_shared, kind=Kind.TAG),
        Column(key="owner", label="所有人", value="owner"),
        Column(
            key="updated", label="修改时间", value="updated_at", kind=Kind.TIME, sort="updated_at"
        ),
    ),
    row_url=page_by_key("reforms_plan"),
    row_name="title",
    tools=(
        Tool(
            label="新推演",
            url=lambda: reverse("reforms_new"),
            permission=Perm.EDIT,
            icon="paper",
            primary=True,
        ),
    ),
    unit="个",
    empty_hint="还没有推演。按“新推演”开始；推演不影响任何决定。",
)
