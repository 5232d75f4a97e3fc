"""A population streamed into the registry: memory must not grow with its size.

    uv run python benchmarks/seed/population.py [--elders 1500000] [--small 50000] [--var var/bench]

Two runs of ``heling seed`` into a database of their own (HELING_VAR), the small one first, each
in a fresh process: elders per second, processor seconds of the process, peak resident memory, size
of the database. The ratio is the large run's peak memory over the small run's. The database of the
large run stays where it is, for whoever needs 1.5 million elders to look at.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

_RUN = """
import json, resource, sys
from heling.shell.cli import main
code = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"code": code, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}))
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--elders", type=int, default=1_500_000)
    parser.add_argument("--small", type=int, default=50_000)
    parser.add_argument("--var", type=Path, default=Path("var/bench"))
    args = parser.parse_args()
    os.environ["HELING_VAR"] = str(args.var.resolve())
    small, large = (_seed(args.var, elders) for elders in (args.small, args.elders))
    print(f"ratio of peak memory, {args.elders:,} / {args.small:,}: {large / small:.2f}")


def _seed(var: Path, elders: int) -> float:
    """Seed a fresh database with ``elders`` people; returns the peak memory in MB."""
    from heling.shell.configuration import read

    server = read().server
    server.start()
    server.psql("postgres", "drop database if exists heling with (force)")
    (var / "schema").unlink(missing_ok=True)
    subprocess.run([sys.executable, "-m", "heling", "database", "start"], check=True)
    begun = time.monotonic()
    seed = [sys.executable, "-c", _RUN, "seed", "--elders", str(elders)]
    done = subprocess.run(seed, check=True, stdout=subprocess.PIPE, text=True)
    wall = time.monotonic() - begun
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["code"] == 0
    size = server.psql("heling", "select pg_size_pretty(pg_database_size('heling'))")
    print(
        f"{elders:>9,} elders: {wall:,.0f} s, {elders / wall:,.0f}/s, "
        f"{found['cpu']:,.0f} s of processor here, peak {found['mb']:.0f} MB, database {size}"
    )
    return float(found["mb"])


if __name__ == "__main__":
    main()
