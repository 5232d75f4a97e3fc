"""A city is a folder of packs: nothing else names one, and one more needs nothing else."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from heling.contexts.entitlements import jobs
from heling.engines.law import Status, library, load_city, load_norms
from heling.engines.law.check import check_packs
from heling.shell.city.ground import cities_with_packs, cities_with_people
from heling.shell.cli.main import main

SRC = Path(__file__).resolve().parents[2] / "src" / "heling"
PINYIN = ("nanning", "ningbo", "shaoxing")
MAY_NAME = {
    "demo/data/regions.toml": "how people of a region are called in a demonstration",
    "contexts/entitlements/procedures/public_words.yaml": "notice words by pack; others are neutral",
    "shell/templates/ui/_shown.html": "a masked number on the page that shows components",
}
"""Data that may know a place; each has a default for a city that it does not know."""


def _names() -> re.Pattern[str]:
    cities = library.cities(library.default_root())
    assert len(cities) >= 3
    names = [load_city(c).city_name.removesuffix("市") for c in cities]
    codes = [rf"(?<![\d.]){c[:4]}\d*(?![\d.])" for c in cities]
    return re.compile("|".join([*names, *PINYIN, *codes]), re.IGNORECASE)


def _written() -> Iterator[tuple[str, str]]:
    """(file:line, what runs or shows there) of code, templates and data; no tests."""
    for path in sorted(p for p in SRC.rglob("*") if p.is_file()):
        name = path.relative_to(SRC).as_posix()
        if {"tests", "static", "migrations", "__pycache__"} & set(path.parts):
            continue
        if name in MAY_NAME or path.name == "testing.py":
            continue
        if path.suffix == ".py":
            for line, text in _words(ast.parse(path.read_text(encoding="utf-8"))):
                yield f"{name}:{line}", text
        elif path.suffix in {".html", ".txt", ".yaml", ".toml", ".json", ".csv", ".js"}:
            for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                yield f"{name}:{number}", text


def _words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Names and strings that run. Docstrings and comments may give examples."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Constant) and id(node) not in documentation:
            yield node.lineno, str(node.value)


def test_no_code_and_no_page_names_a_city() -> None:
    names = _names()
    wrong = [f"{where}: {text[:80]}" for where, text in _written() if names.search(text)]
    assert not wrong, "\n".join(wrong)


def test_what_may_name_a_city_still_does() -> None:
    names = _names()
    for name in MAY_NAME:
        assert names.search((SRC / name).read_text(encoding="utf-8")), f"{name} no longer does"


CODE, NAME = "130100", "某市"  # a city without packs of its own
LAW = """# 某市居家养老服务办法

第一条 本办法自 2026 年 1 月 1 日起施行。

第二条 为住在本市的九十周岁以上老年人每月提供不少于九小时的免费服务。

第三条 住宅小区每一百户配置不少于七平方米的服务用房。
"""
HEAD = """pack: 130100/{name}
kind: {kind}
city: {{code: "130100", name: 某市}}
law: {{title: 某市居家养老服务办法, text: 130100.txt, sha256: {sha}}}
in_force: {{from: 2026-01-01, cite: 1}}
"""
CARE = """imports: [cn/elder]
constants:
  起始年龄: {cite: 2, quote: 九十周岁以上, unit: 周岁, versions: [{from: 2026-01-01, value: 90}]}
  每月时数: {cite: 2, quote: 不少于九小时, unit: 小时/月, floor: true, versions: [{from: 2026-01-01, value: 9}]}
grants:
  高寿服务:
    cite: 2
    quote: 免费服务
    duty: 应当
    benefit: 免费服务
    when: 居住地 == 本市 and 年龄 >= 起始年龄
    amount: 每月时数
    unit: 小时/月
    floor: true
tests:
  - {name: 九十岁当天, on: 2026-11-01, facts: {居住地: "130100", 出生日期: 1936-11-01}, expect: {高寿服务: {status: granted, amount: 9}}}
  - {name: 前一天, on: 2026-10-31, facts: {居住地: "130100", 出生日期: 1936-11-01}, expect: {高寿服务: denied}}
"""
ROOM = """facts:
  户数: {of: compound, type: integer, unit: 户, min: 1, max: 99999, change: fixed, ask: 有多少户？}
  用房: {of: compound, type: integer, unit: 平方米, max: 99999, change: claim, ask: 用房多少平方米？}
constants:
  百户: {cite: 3, quote: 每一百户, unit: 户, versions: [{from: 2026-01-01, value: 100}]}
  每份: {cite: 3, quote: 不少于七平方米, unit: 平方米, versions: [{from: 2026-01-01, value: 7}]}
norms:
  用房面积:
    {cite: 3, kind: quota, of: compound, duty: 应当, says: 配置服务用房, measure: 用房, at_least: '进一(户数 * 每份, 百户)', unit: 平方米}
"""
FACTS = {"居住地": "130102001001", "出生日期": "1936-11-01"}
ON = date(2026, 11, 1)


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The packs of the house in another folder, and a city beside them that no code has seen."""
    root = tmp_path / "packs"
    shutil.copytree(library.default_root(), root)
    (root / "texts/130100.txt").write_text(LAW, encoding="utf-8")
    sha = hashlib.sha256(LAW.encode()).hexdigest()
    (root / CODE).mkdir()
    for name, kind, body in (("care", "ordinance", CARE), ("room", "norms", ROOM)):
        head = HEAD.format(name=name, kind=kind, sha=sha)
        (root / CODE / f"{name}.yaml").write_text(head + body, encoding="utf-8")
    monkeypatch.setenv("HELING_PACKS", str(root))
    return root


def test_one_more_city_gives_rights_and_sets_norms(one_more: Path) -> None:
    assert not [f for r in check_packs([one_more / CODE], one_more) for f in r.findings]
    grant = load_city(CODE).determine(FACTS, ON).grant("高寿服务")
    assert (grant.status, grant.amount, grant.floor) == (Status.GRANTED, 9, True)
    found = load_norms(CODE).examine("compound", {"户数": 101, "用房": 7}, ON).norm("用房面积")
    assert (found.standing, found.required, found.gap) == ("broken", 8, 1)


def test_one_more_city_is_in_every_list_of_cities(one_more: Path) -> None:
    del one_more
    assert CODE in {t.city for t in cities_with_packs()}
    assert CODE in {t.city for t in cities_with_people()}
    assert CODE in {t.city for t in jobs._cities()}


def test_one_more_city_answers_on_the_command_line(
    one_more: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del one_more
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(FACTS))
    on = ON.isoformat()
    assert main(["law", "determine", "--city", CODE, "--on", on, str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["city_name"] == NAME


@pytest.mark.django_db
def test_one_more_city_stands_on_the_public_pages_and_in_the_api(
    client: Client, one_more: Path
) -> None:
    del one_more
    for name, args in (
        ("home", ()),
        ("portal_law_list", ()),
        ("portal_guide_list", ()),
        ("portal_city", (CODE,)),
        ("portal_guide", (CODE,)),
    ):
        assert NAME in client.get(reverse(name, args=args)).content.decode(), name
    assert "九小时" in client.get(reverse("portal_law", args=(CODE, "care"))).content.decode()
    asked: dict[str, Any] = {"city": CODE, "on": ON.isoformat(), "facts": FACTS}
    answer = client.post(
        reverse("portal_api_trace"), json.dumps(asked), content_type="application/json"
    ).json()
    assert [g["id"] for g in answer["grants"] if g["status"] == "granted"] == ["高寿服务"]


@pytest.mark.django_db
def test_a_city_whose_text_is_not_here_says_so_and_shows_no_empty_law(client: Client) -> None:
    missing = [c for c in library.cities(library.default_root()) if not load_city(c).laws]
    assert missing
    for code in missing:
        page = client.get(reverse("portal_city", args=(code,)))
        assert page.status_code == 200
        assert load_city(code).city_name in page.content.decode()
        assert "原文尚未存入" in page.content.decode()
