"""What happened to entitlements, for the journal and for higher contexts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from heling.contexts.entitlements.domain.states import CASE
from heling.platform.journal.record import AboutElder, Event


@dataclass(frozen=True)
class CaseEvent(AboutElder):
    """Base: something happened to one application."""

    subject: ClassVar[str] = "application"

    application_id: int


@dataclass(frozen=True)
class Applied(CaseEvent):
    kind: ClassVar[str] = "entitlements.Applied"
    label: ClassVar[str] = "提交待遇申请"

    channel: str
    grants: tuple[str, ...]


@dataclass(frozen=True)
class Invited(CaseEvent):
    """免申即享: the platform asks the elder to confirm an application drawn up from facts."""

    kind: ClassVar[str] = "entitlements.Invited"
    label: ClassVar[str] = "免申即享，请本人确认"

    grants: tuple[str, ...]


@dataclass(frozen=True)
class Moved(CaseEvent):
    """A step of the case's table was taken. ``reason`` stays in the protected status row."""

    kind: ClassVar[str] = "entitlements.Moved"
    label: ClassVar[str] = "申请办理"

    step: str
    before: str
    after: str

    def sentence(self) -> str:
        known = CASE.steps.get(self.step)
        return f"申请：{known.label}" if known else self.label


@dataclass(frozen=True)
class Published(Event):
    kind: ClassVar[str] = "entitlements.Published"
    label: ClassVar[str] = "发布公示"
    subject: ClassVar[str] = "notice"

    notice_id: int
    code: str
    size: int
    starts: date
    ends: date


@dataclass(frozen=True)
class Objected(CaseEvent):
    kind: ClassVar[str] = "entitlements.Objected"
    label: ClassVar[str] = "收到公示异议"

    objection_id: int
    channel: str


@dataclass(frozen=True)
class ObjectionResolved(CaseEvent):
    kind: ClassVar[str] = "entitlements.ObjectionResolved"
    label: ClassVar[str] = "处理公示异议"

    objection_id: int
    outcome: str


@dataclass(frozen=True)
class Determined(AboutElder):
    """The law was applied to one elder's facts and the answer stored with its receipt."""

    kind: ClassVar[str] = "entitlements.Determined"
    label: ClassVar[str] = "依法认定待遇"
    subject: ClassVar[str] = "determination"

    determination_id: int
    on: date
    cause: str
    granted: tuple[str, ...]


@dataclass(frozen=True)
class Decided(CaseEvent):
    """``outcome`` is the kind of decision: grant, deny, change, end."""

    kind: ClassVar[str] = "entitlements.Decided"
    label: ClassVar[str] = "作出待遇决定"

    decision_id: int
    outcome: str
    granted: tuple[str, ...]

    def sentence(self) -> str:
        return f"{self.label}：{'、'.join(self.granted)}" if self.granted else self.label


@dataclass(frozen=True)
class Terminated(CaseEvent):
    """Awards of this case ended: ``last_day`` is the last day enjoyed."""

    kind: ClassVar[str] = "entitlements.Terminated"
    label: ClassVar[str] = "终止待遇"

    ending: str
    last_day: date
    grants: tuple[str, ...]


@dataclass(frozen=True)
class DueRaised(AboutElder):
    """Something changed that may change a result: the elder is to be determined again."""

    kind: ClassVar[str] = "entitlements.DueRaised"
    label: ClassVar[str] = "情况有变，待重新认定"

    cause: str


@dataclass(frozen=True)
class CycleClosed(Event):
    kind: ClassVar[str] = "entitlements.CycleClosed"
    label: ClassVar[str] = "封存月度名册"
    subject: ClassVar[str] = "cycle"

    cycle_id: int
    code: str
    month: date
    size: int
    digest: str
