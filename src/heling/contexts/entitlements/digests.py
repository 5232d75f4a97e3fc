"""Fingerprints over many rows, computed where the rows are."""

from __future__ import annotations

from django.db import connection

# The fingerprint of a sealed month: one hash over its lines in a fixed order.
_DIGEST = """
select encode(sha256(convert_to(coalesce(string_agg(
    concat_ws('|', award_id, code, elder_id, "grant", amount, unit, starts, ends), E'\\n'
    order by award_id), ''), 'UTF8')), 'hex'), count(*)
from entitlements_line where cycle_id = %s
"""


def cycle_digest(cycle_id: int) -> tuple[str, int]:
    """SHA-256 over a month's lines in a fixed order, and their number."""
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST, [cycle_id])
        digest, size = cursor.fetchone()
    return str(digest), int(size)
