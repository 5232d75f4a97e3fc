"""The other pages under docs/ say what is so."""

from __future__ import annotations

import argparse
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml

from heling.shell.cli.main import _parser

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "src").rglob("README.md")])
SOURCE = [p for p in (ROOT / "src/heling").rglob("*.py") if "tests" not in p.parts]
ADRS = sorted((DOCS / "adr").glob("0*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert not [link for link in inside if not (page.parent / link).exists()]


def _rows(page: str) -> list[list[str]]:
    """Cells of every table row of a page, head and rule lines left out."""
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    rows = [[c.strip() for c in line.strip("| ").split("|")] for line in lines if line[:1] == "|"]
    return [r for r in rows if not set("".join(r)) <= set("-: ") and r[0] != "中"]


def test_no_word_stands_twice_in_the_glossary() -> None:
    """A context may be named after its main thing: the same pair, nothing else."""
    pairs = {(row[0], row[1].lower()) for row in _rows("glossary.md")}
    assert len(pairs) > 60
    for column in (0, 1):
        counted = Counter(pair[column] for pair in pairs)
        assert not [word for word, times in counted.items() if times > 1]


def test_the_words_of_the_glossary_are_in_the_code() -> None:
    words = {w for row in _rows("glossary.md") for w in re.findall(r"`(\w+)`", "|".join(row[2:3]))}
    assert len(words) > 40
    known = set(re.findall(r"\w+", "\n".join(p.read_text(encoding="utf-8") for p in SOURCE)))
    assert not words - known


def test_the_glossary_and_the_articles_name_contexts_alike() -> None:
    named = yaml.safe_load((DOCS / "articles.yaml").read_text(encoding="utf-8"))["contexts"]
    assert {(zh, en) for en, zh in named.items()} <= {(r[0], r[1]) for r in _rows("glossary.md")}


def test_every_variable_that_the_platform_reads_is_documented() -> None:
    """And every documented one is read."""
    reads = re.compile(r"environ(?:\.get\(|\[)\"(\w+)\"")
    tests = [*(ROOT / "tests").rglob("*.py")]
    read = {v for p in [*SOURCE, *tests] for v in reads.findall(p.read_text(encoding="utf-8"))}
    ours = {v for v in read if v.startswith(("HELING_", "DATABASE_"))}
    page = (DOCS / "operations.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`((?:HELING|DATABASE)_\w+)`", page))
    assert ours == documented


def _commands(parser: argparse.ArgumentParser, before: str = "heling") -> dict[str, set[str]]:
    """Command → its options, from the parser itself."""
    found: dict[str, set[str]] = {}
    inner = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for action in inner:
        for name, child in action.choices.items():
            found |= _commands(child, f"{before} {name}")
    if not inner:
        options = {o for a in parser._actions for o in a.option_strings if o.startswith("--")}
        found[before] = options - {"--help"}
    return found


def test_every_command_and_option_is_documented() -> None:
    lines = (DOCS / "cli.md").read_text(encoding="utf-8").splitlines()
    for command, options in _commands(_parser()).items():
        row = next((line for line in lines if line.startswith(f"| `{command}")), "")
        assert row, f"docs/cli.md does not name {command}"
        missing = [option for option in options if option not in row]
        assert not missing, f"docs/cli.md: {command} lacks {missing}"


def test_every_dependency_has_its_decision() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    text = "\n".join(p.read_text(encoding="utf-8").lower() for p in (DOCS / "adr").glob("*.md"))
    names = {re.split(r"[\[<>=]", d)[0].lower() for group in groups for d in group}
    stubs = {n for n in names if n.startswith("types-")}
    assert not [n for n in sorted(names - stubs) if n not in text]


@pytest.mark.parametrize("adr", ADRS, ids=lambda p: p.stem)
def test_a_decision_says_what_was_rejected_and_is_in_the_index(adr: Path) -> None:
    text = adr.read_text(encoding="utf-8")
    for heading in ("## Question", "## Decision", "## Rejected", "## Consequences"):
        assert heading in text
    assert f"]({adr.name})" in (DOCS / "adr/README.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(p.name[:4]) for p in ADRS] == list(range(1, len(ADRS) + 1))
