"""No question reads a table: executed plans on 20,000 analysed rows, as the application role.

A database of its own, because statistics belong to the owner: without them the planner
guesses, and the test would be about its guesses.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db.models import QuerySet

from heling.contexts.identity.public import RoleKey
from heling.contexts.registry.domain.words import StatusKind
from heling.contexts.registry.models import Elder
from heling.contexts.registry.queries.lists import elders, having
from heling.contexts.registry.queries.search import found_by
from heling.contexts.registry.sealing import token
from heling.contexts.registry.testing import TODAY, actor
from heling.kernel.actor import Actor
from heling.platform.access.scope import scope_of
from heling.platform.embedded.postgres import APP
from heling.platform.testing.plugin import clone, ensure_template
from heling.shell.settings import CONFIG

pytestmark = pytest.mark.usefixtures("db")

# 20 streets of 1,000 elders; every hundredth bears the same name, every fifth is 低保.
CROWD = """
insert into registry_household (code, address, address_key, demo)
  select '990103' || lpad((1 + n % 20)::text, 3, '0') || '001', '', '', true
  from generate_series(1, 20000) n;
insert into registry_elder (uid, household_id, code, name, pinyin, initials, sex, birth, id_sealed,
    id_blind, id_masked, phone_masked, bank_tail, bank_name, hukou_code, hukou_name, ethnicity,
    religion, education, marital, living, medical, incomes, diagnoses, no_supporters, state,
    version, demo)
  select gen_random_uuid(), id, code, '人' || id % 500, 'ren', 'r', 'male', '1946-05-01', '',
    int8send(id), '***', '', '', '', code, '', '', '', '', '', '', '{}', '{}', '{}', false,
    'active', 1, true from registry_household;
insert into registry_eldertoken (elder_id, token, code)
  select id, int8send(id % 500 + t * 1000), code from registry_elder, generate_series(1, 6) t;
insert into registry_eldertoken (elder_id, token, code)
  select id, '\\x{token}', code from registry_elder where (id / 20) % 100 = 0;
insert into registry_status (elder_id, code, kind, of_household, disability, certifier,
    certified_by, document, starts, revoked_why, demo)
  select id, code, 'dibao', true, '', 'civil_affairs', '演示', '演示', '2025-01-01', '', true
  from registry_elder where (id / 20) % 5 = 0;
analyze;
"""

Question = Callable[[Actor], "QuerySet[Elder]"]
QUESTIONS: dict[str, Question] = {
    "name": lambda by: found_by("王小明", by=by).order_by("pk")[:50],
    "id": lambda by: found_by("11010519491231002X", by=by).order_by("pk")[:50],
    "two words": lambda by: found_by("王小明 002X", by=by).order_by("pk")[:50],
    "list": lambda by: elders(by=by)[:50],
    "list by status": lambda by: elders(by=by, status=StatusKind.DIBAO, on=TODAY)[:50],
    "card": lambda by: Elder.objects.visible_to(by).filter(pk=7),
}


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the application role to a database with the crowd in it."""
    name = f"heling_plans_{os.getpid()}"
    with django_db_blocker.unblock():
        clone(name, ensure_template())
    CONFIG.server.psql(name, CROWD.replace("{token}", token("n:王小明").hex()))
    with psycopg.connect(CONFIG.server.url(name, APP)) as connection:
        yield connection
    CONFIG.server.psql("postgres", f"drop database {name} with (force)")


def rows_touched(connection: psycopg.Connection[Any], query: QuerySet[Elder], by: Actor) -> int:
    """Rows that the scans of the executed plan looked at under ``by``'s scope."""

    def walk(node: dict[str, Any]) -> int:
        own = 0
        if "Scan" in node["Node Type"] and "Subquery" not in node["Node Type"]:
            removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
            own = int(
                (node["Actual Rows"] + sum(node.get(r, 0) for r in removed)) * node["Actual Loops"]
            )
        return own + sum(walk(child) for child in node.get("Plans", ()))

    sql, params = query.query.sql_with_params()
    scope = scope_of(by)
    with connection.transaction():
        connection.execute(
            "select set_config('app.lo', %s, true), set_config('app.hi', %s, true),"
            " set_config('app.elders', '{}', true),"
            " set_config('app.ts', extract(epoch from now())::text, true)",
            [scope.lo, scope.hi],
        )
        plan = connection.execute(f"explain (analyze, format json) {sql}", params).fetchone()
    assert plan is not None
    found = plan[0] if isinstance(plan[0], list) else json.loads(plan[0])
    return walk(found[0]["Plan"])


@pytest.mark.parametrize("territory", ["9901", "990103", "990103002", "990103002001"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_looks_at_little_more_than_it_shows(
    question: str, territory: str, crowd: psycopg.Connection[Any]
) -> None:
    """Whatever the scope: never much more than one street of 1,000, each row met twice (in the
    index and in the table), of the city's 20,000 (shared/trust.md A3)."""
    by = actor(RoleKey.CITY, territory)
    assert rows_touched(crowd, QUESTIONS[question](by), by) <= 2_500


def test_the_control_reads_the_city_and_is_seen_doing_so(crowd: psycopg.Connection[Any]) -> None:
    by = actor(RoleKey.CITY, "9901")
    pattern = Elder.objects.visible_to(by).filter(name__contains="王小明")
    assert rows_touched(crowd, pattern, by) >= 20_000


def test_one_street_costs_a_city_official_no_more_than_a_street_official(
    crowd: psycopg.Connection[Any],
) -> None:
    """The filter for the street bounds the sub-query on statuses, too."""
    by, street = actor(RoleKey.CITY, "9901"), "990103002"
    rows = elders(by=by).filter(code__gte=street, code__lt=f"{street}:")
    asked = having(rows, StatusKind.DIBAO, on=TODAY)[:50]
    assert rows_touched(crowd, asked, by) <= 2_500
