"""What may stand where in a pack: one table for the reader and for the JSON Schema.

:mod:`heling.engines.law.reader` takes the names of the fields from here, and
:mod:`heling.engines.law.pack_schema` writes the same table as a schema for editors. A field that is
not in the table is refused by both.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum

from heling.engines.law import model
from heling.engines.law.units import Kind

PACK_KINDS = (
    "ordinance", "national", "measure", "overlay", "norms", "norm-measure", "norm-overlay",
)  # fmt: skip
_OVERLAID = ("district", "raises")
STRANGE = {
    "norms": ("grants", "conflicts", "fills", *_OVERLAID),
    "norm-measure": ("grants", "conflicts", "properties", "norms", *_OVERLAID),
    "norm-overlay": ("grants", "conflicts", "properties", "norms", "fills"),
    "overlay": ("grants", "conflicts", "norms", "fills"),
}
"""Parts that a kind of pack may not have. Those that speak of persons have no place among norms,
only an overlay raises anything, and an overlay does nothing else."""
STRANGE_ELSEWHERE = ("norms", *_OVERLAID)
CONSTANT_KINDS = (Kind.BOOL, Kind.NUMBER)


class Slot(Enum):
    """What kind of thing stands in a field."""

    TEXT = "text"
    TEXTS = "texts"  # a list of texts
    TRUTH = "truth"  # true or false
    INTEGER = "integer"
    NUMBER = "number"  # of a version: an integer not below 0, or true/false for a condition
    DAY = "day"  # 2018-10-01
    UNIT = "unit"  # 小时/月
    ADDRESS = "address"  # 22/1/4
    CITY = "city"  # six digits
    FORMULA = "formula"  # an expression, or a table of them
    EXPRESSIONS = "expressions"  # a map of expressions, by level
    DATA = "data"  # a map of anything, by word
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A mapping with fields that must and fields that may be there."""

    must: dict[str, Content]
    may: dict[str, Content] = field(default_factory=dict)
    either: tuple[str, ...] = ()
    """Of these exactly one must be there."""

    def chosen(self, given: Collection[str]) -> bool:
        """Whether exactly one of ``either`` is given."""
        return sum(name in given for name in self.either) == 1

    @property
    def names(self) -> tuple[str, str]:
        """Required and optional names, as :meth:`Cursor.fields` takes them."""
        return " ".join(self.must), " ".join(self.may)


@dataclass(frozen=True, slots=True)
class Each:
    """A mapping from words to things of one shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Many:
    """A list of things of one shape."""

    shape: Shape


Content = Slot | Choice | Shape | Each | Many

_T, _DAY, _TRUTH, _CITE, _UNIT = Slot.TEXT, Slot.DAY, Slot.TRUTH, Slot.ADDRESS, Slot.UNIT
_ENTITY = Choice(tuple(model.Entity))
_DUTY = Choice(tuple(model.Duty))
_SAID = {"yes": _T, "no": _T, "plain_yes": _T, "plain_no": _T}

LAW = Shape({"title": _T}, {"text": _T, "sha256": _T, "external": _TRUTH, "source": _T})
IN_FORCE = Shape({"from": _DAY}, {"to": _DAY, "status": _T, "source": _T, "cite": _CITE})
CITY = Shape({"code": Slot.CITY, "name": _T})
VERSION = Shape({"from": _DAY, "value": Slot.NUMBER}, {"to": _DAY})
OPEN = Shape({"filled_by": _T})
TABLE = Shape({"table": _T, "rows": Slot.EXPRESSIONS}, {"else": _T})
AWAITED = Shape({"term": _T, "filled_by": _T})
FACT = Shape(
    {"type": Choice(tuple(Kind)), "ask": _T},
    {
        "of": _ENTITY, "change": Choice(tuple(model.Change)), **_SAID, "levels": Slot.TEXTS,
        "ordered": _TRUTH, "unit": _UNIT, "min": Slot.INTEGER, "max": Slot.INTEGER, "within": _T,
    },
)  # fmt: skip
CONSTANT = Shape(
    {"cite": _CITE},
    {
        "quote": _T, "type": Choice(CONSTANT_KINDS), "unit": _UNIT,
        "versions": Many(VERSION), "open": OPEN, "floor": _TRUTH, "status": _T, "source": _T,
        "note": _T,
    },
    either=("versions", "open"),
)  # fmt: skip
DEFINITION = Shape(
    {"cite": _CITE, "is": Slot.FORMULA}, {"quote": _T, **_SAID, "note": _T, "status": _T}
)
GRANT = Shape(
    {"cite": _CITE, "duty": _DUTY, "benefit": _T},
    {
        "quote": _T, "entity": Choice((model.Entity.PERSON, model.Entity.HOUSEHOLD)), "plain": _T,
        "when": _T, "amount": Slot.FORMULA, "unit": _UNIT, "floor": _TRUTH,
        "awaits": Many(AWAITED), "bearer": _T,
    },
)  # fmt: skip
PARTY = Shape({}, {"grants": Slot.TEXTS, "when": _T, "value": _T}, either=("grants", "when"))
CONFLICT = Shape(
    {"cite": _CITE, "rule": Choice(tuple(model.Rule)), "between": Each(PARTY)},
    {"quote": _T, "choice": _T, "otherwise": Choice(tuple(model.Rule)), "note": _T, "status": _T},
)
INTERPRETATION = Shape({"cite": _CITE, "note": _T, "applies_to": Slot.TEXTS}, {"status": _T})
PROPERTY = Shape({"cite": _CITE, "claim": Slot.CLAIM}, {"quote": _T, "given": _T, "note": _T})
FILL = Shape(
    {"filled_by": _T, "versions": Many(VERSION), "source": _T},
    {"status": _T, "unit": _UNIT, "type": Choice(CONSTANT_KINDS)},
)
DISTRICT = Shape({"code": Slot.CITY, "name": _T, "fact": _T})
RAISE = Shape(
    {"versions": Many(VERSION), "source": _T},
    {"cite": _CITE, "quote": _T, "status": _T, "unit": _UNIT},
)
CASE = Shape({"name": _T, "on": _DAY, "facts": Slot.DATA, "expect": Slot.DATA}, {"of": _ENTITY})

_NORM_OWN: dict[str, Content] = {
    "must": _T, "measure": _T, "at_least": _T, "at_most": _T, "unit": _UNIT, "every": _T,
    "last": _T, "after": _T, "within": _T, "done": _T, "lowest": _T, "highest": _T,
}  # fmt: skip
NORM = Shape(
    {
        "cite": _CITE,
        "kind": Choice(tuple(model.NormKind)),
        "of": _ENTITY,
        "duty": _DUTY,
        "says": _T,
    },
    {"quote": _T, "bearer": _T, "when": _T, "awaits": Many(AWAITED), **_NORM_OWN},
)
NORM_PARTS: dict[model.NormKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    model.NormKind.DUTY: ((), ("must",)),
    model.NormKind.QUOTA: (("measure", "at_least", "unit"), ()),
    model.NormKind.PRICE: (("measure", "at_most", "unit"), ()),
    model.NormKind.CADENCE: (("every",), ("last",)),
    model.NormKind.DEADLINE: (("after", "within"), ("done",)),
    model.NormKind.PENALTY: (("when", "lowest", "highest"), ()),
}
"""What each kind of norm must and may say, beside what all of them say."""
NORM_OWN = frozenset(_NORM_OWN)
"""Fields that belong to some kinds of norm and not to others."""

PACK = Shape(
    {"pack": _T, "kind": Choice(PACK_KINDS), "law": LAW, "in_force": IN_FORCE},
    {
        "city": CITY, "imports": Slot.TEXTS, "facts": Each(FACT), "constants": Each(CONSTANT),
        "define": Each(DEFINITION), "grants": Each(GRANT), "conflicts": Each(CONFLICT),
        "norms": Each(NORM), "interpretations": Each(INTERPRETATION),
        "properties": Each(PROPERTY), "fills": Each(FILL), "district": DISTRICT,
        "raises": Each(RAISE), "tests": Many(CASE),
    },
)  # fmt: skip

CLAIM_WORD = {
    model.Form.ALWAYS: "is",
    model.Form.NEVER: "is",
    model.Form.HIGHER_RECEIVED: "conflict",
    model.Form.NEVER_EMPTY: "conflict",
    model.Form.ONLY_RESIDENTS: "place",
    model.Form.NO_GAP: "grant",
    model.Form.NEVER_BELOW: "constant",
}
"""Forms of claims that are followed by one word or expression, and the part it plays."""
CLAIM_LIST = (model.Form.NEVER_TOGETHER, model.Form.NO_OVERLAP, model.Form.NO_GAP)
CLAIM_MAP = {
    model.Form.MONOTONE: Shape({"of": _T, "in": _T, "direction": Choice(tuple(model.Direction))}),
    model.Form.AMOUNT_WITHIN: Shape({"grant": _T}, {"at_least": _T, "at_most": _T}),
    model.Form.ONE_OF: Shape({"grant": _T, "values": Slot.TEXTS}),
}
