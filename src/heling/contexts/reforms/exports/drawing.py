"""The page's charts, drawn in a PDF: the same marks, in printer's ink."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from heling.platform.files.pdf import FONT
from heling.platform.web.charts import DASHES, SIZE, Chart, Mark, corners

INKS = ("#636e6d", "#12504f", "#b0302b", "#29557f", "#805300")
"""By series: ink-faint, pine, crane, lake, amber of the house (assets/css/tokens.css)."""
_FRAME, _TEXT = "#8d8778", "#1e2a2b"


def drawn(chart: Chart, width: float, most: float) -> Any:
    """A reportlab Drawing so many points wide, less where it would be higher than ``most``."""
    from reportlab.graphics.shapes import Drawing, Group

    scale = min(width / chart.width, most / chart.height)
    drawing = Drawing(width, chart.height * scale)
    group = Group(transform=(scale, 0, 0, scale, 0, 0))
    for mark in chart.marks:
        for shape in _SHAPES[mark.kind](mark, chart.height):
            group.add(shape)
    drawing.add(group)
    return drawing


def _ink(mark: Mark) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(_FRAME if mark.series < 0 else INKS[mark.series % len(INKS)])


def _line(m: Mark, height: float) -> list[Any]:
    from reportlab.graphics.shapes import Line

    return [Line(m.x, height - m.y, m.x2, height - m.y2, strokeColor=_ink(m), strokeWidth=0.5)]


def _path(m: Mark, height: float) -> list[Any]:
    from reportlab.graphics.shapes import PolyLine

    points = [c for x, y in m.points for c in (x, height - y)]
    dashes = [float(d) for d in DASHES[m.series].split()] or None
    if len(m.points) < 2:
        return []
    return [PolyLine(points, strokeColor=_ink(m), strokeWidth=1.8, strokeDashArray=dashes)]


def _bar(m: Mark, height: float) -> list[Any]:
    from reportlab.graphics.shapes import Rect

    return [Rect(m.x, height - m.y - m.y2, m.x2, m.y2, fillColor=_ink(m), strokeColor=None)]


def _sign(m: Mark, height: float) -> list[Any]:
    from reportlab.graphics.shapes import Polygon

    points = [c for x, y in corners(m) for c in (x, height - y)]
    return [Polygon(points, fillColor=_ink(m), strokeColor=None)]


def _text(m: Mark, height: float) -> list[Any]:
    from reportlab.graphics.shapes import String
    from reportlab.lib.colors import HexColor

    return [
        String(
            m.x,
            height - m.y,
            m.text,
            fontName=FONT,
            fontSize=SIZE,
            fillColor=HexColor(_TEXT),
            textAnchor=m.anchor,
        )
    ]


_SHAPES: dict[str, Callable[[Mark, float], list[Any]]] = {
    "line": _line,
    "path": _path,
    "bar": _bar,
    "sign": _sign,
    "text": _text,
}
