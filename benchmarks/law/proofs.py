"""What proofs cost: every property of every city's packs, against walking the edges of the facts.

    uv run python benchmarks/law/proofs.py [--runs 9]

The reference is the interpreter over every combination of edge values (each threshold, a day or a
unit less and more) of all facts that decide "hours and subsidy are never enjoyed together": it says
less (edges only, one price, one day) and its answer must agree. It is timed on a sample of the
combinations and scaled to their number. Medians over runs, both sides in turn.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from heling.engines.law import RuleSet, load_city
from heling.engines.law.branches import dead_branches
from heling.engines.law.claims import promises, properties_of
from heling.engines.law.interpret import Interpreter
from heling.engines.law.library import cities, default_root
from heling.engines.law.model import Fact
from heling.engines.law.proofs import broken_by, prove
from heling.engines.law.trouble import Findings
from heling.engines.law.units import Kind

ON = date(2026, 11, 1)
SAMPLE = 20_000
HERE, ELSEWHERE = 330200, 110100
TOGETHER = "失能服务和补贴不同享"
MONEY = [n + d for n in (0, 120_000, 132_000, 180_000, 192_000) for d in (-1, 0, 1) if n + d >= 0]


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def edges(fact: Fact) -> list[Any]:
    """Where something may turn; the birthdays are those of the ages that the packs name."""
    kind = fact.type.kind
    if kind is Kind.BOOL:
        return [False, True]
    if kind is Kind.ENUM:
        return list(range(len(fact.type.levels)))
    if kind is Kind.CITY:
        return [HERE, ELSEWHERE]
    if kind is Kind.DATE:
        days = [ON.replace(year=ON.year - age) for age in (60, 70, 80)]
        return [d + timedelta(days=n) for d in days for n in (-1, 0, 1)]
    return MONEY


def walked(rules: RuleSet) -> Callable[[], int]:
    """A run over a sample of all combinations; returns how many combinations there are."""
    item = next(p for p in properties_of(rules.packs) if p.word == TOGETHER)
    (promise,) = promises(rules.assembly, (item,), Findings())
    interpreter = Interpreter(list(promise.nodes))
    facts = list(rules.facts.values())
    used = {n.payload.word for n in promise.nodes if isinstance(n.payload, Fact)}
    decisive = [f for f in facts if f.word in used & DECISIVE]
    rows = list(itertools.product(*(edges(f) for f in decisive)))
    people = [
        dict(zip([f.word for f in decisive], row, strict=True))
        for row in random.Random(1).sample(rows, SAMPLE)  # noqa: S311 - made-up people
    ]

    def run() -> int:
        for person in people:
            assert interpreter.run(person, ON)[promise.must.index] is not False, person
        return len(rows)

    return run


DECISIVE = {
    *("户籍地", "居住地", "居家", "出生日期", "失能等级", "低保", "低保边缘", "计划生育特殊家庭"),
    *("优抚", "见义勇为", "护理补贴", "待遇选择"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    for city in cities(default_root()):
        rules = load_city(city)
        count = len(prove(rules))
        every = statistics.median(milliseconds(lambda r=rules: prove(r)) for _ in range(runs))
        dead = statistics.median(
            milliseconds(lambda r=rules: dead_branches(r.assembly)) for _ in range(runs)
        )
        change = statistics.median(milliseconds(lambda r=rules: broken_by(r, r)) for _ in range(3))
        print(
            f"{city}: {count} properties proved in {every:.0f} ms, dead branches {dead:.0f} ms, "
            f"a change judged in {change:.0f} ms"
        )
    rules = load_city("330200", measures=True)
    item = next(p for p in properties_of(rules.packs) if p.word == TOGETHER)
    walk = walked(rules)
    total = walk()
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(milliseconds(lambda: prove(rules, [item])))
        theirs.append(milliseconds(walk) * total / SAMPLE)
    assert prove(rules, [item])[0].holds
    proof, reference = statistics.median(ours), statistics.median(theirs)
    print(
        f"{TOGETHER}: proof {proof:.0f} ms, {total:,} edge combinations {reference:,.0f} ms, "
        f"ratio {reference / proof:.0f}"
    )


if __name__ == "__main__":
    main()
