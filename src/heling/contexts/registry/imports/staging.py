"""The rows of a batch on disk: sealed as they were read, opened again row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from heling.contexts.registry.domain.rosters import Verdict
from heling.contexts.registry.models import RosterBatch, RosterRow
from heling.kernel.actor import Actor
from heling.platform.crypto import seal, unseal


@dataclass(frozen=True, slots=True)
class StagedRow:
    """One line as typed, what would happen to it, and what is wrong or different."""

    number: int
    verdict: Verdict
    elder_id: int | None
    cells: Mapping[str, str]
    problems: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.cells.get("姓名", "")

    @property
    def community(self) -> str:
        return self.cells.get("居住村（社区）", "")


def pack(batch_id: int, number: int, content: Mapping[str, object]) -> bytes:
    return seal(json.dumps(content, ensure_ascii=False), bound_to=_place(batch_id, number))


def staged(batch: RosterBatch, *, verdicts: tuple[Verdict, ...], by: Actor) -> Iterator[StagedRow]:
    """Rows with one of the verdicts, in file order, a few thousand in memory at a time."""
    last = 0
    rows = (
        RosterRow.objects.visible_to(by)
        .filter(batch=batch, verdict__in=verdicts)
        .order_by("number")
    )
    while page := list(rows.filter(number__gt=last)[:2000]):
        for row in page:
            yield opened(row)
        last = page[-1].number


def opened(row: RosterRow) -> StagedRow:
    content = json.loads(unseal(row.sealed, bound_to=_place(row.batch_id, row.number)))
    return StagedRow(
        number=row.number,
        verdict=Verdict(row.verdict),
        elder_id=row.elder_id,
        cells=content["cells"],
        problems=tuple((w, m) for w, m in content["problems"]),
        notes=tuple(content["notes"]),
    )


def _place(batch_id: int, number: int) -> str:
    return f"registry_import_row.sealed.{batch_id}.{number}"
