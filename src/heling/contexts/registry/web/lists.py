"""The list of elders."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from heling.contexts.places import public as places
from heling.contexts.registry.access import Perm
from heling.contexts.registry.domain.states import ElderState
from heling.contexts.registry.domain.words import Living, Sex, StatusKind, choices, label
from heling.contexts.registry.queries import lists as queries
from heling.contexts.registry.queries.search import behind_number, has_whole_number, narrowed
from heling.kernel.period import age_on
from heling.platform.access.middleware import Request
from heling.platform.lists.definition import Column, Kind, List, Tool, page_by_key
from heling.platform.lists.filters import Choice, DivisionTree, Search
from heling.platform.lists.page import list_page

AGES = [(str(n), f"{n} 周岁以上") for n in (60, 70, 80, 90, 100)]
STATES = [(s.value, s.label) for s in ElderState if s is not ElderState.MERGED]


def _age(row: Any) -> int:
    today = timezone.localdate()
    return age_on(row.birth, min(today, row.died_on) if row.died_on else today)


def _status(rows: Any, value: str) -> Any:
    return queries.having(rows, StatusKind(value), on=timezone.localdate())


def _aged(rows: Any, value: str) -> Any:
    return queries.of_age(rows, at_least=int(value), on=timezone.localdate())


ELDERS = List(
    key="registry.elders",
    title="老年人档案",
    unit="位",
    rows=lambda actor: queries.elders(by=actor),
    columns=(
        Column(key="name", label="姓名", sort="pinyin"),
        Column(key="sex", label="性别", value=lambda e: label(Sex, e.sex)),
        Column(key="age", label="年龄", kind=Kind.NUMBER, value=_age),
        Column(key="birth", label="出生日期", kind=Kind.DATE, shown=False),
        Column(key="id_masked", label="证件号"),
        Column(key="phone_masked", label="电话"),
        Column(key="place", label="社区（村）", sort="code"),
        Column(key="address", label="地址"),
        Column(key="living", label="居住情况", value=lambda e: label(Living, e.living)),
        Column(key="state", label="状态", kind=Kind.TAG, value="state_tag"),
    ),
    order="place",
    filters=(
        Search(
            key="q",
            label="查找",
            hint="姓名、拼音、证件号（全号或后四位）、本人或家属电话",
            find=narrowed,
            private=has_whole_number,
            behind=behind_number,
        ),
        DivisionTree(
            key="place", label="区划", field="code", children=places.children, names=places.names
        ),
        Choice(key="status", label="身份认定", options=choices(StatusKind), find=_status),
        Choice(key="age", label="年龄", options=AGES, find=_aged),
        Choice(key="living", label="居住情况", options=choices(Living), field="living"),
        Choice(key="state", label="状态", options=STATES, field="state"),
    ),
    prepare=queries.describe,
    row_url=page_by_key("registry_elder"),
    row_name="name",
    tools=(
        Tool(
            label="新登记",
            url=lambda: reverse("registry_elder_new"),
            permission=Perm.REGISTER,
            icon="plus",
            primary=True,
        ),
        Tool(
            label="批量导入",
            url=lambda: reverse("registry_roster_list"),
            permission=Perm.REGISTER,
            icon="upload",
        ),
        Tool(
            label="疑似重复",
            url=lambda: reverse("registry_duplicate_list"),
            permission=Perm.MERGE,
        ),
    ),
    permission=Perm.VIEW,
    export_permission=Perm.EXPORT,
)


def elder_list(request: Request) -> HttpResponse:
    """The elders of the territory; on top how many there are, by state."""
    request.actor.require(Perm.VIEW)
    return list_page(request, ELDERS)
