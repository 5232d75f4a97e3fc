"""What the norms of a city say about one entity, as frozen data.

A norm is a duty, a quota, a price, a cadence, a deadline or a range of penalties that the law
sets for a compound, a facility, an institution, an authority or an offence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from heling.engines.law.determination import Json, Mark, OpenTerm, Question, Reading, Reason
from heling.engines.law.model import Entity, NormKind
from heling.engines.law.receipt import Receipt, digest
from heling.engines.law.text import Citation


class Standing(StrEnum):
    """Where an entity stands with one norm on one day."""

    FREE = "free"  # the norm does not concern it
    BOUND = "bound"  # it does; nothing is measured, or the time is not yet up
    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"  # it depends on missing facts
    OPEN = "open"  # it depends on a term that the law leaves to others

    @property
    def label(self) -> str:
        return _STANDINGS[self]


_STANDINGS = {
    Standing.FREE: "不适用",
    Standing.BOUND: "适用",
    Standing.KEPT: "符合",
    Standing.BROKEN: "不符合",
    Standing.UNKNOWN: "待查明",
    Standing.OPEN: "尚待规定",
}


@dataclass(frozen=True, slots=True)
class NormResult:
    """One norm applied to one entity.

    ``required`` and ``actual`` (integers in ``unit``) for quotas and prices; ``gap`` is what is
    lacking below a quota or charged above a price, 0 when kept. ``lowest`` and ``highest`` in 分
    for penalties. ``due`` for deadlines and cadences. Each is None when it cannot be said.
    Only ``duty`` 应当 binds; with any other word ``standing`` says at most whom it concerns.
    """

    id: str
    kind: NormKind
    pack: str
    cite: Citation
    duty: str
    says: str
    bearer: str
    standing: Standing
    unit: str
    required: int | None
    actual: int | None
    gap: int | None
    lowest: int | None
    highest: int | None
    due: date | None
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    open_terms: tuple[OpenTerm, ...]
    awaits: tuple[OpenTerm, ...]
    unverified: tuple[Mark, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that the norms of one city say about one entity on one day."""

    city: str
    city_name: str
    entity: Entity
    on: date
    norms: tuple[NormResult, ...]
    missing: tuple[Question, ...]
    receipt: Receipt
    lapsed: tuple[str, ...]

    def norm(self, word: str) -> NormResult:
        """The result for one norm. Raises KeyError for an unknown one."""
        for result in self.norms:
            if result.id == word:
                return result
        raise KeyError(word)

    def to_json(self) -> Json:
        """Plain JSON data; ``docs/schemas/law-examination.schema.json`` describes it."""
        from heling.engines.law.codec import dump_examination

        return dump_examination(self)


def essence(results: tuple[NormResult, ...]) -> str:
    """SHA-256 over what was found: every standing, number, day, question and open term."""
    return digest(
        [
            [
                *(r.id, r.standing, r.required, r.actual, r.gap, r.lowest, r.highest),
                *(r.due.isoformat() if r.due else None, r.missing),
                [o.term for o in r.open_terms],
            ]
            for r in results
        ]
    )
