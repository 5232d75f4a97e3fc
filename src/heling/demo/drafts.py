"""What the generator hands out: frozen drafts, no database, every one marked ``demo``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from heling.demo.codes import (
    Certifier,
    DisabilityKind,
    Education,
    Income,
    Lives,
    Living,
    Marital,
    Medical,
    Relation,
    Role,
    Sex,
    StatusKind,
)


@dataclass(frozen=True, slots=True)
class VillageRef:
    """A village or community to fill: its 12-digit code, name, kind and, if known, its parts.

    ``zones`` are names of estates (urban) or hamlets (rural); without them names are made up.
    """

    code12: str
    name: str
    urban: bool
    zones: tuple[str, ...] = ()


class Ability(NamedTuple):
    """The hidden truth behind an assessment: what remains, in thousandths (1000 = all)."""

    body: int
    mind: int
    senses: int


@dataclass(frozen=True, slots=True)
class Supporter:
    """赡养人/扶养人. ``phone`` is E.164 in a range that cannot ring (heling.demo.numbers)."""

    name: str
    relation: Relation
    phone: str
    lives: Lives


@dataclass(frozen=True, slots=True)
class StatusDraft:
    """One status with its provenance.

    ``grade`` is the disability grade 1 (worst) to 4, 0 where the kind has none;
    ``certifier_code`` is the six-digit county of the certifying body; ``until`` is
    inclusive, ``None`` where the certificate has no end. Document numbers begin with 演示.
    """

    kind: StatusKind
    certifier: Certifier
    certifier_code: str
    document: str
    since: date
    until: date | None = None
    grade: int = 0
    disability: DisabilityKind | None = None
    demo: bool = True


@dataclass(frozen=True, slots=True)
class ElderDraft:
    """One elder who does not exist.

    ``serial`` counts from 1 in the order of the run. ``phone`` is ``""`` where the elder has
    none. ``hukou_code`` is a padded 12-digit code: a village of the run, or a city
    elsewhere whose name is in ``hukou_name``. ``answer_seed`` makes the answer sheet of
    :func:`heling.demo.ability.answers_for` repeatable.
    """

    serial: int
    name: str
    pinyin: str
    sex: Sex
    birth: date
    resident_id: str
    ethnicity: str
    phone: str
    hukou_code: str
    hukou_name: str
    residence_code: str
    role: Role
    living: Living
    marital: Marital
    education: Education
    medical: tuple[Medical, ...]
    incomes: tuple[Income, ...]
    supporters: tuple[Supporter, ...]
    statuses: tuple[StatusDraft, ...]
    ability: Ability
    dementia: bool
    falls_30d: int
    answer_seed: int
    demo: bool = True


@dataclass(frozen=True, slots=True)
class HouseholdDraft:
    """The elders who live behind one door. ``address`` is the part below the village."""

    serial: int
    village_code: str
    village_name: str
    urban: bool
    address: str
    members: tuple[ElderDraft, ...]
    demo: bool = True
