"""A real Spark cluster with worker processes of its own says what our columns say, county by county.

Elders of three counties with a third of their facts unknown, one file a county; the same totals and
the same checksums (:mod:`heling.engines.law.checksum`) on both sides.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from heling.engines.law import load_city
from heling.engines.law.checksum import checksums, hashed
from heling.engines.law.columns import GrantColumn
from heling.engines.law.spark import SPARK, columns_spark, select_spark, totals_spark
from heling.engines.law.tests.spark_cluster import ON, people_of, run_spark, wanted, write_counties

SIZE = 50_000
COUNTIES = (101, 102, 103)
CITIES = ("330200", "450100")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Gone afterwards: pytest would keep the last three runs of it."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def _processes_about(folder: Path) -> list[str]:
    """Command lines of processes that name the folder (nothing where there is no /proc)."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(process.read_bytes().decode(errors="replace"))
    return [command for command in found if str(folder) in command]


@pytest.mark.slow
def test_two_workers_say_what_the_columns_say(folder: Path) -> None:
    counties = np.random.default_rng(1).choice(COUNTIES, SIZE, p=[0.6, 0.3, 0.1])
    keys = np.arange(SIZE)
    plan: dict[str, Any] = {
        "master": "local-cluster[2,1,1024]", "scratch": str(folder / "scratch"),
        "tables": [], "queries": {},
    }  # fmt: skip
    judged = {}
    for city in CITIES:
        rules = load_city(city, measures=True)
        facts = people_of(rules, SIZE)
        judged[city] = rules.columns(facts, SIZE, ON)
        write_counties(rules, facts, counties, folder / city)
        names = {"table": f"elders_{city}", "key": "key", "county": "county"}
        plan["tables"].append(
            {
                "name": names["table"], "folder": str(folder / city), "county": "county",
                "schema": columns_spark(dict(rules.facts), "key"),
            }
        )  # fmt: skip
        plan["queries"][city] = totals_spark(rules.assembly, ON, **names)
    answer = run_spark(plan, folder, patience=240)
    assert answer["executors"] == 2
    assert _processes_about(folder) == []
    for city in CITIES:
        found = {row.pop("county"): row for row in answer["rows"][city]}
        sums = checksums(judged[city], keys, counties)
        assert found.keys() == sums.keys() == set(COUNTIES)
        for county, row in found.items():
            assert row.pop("checksum") == sums[county], (city, county)
            assert row == wanted(judged[city], counties, county)
        assert len(set(sums.values())) == len(COUNTIES)


def test_the_hash_is_sparks() -> None:
    """Known values of ``SELECT xxhash64(CAST(n AS BIGINT))`` and of two numbers chained."""
    seed = np.full(4, 42, dtype=np.uint64)
    one = hashed(np.array([0, 1, -1, 2**53]), seed).view(np.int64).tolist()
    assert one == [
        -5252525462095825812, -7001672635703045582, 3858142552250413010, -1034437727080536603,
    ]  # fmt: skip
    both = hashed(np.array([7]), hashed(np.array([1]), seed[:1])).view(np.int64).tolist()
    assert both == [9148010362968143645]


def test_a_changed_amount_changes_its_county_alone() -> None:
    status, amount = np.ones(4, np.uint8), np.array([5, 5, 6, 6])
    keys, counties = np.arange(4), np.array([1, 1, 2, 2])
    before = checksums({"项": GrantColumn(status, amount, None)}, keys, counties)
    after = checksums(
        {"项": GrantColumn(status, amount + np.array([0, 0, 0, 1]), None)}, keys, counties
    )
    other = checksums({"别项": GrantColumn(status, amount, None)}, keys, counties)
    none = checksums({"项": GrantColumn(status, None, None)}, keys, counties)
    assert before[1] == after[1]
    assert before[2] != after[2]
    assert len({before[1], other[1], none[1]}) == 3
    turned = checksums({"项": GrantColumn(status, amount[::-1], None)}, keys[::-1], counties[::-1])
    assert turned == before


def test_names_are_quoted() -> None:
    assert SPARK.quoted("a`b") == "`a``b`"
    rules = load_city("330200")
    text = select_spark(rules.assembly, ON, table="老`人", key="键", county="区县")
    assert "FROM `老``人`" in text
    assert '"' not in text
