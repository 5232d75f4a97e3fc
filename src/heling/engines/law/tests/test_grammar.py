"""docs/law/grammar.md says what the engine reads: operators, fields, truth tables, examples."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path

import pytest

from heling.engines.law import interpret, shapes, syntax
from heling.engines.law.graph import Graph, Op
from heling.engines.law.interpret import OPEN, UNKNOWN, Value
from heling.engines.law.ruleset import RuleSet, build
from heling.engines.law.shapes import Shape
from heling.engines.law.shelf import FolderShelf, LayeredShelf
from heling.engines.law.syntax import Compiler, Wrong
from heling.engines.law.tests.conformance import CITY, ROOT, TRIAL
from heling.engines.law.trouble import PackError
from heling.engines.law.units import BOOL

PAGE = (Path(__file__).resolve().parents[5] / "docs" / "law" / "grammar.md").read_text(
    encoding="utf-8"
)
PRELUDE = (ROOT / "preludes" / "person.yaml").read_text(encoding="utf-8")
OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.And: "and", ast.Or: "or", ast.Not: "not",
}  # fmt: skip
NODES = {
    ast.Name: set(), ast.Constant: set(), ast.BoolOp: {"and", "or"}, ast.UnaryOp: {"not"},
    ast.Compare: {*syntax._COMPARISONS.values(), "in"}, ast.BinOp: {"+", "-", "*"},
    ast.IfExp: {"if", "else"}, ast.Call: {"min", "max", "周岁", "进一"},
}  # fmt: skip
"""What each kind of node that the compiler builds is written with."""


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def _terminals() -> set[str]:
    (grammar,) = _blocks("ebnf")
    return set(re.findall(r'"([^"]+)"', re.sub(r"\(\*.*?\*\)", "", grammar)))


def _rules(text: str) -> RuleSet:
    shelf = LayeredShelf(FolderShelf(ROOT), {TRIAL: (PRELUDE + text).encode()})
    return build((TRIAL,), CITY, shelf)


def test_the_terminals_are_those_of_the_compiler() -> None:
    assert NODES.keys() == syntax._BUILDERS.keys()
    assert {OPERATORS[op] for op in syntax._ARITHMETIC} == {"+", "-", "*"}
    callable_now = set(Compiler(Graph(), lambda word: None)._callable().split("、"))
    assert callable_now == NODES[ast.Call]
    said = _terminals() - {"(", ")", "[", "]", ",", "符合", "享受"}
    assert said == set().union(*NODES.values())


SAMPLES = {
    "<": "补贴 < 补贴 + 补贴", "<=": "补贴 <= 补贴", ">": "补贴 > 0", ">=": "补贴 >= 补贴", "==": "类别 == 甲",
    "!=": "类别 != 甲", "in": "类别 in (甲,)", "and": "低保 and 独居", "or": "低保 or 独居", "not": "not 低保",
    "+": "补贴 + 补贴 > 0", "-": "补贴 - 补贴 >= 0", "*": "补贴 * 2 > 0", "if": "(补贴 if 低保 else 0) > 0",
    "else": "(补贴 if 低保 else 0) > 0", "min": "min(补贴, 0) >= 0", "max": "max(补贴, 0) > 0",
    "周岁": "周岁(出生日期) > 老年", "进一": "进一(补贴, 户数) * 户数 > 0", "(": "(低保)", ")": "(低保)", ",": "min(补贴, 补贴) > 0",
    "[": "类别 in [甲, 乙]", "]": "类别 in [甲, 乙]",
}  # fmt: skip
FOREIGN = [
    "补贴 / 户数 > 0", "补贴 // 户数 > 0", "补贴 % 户数 > 0", "补贴 ** 2 > 0", "补贴 @ 补贴 > 0", "低保 & 独居", "低保 | 独居",
    "低保 ^ 独居", "~低保", "补贴 << 1 > 0", "补贴 >> 1 > 0", "-补贴 > 0", "+补贴 > 0", "低保 is 独居", "低保 is not 独居",
    "类别 not in (甲, 乙)", "(甲 := 低保)", "lambda: 低保", "低保.x", "低保[0]", "[低保]", "{低保}", "{低保: 独居}", "'甲'", "1.5 > 0",
    "1j > 0", "True", "None", "...", "abs(补贴) > 0", "sum(补贴) > 0", "符合(低保)", "享受(低保)", "f'{低保}'", "(x for x in 低保)",
    "[x for x in 低保]", "await 低保", "低保 if 独居", "min(补贴, key=补贴) > 0", "max(*补贴) > 0", "年龄(出生日期) > 老年",
]  # fmt: skip


@pytest.fixture(scope="module")
def compiler() -> Compiler:
    assembly = _rules("").assembly
    words = {**assembly.fact_nodes}
    graph = assembly.graph
    for constant in assembly.constants.values():
        words[constant.word] = graph.node(Op.CONSTANT, constant.type, constant, (), constant.bounds)
    return Compiler(graph, words.get)


def test_every_terminal_is_accepted(compiler: Compiler) -> None:
    assert SAMPLES.keys() == _terminals() - {"符合", "享受"}
    for text in SAMPLES.values():
        assert compiler.condition(text).type == BOOL


@pytest.mark.parametrize("text", FOREIGN)
def test_nothing_else_of_python_is(compiler: Compiler, text: str) -> None:
    with pytest.raises(Wrong):
        compiler.condition(text)


def test_the_fields_are_those_of_the_reader() -> None:
    tables = {
        name.lower(): shape for name, shape in vars(shapes).items() if isinstance(shape, Shape)
    }
    (block,) = _blocks("fields")
    said = dict(re.findall(r"^(\w+) += (.+)$", block, re.MULTILINE))
    assert said.keys() == tables.keys()
    for name, shape in tables.items():
        fields = said[name].split()
        assert {f for f in fields if not f.startswith("[")} == set(shape.must), name
        assert {f.strip("[]") for f in fields if f.startswith("[")} == set(shape.may), name


def test_the_choices_are_those_of_the_reader() -> None:
    assert f"`kind` {' | '.join(shapes.PACK_KINDS)};" in PAGE
    for choice in (shapes.GRANT.must["duty"], shapes.CONFLICT.must["rule"]):
        assert isinstance(choice, shapes.Choice)
        assert set(map(str, choice.words)) <= set(re.findall(r"\w+", PAGE))


VALUES: dict[str, Value] = {"是": True, "否": False, "不知道": UNKNOWN, "尚待规定": OPEN}


def _table(name: str) -> list[list[str]]:
    """The rows of a truth table under its heading row."""
    rows = re.search(rf"^\| {name} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert rows is not None
    return [[c.strip() for c in line.strip("|").split("|")] for line in rows[1].splitlines()]


@pytest.mark.parametrize(("name", "make"), [("and", interpret._all), ("or", interpret._any)])
def test_the_truth_tables_are_true(name: str, make: object) -> None:
    graph = Graph()
    a, b = (graph.node(Op.LITERAL, BOOL, n) for n in range(2))
    step = make(graph.node(Op.ALL, BOOL, None, (a, b)))  # type: ignore[operator]
    seen = {}
    for left, *results in _table(name):
        for right, result in zip(VALUES, results, strict=True):
            seen[(left, right)] = result
    for left, right in itertools.product(VALUES, repeat=2):
        found = step([VALUES[left], VALUES[right]])
        assert found is VALUES[seen[(left, right)]], (name, left, right)


def test_the_table_of_not_is_true() -> None:
    graph = Graph()
    step = interpret._not(graph.node(Op.NOT, BOOL, None, (graph.node(Op.LITERAL, BOOL, 0),)))
    ((_, *results),) = _table("not")
    for value, result in zip(VALUES, results, strict=True):
        assert step([VALUES[value]]) is VALUES[result]


@pytest.mark.parametrize("text", _blocks("law"))
def test_every_example_loads(text: str) -> None:
    rules = _rules(text)
    assert rules.assembly.rights


@pytest.mark.parametrize("text", _blocks("refused"))
def test_every_example_of_what_is_refused_is(text: str) -> None:
    with pytest.raises(PackError):
        _rules(text)


def test_the_limits_are_those_of_the_engine() -> None:
    from heling.engines.law import linking, source
    from heling.engines.law.model import OPEN_LIMIT

    assert syntax.INT_LIMIT == 2**53
    assert (syntax.AGE_BOUNDS.low, syntax.AGE_BOUNDS.high) == (0, 150)
    for number, words in (
        (syntax.MAX_LENGTH, "characters and"), (syntax.MAX_DEPTH, "levels of nesting"),
        (linking.MAX_PENDING, "definitions begun"), (linking.MAX_DEPTH, "operations from"),
        (source.MAX_BYTES, "bytes"), (OPEN_LIMIT, ", ages 0 to"),
    ):  # fmt: skip
        assert f"{number:,} {words}".replace(" ,", ",") in PAGE.replace("\n", " ")
