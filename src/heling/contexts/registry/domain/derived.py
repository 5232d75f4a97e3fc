"""Facts that follow from other facts. They are computed, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from heling.contexts.registry.domain.words import Living
from heling.kernel.period import age_on

# 高龄独居 in Ningbo art. 45(4); other cities put their own number into their packs.
HIGH_AGE = 80


def lives_alone(living: str) -> bool | None:
    """独自生活. None while nobody has asked."""
    return living == Living.ALONE if living else None


def unsupported(absences: Sequence[bool | None], *, confirmed_none: bool) -> bool | None:
    """无赡养人、扶养人或者其长期不在身边 (Ningbo art. 45(4)), three-valued.

    ``absences`` holds, per recorded supporter, whether they are long absent (None: 未核实).
    One who is near decides; else the answer is None as long as one of them is 未核实, or
    none is recorded and nobody has confirmed that there is none.
    """
    if False in absences:
        return False
    if not absences:
        return True if confirmed_none else None
    return None if None in absences else True


def high_age_alone(
    birth: date, on: date, *, alone: bool | None, without_support: bool | None
) -> bool | None:
    """高龄独居, three-valued: one part that fails decides, whatever is unknown."""
    parts = (age_on(birth, on) >= HIGH_AGE, alone, without_support)
    if False in parts:
        return False
    return None if None in parts else True
