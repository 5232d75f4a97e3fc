"""A reform of a city of 1.5 million, and twelve months of it: bitmaps against openfisca-core.

    uv run python benchmarks/law/reform.py [--elders 1500000] [--rounds 7] [--months 12]

First: other hours for the severely disabled and another age for services, totals of every grant by
district. Ours reads the packs from disk again, applies the reform and counts on the bitmaps that are
there; openfisca-core (a process of its own) makes the reformed system, its simulation and
calculates. Totals must be identical. Second: twelve months, memory above the ready state of each
process (VmHWM after a reset); openfisca-core keeps what it calculated, which is its default.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from one_person import _pipes, environment
from population import CITY, ON, people

from heling.engines.law.bits import Totals
from heling.engines.law.bitstore import BitStore
from heling.engines.law.library import city_packs, default_root, gather
from heling.engines.law.population import Population, write_population
from heling.engines.law.reform import overlay, read_reform
from heling.engines.law.ruleset import RuleSet, build
from heling.engines.law.shelf import FolderShelf
from heling.engines.law.trouble import Findings

PLAN = """reform: 重度六十小时，服务提前到七十八岁
city: "330200"
changes:
  重度时数: {versions: [{from: 2026-01-01, value: HOURS}]}
  服务起始年龄: {versions: [{from: 2026-01-01, value: AGE}]}
"""
DISTRICTS = 12
SHELF = FolderShelf(default_root())


def resident(key: str = "VmRSS") -> float:
    """MiB: VmRSS now, VmHWM the greatest since the last reset."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(key)).split()[1]) / 1024


def load() -> RuleSet:
    """The packs read from disk, never from the cache."""
    return build(city_packs(str(CITY), SHELF, measures=False), str(CITY), SHELF)


def totals(store: BitStore, hours: int, age: int) -> Totals:
    """Packs read from disk, the reform laid over them, everything counted."""
    findings = Findings()
    packs = gather(city_packs(str(CITY), SHELF, measures=False), SHELF, findings)
    findings.settle()
    text = PLAN.replace("HOURS", str(hours)).replace("AGE", str(age))
    return overlay(packs, str(CITY), read_reform(text.encode(), "plan.yaml")).totals(store, ON)


def same(ours: Totals, theirs: dict[str, list[int]]) -> None:
    """Open grants count as their condition on the other side, which knows no open terms."""
    for word, grant in ours.grants.items():
        held = [a + b for a, b in zip(grant.granted, grant.open, strict=True)]
        assert held == theirs[word], word


def ask(worker: subprocess.Popen[str], request: dict[str, Any]) -> dict[str, Any]:
    stdin, stdout = _pipes(worker)
    stdin.write(json.dumps(request) + "\n")
    stdin.flush()
    reply: dict[str, Any] = json.loads(stdout.readline())
    return reply


def compare_reforms(store: BitStore, worker: subprocess.Popen[str], rounds: int) -> None:
    ours, theirs = [], []
    for n in range(rounds):
        hours, age = 60 + n, 78 - n % 3
        start = time.perf_counter()
        found = totals(store, hours, age)
        ours.append(time.perf_counter() - start)
        reply = ask(worker, {"do": "reform", "values": {"severe_hours": hours, "service_age": age}})
        theirs.append(reply["seconds"])
        same(found, reply["totals"])
        granted = found.grants["失能免费服务"]
        paid_to_all = sum(reply["totals"]["小时"])
        assert granted.amount is not None
        assert sum(granted.amount) <= paid_to_all
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    print(
        f"{store.size:,} elders, totals after a reform, packs reloaded: "
        f"engine {statistics.median(ours) * 1e3:.0f} ms, "
        f"openfisca-core {statistics.median(theirs) * 1e3:.0f} ms, "
        f"{ratio:.0f} times faster (target >= 40), identical totals of every grant and district"
    )


def compare_memory(store: BitStore, worker: subprocess.Popen[str], months: int) -> None:
    rules = load()
    rules.totals(store, ON)
    before = resident()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    start = time.perf_counter()
    for n in range(months):
        year, month = divmod(10 + n, 12)
        rules.totals(store, date(2026 + year, month + 1, 1))
    took, above = time.perf_counter() - start, resident("VmHWM") - before
    reply = ask(worker, {"do": "months", "months": months})
    print(
        f"{months} months: engine {took:.2f} s, {above:.0f} MiB above ready; openfisca-core "
        f"{reply['seconds']:.2f} s, {reply['above']:.0f} MiB above ready: "
        f"{above / reply['above']:.3f} of it (target <= 0.1)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="a reform and twelve months, against openfisca")
    parser.add_argument("--elders", type=int, default=1_500_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--months", type=int, default=12)
    options = parser.parse_args()
    facts = people(options.elders, complete=True)
    districts = np.random.default_rng(7).integers(0, DISTRICTS, options.elders) + CITY + 1
    store = BitStore(load().facts, facts, options.elders, districts)
    for hours in (58, 59):  # both sides meet the population before they are timed
        totals(store, hours, 79)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.npz"
        write_population(path, Population(facts, options.elders, districts))
        script = Path(__file__).with_name("openfisca_bulk.py")
        worker = subprocess.Popen(
            [str(environment()), str(script), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            _, stdout = _pipes(worker)
            assert json.loads(stdout.readline()) == {"ready": True}
            compare_reforms(store, worker, options.rounds)
            compare_memory(store, worker, options.months)
        finally:
            worker.terminate()
            worker.wait()


if __name__ == "__main__":
    main()
