"""Checking packs: do they load, do they link, and do their own tests pass?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from heling.engines.law.assemble import Ruled
from heling.engines.law.determination import Determination, Json
from heling.engines.law.graph import Node, Op
from heling.engines.law.interpret import OPEN, UNKNOWN, Frame, Value
from heling.engines.law.library import cities, city_packs, norm_packs, read
from heling.engines.law.model import Case, Definition, Pack
from heling.engines.law.normbook import NormBook, build_norms
from heling.engines.law.ruleset import RuleSet, build
from heling.engines.law.shelf import FolderShelf, LayeredShelf, Shelf
from heling.engines.law.trouble import Finding, Findings, PackError, Spot
from heling.engines.law.units import Kind
from heling.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class PackReport:
    """What a check of one file found. ``cases`` counts the tests that ran."""

    file: str
    pack: str
    cases: int
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        return not self.findings

    def to_json(self) -> Json:
        return {
            "file": self.file,
            "pack": self.pack,
            "ok": self.good,
            "tests": self.cases,
            "findings": [f.to_json() for f in self.findings],
        }


_BOOKS = ("norms", "norm-measure", "norm-overlay")

Further = Callable[[Pack, Ruled, Findings], None]
"""What else to look at once a pack has loaded and its tests have run."""


def pack_files(paths: Sequence[Path]) -> list[Path]:
    """Files, and the packs in folders."""
    return [
        f for path in paths for f in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])
    ]


def check_packs(
    paths: Sequence[Path], root: Path, further: Further | None = None
) -> tuple[PackReport, ...]:
    """Check files (or folders of them) together with what they import, and run their tests."""
    return tuple(check_file(file, root, further) for file in pack_files(paths))


def check_file(path: Path, root: Path, further: Further | None = None) -> PackReport:
    """Check one file: in the packs folder in the company that it keeps there, else alone."""
    if path.resolve().is_relative_to(root.resolve()):
        name = path.resolve().relative_to(root.resolve()).with_suffix("").as_posix()
        return check_pack(name, FolderShelf(root), further)
    try:
        over = {str(path): path.read_bytes()}
    except OSError:
        over = {}
    alone = LayeredShelf(FolderShelf(root), over, files={str(path): str(path)})
    return check_pack(str(path), alone, further)


def check_pack(name: str, shelf: Shelf, further: Further | None = None) -> PackReport:
    """Check one pack of a shelf: with its city's other packs, and its imports."""
    findings = Findings()
    pack, file = read(name, shelf, findings), shelf.file(name)
    called = pack.id if pack is not None else ""
    try:
        findings.settle()
        if pack is None:
            findings.add(Spot(file, 1), "这不是一个规则包")
            findings.settle()
            raise AssertionError("settle raises when there are findings")
        rules = _run_cases(name, pack, shelf, findings)
        if further is not None:
            further(pack, rules, findings)
        findings.settle()
    except PackError as error:
        return PackReport(file, called, len(pack.cases) if pack else 0, error.findings)
    return PackReport(file, called, len(pack.cases), ())


def _run_cases(name: str, pack: Pack, shelf: Shelf, findings: Findings) -> Ruled:
    """Run the tests; the rules (or the norms) that the pack is part of."""
    if pack.kind in _BOOKS:
        book = build_norms(_company(name, pack, shelf), pack.city, shelf)
        for case in pack.cases:
            run_norm_case(case, book, findings)
        return book
    rules = build(_company(name, pack, shelf), pack.city, shelf)
    for case in pack.cases:
        run_case(case, rules, findings)
    return rules


def _company(name: str, pack: Pack, shelf: Shelf) -> tuple[str, ...]:
    """The packs that it is loaded with: the whole city when it belongs to one."""
    if not name.startswith(f"{pack.city}/") or pack.city not in cities(shelf):
        return (name,)
    if pack.kind in _BOOKS:
        return norm_packs(pack.city, shelf, measures=pack.kind == "norm-measure")
    return city_packs(pack.city, shelf, measures=pack.kind == "measure")


def run_case(case: Case, rules: RuleSet, findings: Findings) -> None:
    """Run one test of a pack; a difference or a bad fact is a finding."""
    try:
        facts = rules.read(case.facts, case.on)
        frame = rules.frame(facts, case.on)
        answer = rules.determine(case.facts, case.on, outlook=False)
    except BadInput as error:
        for problem in error.problems:
            findings.add(case.spot, f"测试的事实有误：{problem}")
        return
    words = {
        n.payload.word: n
        for n in rules.assembly.graph.nodes
        if isinstance(n.payload, Definition) and n.op is Op.WORD
    }
    for word, expected in case.expect.items():
        actual = _actual(word, expected, answer, words, frame)
        if actual != expected:
            findings.add(
                case.spot.on(word), f"测试没有通过：应为 {_said(expected)}，算得 {_said(actual)}"
            )


def run_norm_case(case: Case, book: NormBook, findings: Findings) -> None:
    """Run one test of a pack of norms."""
    try:
        answer = book.examine(case.of, case.facts, case.on)
    except BadInput as error:
        for problem in error.problems:
            findings.add(case.spot, f"测试的事实有误：{problem}")
        return
    found = {n["id"]: n for n in answer.to_json()["norms"]}
    for word, expected in case.expect.items():
        norm = found.get(word)
        if norm is None:
            actual: object = f"没有“{word}”这一条"
        elif isinstance(expected, dict):
            actual = {key: norm.get(key) for key in expected}
        else:
            actual = norm["standing"]
        if actual != expected:
            findings.add(
                case.spot.on(word), f"测试没有通过：应为 {_said(expected)}，算得 {_said(actual)}"
            )


def _actual(
    word: str, expected: object, answer: Determination, words: dict[str, Node], frame: Frame
) -> object:
    """What the rules say about a grant or a word, in the shape that the test uses."""
    grant = next((g for g in answer.grants if g.id == word), None)
    if grant is not None:
        if not isinstance(expected, dict):
            return grant.status.value
        have = {"status": grant.status.value, "amount": grant.amount, "effect": grant.effect.value}
        return {key: have.get(key) for key in expected}
    if word in words:
        return _shown(words[word], frame[words[word].index])
    return f"没有“{word}”这个项目或词"


def _said(value: object) -> str:
    """As it would be written in the pack."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_said(each)}" for key, each in value.items()) + "}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)


def _shown(node: Node, value: Value) -> object:
    if value is UNKNOWN or value is OPEN:
        return "unknown" if value is UNKNOWN else "open"
    if node.type.kind is Kind.ENUM:
        return node.type.levels[int(value)]  # type: ignore[arg-type]
    return value
