"""What happened to entitlements, for the journal and for higher contexts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from heling.platform.journal.record import Event


@dataclass(frozen=True)
class CaseEvent(Event):
    """Base: something happened to one application."""

    subject: ClassVar[str] = "application"

    application_id: int
    elder_id: int
    code: str


@dataclass(frozen=True)
class Applied(CaseEvent):
    kind: ClassVar[str] = "entitlements.Applied"

    channel: str
    grants: tuple[str, ...]


@dataclass(frozen=True)
class Invited(CaseEvent):
    """免申即享: the platform asks the elder to confirm an application drawn up from facts."""

    kind: ClassVar[str] = "entitlements.Invited"

    grants: tuple[str, ...]


@dataclass(frozen=True)
class Moved(CaseEvent):
    """A step of the case's table was taken. ``reason`` stays in the protected status row."""

    kind: ClassVar[str] = "entitlements.Moved"

    step: str
    before: str
    after: str


@dataclass(frozen=True)
class Published(Event):
    kind: ClassVar[str] = "entitlements.Published"
    subject: ClassVar[str] = "notice"

    notice_id: int
    code: str
    size: int
    starts: date
    ends: date


@dataclass(frozen=True)
class Objected(CaseEvent):
    kind: ClassVar[str] = "entitlements.Objected"

    objection_id: int
    channel: str


@dataclass(frozen=True)
class ObjectionResolved(CaseEvent):
    kind: ClassVar[str] = "entitlements.ObjectionResolved"

    objection_id: int
    outcome: str


@dataclass(frozen=True)
class Determined(Event):
    """The law was applied to one elder's facts and the answer stored with its receipt."""

    kind: ClassVar[str] = "entitlements.Determined"
    subject: ClassVar[str] = "determination"

    determination_id: int
    elder_id: int
    code: str
    on: date
    cause: str
    granted: tuple[str, ...]


@dataclass(frozen=True)
class Decided(CaseEvent):
    """``outcome`` is the kind of decision: grant, deny, change, end."""

    kind: ClassVar[str] = "entitlements.Decided"

    decision_id: int
    outcome: str
    granted: tuple[str, ...]


@dataclass(frozen=True)
class Terminated(CaseEvent):
    """Awards of this case ended: ``last_day`` is the last day enjoyed."""

    kind: ClassVar[str] = "entitlements.Terminated"

    ending: str
    last_day: date
    grants: tuple[str, ...]


@dataclass(frozen=True)
class DueRaised(Event):
    """Something changed that may change a result: the elder is to be determined again."""

    kind: ClassVar[str] = "entitlements.DueRaised"

    elder_id: int
    code: str
    cause: str


@dataclass(frozen=True)
class CycleClosed(Event):
    kind: ClassVar[str] = "entitlements.CycleClosed"
    subject: ClassVar[str] = "cycle"

    cycle_id: int
    code: str
    month: date
    size: int
    digest: str
