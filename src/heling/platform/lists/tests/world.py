"""A list over the journal, a two-storey tree of places, and an official: for these tests only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path

from heling.kernel.actor import Actor
from heling.kernel.identifiers import Territory
from heling.platform.journal.models import Entry
from heling.platform.lists.definition import BulkAction, Column, Kind, List, Outcome, Tool
from heling.platform.lists.filters import (
    Choice,
    Choices,
    DateRange,
    DivisionTree,
    Search,
    any_field,
)
from heling.platform.lists.page import list_page
from heling.shell.urls import urlpatterns as shell_urls

NOON = datetime(2026, 10, 1, 4, tzinfo=UTC)
STREETS = {"450103001": "甲街道", "450103002": "乙街道"}


class Perm(StrEnum):
    SEE = "t.see"
    ACT = "t.act"
    EXPORT = "t.export"


OFFICIAL = Actor(
    7, "覃工", "street", frozenset(p.value for p in Perm), territory=Territory("450103")
)
people: dict[str, Actor] = {
    "official": OFFICIAL,
    "powerless": Actor(9, "新来的", "street", territory=Territory("450103")),
}
acted: list[dict[str, Any]] = []


@dataclass(frozen=True)
class Node:
    code: str
    name: str


def children(code: str) -> list[Node]:
    return [Node(c, n) for c, n in STREETS.items() if c.startswith(code) and len(code) == 6]


def names(codes: Iterable[str]) -> dict[str, str]:
    known = {"450103": "某区", **{c: f"某区{n}" for c, n in STREETS.items()}}
    return {c: known[c] for c in codes if c in known}


class Reason(forms.Form):
    reason = forms.CharField(label="理由", min_length=4)


def act(*, by: Actor, ids: tuple[int, ...], reason: str) -> Outcome:
    acted.append({"by": by, "ids": ids, "reason": reason})
    return Outcome(f"已标记 {len(ids)} 条。", refused=("第 9 条已经标记过。",))


def never(*, by: Actor, ids: tuple[int, ...]) -> Outcome:
    raise AssertionError("not allowed to this actor")


class Hidden(StrEnum):
    NOBODY = "t.nobody"


ENTRIES = List(
    key="tests.entries",
    title="日志",
    rows=lambda actor: Entry.objects.visible_to(actor),
    columns=(
        Column(key="name", label="姓名", value="actor_name", sort="actor_name"),
        Column(key="elder", label="老年人", value="elder_id", sort="elder_id", kind=Kind.NUMBER),
        Column(key="kind", label="事件", value=lambda r: ("good", r.kind), kind=Kind.TAG),
        Column(key="at", label="时间", kind=Kind.TIME, sort="at"),
        Column(key="code", label="区划", shown=False),
        Column(key="cost", label="金额", value=lambda r: r.payload.get("fen"), kind=Kind.MONEY),
    ),
    order="name",
    filters=(
        Search(key="q", label="姓名", find=any_field("actor_name")),
        DivisionTree(key="place", label="区划", field="code", children=children, names=names),
        Choice(key="role", label="岗位", field="role", options=(("a", "甲岗"), ("b", "乙岗"))),
        Choices(key="kind", label="事件", field="kind", options=(("x", "登记"), ("y", "注销"))),
        DateRange(key="day", label="日期", field="at", moment=True),
    ),
    row_url=lambda row: f"/entry/{row.pk}/",
    actions=(
        BulkAction(key="mark", label="标记", run=act, permission=Perm.ACT, form=Reason),
        BulkAction(key="never", label="不许", run=never, permission=Hidden.NOBODY),
    ),
    tools=(Tool(label="新登记", url=lambda: "/new/", primary=True),),
    permission=Perm.SEE,
    export_permission=Perm.EXPORT,
    per_page=5,
)


def entry(name: str, **changes: Any) -> Entry:
    values = {
        "actor_name": name,
        "role": "a",
        "kind": "x",
        "payload": {},
        "code": "450103001001",
        "at": NOON,
    }
    return Entry.objects.create(**(values | changes))


def entries(count: int) -> list[Entry]:
    """``count`` rows with every third elder unknown, so that nulls are sorted too."""
    return [
        entry(
            f"人{i:03d}",
            elder_id=None if i % 3 == 0 else i % 7,
            at=NOON + timedelta(hours=i),
        )
        for i in range(count)
    ]


def actor_for(request: HttpRequest, *, request_id: str) -> Actor:
    return people[request.headers.get("X-Who", "official")]


def view(request: HttpRequest) -> HttpResponse:
    return list_page(request, ENTRIES)


urlpatterns = [path("entries/", view, name="entries"), *shell_urls]
