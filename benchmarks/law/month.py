"""A month goes by for 1.5 million elders: who crosses an age of the packs, against a full run.

    uv run python benchmarks/law/month.py [--elders 1500000] [--months 12]

Each month both ways in turn: :meth:`Standing.advance` judges only who crosses an age threshold (or
everybody, should a rule change); the reference is a full run of the same columns. Results must be
identical every month. The ratio is the median over the months.
"""

from __future__ import annotations

import argparse
import statistics
import time
from datetime import date

from population import CITY, people

from heling.engines.law import load_city
from heling.engines.law.incremental import same


def main() -> None:
    parser = argparse.ArgumentParser(description="a month's age crossings against a full run")
    parser.add_argument("--elders", type=int, default=1_500_000)
    parser.add_argument("--months", type=int, default=12)
    options = parser.parse_args()
    rules, size = load_city(str(CITY)), options.elders
    facts = people(size, complete=True)
    standing = rules.standing(facts, size, date(2026, 10, 1))
    standing.advance(date(2026, 11, 1))
    ratios, crossing = [], []
    for n in range(options.months):
        year, month = divmod(11 + n, 12)
        on = date(2026 + year, month + 1, 1)
        start = time.perf_counter()
        rows = standing.advance(on)
        middle = time.perf_counter()
        full = rules.columns(facts, size, on)
        end = time.perf_counter()
        assert same(standing.grants, full), on
        ratios.append((middle - start) / (end - middle))
        crossing.append(len(rows))
    print(
        f"{size:,} elders, {options.months} months: {statistics.median(crossing):,.0f} cross an age "
        f"a month; ratio to a full run {statistics.median(ratios):.3f} (target <= 0.1), "
        "results identical every month"
    )


if __name__ == "__main__":
    main()
