"""The same tree for Spark: a province's elders, sharded by county.

Only text is made here; the engine knows no cluster. Sessions must run with ANSI on (the default since
Spark 4): every number is computed in a type that its bounds fit, and what would overflow all the
same is an error and never a wrong amount. How to run it: ``docs/law/scale-out.md``.
"""

from __future__ import annotations

from datetime import date

from heling.engines.law.assemble import Assembly, Right
from heling.engines.law.checksum import NO_AMOUNT, grant_code
from heling.engines.law.columns import working
from heling.engines.law.graph import Node
from heling.engines.law.interpret import Interpreter
from heling.engines.law.model import Fact
from heling.engines.law.sql import Dialect, select_sql
from heling.engines.law.units import Kind

_BY_BYTES = {
    "uint8": "SMALLINT", "int8": "SMALLINT", "uint16": "INT", "int16": "SMALLINT",
    "uint32": "BIGINT", "int32": "INT", "int64": "BIGINT",
}  # fmt: skip
_PEOPLE = 2**32
"""More than any province has: what a sum over people is bounded with."""


def _computed(node: Node) -> str:
    return _BY_BYTES[working(node).__name__]


SPARK = Dialect(
    mark="`",
    types={
        Kind.BOOL: "BOOLEAN",
        Kind.ENUM: "SMALLINT",
        Kind.NUMBER: "BIGINT",
        Kind.DATE: "DATE",
        Kind.CITY: "INT",
        Kind.COUNTY: "INT",
    },
    computed=_computed,
    divided="DIV",
    fence="",  # the optimizer keeps apart what is used twice and is not cheap
)


def columns_spark(facts: dict[str, Fact], key: str) -> str:
    """The schema of a table of facts (without its partition column), as DDL."""
    words = [f"{SPARK.quoted(w)} {SPARK.types[f.type.kind]}" for w, f in facts.items()]
    return ", ".join([f"{SPARK.quoted(key)} BIGINT", *words])


def select_spark(assembly: Assembly, on: date, *, table: str, key: str, county: str) -> str:
    """SELECT with a row per person: key, county, then status, amount and effect of every grant."""
    interpreter = Interpreter(assembly.graph.nodes)
    return select_sql(
        assembly, interpreter, on, table=table, key=key, dialect=SPARK, beside=(county,)
    )


def totals_spark(assembly: Assembly, on: date, *, table: str, key: str, county: str) -> str:
    """SELECT with a row per county: ``people``, for every grant ``.granted``, ``.unknown``, ``.open``,
    ``.enjoyed`` and ``.amount`` (of those who enjoy it), and ``checksum`` over all results, equal to
    :func:`heling.engines.law.checksum.checksums`."""
    judged = select_spark(assembly, on, table=table, key=key, county=county)
    place = SPARK.quoted(county)
    totals = ",\n  ".join(t for right in assembly.rights for t in _totals(right))
    hashes = ", ".join(_hash(right, key) for right in assembly.rights)
    high = "AGGREGATE(hashes, 0L, (sum, h) -> sum + SHIFTRIGHT(h, 32))"
    low = "AGGREGATE(hashes, 0L, (sum, h) -> sum + (h & 4294967295L))"
    return (
        f"SELECT {place}, COUNT(*) AS people,\n  {totals},\n"  # noqa: S608 - quoted throughout
        f"  CAST(SUM({high}) AS DECIMAL(38, 0)) * 4294967296\n"
        f"    + CAST(SUM({low}) AS DECIMAL(38, 0)) AS checksum\n"
        f"FROM (SELECT *, ARRAY({hashes}) AS hashes FROM (\n{judged}\n) AS results) AS hashed\n"
        f"GROUP BY {place}"
    )


def _totals(right: Right) -> list[str]:
    word = right.grant.word
    status, effect = (SPARK.quoted(f"{word}.{part}") for part in ("status", "effect"))
    enjoyed = f"{status} = 1 AND {effect} IN (0, 1)"
    found = [
        f"COUNT_IF({status} = {code}) AS {SPARK.quoted(f'{word}.{name}')}"
        for name, code in (("granted", 1), ("unknown", 2), ("open", 3))
    ]
    found.append(f"COUNT_IF({enjoyed}) AS {SPARK.quoted(f'{word}.enjoyed')}")
    if right.amount is not None:
        wide = right.amount.bounds.within(2**63 // _PEOPLE)
        amount = SPARK.typed(SPARK.quoted(f"{word}.amount"), "BIGINT" if wide else "DECIMAL(38, 0)")
        value = f"SUM(CASE WHEN {enjoyed} THEN {amount} ELSE 0 END)"
        found.append(f"{value} AS {SPARK.quoted(f'{word}.amount')}")
    return found


def _hash(right: Right, key: str) -> str:
    word = right.grant.word
    status, amount, effect = (
        SPARK.quoted(f"{word}.{part}") for part in ("status", "amount", "effect")
    )
    numbers = (
        SPARK.quoted(key),
        str(grant_code(word)),
        status,
        f"COALESCE({amount}, {NO_AMOUNT})",
        effect,
    )
    return f"XXHASH64({', '.join(SPARK.typed(n, 'BIGINT') for n in numbers)})"
