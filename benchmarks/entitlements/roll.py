"""The roll of a whole city: drawn for the first time, on a quiet day, and after changes.

    HELING_VAR=<a city that is not served just now> uv run python benchmarks/entitlements/roll.py

Uses the city that lies in that folder (a large one: see docs/operations.md), migrated first, as its
official and under row-level security. Each draw includes the snapshot of everybody's facts: read
whole the first time, refreshed from the journal after that. Printed: seconds, highest memory of
this process, rows written, and what PostgreSQL wrote to its log in the meantime (WAL). The
reference of a quiet day is the first draw; of the first draw, the bare ``insert … select`` of the
same rows into a table made like the roll.
"""

from __future__ import annotations

import argparse
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

DATABASE = "heling"
CHANGED = 1_000
BARE = """
drop table if exists bare_roll;
create table bare_roll (like entitlements_rollrow including all);
insert into bare_roll (id, code, elder_id, situation_id, since)
select id, code, elder_id, situation_id, since from entitlements_rollrow;
drop table bare_roll;
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--city", default="3302", help="the first four digits of its code")
    args = parser.parse_args()
    from heling.shell.cli.hosting import database_ready
    from heling.shell.configuration import read

    with database_ready():
        measure(args.city, read().server.url(DATABASE, "postgres"))
    return 0


def measure(city: str, url: str) -> None:
    import psycopg
    from django.utils import timezone

    from heling.contexts.entitlements import roll
    from heling.contexts.entitlements.access import Perm
    from heling.kernel.actor import system
    from heling.kernel.identifiers import Territory

    today = timezone.localdate()
    by = system("测量", Perm.SNAPSHOT, territory=Territory(city))
    with psycopg.connect(url, autocommit=True) as plain:

        def draw(name: str, days: int) -> float:
            reset_peak()
            before, begun = written(plain), time.perf_counter()
            made = roll.draw(on=today + timedelta(days=days), by=by)
            seconds = time.perf_counter() - begun
            print(
                f"{name}: {seconds:.1f} s, {peak():.0f} MiB; {made.people:,} elders in"
                f" {made.situations:,} situations, {made.changed:,} rows written,"
                f" {made.gone:,} taken out, {(written(plain) - before) / 1e6:.1f} MB of WAL",
                flush=True,
            )
            return seconds

        first = draw("first", 0)
        begun = time.perf_counter()
        plain.execute(BARE)
        bare = time.perf_counter() - begun
        print(f"the same rows as a bare insert … select: {bare:.1f} s; ratio {first / bare:.1f}")
        quiet = draw("again, nothing changed", 0)
        print(f"of the first: {quiet / first:.2f}")
        change(plain, city)
        draw(f"{CHANGED:,} elders changed", 0)
        draw("the next day", 1)


def change(plain: Any, city: str) -> None:
    """Elders who moved into an institution, as the registry's own action would record it."""
    plain.execute(
        "with moved as (update registry_elder set living = case living when 'institution' then"
        " 'alone' else 'institution' end where id in (select id from registry_elder where"
        " code like %s and state = 'active' order by id limit %s) returning id, code)"
        " insert into journal_entry (kind, subject, subject_id, elder_id, code, payload,"
        " actor_name, role, request_id) select 'registry.ElderChanged', 'elder', id, id, code,"
        " jsonb_build_object('elder_id', id), '测量', 'system', '' from moved",
        [f"{city}%", CHANGED],
    )


def written(plain: Any) -> int:
    row = plain.execute("select pg_current_wal_lsn() - '0/0'").fetchone()
    return int(row[0])


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    raise SystemExit(main())
