"""What the journal keeps of an import. No names, no numbers: the file's fingerprint and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from heling.platform.journal.record import Event


@dataclass(frozen=True)
class RosterUploaded(Event):
    kind: ClassVar[str] = "registry.RosterUploaded"
    label: ClassVar[str] = "上传名册"
    subject: ClassVar[str] = "batch"

    batch_id: int
    sha256: str
    size: int


@dataclass(frozen=True)
class RosterWritten(Event):
    kind: ClassVar[str] = "registry.RosterWritten"
    label: ClassVar[str] = "名册写入"
    subject: ClassVar[str] = "batch"

    batch_id: int
    sha256: str
    new: int
    changed: int
    statuses: int


@dataclass(frozen=True)
class RosterDropped(Event):
    kind: ClassVar[str] = "registry.RosterDropped"
    label: ClassVar[str] = "放弃名册"
    subject: ClassVar[str] = "batch"

    batch_id: int
