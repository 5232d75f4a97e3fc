"""The second net has no hole: every table about a person is under row-level security."""

from __future__ import annotations

import pytest
from django.db import connection

# Tables with a division code and no row-level security, and why that is right.
PUBLIC = {
    "places_division": "the tree of divisions is public",
    "entitlements_cycle": "sums of a month; its lines are protected",
    "entitlements_notice": "a notice is public; its lines name nobody",
}

pytestmark = pytest.mark.django_db


def tables_with(*columns: str) -> dict[str, tuple[bool, bool, int]]:
    """(row security on, forced on the owner too, number of policies) by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select c.relname, c.relrowsecurity, c.relforcerowsecurity,
                   (select count(*) from pg_policy p where p.polrelid = c.oid)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind in ('r', 'p') and exists (
              select from pg_attribute a
              where a.attrelid = c.oid and a.attname = any(%s) and not a.attisdropped)
            """,
            [list(columns)],
        )
        return {name: (on, forced, policies) for name, on, forced, policies in cursor.fetchall()}


def test_every_table_about_an_elder_is_protected() -> None:
    found = tables_with("elder_id")
    assert len(found) > 5
    bare = {name for name, state in found.items() if not (state[0] and state[1] and state[2])}
    assert not bare, f"add protect(…) to the migrations of {bare}"


def test_every_table_with_a_division_is_protected_or_public_for_a_reason() -> None:
    bare = {name for name, state in tables_with("code").items() if not (state[0] and state[1])}
    assert not bare - PUBLIC.keys(), f"protect(…) or name in PUBLIC: {bare - PUBLIC.keys()}"
    assert not PUBLIC.keys() - bare, (
        f"protected or gone, take out of PUBLIC: {PUBLIC.keys() - bare}"
    )


def test_no_view_or_function_runs_with_its_owners_rights() -> None:
    """A SECURITY DEFINER function or a plain view of the owner would walk around the policies."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select proname from pg_proc p join pg_namespace n on n.oid = pronamespace"
            " where nspname = 'public' and prosecdef"
        )
        assert cursor.fetchall() == []
        cursor.execute("select matviewname from pg_matviews where schemaname = 'public'")
        assert cursor.fetchall() == []
        cursor.execute(
            "select relname from pg_class c join pg_namespace n on n.oid = relnamespace"
            " where nspname = 'public' and relkind = 'v'"
            " and not coalesce(reloptions::text like '%security_invoker=true%', false)"
        )
        assert cursor.fetchall() == []
