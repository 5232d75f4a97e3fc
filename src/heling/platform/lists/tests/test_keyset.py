"""Pages by key: every row once, in order, forwards and backwards, nulls included."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.journal.models import Entry
from heling.platform.lists import keyset
from heling.platform.lists.keyset import Cursor, Order, capped_count, chunks, page_of
from heling.platform.lists.tests.world import entries, entry


def walk(order: Order, size: int, *, rows: object = None) -> list[list[int]]:
    """Ids page by page, forwards to the end."""
    pages, at = [], ""
    while True:
        page = page_of(Entry.objects.all(), order, at, size=size)
        pages.append([row.pk for row in page.rows])
        if not page.next:
            return pages
        at = page.next


class Walking(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        elders=st.lists(st.none() | st.integers(0, 3), max_size=14),
        size=st.integers(1, 5),
        field=st.sampled_from(["elder_id", "actor_name", "at", "pk"]),
        descending=st.booleans(),
    )
    def test_every_row_once_in_the_databases_own_order(
        self, elders: list[int | None], size: int, field: str, *, descending: bool
    ) -> None:
        with scoped(EVERYTHING):
            for elder in elders:
                entry("同名", elder_id=elder)
            order = Order(field, descending)
            expected = list(Entry.objects.order_by(*order.terms).values_list("pk", flat=True))
            forwards = walk(order, size)
            assert [pk for page in forwards for pk in page] == expected
            at = page_of(Entry.objects.all(), order, "", size=size)
            seen = [at]
            while at.next:
                at = page_of(Entry.objects.all(), order, at.next, size=size)
                seen.append(at)
            for earlier, later in zip(reversed(seen[:-1]), reversed(seen[1:]), strict=True):
                back = page_of(Entry.objects.all(), order, later.previous, size=size)
                assert [r.pk for r in back.rows] == [r.pk for r in earlier.rows]
                assert back.first == earlier.first
                assert bool(back.previous) == bool(earlier.previous)


def test_the_count_stops_at_its_limit(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "COUNT_LIMIT", 4)
    entries(4)
    assert capped_count(Entry.objects.all()) == 4
    page = page_of(Entry.objects.all(), Order("pk"), "", size=2)
    assert (page.count, page.more_than) == (4, False)
    entries(3)
    assert capped_count(Entry.objects.all()) == 5
    page = page_of(Entry.objects.all(), Order("pk"), "", size=2)
    assert (page.count, page.more_than) == (4, True)


@pytest.mark.parametrize("text", ["x", "AAAA", "W10", "bnVsbA", "WzEsMiwzXQ", "🙂"])
def test_a_broken_cursor_is_the_first_page(db: None, text: str) -> None:
    entries(3)
    page = page_of(Entry.objects.all(), Order("at"), text, size=2)
    assert page.first == 1
    assert page.previous == ""


def test_a_cursor_of_another_kind_is_the_first_page(db: None) -> None:
    entries(3)
    for value, pk in (("no date", 1), ("2026-01-01", "x"), ([1], 1), ({}, None)):
        page = page_of(Entry.objects.all(), Order("at"), Cursor(value, pk).encode(), size=2)
        assert page.first == 1


def test_chunks_give_every_row_in_queries_of_their_own(db: None) -> None:
    made = [row.pk for row in entries(7)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        got = [[row.pk for row in rows] for rows in chunks(Entry.objects.all(), size=3)]
    assert [pk for rows in got for pk in rows] == sorted(made)
    assert [len(rows) for rows in got] == [3, 3, 1]
    assert len(queries) == 4


def test_a_deep_page_is_bounded_by_the_sorting_field(db: None) -> None:
    rows = entries(3)
    cursor = Cursor(rows[1].at, rows[1].pk).encode()
    with CaptureQueriesContext(connection) as queries:
        page_of(Entry.objects.all(), Order("at"), cursor, size=2)
    assert '"at" >= ' in queries[0]["sql"]
    assert "OFFSET" not in queries[0]["sql"]
