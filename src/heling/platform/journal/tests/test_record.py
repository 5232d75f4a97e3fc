"""What is written down, by whom, and that it stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from heling.kernel.actor import ANONYMOUS, Actor
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import scoped
from heling.platform.journal.models import Entry, Reading
from heling.platform.journal.record import Event, rebuild, record, record_reading
from heling.platform.journal.tests.events import Happened

pytestmark = pytest.mark.django_db

CLERK = Actor(
    5, "张三", "committee_clerk", territory=Territory("990103001"), staff_session=9, request_id="r1"
)
FAMILY = Actor(6, "李四", "family", elder_ids=(7,))


def test_an_entry_says_who_did_what_to_whom_and_when() -> None:
    entry = record(Happened(n=1, elder_id=7, thing_id=3), by=CLERK)
    entry.refresh_from_db()
    assert (entry.user_id, entry.actor_name, entry.role, entry.staff_session) == (
        5,
        "张三",
        "committee_clerk",
        9,
    )
    assert (entry.kind, entry.subject, entry.subject_id) == ("journaltest.Happened", "thing", 3)
    assert (entry.code, entry.elder_id, entry.request_id) == ("990103001001", 7, "r1")
    assert entry.xid > 0
    assert rebuild(entry) == Happened(n=1, elder_id=7, thing_id=3)


def test_an_event_without_a_place_lies_where_the_actor_stands() -> None:
    assert record(Happened(n=1, code=""), by=CLERK).code == "990103001"
    assert record(Happened(n=1, code=""), by=FAMILY).code == ""


def test_an_unknown_kind_is_kept_but_not_rebuilt() -> None:
    entry = record(Happened(n=1), by=CLERK)
    assert rebuild(Entry(kind="gone.Away", payload=entry.payload)) is None


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Plain(Event):
    kind = "journaltest.Plain"

    colour: Colour
    day: date
    at: datetime
    where: Territory
    several: tuple[Colour, ...]


def test_a_payload_is_plain_values() -> None:
    event = Plain(
        Colour.RED,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, tzinfo=UTC),
        Territory("9901"),
        (Colour.RED,),
    )
    assert record(event, by=CLERK).payload == {
        "colour": "red",
        "day": "2026-01-02",
        "at": "2026-01-02T03:00:00+00:00",
        "where": "9901",
        "several": ["red"],
    }


@pytest.mark.parametrize("by", [CLERK, FAMILY, ANONYMOUS], ids=lambda a: a.role)
def test_everybody_writes_even_those_who_may_not_read(by: Actor) -> None:
    with scoped(by):
        record(Happened(n=1, code="980103001001", elder_id=99), by=by)
        record_reading(by=by, elder_id=99, code="980103001001", fields=["电话"], purpose="探访")
        assert Entry.objects.count() == 0
    assert (Entry.objects.count(), Reading.objects.count()) == (1, 1)


def test_writing_inside_the_territory_costs_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with scoped(CLERK), django_assert_num_queries(1):
        record(Happened(n=1), by=CLERK)


def test_a_reading_says_what_was_seen_and_why() -> None:
    reading = record_reading(
        by=CLERK, elder_id=7, code="990103001001", fields=["身份证号", "电话"], purpose="核对"
    )
    assert (reading.elder_id, reading.fields, reading.purpose) == (7, ["身份证号", "电话"], "核对")


@pytest.mark.parametrize("table", ["journal_entry", "journal_reading"])
@pytest.mark.parametrize("sql", ["update {} set actor_name = 'x'", "delete from {}", "truncate {}"])
def test_nothing_is_changed_or_deleted(table: str, sql: str) -> None:
    record(Happened(n=1), by=CLERK)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))


def test_a_rolled_back_action_leaves_no_entry() -> None:
    with transaction.atomic():
        record(Happened(n=1), by=CLERK)
        transaction.set_rollback(True)
    assert Entry.objects.count() == 0
