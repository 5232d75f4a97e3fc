"""Reads the conformance suite (``conformance/``) and runs it through our own engine.

What another implementation would have to write in its own language stands here in ours: see the
contract in ``conformance/README.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np
import yaml

from heling.engines.law import FactColumn, library
from heling.engines.law.check import check_pack
from heling.engines.law.determination import Effect, Status
from heling.engines.law.graph import Op
from heling.engines.law.interpret import OPEN, UNKNOWN, Value
from heling.engines.law.model import Definition, Fact
from heling.engines.law.normbook import NormBook, build_norms
from heling.engines.law.proving import add_branches
from heling.engines.law.recent import Recent
from heling.engines.law.ruleset import RuleSet, build
from heling.engines.law.shelf import FolderShelf, LayeredShelf
from heling.engines.law.syntax import parse_expression
from heling.engines.law.units import Kind
from heling.kernel.errors import BadInput

ROOT = Path(__file__).resolve().parents[5] / "conformance"
TRIAL = "999900/trial"
CITY = "999900"
EPOCH = date(1970, 1, 1)
Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One case of one file: packs, and what is asked of them."""

    file: str
    name: str
    packs: dict[str, str]
    load: tuple[str, ...]
    asks: tuple[Json, ...]
    findings: tuple[Json, ...]

    @property
    def shelf(self) -> LayeredShelf:
        over = {name: text.encode() for name, text in self.packs.items()}
        return LayeredShelf(FolderShelf(ROOT), over)

    @property
    def norms(self) -> bool:
        return any("norms" in ask["expect"] for ask in self.asks)

    @property
    def label(self) -> str:
        return f"{self.file}: {self.name}"

    def rules(self) -> RuleSet:
        return build(self.load, CITY, self.shelf)

    def book(self) -> NormBook:
        return build_norms(self.load, CITY, self.shelf)


class _Core(yaml.SafeLoader):
    """YAML 1.2's core schema: true, false, null and whole numbers; ``on`` is a word, a date text."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^[-+]?\d+$", "-+0123456789"),
):
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def plain(path: Path) -> Json:
    """A file of the suite as plain data."""
    return cast("Json", yaml.load(path.read_text(encoding="utf-8"), Loader=_Core))  # noqa: S506


@cache
def suite() -> tuple[Case, ...]:
    manifest = plain(ROOT / "manifest.yaml")
    return tuple(case for entry in manifest["files"] for case in _cases(entry["file"]))


def _cases(file: str) -> Iterator[Case]:
    data = plain(ROOT / "cases" / file)
    prelude = (ROOT / "preludes" / f"{data['prelude']}.yaml").read_text(encoding="utf-8")
    for case in data["cases"]:
        others: dict[str, str] = case.get("others", {})
        yield Case(
            file=file,
            name=case["name"],
            packs={TRIAL: prelude + case["rules"] + "\n", **others},
            load=(TRIAL, *case.get("beside", ())),
            asks=tuple(case.get("asks", ())),
            findings=tuple(case.get("findings", ())),
        )


def forget() -> None:
    """Nothing read under one version of the engine is kept for another."""
    library._READ = Recent(64)
    parse_expression.cache_clear()


def run(case: Case) -> list[str]:
    """What differs from what the suite expects; nothing is agreement."""
    if case.findings:
        return _load_errors(case)
    try:
        if case.norms:
            book = case.book()
            return [d for ask in case.asks for d in _examined(case, book, ask)]
        rules = case.rules()
        return [d for ask in case.asks for d in _asked(case, rules, ask)]
    except BadInput as error:
        return [f"{case.label}: refused: {error}"]


def _load_errors(case: Case) -> list[str]:
    report = check_pack(TRIAL, case.shelf, add_branches)
    found = {(f.spot.line, f.spot.word, f.spot.article) for f in report.findings}
    lines = case.packs[TRIAL].splitlines()
    missing = []
    for finding in case.findings:
        line = 1 + next(n for n, t in enumerate(lines) if t.strip().startswith(finding["at"]))
        if (line, finding["word"], finding["article"]) not in found:
            missing.append(f"{case.label}: {finding} (line {line}) not in {sorted(found)}")
    return missing


def _differences(label: str, expected: Json, actual: Json) -> list[str]:
    return [
        f"{label}: {key}: {actual.get(key)!r}, expected {value!r}"
        for key, value in expected.items()
        if actual.get(key) != value
    ]


def _examined(case: Case, book: NormBook, ask: Json) -> list[str]:
    answer = book.examine(ask["of"], ask["facts"], date.fromisoformat(ask["on"]))
    norms = {n["id"]: n for n in answer.to_json()["norms"]}
    return [
        d
        for word, expected in ask["expect"]["norms"].items()
        for d in _differences(f"{case.label} {ask['facts']} {word}", expected, norms[word])
    ]


def _asked(case: Case, rules: RuleSet, ask: Json) -> list[str]:
    on, expect = date.fromisoformat(ask["on"]), ask["expect"]
    label = f"{case.label} {ask['on']} {ask['facts']}"
    try:
        answer = rules.determine(ask["facts"], on, outlook=False)
    except BadInput as error:
        refused = sorted({p.where.split()[0] for p in error.problems})
        return _differences(
            label, {"refused": sorted(expect.get("refused", []))}, {"refused": refused}
        )
    found = _differences(label, {"refused": expect["refused"]}, {}) if "refused" in expect else []
    for word, wanted in expect.get("grants", {}).items():
        grant = answer.grant(word)
        have = {
            "status": grant.status.value,
            "amount": grant.amount,
            "effect": grant.effect.value,
            "missing": sorted(grant.missing),
            "open": sorted(t.term for t in grant.open_terms),
        }
        lists = {k: sorted(v) if isinstance(v, list) else v for k, v in wanted.items()}
        found += _differences(f"{label} {word}", lists, have)
    conflicts = {c["id"]: c for c in answer.to_json()["conflicts"]}
    for word, wanted in expect.get("conflicts", {}).items():
        conflict = conflicts[word]
        conflict["open"] = [t["term"] for t in conflict["open_terms"]]
        found += _differences(f"{label} {word}", wanted, conflict)
    return found + _differences(label, expect.get("words", {}), _words(rules, ask["facts"], on))


def _words(rules: RuleSet, facts: Json, on: date) -> Json:
    frame = rules.frame(rules.read(facts, on), on)
    found: Json = {}
    for node in rules.assembly.graph.nodes:
        if node.op is Op.WORD:
            value: Any = frame[node.index]
            if value is UNKNOWN or value is OPEN:
                value = "unknown" if value is UNKNOWN else "open"
            elif node.type.kind is Kind.ENUM:
                value = node.type.levels[value]
            found[cast("Definition", node.payload).word] = value
    return found


@dataclass(frozen=True)
class Rows:
    """The questions of one case that are asked on one day, as a population: a row each."""

    rules: RuleSet
    on: date
    facts: dict[str, FactColumn]
    expected: tuple[dict[str, Json], ...]
    label: str

    @property
    def size(self) -> int:
        return len(self.expected)


def rows_of(case: Case) -> Iterator[Rows]:
    """Rows for the folds over a population; questions about norms and refused facts have none."""
    if case.findings or case.norms:
        return
    rules = case.rules()
    asks = [a for a in case.asks if "grants" in a["expect"]]
    for day in sorted({a["on"] for a in asks}):
        on = date.fromisoformat(day)
        today = [a for a in asks if a["on"] == day]
        known = [rules.read(a["facts"], on).values for a in today]
        facts = {w: _column(f, [k.get(w) for k in known]) for w, f in rules.facts.items()}
        expected = tuple(a["expect"]["grants"] for a in today)
        yield Rows(rules, on, facts, expected, f"{case.label} {day}")


def _column(fact: Fact, values: list[Value | None]) -> FactColumn:
    filler = fact.bounds.low
    encoded = [
        filler if v is None else (v - EPOCH).days if isinstance(v, date) else v for v in values
    ]
    dtype: Any = np.bool_ if fact.type.kind is Kind.BOOL else np.int64
    return FactColumn(np.array(encoded, dtype=dtype), np.array([v is not None for v in values]))


def disagreements(rows: Rows, judged: Mapping[str, Judged]) -> list[str]:
    """Where statuses, amounts or effects by row are not what the suite expects."""
    found = []
    for row, expected in enumerate(rows.expected):
        for word, wanted in expected.items():
            status, amount, effect = (part[row] for part in judged[word])
            have = {"status": status, "effect": effect}
            if wanted["status"] == "granted":
                have["amount"] = amount
            for key in wanted.keys() & have.keys():
                if wanted[key] != have[key]:
                    found.append(f"{rows.label} row {row} {word} {key}: {have[key]}, {wanted[key]}")
    return found


Judged = tuple[list[str], list[int | None], list[str]]
"""Status, amount and effect by row, in words."""
STATUSES = tuple(s.value for s in Status)
EFFECTS = tuple(e.value for e in Effect)
