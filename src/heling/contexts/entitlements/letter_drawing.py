"""The reasons of a decision drawn into its letter: the same boxes as on the page, as vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from reportlab.platypus import Flowable

from heling.engines.law.determination import Verdict
from heling.engines.law.diagram import LINE, MARK, SIZE, Diagram, Row
from heling.platform.files.pdf import FONT

_GREY, _SOFT = 0.45, 0.3
_CITE = SIZE - 3
_BESIDE = 18  # from the middle of a sign to its text, as on the page


class Drawing(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A diagram, or the rows of it that fit on a page. One unit of it is ``scale`` points."""

    def __init__(
        self, diagram: Diagram, *, width: float, rows: tuple[int, int] | None = None
    ) -> None:
        super().__init__()
        self._diagram = diagram
        self._first, self._last = rows or (0, len(diagram.rows))
        self._scale = min(0.69, width / diagram.width)

    @property
    def _top(self) -> int:
        """Where this part begins, in units of the diagram."""
        return self._diagram.rows[self._first].y - LINE if self._first else 0

    def _bottom(self, last: int) -> int:
        rows = self._diagram.rows
        return rows[last].y - LINE // 2 if last < len(rows) else self._diagram.height

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        del width, height
        size = self._bottom(self._last) - self._top
        return self._diagram.width * self._scale, size * self._scale

    def split(self, width: float, height: float) -> list[Flowable]:
        """As many whole rows as fit, and the rest on the next page."""
        room = height / self._scale + self._top
        fits = [n for n in range(self._first + 1, self._last) if self._bottom(n) <= room]
        if not fits:
            return []
        spans = pairwise((self._first, fits[-1], self._last))
        return [Drawing(self._diagram, width=width, rows=s) for s in spans]

    def draw(self) -> None:
        canvas = self.canv
        canvas.scale(self._scale, self._scale)
        canvas.translate(0, self._bottom(self._last))
        for row in self._diagram.rows[self._first : self._last]:
            _connect(canvas, row, self._diagram.rows, self._top)
            _sign(canvas, row)
            _words(canvas, row)


def _connect(canvas: Any, row: Row, rows: Sequence[Row], top: int) -> None:
    """Up to the reason that it supports, or to the edge of the page that this one stands on."""
    if row.parent is None:
        return
    above = rows[row.parent]
    canvas.setStrokeGray(_GREY)
    canvas.lines(
        [
            (above.x, -max(above.y + MARK, top), above.x, -row.y),
            (above.x, -row.y, row.x - MARK, -row.y),
        ]
    )


def _sign(canvas: Any, row: Row) -> None:
    canvas.setStrokeGray(0)
    canvas.setFillGray(0)
    canvas.circle(row.x, -row.y, MARK)
    _SIGNS[row.verdict](canvas, row.x, -row.y)


def _tick(canvas: Any, x: int, y: int) -> None:
    canvas.lines([(x - 5, y, x - 1, y - 4), (x - 1, y - 4, x + 5, y + 4)])


def _cross(canvas: Any, x: int, y: int) -> None:
    canvas.lines([(x - 4, y - 4, x + 4, y + 4), (x - 4, y + 4, x + 4, y - 4)])


def _dots(canvas: Any, x: int, y: int) -> None:
    for step in (-4, 0, 4):
        canvas.circle(x + step, y, 1, fill=1)


def _equals(canvas: Any, x: int, y: int) -> None:
    canvas.lines([(x - 4, y + 2, x + 4, y + 2), (x - 4, y - 2, x + 4, y - 2)])


def _asking(canvas: Any, x: int, y: int) -> None:
    canvas.setFont("Helvetica-Bold", SIZE - 2)
    canvas.drawCentredString(x, y - 5, "?")


# The letter's font has no ticks and crosses.
_SIGNS: dict[Verdict, Callable[[Any, int, int], None]] = {
    Verdict.YES: _tick,
    Verdict.NO: _cross,
    Verdict.UNKNOWN: _asking,
    Verdict.OPEN: _dots,
    Verdict.VALUE: _equals,
}


def _words(canvas: Any, row: Row) -> None:
    x, y = row.x + _BESIDE, row.y + 6
    canvas.setFillGray(0)
    canvas.setFont(FONT, SIZE)
    for line in row.lines:
        canvas.drawString(x, -y, line)
        y += LINE
    y -= 4
    canvas.setFillGray(_SOFT)
    canvas.setFont(FONT, _CITE)
    for line in row.cite:
        canvas.drawString(x, -y, line)
        y += LINE - 6
