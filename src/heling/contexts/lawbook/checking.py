"""What the engine says about a draft: errors with their place, tests, proofs, what it breaks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from heling.contexts.lawbook import rules
from heling.engines.law import ENGINE, load_city, load_norms
from heling.engines.law.assemble import Ruled
from heling.engines.law.check import check_pack
from heling.engines.law.library import read
from heling.engines.law.model import Pack
from heling.engines.law.shelf import LayeredShelf, Shelf
from heling.engines.law.trouble import Finding, Findings, PackError, Spot

if TYPE_CHECKING:  # Z3 is loaded where something is proved, not with every page (docs/adr/0014)
    from heling.engines.law.proofs import Broken, Proof

NORMATIVE = ("norms", "norm-measure", "norm-overlay")
"""Kinds that speak of others than persons: they are a book of their own."""

PATIENCE = 5_000
"""Milliseconds for one question of a proof; the properties of the house need a fraction."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose law a draft is: nothing of this may change."""

    pack: str
    city: str
    kind: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What is wrong with a text, all at once. ``cases`` counts its own tests, ``failed`` those
    that did not pass. ``elsewhere``: in other packs of the city, because of this text; that is
    shown and does not stop it, or two packs could never change together."""

    sha256: str
    findings: tuple[Finding, ...]
    elsewhere: tuple[Finding, ...]
    cases: int
    failed: int

    @property
    def good(self) -> bool:
        return not self.findings

    @property
    def loads(self) -> bool:
        """Whether all that is wrong are tests: then there are rules to be proved."""
        return len(self.findings) == self.failed


@dataclass(frozen=True, slots=True)
class Proved:
    """The text's own properties, branches that nobody reaches, and promises of the edition in
    force that it no longer keeps. ``on`` of a property does not matter: all days are proved."""

    proofs: tuple[Proof, ...]
    branches: tuple[Finding, ...]
    broken: tuple[Broken, ...]

    @property
    def good(self) -> bool:
        return not self.branches and all(p.holds for p in self.proofs)

    def to_json(self) -> dict[str, Any]:
        return {
            "proofs": [p.to_json() for p in self.proofs],
            "broken": [_broken_json(b) for b in self.broken],
        }


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def shelf_with(text: str, who: Identity, *, on: date) -> LayeredShelf:
    """The packs in force on a day, with this text in the place of its pack."""
    return LayeredShelf(rules.shelf_for(who.city, on=on), {who.pack: text.encode()})


def check(text: str, who: Identity, *, on: date, whole: bool = True) -> CheckResult:
    """Load, link and test a text in the company that it will keep on a day.

    ``whole``: with all other packs of the city, which may rest on this one; a live check while
    somebody types leaves them out.
    """
    shelf = shelf_with(text, who, on=on)
    strange = _strange(shelf, who)
    report = check_pack(who.pack, shelf)
    findings = tuple(dict.fromkeys((*strange, *report.findings)))
    elsewhere: tuple[Finding, ...] = ()
    if whole and not findings:
        elsewhere = _elsewhere(shelf, who)
    failed = sum("测试没有通过" in f.message or "测试的事实有误" in f.message for f in findings)
    return CheckResult(digest(text), findings, elsewhere, report.cases, failed)


def _strange(shelf: Shelf, who: Identity) -> tuple[Finding, ...]:
    """A draft cannot change whose law it is."""
    findings = Findings()
    pack = read(who.pack, shelf, Findings())
    if pack is None:
        return ()
    spot = Spot(shelf.file(who.pack), 1)
    for name, now, was in (
        ("pack", pack.id, who.pack),
        ("city", pack.city, who.city),
        ("kind", pack.kind, who.kind),
    ):
        if now != was:
            findings.add(spot.on(name), f"草稿不能改变 {name}：应为 {was}，现在是 {now or '空'}")
    return findings.all()


def _elsewhere(shelf: Shelf, who: Identity) -> tuple[Finding, ...]:
    others = [n for n in shelf.packs() if n.startswith(f"{who.city}/") and n != who.pack]
    return tuple(dict.fromkeys(f for name in others for f in check_pack(name, shelf).findings))


def prove_text(text: str, who: Identity, *, on: date, broken: bool = True) -> Proved:
    """Prove the text's properties for everybody. Raises PackError when it does not load.

    ``broken`` compares with the edition in force on the day.
    """
    from heling.engines.law.proofs import broken_by, prove

    shelf = shelf_with(text, who, on=on)
    after = _loaded(who, shelf)
    pack = next(p for p in after.assembly.packs if p.id == who.pack)
    before = _loaded(who, rules.shelf_for(who.city, on=on))
    return Proved(
        proofs=prove(after, pack.properties, patience=PATIENCE),
        branches=_branches(pack, after),
        broken=broken_by(before, after, patience=PATIENCE) if broken else (),
    )


def _loaded(who: Identity, shelf: Shelf) -> Ruled:
    """The rules, or the norms, that a pack belongs to."""
    if who.kind in NORMATIVE:
        return load_norms(who.city, shelf, measures=who.kind == "norm-measure")
    return load_city(who.city, shelf, measures=who.kind == "measure")


def _branches(pack: Pack, after: Ruled) -> tuple[Finding, ...]:
    from heling.engines.law.branches import dead_branches

    return tuple(f for f in dead_branches(after.assembly) if f.spot.file == pack.spot.file)


def report_of(checked: CheckResult, proved: Proved, *, on: date) -> dict[str, Any]:
    """What an approver reads and an edition keeps, as JSON."""
    return {
        "engine": ENGINE,
        "sha256": checked.sha256,
        "on": on.isoformat(),
        "tests": checked.cases,
        "elsewhere": [f.to_json() for f in checked.elsewhere],
        **proved.to_json(),
    }


def _broken_json(broken: Broken) -> dict[str, Any]:
    person = broken.proof.person if broken.proof is not None else None
    return {
        "property": broken.stated.word,
        "cite": broken.stated.cite.label,
        "why": broken.finding.message if broken.finding else "",
        "counterexample": person.to_json() if person is not None else None,
    }


__all__ = [
    "CheckResult",
    "Identity",
    "PackError",
    "Proved",
    "check",
    "digest",
    "prove_text",
    "report_of",
    "shelf_with",
]
