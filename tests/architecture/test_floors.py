"""The house's own rules, checked on the source (shared/house.md §§2–4)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "heling"
CONTEXTS = sorted(p.parent for p in (SRC / "contexts").glob("*/apps.py"))
PRODUCTION = [
    p for p in SRC.rglob("*.py") if "tests" not in p.parts and "migrations" not in p.parts
]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def context_of(path: Path) -> str | None:
    parts = path.relative_to(SRC).parts
    return parts[1] if parts[0] == "contexts" and len(parts) > 2 else None


def test_a_context_enters_another_only_through_its_public_door() -> None:
    wrong = []
    for path in SRC.rglob("contexts/*/**/*.py"):
        mine = context_of(path)
        doors = (
            ("public", "testing")
            if "tests" in path.parts or path.name == "testing.py"
            else ("public",)
        )
        for name in imports(path):
            other = re.match(r"heling\.contexts\.(\w+)(?:\.(\w+))?", name)
            if other and other[1] != mine and other[2] not in doors:
                wrong.append(f"{path.relative_to(SRC)} imports {name}")
    assert not wrong, "\n".join(sorted(set(wrong)))


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda p: p.name)
def test_domains_know_no_framework_and_no_clock(context: Path) -> None:
    files = [*context.glob("domain.py"), *context.glob("domain/**/*.py")]
    for path in files:
        names = set(imports(path))
        bad = [n for n in names if n.split(".")[0] in {"django", "psycopg", "requests"}]
        assert not bad, f"{path} imports {bad}"
        assert not re.search(r"\.today\(\)|\.now\(", path.read_text()), f"{path} reads the clock"


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda p: p.name)
def test_views_ask_and_act_but_do_not_touch_models(context: Path) -> None:
    for path in context.glob("web/**/*.py"):
        bad = [n for n in imports(path) if re.search(r"\.models(\.|$)", n) and "django" not in n]
        assert not bad, f"{path.relative_to(SRC)} imports {bad}: go through queries or actions"


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda p: p.name)
def test_every_context_says_what_it_is_for(context: Path) -> None:
    readme = context / "README.md"
    assert readme.exists(), f"{context.name} needs a README.md of half a page"
    for heading in ("Purpose", "Words", "Invariants", "Who may", "Events", "Articles"):
        assert heading in readme.read_text(), f"{readme}: no section on {heading!r}"


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda p: p.name)
def test_actions_take_the_actor_by_name(context: Path) -> None:
    """An action opens a transaction; all that it is given is named, and one thing is who does it."""
    for path in [*context.glob("actions.py"), *context.glob("actions/*.py")]:
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or not _is_action(node):
                continue
            keyword_only = {a.arg for a in node.args.kwonlyargs}
            assert not node.args.args, (
                f"{path}:{node.lineno} {node.name} takes positional arguments"
            )
            assert "by" in keyword_only, f"{path}:{node.lineno} {node.name} does not say by whom"


def _is_action(node: ast.FunctionDef) -> bool:
    decorators = {ast.unparse(d) for d in node.decorator_list}
    return "transaction.atomic" in decorators and not node.name.startswith("_")


def test_no_file_is_two_ideas() -> None:
    long = {
        str(p.relative_to(SRC)): n
        for p in PRODUCTION
        if (n := len(p.read_text().splitlines())) > 520
    }
    assert not long, f"above 500 lines, make it a folder: {long}"


def test_nothing_listens_to_django_signals_across_contexts() -> None:
    allowed = {"apps.py"}
    wrong = [
        str(p.relative_to(SRC))
        for p in (SRC / "contexts").rglob("*.py")
        if p.name not in allowed and "django.db.models.signals" in p.read_text()
    ]
    assert not wrong


def test_no_template_carries_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|\sstyle=|<style", re.IGNORECASE)
    wrong = [
        f"{p.relative_to(SRC)}: {m.group(0)}"
        for p in SRC.rglob("templates/**/*.html")
        if (m := inline.search(p.read_text()))
    ]
    assert not wrong, wrong
