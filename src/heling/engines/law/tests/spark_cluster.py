"""Made-up elders for a cluster, the cluster itself, and what the columns expect of it."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heling.engines.law import FactColumn, RuleSet
from heling.engines.law.columns import GrantColumn
from heling.engines.law.units import Kind

ON = date(2026, 11, 1)
EPOCH = date(1970, 1, 1)
_WORKER = Path(__file__).with_name("spark_worker.py")


def people_of(rules: RuleSet, size: int) -> dict[str, FactColumn]:
    draw = np.random.default_rng(20261101)
    found = {}
    births = [(date(ON.year - age, 11, 1) - EPOCH).days for age in (60, 70, 80)]
    for word, fact in rules.facts.items():
        kind = fact.type.kind
        if kind is Kind.BOOL:
            values: Any = draw.random(size) < 0.5
        elif kind is Kind.DATE:
            values = draw.choice(births, size) + draw.choice([-4000, -1, 0, 1, 900], size)
        elif kind is Kind.CITY:
            values = draw.choice([330200, 450100, 110100], size, p=[0.45, 0.45, 0.1])
        elif kind is Kind.COUNTY:
            values = draw.choice([330203, 330205, 330212], size)
        elif kind is Kind.ENUM:
            values = draw.integers(0, fact.bounds.high + 1, size)
        else:
            values = draw.choice([fact.bounds.low, 50_000, 180_000, fact.bounds.high], size)
        found[word] = FactColumn(values, draw.random(size) < 0.67)
    return found


def _cells(rules: RuleSet, word: str, column: FactColumn) -> list[object]:
    values = column.values.tolist()
    if rules.facts[word].type.kind is Kind.DATE:
        values = [(EPOCH + timedelta(days=v)).isoformat() for v in values]
    elif rules.facts[word].type.kind is Kind.BOOL:
        values = ["true" if v else "false" for v in values]
    assert column.known is not None
    return [v if known else "" for v, known in zip(values, column.known.tolist(), strict=True)]


def write_counties(
    rules: RuleSet, facts: dict[str, FactColumn], counties: NDArray[Any], folder: Path
) -> None:
    """``county=<code>/part.csv``, the key first."""
    rows = list(zip(*(_cells(rules, w, facts[w]) for w in rules.facts), strict=True))
    for county in np.unique(counties):
        part = folder / f"county={county}"
        part.mkdir(parents=True)
        with (part / "part.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerows((n, *rows[n]) for n in np.flatnonzero(counties == county).tolist())


def run_spark(plan: dict[str, Any], folder: Path, patience: int) -> dict[str, Any]:
    """One cluster, from start to end; none of its processes outlives this call."""
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    command = [
        sys.executable,
        str(_WORKER),
        str(folder / "plan.json"),
        str(folder / "answer.json"),
    ]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SPARK", "JAVA"))}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own worker
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment,
            start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(timeout=patience)
        finally:
            _end_group(process)
    assert code == 0, (folder / "log").read_text(encoding="utf-8", errors="replace")[-3000:]
    answer: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    return answer


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a group and wait until it is gone (Java takes its time to die)."""
    with contextlib.suppress(ProcessLookupError):
        for _ in range(200):
            os.killpg(process.pid, signal.SIGKILL)
            process.poll()
            time.sleep(0.05)


def wanted(judged: dict[str, GrantColumn], counties: NDArray[Any], county: int) -> dict[str, int]:
    """Totals of one county, from the columns."""
    here = counties == county
    found = {"people": int(here.sum())}
    for word, column in judged.items():
        status = column.status[here]
        for name, code in (("granted", 1), ("unknown", 2), ("open", 3)):
            found[f"{word}.{name}"] = int((status == code).sum())
        enjoyed = status == 1
        if column.effect is not None:
            enjoyed &= np.isin(column.effect[here], (0, 1))
        found[f"{word}.enjoyed"] = int(enjoyed.sum())
        if column.amount is not None:
            found[f"{word}.amount"] = int(column.amount[here].astype(np.int64)[enjoyed].sum())
    return found
