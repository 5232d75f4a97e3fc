"""Proving packs, one file at a time, in the company they keep."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from heling.engines.law.assemble import Ruled
from heling.engines.law.branches import dead_branches
from heling.engines.law.check import check_file, pack_files
from heling.engines.law.model import Pack
from heling.engines.law.proofs import PATIENCE, Outcome, Proof, prove
from heling.engines.law.trouble import Finding, Findings
from heling.engines.law.witness import Json, Person


@dataclass(frozen=True, slots=True)
class ProofReport:
    """One file: its proofs, and what is wrong with it otherwise (dead branches among it)."""

    file: str
    pack: str
    proofs: tuple[Proof, ...]
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        return not self.findings and all(p.holds for p in self.proofs)

    def to_json(self) -> Json:
        return {
            "file": self.file,
            "pack": self.pack,
            "ok": self.good,
            "proofs": [p.to_json() for p in self.proofs],
            "findings": [f.to_json() for f in self.findings],
        }


def prove_packs(
    paths: Sequence[Path], root: Path, patience: int = PATIENCE
) -> tuple[ProofReport, ...]:
    """Prove the properties of files (or of folders of them). ``patience`` in milliseconds."""
    return tuple(_prove(file, root, patience) for file in pack_files(paths))


def _prove(file: Path, root: Path, patience: int) -> ProofReport:
    proofs: list[Proof] = []

    def further(pack: Pack, rules: Ruled, findings: Findings) -> None:
        proofs.extend(prove(rules, pack.properties, patience=patience))
        add_branches(pack, rules, findings)

    report = check_file(file, root, further)
    return ProofReport(report.file, report.pack, tuple(proofs), report.findings)


def findings_of(pack: Pack, rules: Ruled, findings: Findings) -> None:
    """Properties of a pack that are not proved, and branches that nobody reaches, as findings."""
    for proof in prove(rules, pack.properties):
        if not proof.holds:
            findings.add(proof.stated.spot, f"{proof.says}{_example(proof)}")
    add_branches(pack, rules, findings)


def add_branches(pack: Pack, rules: Ruled, findings: Findings) -> None:
    """Branches of this pack that nobody reaches."""
    for finding in dead_branches(rules.assembly):
        if finding.spot.file == pack.spot.file:
            findings.add(finding.spot, finding.message)


def _example(proof: Proof) -> str:
    return f"，例如{described(proof.person)}" if proof.person is not None else "，请改写"


def described(person: Person) -> str:
    """A counterexample in one line."""

    def plain(data: Json) -> str:
        return json.dumps(data, ensure_ascii=False)

    text = f" {person.on} 的 {plain(person.facts)}"
    if person.twin:
        text += f"，与只有 {plain(person.twin)} 不同的另一人"
    return text + (f"（假定 {plain(person.assumed)}）" if person.assumed else "")


def in_words(report: ProofReport) -> str:
    """A report for a terminal: one line per property and finding."""
    lines = [f"{report.pack or report.file}：{len(report.proofs)} 条性质"]
    for proof in report.proofs:
        sign = "✓" if proof.holds else "✗"
        example = "" if proof.outcome is Outcome.PROVED else _example(proof)
        lines.append(f"  {sign} {proof.says}（{proof.stated.cite.label}）{example}")
    lines += [f"  ✗ {f.spot}：{f.message}" for f in report.findings]
    return "\n".join(lines)
