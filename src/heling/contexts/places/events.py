from __future__ import annotations

from dataclasses import dataclass

from heling.platform.journal.record import Event


@dataclass(frozen=True)
class DivisionsLoaded(Event):
    kind = "places.DivisionsLoaded"
    label = "载入行政区划"

    cities: tuple[str, ...]
    nodes: int
    source: str
