"""Rules of the house that are read off the code and off the database's own catalogue."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from heling.platform.journal.record import Event

SRC = Path(__file__).resolve().parents[2] / "src" / "heling"
CODE = [p for p in SRC.rglob("*.py") if not {"tests", "migrations"} & set(p.parts)]
VIEW_LINES = 35


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def test_a_view_decides_nothing() -> None:
    """Far above thirty lines it does (house plan, section 3)."""
    long = [
        f"{path.relative_to(SRC)}:{f.lineno} {f.name} has {lines} lines"
        for path in SRC.glob("contexts/*/web/*.py")
        for f in functions(path)
        if (lines := (f.end_lineno or f.lineno) - f.lineno + 1) > VIEW_LINES
    ]
    assert not long, "\n".join(long)


def test_rules_and_money_know_no_floats() -> None:
    """Money is integer fen, time integer minutes, points integers."""
    places = (
        "kernel",
        "engines/law",
        "contexts/*/domain",
        "contexts/*/domain.py",
        "contexts/*/models",
    )
    found = []
    for pattern in places:
        for root in SRC.glob(pattern):
            for path in [root] if root.is_file() else root.rglob("*.py"):
                if "tests" in path.parts:
                    continue
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                    literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
                    call = isinstance(node, ast.Name) and node.id in {"float", "FloatField"}
                    if literal or call:
                        found.append(f"{path.relative_to(SRC)}:{node.lineno}")
    assert not found, "\n".join(found)


def test_actions_do_not_read_the_clock() -> None:
    """The day and the moment are arguments, so that a test and a replay can choose them.

    identity may ask whether a post is in force at this very moment: that is its subject.
    ``localdate(at)`` only converts.
    """
    found = [
        f"{path.relative_to(SRC)}:{node.lineno} {ast.unparse(node.func)}()"
        for path in [*SRC.glob("contexts/*/actions.py"), *SRC.glob("contexts/*/actions/*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if "identity" not in path.parts
        and isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and not (node.args or node.keywords)
        and node.func.attr in {"now", "today", "localdate", "localtime", "utcnow"}
    ]
    assert not found, "\n".join(found)


def test_events_are_frozen_and_named_after_their_context() -> None:
    for config in apps.get_app_configs():
        module = f"{config.name}.events"
        if config.name.startswith("heling."):
            __import__(module) if (Path(config.path) / "events.py").exists() else None
    assert len(Event.registry) > 10
    for kind, event in Event.registry.items():
        if not event.__module__.startswith("heling.") or ".tests" in event.__module__:
            continue
        assert dataclasses.is_dataclass(event), kind
        assert event.__dataclass_params__.frozen, f"{kind} can be changed after the fact"
        home = event.__module__.split(".")[2]
        assert kind == f"{home}.{event.__name__}", f"{kind} is {event.__module__}.{event.__name__}"


@pytest.mark.usefixtures("db")
def test_every_table_about_a_person_stands_behind_row_level_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            select c.relname, c.relrowsecurity and c.relforcerowsecurity,
                   exists (select from pg_policy p where p.polrelid = c.oid)
            from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
              and a.attname = 'elder_id' and not a.attisdropped
        """)
        rows = cursor.fetchall()
    assert len(rows) > 5
    open_tables = [name for name, forced, policy in rows if not (forced and policy)]
    assert not open_tables, f"protect(…) is missing in a migration: {sorted(open_tables)}"


@pytest.mark.usefixtures("db")
def test_every_such_table_carries_the_division_code_byte_by_byte() -> None:
    """The policy is an index range, which needs ``code`` under COLLATE "C"."""
    with connection.cursor() as cursor:
        cursor.execute("""
            select c.relname, l.collname
            from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'code'
            join pg_collation l on l.oid = a.attcollation
            where c.relrowsecurity and c.relnamespace = 'public'::regnamespace
        """)
        rows = cursor.fetchall()
    assert rows
    assert not [name for name, collation in rows if collation != "C"]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("table", ["journal_entry", "journal_reading"])
def test_the_application_cannot_change_what_was_written_down(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, has_table_privilege(%s, 'insert'), has_table_privilege(%s, 'select'),"
            " has_table_privilege(%s, 'update'), has_table_privilege(%s, 'delete'),"
            " has_table_privilege(%s, 'truncate')",
            [table] * 5,
        )
        assert cursor.fetchone() == ("heling_app", True, True, False, False, False)
