"""Statuses with provenance: who certified, on which document, from when to when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from heling.demo.codes import Certifier, DisabilityKind, StatusKind
from heling.demo.drafts import StatusDraft
from heling.kernel.period import birthday

DOCUMENT_MARK = "演示"
LAPSED = 0.02
"""Share of the certificates with a term that ran out before the day of the run."""


class Rule(NamedTuple):
    """``back``: certified so many years ago at most; ``term``: years it holds, 0 = no
    end; ``household``: it belongs to all who live together.
    """

    kind: StatusKind
    certifier: Certifier
    back: int
    term: int
    household: bool


RULES = (
    Rule(StatusKind.DIBAO, Certifier.CIVIL_AFFAIRS, back=8, term=1, household=True),
    Rule(StatusKind.DIBAO_MARGIN, Certifier.CIVIL_AFFAIRS, back=5, term=1, household=True),
    Rule(StatusKind.TEKUN, Certifier.CIVIL_AFFAIRS, back=10, term=0, household=False),
    Rule(StatusKind.YOUFU, Certifier.VETERANS, back=25, term=0, household=False),
    Rule(StatusKind.JIANYIYONGWEI, Certifier.GOVERNMENT, back=30, term=0, household=False),
    Rule(StatusKind.JISHENG, Certifier.HEALTH, back=14, term=0, household=True),
    Rule(StatusKind.DISABILITY, Certifier.DISABLED_FEDERATION, back=18, term=10, household=False),
    Rule(StatusKind.CHRONIC, Certifier.HOSPITAL, back=5, term=2, household=False),
)
_DISABILITIES = tuple(DisabilityKind)


class Bearer(NamedTuple):
    """Whom a status belongs to: serial of the elder or household, county, disability."""

    serial: int
    county: str
    grade: int
    disability: int


def status_draft(rule: Rule, bearer: Bearer, on: date, when: float, lapse: float) -> StatusDraft:
    """The status as certified some time before ``on``; ``when`` and ``lapse`` are uniform."""
    since = on - timedelta(days=30 + int(when * 365 * rule.back))
    disabled = rule.kind is StatusKind.DISABILITY
    return StatusDraft(
        kind=rule.kind,
        certifier=rule.certifier,
        certifier_code=bearer.county,
        document=f"{DOCUMENT_MARK}-{rule.kind.label}-{bearer.county}-{since.year}-{bearer.serial:07d}",
        since=since,
        until=_until(since, rule.term, on, lapsed=lapse < LAPSED) if rule.term else None,
        grade=bearer.grade if disabled else 0,
        disability=_DISABILITIES[bearer.disability] if disabled else None,
    )


def _until(since: date, term: int, on: date, *, lapsed: bool) -> date:
    """Last day of the term that covers ``on``; of the one before it where renewal was missed."""
    terms = 1
    while birthday(since, terms * term) <= on:
        terms += 1
    if lapsed and terms > 1:
        terms -= 1
    return birthday(since, terms * term) - timedelta(days=1)
