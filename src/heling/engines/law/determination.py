"""The answer about one person, as frozen data that survives a round trip through JSON.

Nothing here refers to packs or graphs: a stored determination can be shown years later, in
official or in plain words, by itself. What proves it is the receipt inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from heling.engines.law.receipt import Receipt, digest
from heling.engines.law.text import Citation

Json = dict[str, Any]


class Status(StrEnum):
    """What the law says about one grant. Column codes follow the order of declaration."""

    DENIED = "denied"
    GRANTED = "granted"
    UNKNOWN = "unknown"
    OPEN = "open"

    @property
    def label(self) -> str:
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    Status.DENIED: "不符合",
    Status.GRANTED: "应享受",
    Status.UNKNOWN: "待查明",
    Status.OPEN: "尚待实施办法",
}


class Effect(StrEnum):
    """What a conflict does to a grant that a person has. Column codes follow the order."""

    NONE = "none"  # no rival benefit
    KEEPS = "keeps"  # prevails, whether or not a rival is there
    YIELDS = "yields"
    UNKNOWN = "unknown"
    OPEN = "open"


class Verdict(StrEnum):
    """Whether one condition holds; ``value`` for the reason of an amount."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    OPEN = "open"
    VALUE = "value"


@dataclass(frozen=True, slots=True, eq=True)
class Reason:
    """One condition that decided, and why. ``word`` names a defined word: such a reason is
    written once in JSON and referred to afterwards. ``joint`` says how ``because`` combine."""

    verdict: Verdict
    text: str
    plain: str
    cite: str = ""
    word: str = ""
    joint: str = ""
    because: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenTerm:
    """A term that the law leaves to others; ``part`` is ``condition`` or ``amount``."""

    term: str
    filled_by: str
    cite: str
    part: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that decided and is 待核实: a value, a definition, a date, a reading."""

    word: str
    note: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A declared interpretation on which a result rests."""

    word: str
    cite: str
    note: str
    status: str


@dataclass(frozen=True, slots=True)
class Question:
    """A missing fact, worded as a question; ``decides`` lists the grants waiting for it."""

    fact: str
    ask: str
    change: str
    decides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact becoming something else. ``on`` is the day, for an age; None otherwise."""

    fact: str
    to: str
    text: str
    plain: str
    change: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class WouldChange:
    """One or two changed facts that together flip a grant, and what it would become."""

    changes: tuple[FactChange, ...]
    status: Status
    amount: int | None


@dataclass(frozen=True, slots=True)
class GrantResult:
    """What one provision gives this person.

    ``amount`` (integer, in ``unit``; ``floor`` = 不少于) is None when the benefit has no amount
    or none can be stated. ``status`` is the right under its own article; ``effect`` is what a
    conflict with another benefit does to it. Pay or serve only when status is granted and
    effect is none or keeps. ``at_least``: of a right that waits for the district of residence
    alone, what the city itself gives; the district may give more.
    """

    id: str
    pack: str
    benefit: str
    plain: str
    entity: str
    bearer: str
    cite: Citation
    status: Status
    amount: int | None
    unit: str
    floor: bool
    effect: Effect
    conflict: str
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    open_terms: tuple[OpenTerm, ...]
    awaits: tuple[OpenTerm, ...]
    unverified: tuple[Mark, ...]
    readings: tuple[Reading, ...]
    would_change: tuple[WouldChange, ...] = ()
    at_least: int | None = None

    @property
    def enjoyed(self) -> bool:
        """Granted, and not given up to another benefit."""
        return self.status is Status.GRANTED and self.effect in (Effect.NONE, Effect.KEEPS)


def essence(grants: tuple[GrantResult, ...]) -> str:
    """SHA-256 over what was decided: every status, amount, effect, question and open term."""
    return digest(
        [
            [g.id, g.status, g.amount, g.effect, g.missing, [o.term for o in g.open_terms]]
            for g in grants
        ]
    )


@dataclass(frozen=True, slots=True)
class Encouragement:
    """What the law only allows, encourages or explores: it creates no right."""

    id: str
    pack: str
    benefit: str
    duty: str
    cite: Citation
    concerns: Verdict
    note: str = "法规用语不是“应当”，不产生可以要求给付的权利"


@dataclass(frozen=True, slots=True)
class PartyResult:
    """One side of a conflict: is it there, and does it prevail?"""

    party: str
    grants: tuple[str, ...]
    present: Verdict
    keeps: Verdict


@dataclass(frozen=True, slots=True)
class ConflictResult:
    """How benefits that meet are settled. ``total`` (``stack`` only) is None when a part of it
    is unknown or open; ``at_least`` is the part that is certain."""

    id: str
    rule: str
    cite: Citation
    text: str
    parties: tuple[PartyResult, ...]
    total: int | None
    at_least: int | None
    unit: str
    missing: tuple[str, ...]
    open_terms: tuple[OpenTerm, ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A future day on which grants change by themselves, with the rules as known today."""

    on: date
    age: int | None
    text: str
    changes: tuple[tuple[str, Status, int | None], ...]


@dataclass(frozen=True, slots=True)
class Determination:
    """Everything the law of one city says about one person on one day."""

    city: str
    city_name: str
    on: date
    grants: tuple[GrantResult, ...]
    encouraged: tuple[Encouragement, ...]
    conflicts: tuple[ConflictResult, ...]
    missing: tuple[Question, ...]
    timeline: tuple[Milestone, ...]
    receipt: Receipt
    lapsed: tuple[str, ...] = ()

    def grant(self, word: str) -> GrantResult:
        """The result for one grant. Raises KeyError for an unknown one."""
        for result in self.grants:
            if result.id == word:
                return result
        raise KeyError(word)

    def to_json(self) -> Json:
        """Plain JSON data; ``docs/schemas/law-determination.schema.json`` describes it."""
        from heling.engines.law.codec import dump_determination

        return dump_determination(self)

    @classmethod
    def from_json(cls, data: Json) -> Determination:
        """Inverse of :meth:`to_json`. Raises BadInput when the data is something else."""
        from heling.engines.law.codec import load_determination

        return load_determination(data)
