"""A city of 1,500,000 on a local Spark cluster of two worker processes, against the columns.

    uv run python benchmarks/law/spark.py [--elders N] [--counties N]

The same people, the same day, a third of every fact unknown, Parquet with a folder per county. Both
sides give totals and a checksum per county, and are compared before anything is printed.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from heling.engines.law import load_city
from heling.engines.law.checksum import checksums
from heling.engines.law.spark import columns_spark, totals_spark
from heling.engines.law.tests.spark_cluster import ON, people_of, run_spark, wanted, write_counties

CITY = "330200"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--elders", type=int, default=1_500_000)
    parser.add_argument("--counties", type=int, default=10)
    args = parser.parse_args()
    rules = load_city(CITY, measures=True)
    facts = people_of(rules, args.elders)
    counties = np.random.default_rng(1).integers(101, 101 + args.counties, args.elders)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_counties(rules, facts, counties, folder / "people")
        answer = run_spark(
            {
                "master": "local-cluster[2,1,2048]",
                "scratch": str(folder / "scratch"),
                "parquet": True,
                "rounds": 5,
                "tables": [
                    {
                        "name": "elders",
                        "folder": str(folder / "people"),
                        "schema": columns_spark(dict(rules.facts), "key"),
                        "county": "county",
                    }
                ],
                "queries": {
                    "totals": totals_spark(
                        rules.assembly, ON, table="elders", key="key", county="county"
                    )
                },
            },
            folder,
            patience=900,
        )
    took = []
    for _ in range(5):
        began = time.perf_counter()
        judged = rules.columns(facts, args.elders, ON)
        sums = checksums(judged, np.arange(args.elders), counties)
        totals = {county: wanted(judged, counties, county) for county in sums}
        took.append(time.perf_counter() - began)
    for row in answer["rows"]["totals"]:
        county = row.pop("county")
        assert row.pop("checksum") == sums[county]
        assert row == totals[county]
    spark, ours = statistics.median(answer["seconds"]["totals"]), statistics.median(took)
    print(f"{args.elders:,} elders, {args.counties} counties, Spark {answer['spark']}, identical")
    print(f"Spark, two workers: {spark:.2f} s (first {answer['seconds']['totals'][0]:.2f} s)")
    print(f"columns, one process: {ours:.2f} s; ratio {spark / ours:.1f}")


if __name__ == "__main__":
    main()
