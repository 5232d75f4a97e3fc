"""What was recorded since a moment, for whoever keeps a copy of many rows up to date.

A position is the oldest transaction that was still running when the copy was made: what older
ones wrote, the copy holds; what that one or a younger one wrote, it may lack. Read again by
such a position, some entries come twice and none is missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import connection

from heling.platform.journal.models import Entry


def position() -> int:
    """The oldest transaction that is still running: everything below has ended."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def entries_since(place: int, kinds: Iterable[str]) -> Iterator[Entry]:
    """Entries of some kinds that were written after a position or at it, in order."""
    rows = Entry.objects.filter(xid__gte=place, kind__in=list(kinds)).order_by("xid", "id")
    return rows.iterator()
