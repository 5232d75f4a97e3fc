"""The list page of elders against the bare SQL it needs: one street, one status, 50 rows.

    uv run python benchmarks/registry/list_page.py [--elders 1500000] [--pages 200]

A database of its own on the embedded server: 15 counties × 12 streets × 14 communities, elders
spread evenly, one in twenty 低保, statistics analysed, one connection per side. In turn, for
streets picked by a fixed seed:

* page: ``GET /console/elders/?place=…&status=dibao`` by an official of the city: session, actor,
  scope, row-level security, filters, rows, capped count, names, addresses, rendered HTML;
* list: of that page, the statements that fetch rows, count, addresses and names, as Django sent
  them, under row-level security;
* bare: the same 50 rows with address and community, and the same capped count, as one would write
  them by hand, by a role that row-level security does not bind.

Medians and 95th percentiles, and the ratios page/bare and list/bare of the 95th. One page more,
unfiltered, shows what a whole city costs.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("HELING_ENV", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heling.shell.settings")

CITY = "9901"
DATABASE = f"heling_bench_{os.getpid()}"

PLACES = """
insert into places_division (code, name, full_name, pinyin, level, kind, source)
  values ('99', '省', '省', 'sheng', '省', 'division', 'bench'),
         ('9901', '甲市', '甲市', 'jiashi', '市', 'division', 'bench');
insert into places_division (code, name, full_name, pinyin, level, kind, parent_id, source)
  select '9901' || lpad(c::text, 2, '0'), '区' || c, '甲市区' || c, 'qu', '县', 'division', '9901',
    'bench' from generate_series(1, 15) c;
insert into places_division (code, name, full_name, pinyin, level, kind, parent_id, source)
  select p.code || lpad(s::text, 3, '0'), '街道' || s, p.full_name || '街道' || s, 'jiedao', '乡',
    'division', p.code, 'bench' from places_division p, generate_series(1, 12) s where p.level = '县';
insert into places_division (code, name, full_name, pinyin, level, kind, parent_id, source)
  select p.code || lpad(v::text, 3, '0'), '社区' || v, p.full_name || '社区' || v, 'shequ', '村',
    'division', p.code, 'bench' from places_division p, generate_series(1, 14) v where p.level = '乡';
"""

PEOPLE = """
create temp table community as
  select code, row_number() over (order by code) - 1 as at from places_division where level = '村';
insert into registry_household (code, address, address_key, demo)
  select c.code, '演示路' || n || '号', '演示路' || n || '号', true
  from generate_series(1, {elders}) n join community c on c.at = (n::bigint * 7919) % 2520;
insert into registry_elder (uid, household_id, code, name, pinyin, initials, sex, birth, id_sealed,
    id_blind, id_masked, phone_masked, bank_tail, bank_name, hukou_code, hukou_name, ethnicity,
    religion, education, marital, living, medical, incomes, diagnoses, no_supporters, state,
    version, demo)
  select gen_random_uuid(), id, code, '演示' || id % 9973, 'yan shi ' || id % 9973, 'ys',
    case when id % 2 = 0 then 'male' else 'female' end, date '1930-01-01' + (id % 12000)::int,
    sha256(int8send(id)), int8send(id), '990***********' || lpad((id % 10000)::text, 4, '0'),
    '139****' || lpad((id % 10000)::text, 4, '0'), '', '', code, '', '汉族', '', 'primary',
    'married', 'spouse', '{{resident}}', '{{pension}}', '{{}}', false, 'active', 1, true
  from registry_household;
insert into registry_status (elder_id, code, kind, of_household, disability, certifier,
    certified_by, document, starts, revoked_why, demo)
  select id, code, kind, kind = 'dibao', '', 'civil_affairs', '演示区民政局', '演示',
    date '2020-01-01', '', true
  from registry_elder, lateral (select case when abs(hashint8(id)) % 20 = 0 then 'dibao'
    when abs(hashint8(id)) % 50 = 1 then 'youfu' end as kind) k where kind is not null;
analyze;
"""

BARE_ROWS = """
select e.id, e.name, e.sex, e.birth, e.id_masked, e.phone_masked, e.living, e.state, h.address,
    d.full_name
  from registry_elder e join registry_household h on h.id = e.household_id
    left join places_division d on d.code = e.code
  where e.code >= %(lo)s and e.code < %(hi)s and e.state <> 'merged'
    and exists (select from registry_status s where s.elder_id = e.id and s.code = e.code
      and s.kind = 'dibao' and s.revoked_at is null and s.starts <= %(on)s
      and (s.ends is null or s.ends >= %(on)s) and s.code >= %(lo)s and s.code < %(hi)s)
  order by e.code, e.id limit 51
"""
BARE_COUNT = """
select count(*) from (select from registry_elder e
  where e.code >= %(lo)s and e.code < %(hi)s and e.state <> 'merged'
    and exists (select from registry_status s where s.elder_id = e.id and s.code = e.code
      and s.kind = 'dibao' and s.revoked_at is null and s.starts <= %(on)s
      and (s.ends is null or s.ends >= %(on)s) and s.code >= %(lo)s and s.code < %(hi)s)
  limit 10001) t
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elders", type=int, default=1_500_000)
    parser.add_argument("--pages", type=int, default=200)
    args = parser.parse_args()
    import heling.shell.wsgi  # noqa: F401  the process that serves pages, as it is
    from heling.platform.testing.plugin import clone, ensure_template
    from heling.shell.settings import CONFIG

    clone(DATABASE, ensure_template())
    try:
        begun = time.perf_counter()
        CONFIG.server.psql(DATABASE, PLACES + PEOPLE.format(elders=args.elders))
        print(f"{args.elders:,} elders laid out in {time.perf_counter() - begun:.0f} s")
        measure(args.pages)
    finally:
        from django.db import connection

        connection.close()
        CONFIG.server.psql("postgres", f"drop database {DATABASE} with (force)")
    return 0


def measure(pages: int) -> None:
    import psycopg

    from heling.shell.settings import CONFIG

    get = official()
    pick = random.Random(20261101)  # noqa: S311 - which street comes next is no secret
    with psycopg.connect(CONFIG.server.url(DATABASE, "postgres")) as plain:
        found: dict[str, list[float]] = {"page": [], "list": [], "bare": []}
        for turn in range(pages + 10):
            street = f"{CITY}{pick.randint(1, 15):02d}{pick.randint(1, 12):03d}"
            page, listed = get(f"?place={street}&status=dibao")
            bare = timed(lambda street=street: by_hand(plain, street))
            if turn >= 10:  # the first ones warm both sides
                found["page"].append(page)
                found["list"].append(listed)
                found["bare"].append(bare)
        report(found)
        whole = [get("")[0] for _ in range(20)]
        print(f"whole city, no filter: page median {statistics.median(whole) * 1000:.1f} ms")


def official() -> Callable[[str], tuple[float, float]]:
    """A browser of an official of the city: answers seconds of a page, and of its list queries."""
    from django.db import connection
    from django.test import Client

    from heling.contexts.identity.public import RoleKey
    from heling.contexts.identity.testing import official as account
    from heling.contexts.identity.testing import sign_in

    connection.settings_dict["NAME"] = DATABASE
    client = Client()
    sign_in(client, account(RoleKey.CITY, CITY))
    spent = 0.0

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature
        nonlocal spent
        begun = time.perf_counter()
        answer = execute(sql, params, many, context)
        if "registry_" in sql or "places_" in sql:
            spent += time.perf_counter() - begun
        return answer

    def get(query: str) -> tuple[float, float]:
        nonlocal spent
        spent = 0.0
        begun = time.perf_counter()
        with connection.execute_wrapper(watch):
            response = client.get(f"/console/elders/{query}")
        seconds = time.perf_counter() - begun
        assert response.status_code == 200, response.status_code
        assert 0 < response.content.count(b"data-row") <= 50
        return seconds, spent

    return get


def by_hand(connection: Any, street: str) -> None:
    given = {"lo": street, "hi": f"{street}:", "on": "2026-11-01"}
    rows = connection.execute(BARE_ROWS, given).fetchall()
    (count,) = connection.execute(BARE_COUNT, given).fetchone()
    assert min(count, 51) == len(rows)


def timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def report(found: dict[str, list[float]]) -> None:
    p95 = {name: statistics.quantiles(values, n=20)[-1] for name, values in found.items()}
    for name, values in found.items():
        print(
            f"{name}: median {statistics.median(values) * 1000:.2f} ms, p95 {p95[name] * 1000:.2f} ms"
        )
    print(f"ratio page/bare (p95): {p95['page'] / p95['bare']:.2f}")
    print(f"ratio list/bare (p95): {p95['list'] / p95['bare']:.2f}")


if __name__ == "__main__":
    sys.exit(main())
