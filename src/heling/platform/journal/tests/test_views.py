"""The journal's pages: what an auditor sees, and what nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from heling.contexts.identity.public import RoleKey
from heling.contexts.identity.testing import acting, official, person, sign_in
from heling.contexts.places.testing import small_country
from heling.kernel.actor import Actor
from heling.kernel.errors import Forbidden
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import scoped
from heling.platform.journal import queries, words
from heling.platform.journal.models import Entry
from heling.platform.journal.queries import Filters
from heling.platform.journal.record import record, record_reading
from heling.platform.journal.tests.events import Followed, Happened

ENTRIES, READINGS = "/console/journal/", "/console/readings/"
CLERK = Actor(5, "张三", "committee_clerk", territory=Territory("990103001001"), request_id="r1")
OTHER = Actor(6, "李四", "street_official", territory=Territory("990105001"))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _story(db: None) -> None:
    small_country()
    record(Happened(n=1, elder_id=7, thing_id=3), by=CLERK)
    record(Happened(n=2, elder_id=8, thing_id=4, code="990105001001"), by=OTHER)
    record(Followed(n=3, code="980103001001"), by=OTHER)
    reads = {"fields": ["身份证号"], "purpose": "核对身份"}
    record_reading(by=CLERK, elder_id=7, code="990103001001", **reads)
    record_reading(by=OTHER, elder_id=9, code="980103001001", **reads)


def numbers(by: Actor, filters: Filters | None = None) -> list[str]:
    with scoped(by):
        rows, _ = queries.entries(filters or Filters(), by=by)
    return [dict(r.details)["n"] for r in rows]


@pytest.mark.parametrize(
    ("role", "code", "seen"),
    [
        (RoleKey.AUDITOR, "9901", ["2", "1"]),
        (RoleKey.AUDITOR, "990103", ["1"]),
        (RoleKey.CITY, "9901", ["2", "1"]),
        (RoleKey.CITY, "9801", ["3"]),
    ],
)
def test_entries_of_the_territory_newest_first(role: RoleKey, code: str, seen: list[str]) -> None:
    assert numbers(acting(role, code)) == seen


@pytest.mark.parametrize("role", [RoleKey.COUNTY, RoleKey.STREET, RoleKey.ASSESSOR, RoleKey.STAFF])
def test_others_may_not_read_the_logs(role: RoleKey) -> None:
    by = acting(role, "990103")
    with scoped(by):
        with pytest.raises(Forbidden):
            queries.entries(Filters(), by=by)
        with pytest.raises(Forbidden):
            queries.readings(Filters(), by=by)


def test_every_filter_narrows() -> None:
    by, today = acting(RoleKey.AUDITOR, "9901"), timezone.localdate()
    day = timedelta(days=1)
    for filters, seen in (
        (Filters(elder_id=7), ["1"]),
        (Filters(person="李"), ["2"]),
        (Filters(kind=Happened.kind), ["2", "1"]),
        (Filters(kind=Followed.kind), []),
        (Filters(subject="thing", subject_id=3), ["1"]),
        (Filters(request_id="r1"), ["1"]),
        (Filters(since=today, until=today), ["2", "1"]),
        (Filters(since=today + day), []),
        (Filters(until=today - day), []),
    ):
        assert numbers(by, filters) == seen, filters


def test_pages_go_on_without_gap_or_overlap() -> None:
    by = acting(RoleKey.AUDITOR, "9901")
    for n in range(queries.PAGE):
        record(Happened(n=100 + n), by=CLERK)
    with scoped(by):
        first, after = queries.entries(Filters(), by=by)
        second, end = queries.entries(Filters(before=after), by=by)
    assert (len(first), len(second), end) == (queries.PAGE, 2, None)
    assert first[-1].pk > second[0].pk


def test_the_page_speaks_chinese(client: Client) -> None:
    sign_in(client, official(RoleKey.AUDITOR, "9901"))
    page = client.get(ENTRIES).content.decode()
    assert "试一试" in page
    assert "社区（村）工作人员" in page
    assert "市901县103乡001村001" in page
    readings = client.get(READINGS).content.decode()
    assert "核对身份" in readings
    assert readings.count("张三") == 1
    assert "李四" not in readings


def test_a_wrong_filter_says_so_and_shows_the_rest(client: Client) -> None:
    sign_in(client, official(RoleKey.AUDITOR, "9901"))
    answer = client.get(f"{ENTRIES}?elder_id=abc&since=2026-13-01")
    assert answer.status_code == 200
    assert "请先改正下面的内容" in answer.content.decode()


@pytest.mark.parametrize("path", [ENTRIES, READINGS])
def test_closed_to_families_and_strangers(client: Client, path: str) -> None:
    assert client.get(path)["Location"].startswith("/accounts/login/")
    sign_in(client, person())
    assert client.get(path).status_code == 403
    assert client.post(path).status_code == 403


def test_an_entry_links_to_its_subject_where_there_is_a_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words, "_pages", {"thing": "identity_post_end", "elder": "no_such_page"})
    by = acting(RoleKey.AUDITOR, "990103")
    with scoped(by):
        row = queries.entries(Filters(), by=by)[0][0]
    assert row.href == "/console/accounts/3/end/"
    assert row.elder_href == ""


def test_a_division_that_is_gone_shows_its_code() -> None:
    by = acting(RoleKey.AUDITOR, "9901")
    record(Happened(n=9, code="990103777001"), by=CLERK)
    with scoped(by):
        assert queries.entries(Filters(), by=by)[0][0].place == "990103777001"
    assert Entry.objects.count() == 4
