"""What a check and its proofs say, as pages show it: from a fresh result, or from a stored one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from heling.contexts.lawbook.checking import CheckResult, Proved
from heling.contexts.lawbook.domain.entries import Sheet, split
from heling.engines.law.text import chinese_numeral
from heling.engines.law.trouble import Finding

_OUTCOMES = {
    "proved": ("good", "已证明"),
    "refuted": ("bad", "不成立"),
    "vacuous": ("bad", "前提不可能出现"),
    "unknown": ("bad", "时限内没有结论"),
}
_TRUTH = {True: "是", False: "不是"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One error: line, word and article (or the section, for what cites none), and the line
    itself."""

    line: int
    word: str
    article: str
    message: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Example:
    """A person for whom a property fails: the day, the facts, and who differs in what."""

    on: str
    facts: tuple[tuple[str, str], ...]
    twin: tuple[tuple[str, str], ...]
    assumed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """One property and what became of it."""

    word: str
    cite: str
    tag: str
    says: str
    why: str
    example: Example | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A check as the editor shows it. ``cases``: the pack's own tests that ran."""

    good: bool
    cases: int
    troubles: tuple[Trouble, ...]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Proofs as a page shows them; ``failing`` first."""

    on: str
    sha256: str
    tests: int
    claims: tuple[Claim, ...]
    broken: tuple[Claim, ...]
    branches: tuple[Trouble, ...]
    elsewhere: tuple[str, ...]

    @property
    def failing(self) -> tuple[Claim, ...]:
        return tuple(c for c in self.claims if c.tag != "good")

    @property
    def holding(self) -> int:
        return len(self.claims) - len(self.failing)

    @property
    def good(self) -> bool:
        return not self.failing and not self.branches


def verdict_for(checked: CheckResult, text: str) -> Verdict:
    sheet = split(text)
    return Verdict(
        good=checked.good,
        cases=checked.cases,
        troubles=tuple(_trouble(f, text, sheet) for f in checked.findings),
        elsewhere=tuple(f"{f.spot}：{f.message}" for f in checked.elsewhere),
    )


def proved_for(proved: Proved, text: str) -> Report:
    sheet = split(text)
    branches = tuple(_trouble(f, text, sheet) for f in proved.branches)
    return report_for(proved.to_json(), branches=branches)


def report_for(data: Mapping[str, Any], *, branches: tuple[Trouble, ...] = ()) -> Report:
    """A report as a draft or an edition keeps it."""
    return Report(
        on=data.get("on", ""),
        sha256=data.get("sha256", ""),
        tests=data.get("tests", 0),
        claims=tuple(_claim(p) for p in data.get("proofs", ())),
        broken=tuple(_broken(b) for b in data.get("broken", ())),
        branches=branches,
        elsewhere=tuple(
            f"{f['file']} 第 {f['line']} 行“{f['word']}”：{f['message']}"
            for f in data.get("elsewhere", ())
        ),
    )


def _trouble(finding: Finding, text: str, sheet: Sheet) -> Trouble:
    spot = finding.spot
    lines = text.split("\n")
    excerpt = lines[spot.line - 1].strip() if spot.line <= len(lines) else ""
    entry = next((e for e in sheet.entries if e.holds(spot.line)), None)
    article = spot.article
    if entry is not None and not article:
        article = f"第{chinese_numeral(entry.article)}条" if entry.article else entry.label
    word = spot.word or (entry.word if entry is not None else "")
    return Trouble(spot.line, word, article, finding.message, excerpt[:120])


def _claim(data: Mapping[str, Any]) -> Claim:
    tag, says = _OUTCOMES[data["outcome"]]
    return Claim(data["property"], data["cite"], tag, says, "", _example(data["counterexample"]))


def _broken(data: Mapping[str, Any]) -> Claim:
    example = _example(data["counterexample"])
    return Claim(data["property"], data["cite"], "bad", "不再成立", data["why"], example)


def _example(data: Mapping[str, Any] | None) -> Example | None:
    if data is None:
        return None
    return Example(data["on"], _facts(data["facts"]), _facts(data["twin"]), _facts(data["assumed"]))


def _facts(facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((w, _TRUTH[v] if isinstance(v, bool) else str(v)) for w, v in facts.items())
