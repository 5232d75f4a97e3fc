"""docs/articles.md is true: complete, current, and every named proof exists."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src/heling"


def _script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader(
        "scripts_articles", str(ROOT / "scripts/articles")
    )
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    sys.modules[loader.name] = module  # dataclasses look their module up
    loader.exec_module(module)
    return module


articles = _script()
RAW, ORDINANCES = articles.load()
ENTRIES = [(o, e) for o in ORDINANCES for e in o.entries]
BY_CITY = pytest.mark.parametrize("ordinance", ORDINANCES, ids=lambda o: o.city)


def test_the_page_is_what_the_data_says() -> None:
    assert articles.PAGE.read_text(encoding="utf-8") == articles.render(), "run scripts/articles"


def test_every_stored_law_has_its_table() -> None:
    stored = {p.name for p in (ROOT / "packs/texts").glob("*.txt")}
    assert stored == {o.text.name for o in ORDINANCES}


@BY_CITY
def test_every_word_of_the_law_is_covered_once(ordinance: Any) -> None:
    """Each article, paragraph and item has an entry of its own or under a wider one."""
    listed = [str(e.at) for e in ordinance.entries]
    assert len(listed) == len(set(listed))
    missing = []
    for article in ordinance.law.articles:
        for paragraph in article.paragraphs:
            for item in paragraph.items or [None]:
                whole = str(article.number)
                part = f"{whole}/{paragraph.number}"
                full = {whole, part, f"{part}/{item.number}"} if item else {whole, part}
                if not full & set(listed):
                    missing.append(max(full, key=len))
    assert not missing


@BY_CITY
def test_entries_stand_in_the_law_in_its_order(ordinance: Any) -> None:
    assert not [str(e.at) for e in ordinance.entries if ordinance.law.cite(e.at) is None]
    assert list(ordinance.entries) == sorted(ordinance.entries, key=lambda e: e.at)


@BY_CITY
def test_every_address_that_a_pack_cites_is_listed(ordinance: Any) -> None:
    listed = {str(e.at) for e in ordinance.entries}
    cited = articles.citations(ordinance)
    assert cited, "no pack cites this ordinance at all"
    assert not {a: words for a, words in cited.items() if a not in listed}


@BY_CITY
def test_a_number_or_a_deadline_has_a_rule_or_a_reason(ordinance: Any) -> None:
    """Words that count, limit, repeat or end something are carried into a pack, or it is said why not."""
    bare = {
        str(e.at): articles.measured(ordinance, e.at)
        for e in ordinance.entries
        if articles.measured(ordinance, e.at)
        and not (articles.rules_at(ordinance, e.at) or e.no_rule)
    }
    assert not bare
    idle = [
        str(e.at) for e in ordinance.entries if e.no_rule and articles.rules_at(ordinance, e.at)
    ]
    assert not idle, f"no_rule, and yet there is one: {idle}"


def test_what_counts_as_a_number_is_found() -> None:
    ningbo = next(o for o in ORDINANCES if articles.measured(o, articles.Address(46)))
    assert articles.measured(ningbo, articles.Address(46)) == ("一年内",)
    assert "四十五小时" in articles.measured(ningbo, articles.Address(22, 1, 1))
    assert articles.measured(ningbo, articles.Address(1)) == ()


def test_named_contexts_are_known_and_stand_where_work_is_claimed() -> None:
    known = set(RAW["contexts"])
    for ordinance, entry in ENTRIES:
        where = f"{ordinance.city} {entry.at}"
        assert set(entry.not_yet) <= known, where
        if entry.tests:
            assert entry.context in known, where
            assert _folder(entry.context).is_dir(), f"{where}: {entry.context} does not stand yet"
    standing = {p.parent.name for p in (SRC / "contexts").glob("*/apps.py")}
    assert standing <= known


def _folder(context: str) -> Path:
    return (
        SRC / context if context.startswith(("engines", "platform")) else SRC / "contexts" / context
    )


NODES = sorted({t for _, e in ENTRIES for t in e.tests} | {RAW["pack_cases_run_by"]})


@pytest.mark.parametrize("node", NODES)
def test_every_named_proof_exists(node: str) -> None:
    path, _, name = node.partition("::")
    assert (ROOT / path).is_file(), f"{path} is not there"
    names = _cases(path) if path.endswith(".yaml") else _functions(path)
    assert name.split("[")[0] in names, f"{path} has no {name}"


@cache
def _functions(path: str) -> frozenset[str]:
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{f.name}" for f in node.body if isinstance(f, ast.FunctionDef)}
    return frozenset(found)


@cache
def _cases(path: str) -> frozenset[str]:
    pack = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(case["name"] for case in pack.get("tests", []))


@pytest.mark.parametrize(
    "item",
    [
        {"at": "1", "zh": "甲", "en": "a"},
        {"at": "1", "zh": "甲", "en": "a", "outside": "乙", "not_yet": "portal"},
        {"at": "1", "zh": "甲", "en": "a", "context": "portal"},
        {"at": "1", "zh": "甲", "en": "a", "tests": ["x::y"]},
        {"at": "1", "zh": "甲", "en": "a", "not_yet": "portal", "note": "丙"},
        {"at": "1/0", "zh": "甲", "en": "a", "not_yet": "portal"},
    ],
    ids=["nothing said", "two answers", "no proof", "no context", "unknown word", "no address"],
)
def test_an_entry_that_says_nothing_clear_is_refused(item: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"articles\.yaml"):
        articles._entry(item)
