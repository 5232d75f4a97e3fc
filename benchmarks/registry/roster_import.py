"""A roster of a county, from file to registry, against COPY of the same rows.

    uv run python benchmarks/registry/roster_import.py [--rows 100000] [--small 10000] [--copies 3]

On an embedded server of its own with the settings of production (fsync on) and the real
divisions of a city. One file of generated people per kind (CSV, XLSX) and size; each is
checked and then written by a fresh process that does what the worker does. Afterwards the
rows that the import left (households, elders, supporters, statuses, search tokens: columns
final, numbers already sealed) are copied by one COPY each, in one transaction, into empty
tables made ``like … including all``: the same constraints and indexes, but without foreign
keys, triggers and row-level security. The ratio is the import's time over that.

Memory is what the kernel remembers as the highest of the worker process (VmHWM, reset just
before the job): it must not grow with the rows.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from heling.demo import ROSTER_COLUMNS

COUNTY = "330212"
TABLES = (
    "registry_household",
    "registry_elder",
    "registry_supporter",
    "registry_status",
    "registry_eldertoken",
)
MB = 1024 * 1024


# --- in a process of its own: one job, as the worker carries it out --------------------------


def carry_out(run_id: int) -> None:
    """Carry a run out and print what it took: seconds, and memory in kB before and at most."""
    from heling.platform.jobs.work import carry_out as work

    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forget the highest so far
    begun, busy = time.perf_counter(), time.process_time()
    run = work(run_id)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - busy
    figures = {"seconds": seconds, "cpu": cpu, "before": before, "peak": _memory("VmHWM")}
    print(json.dumps(figures | {"state": run.state, "message": run.message, "result": run.result}))


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


# --- the city, the files ---------------------------------------------------------------------


def prepare() -> tuple[int, Any]:
    """Divisions of the county's city and a clerk; the clerk's account and the villages."""
    from heling.contexts.identity.models import Post, User
    from heling.kernel.identifiers import Territory
    from heling.platform.access.scope import EVERYTHING, scoped
    from heling.shell.city.ground import prepare as load_divisions
    from heling.shell.city.ground import villages
    from heling.shell.city.seeding import seeder

    county = (Territory.parse(COUNTY),)
    with scoped(EVERYTHING):
        load_divisions(county, by=seeder())
        ground = villages(county)
        user = User.objects.create(username="bench", name="名册员", password="!")  # noqa: S106
        Post.objects.create(user=user, role="county_official", code=COUNTY, starts=date(2020, 1, 1))
    return user.pk, ground


def write_files(folder: Path, ground: Any, sizes: tuple[int, ...]) -> dict[tuple[str, int], Path]:
    """One CSV and one XLSX of each size, in streaming memory."""
    from django.utils import timezone

    from heling.demo import generate, roster_rows, write_csv, write_xlsx

    files = {}
    for size in sizes:
        for suffix, write in (("csv", write_csv), ("xlsx", write_xlsx)):
            path = files[suffix, size] = folder / f"{size}.{suffix}"
            people = generate(seed=7, elders=size, villages=ground, on=timezone.localdate())
            written = write(path, map(_at_home, roster_rows(people)))
            assert written == size, f"{written} rows instead of {size}"
    return files


def _at_home(row: tuple[str, ...]) -> tuple[str, ...]:
    """A row whose hukou lies where the person lives: the tree holds one city, and a hukou in
    another one could not be found by its name."""
    hukou, home = ROSTER_COLUMNS.index("户籍所在村（社区）"), ROSTER_COLUMNS.index("居住村（社区）")
    return (*row[:hukou], row[home], *row[hukou + 1 :])


# --- one import --------------------------------------------------------------------------------


def import_file(path: Path, *, database: str, url: str) -> dict[str, Any]:
    """Upload, check and write one file in ``database``; figures of both phases."""
    from django.db import connection

    from heling.contexts.identity.public import actor_of_account
    from heling.contexts.registry.imports.actions import upload_roster, write_roster
    from heling.contexts.registry.models import RosterBatch
    from heling.platform.access.scope import scoped

    connection.close()
    connection.settings_dict["NAME"] = database
    by = actor_of_account("bench")
    with scoped(by), path.open("rb") as file:
        chunks = iter(lambda: file.read(MB), b"")
        batch_id = upload_roster(name=path.name, chunks=chunks, by=by)
        run_id = RosterBatch.objects.get(pk=batch_id).run_id or 0
    check = _in_a_worker(run_id, url=url)
    with scoped(by):
        counts = RosterBatch.objects.get(pk=batch_id).counts
        run_id = write_roster(batch_id=batch_id, similar=False, by=by)
    write = _in_a_worker(run_id, url=url)
    connection.close()
    return {"check": check, "write": write, "counts": counts}


def _in_a_worker(run_id: int, *, url: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--carry-out", str(run_id)]
    environment = {**os.environ, "DATABASE_URL": url}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    if figures["state"] != "done":
        raise SystemExit(f"the job ended as {figures['state']}: {figures['message']}")
    return figures


# --- the reference -------------------------------------------------------------------------------


def copy_again(server: Any, database: str, folder: Path, times: int) -> tuple[float, int]:
    """Median seconds of COPY of the imported rows into tables of the same kind; rows copied."""
    import psycopg

    with psycopg.connect(server.url(database, "postgres"), autocommit=True) as db:
        rows = 0
        db.execute("create schema reference")
        for table in TABLES:
            db.execute(f"create table reference.{table} (like public.{table} including all)")
            with (folder / table).open("wb") as file:
                columns = _columns(db, table)
                with (
                    db.cursor() as cursor,
                    cursor.copy(
                        f"copy (select {columns} from public.{table} order by ctid)"  # noqa: S608
                        " to stdout (format binary)"
                    ) as out,
                ):
                    for piece in out:
                        file.write(piece)
                    rows += cursor.rowcount
        taken = []
        for _ in range(times):
            db.execute(f"truncate {', '.join(f'reference.{t}' for t in TABLES)}")
            db.execute("checkpoint")
            begun = time.perf_counter()
            with db.transaction():
                for table in TABLES:
                    _copy_in(db, table, folder / table)
            taken.append(time.perf_counter() - begun)
        for table in TABLES:
            _same(db, table)
            (folder / table).unlink()
    return statistics.median(taken), rows


def _columns(db: Any, table: str) -> str:
    found = db.execute(
        "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
        [table],
    )
    return str(found.fetchone()[0])


def _copy_in(db: Any, table: str, path: Path) -> None:
    with (
        path.open("rb") as file,
        db.cursor() as cursor,
        cursor.copy(
            f"copy reference.{table} ({_columns(db, table)}) from stdin (format binary)"
        ) as into,
    ):
        while piece := file.read(256 * 1024):
            into.write(piece)


def _same(db: Any, table: str) -> None:
    differ = db.execute(
        f"(table public.{table} except all table reference.{table}) limit 1"
    ).fetchone()
    assert differ is None, f"{table}: the copy differs"


# --- the report ----------------------------------------------------------------------------------


def report(suffix: str, size: int, figures: dict[str, Any], copied: tuple[float, int]) -> None:
    check, write = figures["check"], figures["write"]
    seconds, rows = copied
    new = write["result"]["new"]
    both = check["seconds"] + write["seconds"]
    print(f"{suffix.upper()} of {size:,} rows: {new:,} elders written, {rows:,} table rows")
    if new != size:
        print(f"  not every row was new: {figures['counts']}")
    for name, phase, count in (("check", check, size), ("write", write, new)):
        print(
            f"  {name} {phase['seconds']:7.1f} s {count / phase['seconds']:7,.0f} rows/s"
            f"  (worker's CPU {phase['cpu']:.1f} s)"
            f"  memory {phase['before'] / 1024:.0f} -> {phase['peak'] / 1024:.0f} MB"
        )
    print(
        f"  COPY  {seconds:7.1f} s {new / seconds:7,.0f} rows/s\n"
        f"  ratio to COPY: write {write['seconds'] / seconds:.1f},"
        f" check and write {both / seconds:.1f}",
        flush=True,
    )


def growth(suffix: str, sizes: tuple[int, ...], all_figures: dict[tuple[str, int], Any]) -> None:
    for phase in ("check", "write"):
        peaks = [all_figures[suffix, size][phase]["peak"] / 1024 for size in sizes]
        per_row = (peaks[-1] - peaks[0]) * MB / (sizes[-1] - sizes[0])
        print(
            f"{suffix.upper()} {phase}: highest memory {peaks[0]:.0f} MB at {sizes[0]:,} rows,"
            f" {peaks[-1]:.0f} MB at {sizes[-1]:,}: {per_row:,.0f} bytes for each further row"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="roster import against COPY of the same rows")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--kinds", nargs="+", default=["csv", "xlsx"], choices=["csv", "xlsx"])
    parser.add_argument("--carry-out", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.carry_out:
        from heling.shell.cli.environment import setup_django

        setup_django()
        carry_out(options.carry_out)
        return
    folder = Path(tempfile.mkdtemp(prefix="heling-bench-import-"))
    try:
        measure(folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(folder: Path, options: argparse.Namespace) -> None:
    os.environ |= {"HELING_VAR": str(folder), "HELING_ENV": "demo"}
    os.environ.pop("DATABASE_URL", None)
    from heling.platform.embedded.postgres import APP
    from heling.shell.cli.hosting import database_ready
    from heling.shell.configuration import read

    sizes = (options.small, options.rows)
    with database_ready():
        from django.db import connection

        server = read().server
        _, ground = prepare()
        files = write_files(folder, ground, sizes)
        connection.close()
        results = {}
        for (suffix, size), path in files.items():
            if suffix not in options.kinds:
                continue
            name = f"{suffix}_{size}"
            connection.close()
            server.psql("postgres", f"create database {name} template heling")
            figures = import_file(path, database=name, url=server.url(name, APP))
            results[suffix, size] = figures
            report(suffix, size, figures, copy_again(server, name, folder, options.copies))
            server.psql("postgres", f"drop database {name} with (force)")
        for suffix in options.kinds:
            growth(suffix, sizes, results)


if __name__ == "__main__":
    main()
