"""What happens to plans, for the journal. Nothing follows from any of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from heling.platform.journal.record import Event


@dataclass(frozen=True)
class _OfPlan(Event):
    subject: ClassVar[str] = "plan"

    plan_id: int
    code: str
    title: str


@dataclass(frozen=True)
class PlanMade(_OfPlan):
    kind: ClassVar[str] = "reforms.PlanMade"
    label: ClassVar[str] = "新建改革推演"


@dataclass(frozen=True)
class PlanChanged(_OfPlan):
    kind: ClassVar[str] = "reforms.PlanChanged"
    label: ClassVar[str] = "修改改革推演的设定"

    shared: bool


@dataclass(frozen=True)
class ScenarioSaved(_OfPlan):
    """``sha256`` is of the scenario's text, empty for an empty one."""

    kind: ClassVar[str] = "reforms.ScenarioSaved"
    label: ClassVar[str] = "保存改革方案"

    position: int
    sha256: str


@dataclass(frozen=True)
class ScenarioRemoved(_OfPlan):
    kind: ClassVar[str] = "reforms.ScenarioRemoved"
    label: ClassVar[str] = "删除改革方案"

    position: int


@dataclass(frozen=True)
class PlanRemoved(_OfPlan):
    kind: ClassVar[str] = "reforms.PlanRemoved"
    label: ClassVar[str] = "删除改革推演"


@dataclass(frozen=True)
class PlanExported(_OfPlan):
    kind: ClassVar[str] = "reforms.PlanExported"
    label: ClassVar[str] = "导出改革推演"

    format: str
    snapshot_id: int
