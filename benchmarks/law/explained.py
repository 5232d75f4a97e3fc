"""Every elder of a city explained: reasons, questions, open terms, conflicts, for each of 1.5 million.

    uv run python benchmarks/law/explained.py [--elders 1500000] [--unknown 0.2]

Time and peak memory of one run in this process, population included; then a thousand people chosen
at random are determined one by one and must get word for word the same. ``--unknown`` hides every
fact of everybody at random with that probability, which no register looks like, to see how far
sharing goes.
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import date, timedelta
from typing import Any

import numpy as np
from population import CITY, ON, Column, people

from heling.engines.law import RuleSet, load_city
from heling.engines.law.units import Kind

EPOCH = date(1970, 1, 1)


def person(rules: RuleSet, facts: Column, row: int) -> dict[str, Any]:
    """One row as the facts of a person."""
    found: dict[str, Any] = {}
    for word, column in facts.items():
        if column.known is None or column.known[row]:
            found[word] = _shown(rules, word, column.values[row].item())
    return found


def _shown(rules: RuleSet, word: str, value: Any) -> Any:
    type_ = rules.facts[word].type
    if type_.kind is Kind.ENUM:
        return type_.levels[value]
    if type_.kind is Kind.CITY:
        return str(value)
    return EPOCH + timedelta(days=value) if type_.kind is Kind.DATE else value


def main() -> None:
    parser = argparse.ArgumentParser(description="every elder of a city explained")
    parser.add_argument("--elders", type=int, default=1_500_000)
    parser.add_argument("--unknown", type=float, default=0.0)
    options = parser.parse_args()
    rules, facts = load_city(str(CITY)), people(options.elders, complete=not options.unknown)
    start = time.perf_counter()
    found = rules.explain_all(facts, options.elders, ON)
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for row in np.random.default_rng(1).integers(0, options.elders, 1000).tolist():
        own, shared = rules.determine(person(rules, facts, row), ON, outlook=False), found.of(row)
        assert (own.grants, own.conflicts, own.missing) == (
            shared.grants,
            shared.conflicts,
            shared.missing,
        ), row
    print(
        f"{options.elders:,} elders explained in {took:.2f} s (target < 10), "
        f"{len(found.situations):,} situations, peak memory of the process {peak:.0f} MiB "
        f"(target < 1024); 1,000 compared one by one, word for word the same"
    )


if __name__ == "__main__":
    main()
