"""The monthly roster of a whole city against the bare ``insert … select`` of the same lines.

    uv run python benchmarks/entitlements/draw_cycle.py [--elders 300000]

An embedded server of its own with the settings of production (fsync on): 15 counties × 12 streets × 14 communities, elders
spread evenly, each with one award that touches the month and every third with a second one.
As an official of the city, under row-level security, with all triggers and foreign keys:

* draw: the month for the first time;
* again: drawn once more, one award in fifty ended meanwhile;
* seal: drawn once more, hashed and closed.

The reference is one statement by a role that nothing binds: the same lines, already cut to the
month, into an empty table made ``like entitlements_line including all`` (same constraints and
indexes, but without foreign keys, triggers and row-level security); the median of three. The
ratios are the times of draw, again and seal over that.

Beside them: the longest transaction that wrote, and the highest memory of the two processes at
work that is theirs alone (of this one, and of its PostgreSQL backend), sampled 20 times a second.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

CITY = "9901"
MONTH, TODAY = date(2026, 10, 1), date(2026, 11, 2)
DATABASE = "heling"

# Laid out without triggers and foreign keys; the numbers of elder and case are the same.
CASES = """
set session_replication_role = replica;
insert into places_division (code, name, full_name, pinyin, level, kind, source)
  values ('99', '省', '省', 'sheng', '省', 'division', 'bench'),
         ('9901', '甲市', '甲市', 'jiashi', '市', 'division', 'bench');
create temp table person as
  select n as id, '9901' || lpad((n % 15 + 1)::text, 2, '0') || lpad((n / 15 % 12 + 1)::text, 3, '0')
    || lpad((n / 180 % 14 + 1)::text, 3, '0') as code from generate_series(1, {elders}) n;
insert into registry_household (id, code, address, address_key, demo)
  select id, code, '演示路' || id || '号', '演示路' || id || '号', true from person;
insert into registry_elder (id, uid, household_id, code, name, pinyin, initials, sex, birth,
    id_sealed, id_blind, id_masked, phone_masked, bank_tail, bank_name, hukou_code, hukou_name,
    ethnicity, religion, education, marital, living, medical, incomes, diagnoses, no_supporters,
    state, version, demo)
  select id, gen_random_uuid(), id, code, '演示' || id, 'yan shi', 'ys', 'female',
    date '1935-01-01' + (id % 3650)::int, sha256(int8send(id)), int8send(id), '990***', '139****',
    '', '', code, '', '汉族', '', 'primary', 'married', 'spouse', '{{resident}}', '{{pension}}',
    '{{}}', false, 'active', 1, true from person;
insert into entitlements_determination (id, code, elder_id, city, "on", cause, law, provenance,
    engine, digest, user_id, actor_name, role)
  select id, code, id, '990100', '2026-01-05', 'application', '{{}}', '[]', 'bench', '', 1, '某',
    'county_official' from person;
insert into entitlements_application (id, code, elder_id, city, channel, state, round, version,
    owner, applicant_name, relation, consent, consent_document, statement, declared, claimed,
    determination_id, submitted_on, decided_on)
  select id, code, id, '990100', 'self', 'granted', 1, 7, 'nobody', '演示', '', '', '', '', '{{}}',
    '[]', id, '2026-01-05', '2026-02-01' from person;
insert into entitlements_decision (id, code, elder_id, application_id, number, kind,
    determination_id, lines, reason, body_name, body_phone, decided_on, user_id, actor_name, role)
  select id, code, id, id, id || '号', 'grant', id, '[]', '', '某区民政局', '', '2026-02-01', 1,
    '某', 'county_official' from person;
create temp table granted as
  select p.*, g.word, g.at from person p, (values ('意外伤害保险', 0), ('失能免费服务', 1)) g (word, at)
  where g.at = 0 or p.id % 3 = 0;
insert into entitlements_item (id, code, elder_id, application_id, "grant", benefit, plain, cite,
    outcome, amount, unit, live)
  select id * 2 + at, code, id, id, word, word, word, '《某市条例》第二十二条', 'granted',
    case at when 1 then 45 end, case at when 1 then '小时/月' else '' end, true from granted;
insert into entitlements_award (id, code, elder_id, item_id, application_id, decision_id,
    determination_id, "grant", benefit, plain, cite, amount, unit, starts, ending)
  select id * 2 + at, code, id, id * 2 + at, id, id, id, word, word, word, '《某市条例》第二十二条',
    case at when 1 then 45 end, case at when 1 then '小时/月' else '' end,
    date '2026-02-01' + (id % 260)::int, '' from granted;
set session_replication_role = origin;
analyze;
"""

BARE = """
insert into bare (id, cycle_id, award_id, decision_id, determination_id, code, elder_id, "grant",
    benefit, cite, amount, unit, starts, ends)
select row_number() over (), 1, id, decision_id, determination_id, code, elder_id, "grant",
    benefit, cite, amount, unit, greatest(starts, date '2026-10-01'),
    least(coalesce(ends, date '2026-10-31'), date '2026-10-31')
from entitlements_award
where code >= '9901' and code < '9901:' and starts <= date '2026-10-31'
  and (ends is null or ends >= greatest(starts, date '2026-10-01'))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elders", type=int, default=300_000)
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="heling-bench-draw-"))
    os.environ |= {"HELING_VAR": str(folder), "HELING_ENV": "demo"}
    os.environ.pop("DATABASE_URL", None)
    from heling.shell.cli.hosting import database_ready
    from heling.shell.configuration import read

    try:
        with database_ready():
            server = read().server
            begun = time.perf_counter()
            server.psql(DATABASE, CASES.format(elders=args.elders))
            seconds = time.perf_counter() - begun
            print(f"{args.elders:,} elders laid out in {seconds:.0f} s", flush=True)
            measure(server.url(DATABASE, "postgres"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def measure(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as plain:
        bare = statistics.median(by_hand(plain) for _ in range(3))
        lines = plain.execute("select count(*) from bare").fetchone()
        print(f"bare: {bare:.2f} s for {lines[0] if lines else 0:,} lines", flush=True)
        for name, seconds, longest in steps(plain):
            print(
                f"{name}: {seconds:.2f} s, ratio {seconds / bare:.2f},"
                f" longest writing transaction {longest:.2f} s",
                flush=True,
            )


def by_hand(plain: Any) -> float:
    """The reference, from an empty table."""
    plain.execute("drop table if exists bare")
    plain.execute("create table bare (like entitlements_line including all)")
    plain.execute("checkpoint")
    begun = time.perf_counter()
    plain.execute(BARE)
    return time.perf_counter() - begun


def steps(plain: Any) -> Iterator[tuple[str, float, float]]:
    """Each thing that an official does with a month: name, seconds, longest transaction."""
    from django.db import connection

    from heling.contexts.entitlements import actions
    from heling.contexts.identity.public import RoleKey
    from heling.contexts.identity.testing import acting
    from heling.platform.access.scope import scoped

    by = acting(RoleKey.CITY, CITY)
    with scoped(by):
        cycle = actions.open_cycle(month=f"{MONTH:%Y-%m}", on=TODAY, by=by)
    connection.close()

    def timed(name: str, work: Callable[[], Any]) -> tuple[str, float, float]:
        with watched(plain, name) as longest:
            begun = time.perf_counter()
            work()
            seconds = time.perf_counter() - begun
        connection.close()  # the next one has a backend of its own to be looked at
        return name, seconds, max(longest)

    yield timed("draw", lambda: actions.draw_cycle(cycle_id=cycle.pk, by=by))
    (same,) = plain.execute(
        "select (select count(*) from bare) = (select count(*) from entitlements_line)"
    ).fetchone()
    assert same, "draw and reference wrote another number of lines"
    plain.execute(
        "update entitlements_award set ends = '2026-10-20', ending = 'renounced' where id % 50 = 0"
    )
    yield timed("again", lambda: actions.draw_cycle(cycle_id=cycle.pk, by=by))
    yield timed("seal", lambda: actions.close_cycle(cycle_id=cycle.pk, on=TODAY, by=by))
    (same,) = plain.execute(
        "select count(*) = (select size from entitlements_cycle where state = 'closed')"
        " from entitlements_line"
    ).fetchone()
    assert same, "the sealed month has another number of lines"


@contextmanager
def watched(plain: Any, name: str) -> Iterator[list[float]]:
    """Look on from outside: own memory of both processes, age of the oldest writer."""
    from django.db import connection

    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    processes = {"this process": os.getpid(), "its backend": backend}
    before = {who: own_memory(pid) for who, pid in processes.items()}
    highest = dict(before)
    longest, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            for who, pid in processes.items():
                highest[who] = max(highest[who], own_memory(pid))
            row = plain.execute(
                "select extract(epoch from clock_timestamp() - xact_start)::float8"
                " from pg_stat_activity where pid = %s and backend_xid is not null",
                [backend],
            ).fetchone()
            longest.append(row[0] if row else 0.0)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield longest
    finally:
        over.set()
        watcher.join()
    grown = ", ".join(f"{who} {before[who]:.0f} → {highest[who]:.0f} MB" for who in processes)
    print(f"{name}: {grown}", flush=True)


def own_memory(pid: int) -> float:
    """Anonymous resident memory in MB: what is not shared with others."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


if __name__ == "__main__":
    sys.exit(main())
