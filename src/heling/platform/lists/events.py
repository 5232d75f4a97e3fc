"""What the journal is told about lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from heling.platform.journal.record import Event


@dataclass(frozen=True)
class ListExported(Event):
    """Somebody took rows of a list out as a file: which, how many, and for what purpose."""

    kind: ClassVar[str] = "lists.ListExported"
    label: ClassVar[str] = "导出列表"
    subject: ClassVar[str] = "run"

    run_id: int
    list: str
    title: str
    query: str
    columns: tuple[str, ...]
    format: str
    rows: int
    purpose: str


@dataclass(frozen=True)
class ExportDownloaded(Event):
    """The file of an export left the platform."""

    kind: ClassVar[str] = "lists.ExportDownloaded"
    label: ClassVar[str] = "下载导出文件"
    subject: ClassVar[str] = "run"

    run_id: int
    list: str
