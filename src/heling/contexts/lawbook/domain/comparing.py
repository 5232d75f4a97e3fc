"""Two texts line by line: what went, what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

CONTEXT = 3


class Change(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a comparison; a SKIP stands for ``count`` lines that are the same. Line numbers
    are 1-based, 0 where the line is not in that text."""

    change: Change
    old: int
    new: int
    text: str
    count: int = 0

    @property
    def sign(self) -> str:
        return {Change.GONE: "−", Change.NEW: "+"}.get(self.change, "")

    @property
    def says(self) -> str:
        """For a screen reader: colour and sign never say it alone."""
        return {Change.GONE: "删去", Change.NEW: "增加"}.get(self.change, "")


@dataclass(frozen=True, slots=True)
class Comparison:
    rows: tuple[Row, ...]
    gone: int
    new: int

    @property
    def same(self) -> bool:
        return not self.gone and not self.new


def compare(old: str, new: str) -> Comparison:
    """The changed lines with three lines around them; what lies between is counted."""
    before, after = old.split("\n"), new.split("\n")
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    rows: list[Row] = []
    done = 0
    for group in matcher.get_grouped_opcodes(CONTEXT):
        rows += _skipped(group[0][1] - done)
        for tag, i1, i2, j1, j2 in group:
            rows += _rows(tag, before, after, (i1, i2, j1, j2))
        done = group[-1][2]
    if rows:
        rows += _skipped(len(before) - done)
    return Comparison(
        tuple(rows),
        gone=sum(r.change is Change.GONE for r in rows),
        new=sum(r.change is Change.NEW for r in rows),
    )


def _skipped(count: int) -> list[Row]:
    return [Row(Change.SKIP, 0, 0, "", count)] if count > 0 else []


def _rows(
    tag: str, before: list[str], after: list[str], span: tuple[int, int, int, int]
) -> Iterator[Row]:
    i1, i2, j1, j2 = span
    if tag == "equal":
        for n in range(i2 - i1):
            yield Row(Change.SAME, i1 + n + 1, j1 + n + 1, before[i1 + n])
        return
    for n in range(i1, i2):
        yield Row(Change.GONE, n + 1, 0, before[n])
    for n in range(j1, j2):
        yield Row(Change.NEW, 0, n + 1, after[n])
