"""Two events that only these tests know."""

from __future__ import annotations

from dataclasses import dataclass

from heling.platform.journal.record import Event


@dataclass(frozen=True)
class Happened(Event):
    kind = "journaltest.Happened"
    label = "试一试"
    subject = "thing"

    n: int
    code: str = "990103001001"
    elder_id: int | None = None
    thing_id: int | None = None


@dataclass(frozen=True)
class Followed(Event):
    kind = "journaltest.Followed"

    n: int
    code: str = "990103001001"
