"""The rules as SQL, recomputed inside the real database, agree with the columns row by row.

The engine writes the text and knows no database; here stands one.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heling.engines.law import FactColumn, RuleSet, load_city
from heling.engines.law.model import Fact
from heling.engines.law.sql import quoted, table_sql
from heling.engines.law.tests.conftest import Lab
from heling.engines.law.tests.strategies import (
    PROGRAM,
    RULED,
    RULES,
    columns_of,
    person_of,
    program_text,
    rules_of,
)
from heling.engines.law.units import Kind

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 1)
EPOCH = date(1970, 1, 1)


def _cell(fact: Fact, column: FactColumn, row: int) -> object:
    if column.known is not None and not column.known[row]:
        return None
    value = column.values[row].item()
    return EPOCH + timedelta(days=value) if fact.type.kind is Kind.DATE else value


def assert_recomputed(rules: RuleSet, facts: dict[str, FactColumn], size: int, on: date) -> None:
    wanted = rules.columns(facts, size, on)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.facts")
        made = table_sql(dict(rules.facts), "facts", "row")
        cursor.execute(made.replace("CREATE TABLE", "CREATE TEMPORARY TABLE"))
        words = list(rules.facts)
        names = ", ".join(quoted(w) for w in ["row", *words])
        marks = ", ".join(["%s"] * (len(words) + 1))
        rows = [[n, *(_cell(rules.facts[w], facts[w], n) for w in words)] for n in range(size)]
        cursor.executemany(f"INSERT INTO facts ({names}) VALUES ({marks})", rows)  # noqa: S608
        cursor.execute(rules.sql(on, table="facts", key="row") + "\nORDER BY row")
        names_found = [c.name for c in cursor.description]
        found = [dict(zip(names_found, row, strict=True)) for row in cursor.fetchall()]
    assert len(found) == size
    for word, column in wanted.items():
        assert [r[f"{word}.status"] for r in found] == column.status.tolist(), word
        amounts = [r[f"{word}.amount"] for r in found]
        assert amounts == ([None] * size if column.amount is None else column.amount.tolist()), word
        effects = [0] * size if column.effect is None else column.effect.tolist()
        assert [r[f"{word}.effect"] for r in found] == effects, word


def _people(rules: RuleSet, size: int) -> dict[str, FactColumn]:
    """Anybody at all, a third of everything unknown, births around every age of the packs."""
    rng = random.Random(20261101)  # noqa: S311 - made-up people
    draw = np.random.default_rng(20261101)
    found = {}
    for word, fact in rules.facts.items():
        kind = fact.type.kind
        if kind is Kind.BOOL:
            values: Any = draw.random(size) < 0.5
        elif kind is Kind.DATE:
            near = [date(ON.year - age, 11, 1) - EPOCH for age in (60, 70, 80)]
            values = np.array(
                [rng.choice(near).days + rng.choice([-400, -1, 0, 1, 900]) for _ in range(size)]
            )
        elif kind is Kind.CITY:
            values = draw.choice([330200, 450100, 110100], size)
        elif kind is Kind.COUNTY:
            values = draw.choice([330203, 330205, 330212], size)
        elif kind is Kind.ENUM:
            values = draw.integers(0, fact.bounds.high + 1, size)
        else:
            values = draw.choice([fact.bounds.low, 50_000, 180_000, fact.bounds.high], size)
        found[word] = FactColumn(values, draw.random(size) < 0.67)
    return found


@pytest.mark.parametrize("measures", [False, True])
@pytest.mark.parametrize("city", RULED)
def test_the_real_packs(city: str, measures: bool) -> None:
    rules = rules_of(city, measures=measures)
    assert_recomputed(rules, _people(rules, 600), 600, ON)


def test_before_the_law_and_on_a_leap_day() -> None:
    rules = load_city("330200", measures=True)
    for on in (date(2018, 9, 30), date(2028, 2, 29)):
        assert_recomputed(rules, _people(rules, 100), 100, on)


@pytest.fixture
def make_lab(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Lab]:
    def make() -> Lab:
        root: Path = tmp_path_factory.mktemp("lab")
        return Lab(root / "packs")

    return make


@given(program=PROGRAM, rule=RULES, data=st.data())
@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_any_program(
    make_lab: Callable[[], Lab],
    program: list[tuple[str, str | None, bool]],
    rule: str,
    data: st.DataObject,
) -> None:
    rules = make_lab().build(program_text(program, rule))
    people = data.draw(st.lists(person_of(rules), min_size=1, max_size=12))
    assert_recomputed(rules, columns_of(rules, people), len(people), ON)
