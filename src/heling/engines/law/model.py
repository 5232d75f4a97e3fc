"""What a pack says, as plain frozen data: facts, constants, words, grants, conflicts.

Expressions are still text here; :mod:`heling.engines.law.assemble` gives them meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from heling.engines.law.text import Citation, LawText
from heling.engines.law.trouble import Spot
from heling.engines.law.units import Bounds, Type, Unit
from heling.kernel.period import Period

UNVERIFIED = "待核实"


class Duty(StrEnum):
    """How the law speaks. Only 应当 gives a right; the others are reported as encouraged."""

    MUST = "应当"
    MAY = "可以"
    ENCOURAGE = "鼓励"
    EXPLORE = "探索"


class Entity(StrEnum):
    """Of whom or of what a rule speaks."""

    PERSON = "person"
    HOUSEHOLD = "household"
    COMPOUND = "compound"  # 住宅小区
    FACILITY = "facility"  # 居家养老服务用房、养老服务设施
    INSTITUTION = "institution"  # 养老服务机构
    VOLUNTEER = "volunteer"  # 志愿者
    AUTHORITY = "authority"  # 一级政府或者部门
    OFFENCE = "offence"  # 一件违法行为

    @property
    def label(self) -> str:
        return _ENTITIES[self]


_ENTITIES = {
    Entity.PERSON: "老年人",
    Entity.HOUSEHOLD: "老年人家庭",
    Entity.COMPOUND: "住宅小区",
    Entity.FACILITY: "养老服务设施（用房）",
    Entity.INSTITUTION: "养老服务机构",
    Entity.VOLUNTEER: "志愿者",
    Entity.AUTHORITY: "政府和部门",
    Entity.OFFENCE: "违法行为",
}


class NormKind(StrEnum):
    """What a norm sets, beside the rights of persons."""

    DUTY = "duty"  # something must be so, or be done
    QUOTA = "quota"  # at least so much
    PRICE = "price"  # at most so much
    CADENCE = "cadence"  # again after so long
    DEADLINE = "deadline"  # done by a day
    PENALTY = "penalty"  # between so much and so much

    @property
    def label(self) -> str:
        return _NORM_KINDS[self]


_NORM_KINDS = {
    NormKind.DUTY: "义务",
    NormKind.QUOTA: "定额",
    NormKind.PRICE: "价格",
    NormKind.CADENCE: "频次",
    NormKind.DEADLINE: "期限",
    NormKind.PENALTY: "罚则",
}


class Change(StrEnum):
    """What it costs to change a fact, cheapest first; orders questions and outlooks."""

    AGE = "age"  # free, and its day is known
    CHOICE = "choice"  # the elder decides
    CLAIM = "claim"  # a status to be claimed with a document
    ASSESSMENT = "assessment"  # a level that assessors find
    MOVE = "move"  # where somebody is registered or lives
    FIXED = "fixed"  # never changes


class Form(StrEnum):
    """What a property claims; ``docs/law/proofs.md`` says what each means."""

    ALWAYS = "always"
    NEVER = "never"
    NEVER_TOGETHER = "never_together"
    HIGHER_RECEIVED = "higher_received"
    NEVER_EMPTY = "never_empty"
    MONOTONE = "monotone"
    ONLY_RESIDENTS = "only_residents"
    AMOUNT_WITHIN = "amount_within"
    ONE_OF = "one_of"
    NO_GAP = "no_gap"
    NO_OVERLAP = "no_overlap"
    NEVER_BELOW = "never_below"


class Direction(StrEnum):
    """What may not happen to a value while something rises."""

    NEVER_LOWER = "never_lower"
    NEVER_HIGHER = "never_higher"


class Rule(StrEnum):
    """How a conflict between benefits is settled."""

    HIGHER_OF = "higher_of"
    CHOICE = "choice"
    STACK = "stack"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """A fact about a person. ``ask`` asks for it; ``yes``/``no`` say it in official words,
    ``plain_yes``/``plain_no`` to an elder (empty: as in official words). A county may be read off
    the place that it lies ``within``, where that is given finely enough.
    """

    word: str
    type: Type
    change: Change
    ask: str
    yes: str
    no: str
    plain_yes: str
    plain_no: str
    bounds: Bounds
    of: Entity
    within: str
    spot: Spot
    order: int


@dataclass(frozen=True, slots=True)
class Version:
    """A constant's value while it is in force; both days inclusive."""

    period: Period
    value: int


@dataclass(frozen=True, slots=True)
class Fill:
    """A lower instrument's answer to an open term; ``filled_by`` repeats whom the term names."""

    target: str
    filled_by: str
    type: Type
    versions: tuple[Version, ...]
    status: str
    source: str
    pack: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class District:
    """The county that an overlay speaks for; ``fact`` says who lives (or lies) there."""

    code: str
    name: str
    fact: str


@dataclass(frozen=True, slots=True)
class Raise:
    """What a district gives above a lower limit (不少于) of its city; it never gives less."""

    target: str
    type: Type
    cite: Citation
    versions: tuple[Version, ...]
    status: str
    source: str
    pack: str
    spot: Spot


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A number (or an open condition) that the law states or leaves to others.

    ``filled_by`` names who may fill an open term; ``versions`` is empty while it is open.
    ``floor`` marks 不少于: a lower instrument may give more. ``status`` may be 待核实.
    """

    word: str
    type: Type
    cite: Citation
    versions: tuple[Version, ...]
    filled_by: str
    floor: bool
    status: str
    source: str
    note: str
    spot: Spot

    @property
    def bounds(self) -> Bounds:
        values = [v.value for v in self.versions]
        return Bounds(min(values), max(values)) if values else Bounds(0, OPEN_LIMIT)

    def on(self, day: date) -> int | None:
        """The value in force on a day; None when open or when no version covers the day."""
        for version in self.versions:
            if day in version.period:
                return version.value
        return None


OPEN_LIMIT = 1_000_000
"""No implementing measure of a service or a price may exceed this (units of the constant)."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """``table: 失能等级`` with a constant or expression per level."""

    key: str
    rows: dict[str, str]
    otherwise: str
    spot: Spot


Formula = str | Table
"""An expression as text, or a table of expressions by level; empty text means none."""


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A word that the law defines. ``yes``/``no`` phrase it when it is true or false."""

    word: str
    cite: Citation
    formula: Formula
    yes: str
    no: str
    plain_yes: str
    plain_no: str
    note: str
    status: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Awaited:
    """Something about a grant that is left to others without making the right itself open."""

    term: str
    filled_by: str


@dataclass(frozen=True, slots=True, eq=False)
class Interpretation:
    """A reading that the text does not settle, declared as data and shown with the result."""

    word: str
    cite: Citation
    note: str
    applies_to: tuple[str, ...]
    status: str
    spot: Spot


@dataclass(frozen=True, slots=True, eq=False)
class Grant:
    """What the law gives (or duty it lays on somebody) under a condition."""

    word: str
    cite: Citation
    duty: Duty
    entity: Entity
    benefit: str
    plain: str
    when: str
    amount: Formula
    unit: Unit | None
    floor: bool
    awaits: tuple[Awaited, ...]
    bearer: str
    pack: str
    spot: Spot


@dataclass(frozen=True, slots=True, eq=False)
class Norm:
    """What the law demands of an entity other than an elder. ``says`` puts it in words.

    Which of the fields are filled depends on ``kind``: ``must`` (duty: the condition under
    which it is kept, empty when nothing can be measured), ``measure`` against ``limit`` (quota:
    not less, price: not more), ``after`` + ``within`` and ``done`` (deadline), ``every`` and
    ``last`` (cadence), ``lowest`` to ``highest`` in 分 (penalty). ``limit``, ``within``, ``every``,
    ``lowest`` and ``highest`` may be open terms.
    """

    word: str
    kind: NormKind
    of: Entity
    cite: Citation
    duty: Duty
    says: str
    bearer: str
    when: str
    must: str
    measure: str
    limit: str
    unit: Unit | None
    after: str
    within: str
    done: str
    every: str
    last: str
    lowest: str
    highest: str
    awaits: tuple[Awaited, ...]
    pack: str
    spot: Spot


@dataclass(frozen=True, slots=True, eq=False)
class Party:
    """One side of a conflict: grants of the pack, or a benefit outside it (``when``)."""

    word: str
    grants: tuple[str, ...]
    when: str
    value: str
    spot: Spot


@dataclass(frozen=True, slots=True, eq=False)
class Conflict:
    """What happens when several benefits meet. ``choice`` is the fact that records a choice."""

    word: str
    cite: Citation
    rule: Rule
    parties: tuple[Party, ...]
    choice: str
    otherwise: Rule | None
    note: str
    status: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim of a property: ``terms`` are words and expressions, by the part they play."""

    form: Form
    terms: dict[str, tuple[str, ...]]

    def one(self, part: str) -> str:
        """The only term of a part; empty when it is left out."""
        return next(iter(self.terms.get(part, ())), "")


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """Something that must hold for everybody the rules could ever meet, to be proved.

    ``given`` narrows it to people (and open terms) for whom an expression is true.
    """

    word: str
    cite: Citation
    claim: Claim
    given: str
    note: str
    pack: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Case:
    """A test inside a pack; ``of`` what entity its facts are."""

    name: str
    of: Entity
    on: date
    facts: dict[str, object]
    expect: dict[str, object]
    spot: Spot


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """One instrument as rules. ``text`` is None for a law whose text is not stored; ``text_name``
    is what it is stored under."""

    id: str
    kind: str
    city: str
    city_name: str
    title: str
    text: LawText | None
    text_name: str
    period: Period
    period_status: str
    period_source: str
    imports: tuple[str, ...]
    facts: tuple[Fact, ...]
    constants: tuple[Constant, ...]
    definitions: tuple[Definition, ...]
    grants: tuple[Grant, ...]
    conflicts: tuple[Conflict, ...]
    norms: tuple[Norm, ...]
    interpretations: tuple[Interpretation, ...]
    properties: tuple[Property, ...]
    fills: tuple[Fill, ...]
    district: District | None
    raises: tuple[Raise, ...]
    cases: tuple[Case, ...]
    sha256: str
    spot: Spot
