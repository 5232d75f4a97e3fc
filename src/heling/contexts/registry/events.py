"""What the registry publishes. No clear names or numbers: readers ask for a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from heling.contexts.registry.domain.words import StatusKind
from heling.platform.journal.record import AboutElder, Event


@dataclass(frozen=True)
class ElderRegistered(AboutElder):
    kind: ClassVar[str] = "registry.ElderRegistered"
    label: ClassVar[str] = "登记"


@dataclass(frozen=True)
class EldersLoaded(Event):
    """A batch of many at once, in place of one ElderRegistered each.

    ``ids`` are the new elders as runs ``(first, last)``, both included.
    """

    kind: ClassVar[str] = "registry.EldersLoaded"
    label: ClassVar[str] = "批量登记"

    source: str
    elders: int
    households: int
    supporters: int
    statuses: int
    ids: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ElderChanged(AboutElder):
    """``fields`` are the Chinese labels of what changed; ``version`` the version after it."""

    kind: ClassVar[str] = "registry.ElderChanged"
    label: ClassVar[str] = "修改信息"

    version: int
    fields: tuple[str, ...]

    def sentence(self) -> str:
        return f"修改了{'、'.join(self.fields)}"


@dataclass(frozen=True)
class ElderMoved(AboutElder):
    """Moved to another community inside the registry; ``code`` is the community left."""

    kind: ClassVar[str] = "registry.ElderMoved"
    label: ClassVar[str] = "变更居住地"

    to_code: str
    on: date
    version: int


@dataclass(frozen=True)
class ElderDied(AboutElder):
    kind: ClassVar[str] = "registry.ElderDied"
    label: ClassVar[str] = "登记去世"

    on: date

    def sentence(self) -> str:
        return f"登记去世（{self.on}）"


@dataclass(frozen=True)
class ElderLeft(AboutElder):
    """Moved out of the registry's cities."""

    kind: ClassVar[str] = "registry.ElderLeft"
    label: ClassVar[str] = "登记迁出"

    on: date

    def sentence(self) -> str:
        return f"登记迁出（{self.on}）"


@dataclass(frozen=True)
class ElderReinstated(AboutElder):
    kind: ClassVar[str] = "registry.ElderReinstated"
    label: ClassVar[str] = "恢复在册"

    reason: str

    def sentence(self) -> str:
        return f"恢复在册：{self.reason}"


@dataclass(frozen=True)
class ElderMerged(AboutElder):
    """``elder_id`` is kept; ``merged_id`` now points to it."""

    kind: ClassVar[str] = "registry.ElderMerged"
    label: ClassVar[str] = "合并重复登记"

    merged_id: int


@dataclass(frozen=True)
class StatusChanged(AboutElder):
    """``change`` is ``added``, ``ended`` or ``revoked``; ``status`` a value of StatusKind."""

    kind: ClassVar[str] = "registry.StatusChanged"
    label: ClassVar[str] = "身份认定变更"

    status_id: int
    status: str
    change: str
    starts: date
    ends: date | None = None

    def sentence(self) -> str:
        verb = {"added": "登记", "ended": "结束", "revoked": "撤销"}[self.change]
        return f"{verb}{StatusKind(self.status).label}认定"


@dataclass(frozen=True)
class SupportersChanged(AboutElder):
    kind: ClassVar[str] = "registry.SupportersChanged"
    label: ClassVar[str] = "赡养人、扶养人变更"

    change: str

    def sentence(self) -> str:
        return {"added": "增加", "changed": "修改", "removed": "移除"}[
            self.change
        ] + "赡养人、扶养人"
