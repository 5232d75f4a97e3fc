"""Fingerprints over many rows, in flat memory here and in the database."""

from __future__ import annotations

import hashlib

from django.db import connection

_CHUNK = 5000
# A line of a sealed month, as it goes into the month's fingerprint.
_LINES = """
select concat_ws('|', award_id, code, elder_id, "grant", amount, unit, starts, ends)
from entitlements_line where cycle_id = %s order by award_id
"""


def cycle_digest(cycle_id: int) -> tuple[str, int]:
    """SHA-256 over a month's lines, one a line by award, and their number.

    Reads through a server-side cursor: must run inside a transaction with the actor's scope.
    """
    digest, size = hashlib.sha256(), 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(_LINES, [cycle_id])
        while rows := cursor.fetchmany(_CHUNK):
            text = "\n".join(row[0] for row in rows)
            digest.update(("\n" * bool(size) + text).encode())
            size += len(rows)
    return digest.hexdigest(), size
