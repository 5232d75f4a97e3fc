"""The conformance suite through the rules as SQL, inside the real database.

The engine's own tests run the interpreter, the columns, the bitmaps and the formulas; here stands a
database for the SELECT.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from heling.engines.law.sql import quoted, table_sql
from heling.engines.law.tests.conformance import (
    EFFECTS,
    EPOCH,
    STATUSES,
    Rows,
    disagreements,
    rows_of,
    suite,
)
from heling.engines.law.units import Kind

pytestmark = pytest.mark.django_db

CASES = suite()


def _cell(rows: Rows, word: str, row: int) -> object:
    column = rows.facts[word]
    if column.known is not None and not column.known[row]:
        return None
    value = column.values[row].item()
    if rows.rules.facts[word].type.kind is Kind.DATE:
        return EPOCH.fromordinal(EPOCH.toordinal() + value)
    return value


def _judged(rows: Rows) -> dict[str, Any]:
    words = list(rows.rules.facts)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.facts")
        made = table_sql(dict(rows.rules.facts), "facts", "row")
        cursor.execute(made.replace("CREATE TABLE", "CREATE TEMPORARY TABLE"))
        names = ", ".join(quoted(w) for w in ["row", *words])
        marks = ", ".join(["%s"] * (len(words) + 1))
        people = [[n, *(_cell(rows, w, n) for w in words)] for n in range(rows.size)]
        cursor.executemany(f"INSERT INTO facts ({names}) VALUES ({marks})", people)  # noqa: S608
        cursor.execute(rows.rules.sql(rows.on, table="facts", key="row") + "\nORDER BY row")
        titles = [c.name for c in cursor.description]
        found = [dict(zip(titles, row, strict=True)) for row in cursor.fetchall()]
    return {
        right.grant.word: (
            [STATUSES[r[f"{right.grant.word}.status"]] for r in found],
            [r[f"{right.grant.word}.amount"] for r in found],
            [EFFECTS[r[f"{right.grant.word}.effect"]] for r in found],
        )
        for right in rows.rules.assembly.rights
    }


@pytest.mark.parametrize("file", sorted({c.file for c in CASES}))
def test_the_select_conforms(file: str) -> None:
    wrong = [
        d
        for case in CASES
        if case.file == file
        for rows in rows_of(case)
        for d in disagreements(rows, _judged(rows))
    ]
    assert wrong == []
