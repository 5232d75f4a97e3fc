"""What the rule book publishes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from heling.platform.journal.record import Event


@dataclass(frozen=True)
class DraftMoved(Event):
    """A draft was begun, submitted, recalled, returned or withdrawn (``step``)."""

    kind: ClassVar[str] = "lawbook.DraftMoved"
    label: ClassVar[str] = "办理规则草稿"
    subject: ClassVar[str] = "draft"

    draft_id: int
    code: str
    pack: str
    step: str
    sha256: str
    reason: str


@dataclass(frozen=True)
class EditionPublished(Event):
    """A city's own edition is in force for days from ``effective_from`` on."""

    kind: ClassVar[str] = "lawbook.EditionPublished"
    label: ClassVar[str] = "发布规则版本"
    subject: ClassVar[str] = "edition"

    edition_id: int
    code: str
    pack: str
    number: int
    sha256: str
    effective_from: date
    retroactive: bool
    reason: str


@dataclass(frozen=True)
class EditionsTakenIn(Event):
    """Packs that came with the software were put into the archive."""

    kind: ClassVar[str] = "lawbook.EditionsTakenIn"
    label: ClassVar[str] = "存档随软件发布的规则包"

    packs: tuple[str, ...]
