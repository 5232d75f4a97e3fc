"""What the journal keeps about generated populations, so that a run can be taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from heling.platform.journal.record import Event


@dataclass(frozen=True)
class _OfSeed(Event):
    """``on`` is the day on which the population has its ages: part of what a seed means."""

    subject: ClassVar[str] = "seed"

    seed_id: int
    elders: int
    divisions: tuple[str, ...]
    on: date


@dataclass(frozen=True)
class SeedingBegun(_OfSeed):
    kind: ClassVar[str] = "city.SeedingBegun"
    label: ClassVar[str] = "开始生成演示人口"


@dataclass(frozen=True)
class SeedingFinished(_OfSeed):
    kind: ClassVar[str] = "city.SeedingFinished"
    label: ClassVar[str] = "演示人口已生成"
