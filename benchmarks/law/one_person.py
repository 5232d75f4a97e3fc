"""One person, all grants, fully explained: the engine against openfisca-core (calculate + trace).

    uv run python benchmarks/law/one_person.py [--batches 30] [--size 20]

openfisca-core 46.0.1 runs in a process of its own, in ``var/bench-venv`` (made here with uv, never
in the project's environment). Both get the same made-up people as JSON, in batches timed in turn;
their answers must be identical. Each side is timed from the facts as JSON data to the explained
answer. The ratio is the median over batches of (their median / our median).
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

from heling.engines.law import Determination, Effect, RuleSet, Status, load_city

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / "var" / "bench-venv"
PINNED = "openfisca-core==46.0.1"
ON = date(2026, 11, 1)
EFFECTS = list(Effect)


def environment() -> Path:
    """The worker's Python; makes the environment on first use."""
    python = VENV / "bin" / "python"
    if not python.exists():
        subprocess.run(["uv", "venv", "-q", "--python", "3.11", str(VENV)], check=True)
    probe = [str(python), "-c", "import openfisca_core"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), PINNED], check=True)
    return python


def person(rng: random.Random) -> dict[str, Any]:
    """Complete facts of somebody who does not exist; statuses far more common than in life."""
    return {
        "出生日期": (date(1926, 1, 1) + timedelta(days=rng.randrange(16_000))).isoformat(),
        "户籍地": rng.choice(["330200", "330200", "330200", "450100"]),
        "居住地": rng.choice(["330200", "330200", "330200", "450100"]),
        "失能等级": rng.choice(["能力完好", "轻度", "中度", "重度", "完全失能"]),
        "赡养扶养人": rng.choice(["在身边", "长期不在身边", "无"]),
        "待遇选择": rng.choice(["未选择", "服务", "补贴"]),
        "护理补贴": rng.choice([0, 0, 50_000]),
        **{
            word: rng.random() < 0.3
            for word in (
                "低保",
                "低保边缘",
                "优抚",
                "见义勇为",
                "计划生育特殊家庭",
                "重度慢性疾病",
                "独居",
            )
        },
        "居家": rng.random() < 0.9,
    }


def summary(answer: Determination) -> dict[str, Any]:
    """Our answer in the shape that OpenFisca's can be compared with."""
    given = {g.id: g.status in (Status.GRANTED, Status.OPEN) for g in answer.grants}
    care = answer.grant("失能免费服务")
    contested = next(
        (
            g.effect
            for g in answer.grants
            if g.id in ("失能免费服务", "高龄免费服务") and given[g.id]
        ),
        None,
    )
    return {"grants": given, "hours": care.amount or 0, "effect": contested}


def compare(ours: Determination, theirs: dict[str, Any]) -> None:
    """Assert identical grants, hours and conflict effect."""
    mine = summary(ours)
    assert mine["grants"] == theirs["grants"], (mine, theirs)
    assert mine["hours"] == theirs["hours"], (mine, theirs)
    if mine["effect"] is not None:
        assert EFFECTS.index(mine["effect"]) == theirs["effect"], (mine, theirs)


def ask(worker: subprocess.Popen[str], people: list[dict[str, Any]]) -> dict[str, Any]:
    stdin, stdout = _pipes(worker)
    stdin.write(json.dumps({"month": "2026-11", "people": people}, ensure_ascii=False) + "\n")
    stdin.flush()
    reply: dict[str, Any] = json.loads(stdout.readline())
    return reply


def _pipes(worker: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    return worker.stdin, worker.stdout


def timed(
    people: list[dict[str, Any]], work: Callable[[dict[str, Any]], Determination]
) -> tuple[float, list[Determination]]:
    """Median seconds per person, and the answers."""
    times, answers = [], []
    for facts in people:
        start = time.perf_counter()
        answers.append(work(facts))
        times.append(time.perf_counter() - start)
    return statistics.median(times), answers


def one_batch(
    rules: RuleSet, worker: subprocess.Popen[str], people: list[dict[str, Any]]
) -> tuple[float, float, float, float]:
    """Seconds per person: explained, with outlook; OpenFisca calculated, with trace.

    The engine meets these people for the first time in the first measurement: reasons that it
    keeps come from others in the same situation only.
    """
    explained, answers = timed(people, lambda f: rules.determine(f, ON, outlook=False))
    full, _ = timed(people, lambda f: rules.determine(f, ON))
    reply = ask(worker, people)
    for ours, theirs in zip(answers, reply["results"], strict=True):
        compare(ours, theirs)
    return explained, full, statistics.median(reply["calculate"]), statistics.median(reply["trace"])


def run(rules: RuleSet, worker: subprocess.Popen[str], batches: int, size: int) -> None:
    rng = random.Random(20261101)  # noqa: S311 - made-up people, not secrets
    rows = [one_batch(rules, worker, [person(rng) for _ in range(size)]) for _ in range(batches)]
    explained, full, calculate, trace = (
        statistics.median(r[i] for r in rows) * 1e3 for i in range(4)
    )
    print(f"{batches * size} people, answers identical")
    print(f"openfisca-core: calculate {calculate:.2f} ms, calculate + trace {trace:.2f} ms")
    print(f"engine: explained {explained:.3f} ms, with outlook {full:.3f} ms")
    for name, i in (("explained", 0), ("with what-would-change and timeline", 1)):
        ratio = statistics.median(r[3] / r[i] for r in rows)
        target = " (target >= 15)" if i == 0 else " (OpenFisca has no counterpart)"
        print(f"ratio, {name}: {ratio:.1f} times faster than calculate + trace{target}")


def main() -> None:
    parser = argparse.ArgumentParser(description="one person explained, against openfisca-core")
    parser.add_argument("--batches", type=int, default=30)
    parser.add_argument("--size", type=int, default=20)
    options = parser.parse_args()
    worker = subprocess.Popen(
        [str(environment()), str(Path(__file__).with_name("openfisca_worker.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _, stdout = _pipes(worker)
        assert json.loads(stdout.readline()) == {"ready": True}
        run(load_city("330200"), worker, options.batches, options.size)
    finally:
        worker.terminate()
        worker.wait()


if __name__ == "__main__":
    main()
