"""Small charts drawn on the server: lines over months, bars by name.

A chart is a list of marks in pixels; :func:`to_svg` draws them for a page (colours come from the
page's classes) and whoever prints draws the same marks elsewhere. A series has its own line and its
own sign besides its colour, values stand beside the bars, and a page puts a table under each chart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count

SERIES = 5
"""Line styles and signs that can be told apart."""
DASHES = ("", "7 4", "2 3", "10 3 2 3", "1 4")
WIDTH, SIZE = 640, 13
_TOP, _BOTTOM, _RIGHT, _KEY = 16, 30, 26, 24
_PLOT, _BAR, _GAP = 220, 14, 12
_TICKS = 4
_EM = 0.56  # of a figure or a Latin letter, in ems

Show = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Series:
    """Values in the order of the labels; None: nothing can be said there."""

    name: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing drawn. ``kind``: line (x, y to x2, y2), path (``points``), bar (x, y, width x2,
    height y2), sign (x, y) or text (x, y, ``text``, ``anchor``); ``series`` is -1 for the frame."""

    kind: str
    series: int = -1
    x: float = 0
    y: float = 0
    x2: float = 0
    y2: float = 0
    text: str = ""
    anchor: str = "start"
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    says: str
    width: int
    height: int
    marks: tuple[Mark, ...]


def lines(
    title: str, labels: Sequence[str], series: Sequence[Series], show: Show, *, first: int = 0
) -> Chart:
    """Series over the same labels, with a key above and a sign at every point. ``first``: the
    look of the first series, so that one thing looks the same in two charts."""
    low, high = _scale(series)
    marks: list[Mark] = list(_key(series, first))
    left = max(_width(show(v)) for v in (low, high)) + 12
    top, step = _TOP + _KEY, (WIDTH - left - _RIGHT) / max(1, len(labels) - 1)

    def at(n: int, value: int) -> tuple[float, float]:
        return left + n * step, top + _PLOT * (high - value) / (high - low)

    for tick in range(_TICKS + 1):
        value = low + (high - low) * tick // _TICKS
        _, y = at(0, value)
        marks.append(Mark("line", x=left, y=y, x2=WIDTH - _RIGHT, y2=y))
        marks.append(Mark("text", x=left - 8, y=y + 4, text=show(value), anchor="end"))
    every = max(1, -(-len(labels) // 8))
    for n in range(0, len(labels), every):
        x = left + n * step
        marks.append(Mark("text", x=x, y=top + _PLOT + 20, text=labels[n], anchor="middle"))
    for k, one in enumerate(series, first):
        for run in _runs(one.values):
            points = tuple(at(n, v) for n, v in run)
            marks.append(Mark("path", series=k, points=points))
            marks.extend(Mark("sign", series=k, x=x, y=y) for x, y in points)
    said = _says(labels, series, show, first_and_last=True)
    return Chart(title, said, WIDTH, top + _PLOT + _BOTTOM, tuple(marks))


def bars(
    title: str, labels: Sequence[str], series: Sequence[Series], show: Show, *, first: int = 0
) -> Chart:
    """One group of horizontal bars for each label, each with its value."""
    marks: list[Mark] = list(_key(series, first))
    highest = max([1, *(v for s in series for v in s.values if v is not None)])
    left = max([40, *(_width(label) for label in labels)]) + 12
    right = max([40, *(_width(show(v)) for s in series for v in s.values if v is not None)]) + 14
    room, y = WIDTH - left - right, float(_TOP + _KEY)
    for n, label in enumerate(labels):
        middle = y + _BAR * len(series) / 2 + 4
        marks.append(Mark("text", x=left - 8, y=middle, text=label, anchor="end"))
        for k, one in enumerate(series, first):
            value = one.values[n]
            wide = 0.0 if value is None else room * max(0, value) / highest
            marks.append(Mark("bar", series=k, x=left, y=y, x2=wide, y2=_BAR - 3))
            said = "说不出" if value is None else show(value)
            marks.append(Mark("text", series=k, x=left + wide + 6, y=y + _BAR - 4, text=said))
            y += _BAR
        y += _GAP
    marks.append(Mark("line", x=left, y=_TOP + _KEY - 4, x2=left, y2=y - _GAP + 2))
    said = _says(labels, series, show, first_and_last=False)
    return Chart(title, said, WIDTH, int(y) + 4, tuple(marks))


def _key(series: Sequence[Series], first: int) -> Iterator[Mark]:
    x = 4.0
    for k, one in enumerate(series, first):
        points = ((x, 12.0), (x + 26, 12.0))
        yield Mark("path", series=k, points=points)
        yield Mark("sign", series=k, x=x + 13, y=12)
        yield Mark("text", series=k, x=x + 32, y=16, text=one.name)
        x += 32 + _width(one.name) + 20


def _scale(series: Sequence[Series]) -> tuple[int, int]:
    """From nothing, or near the least value where all lie close together; round steps."""
    values = [v for s in series for v in s.values if v is not None] or [0]
    low, high = min(0, *values), max(1, *values)
    least = min(values)
    if least > 0 and (high - least) * 4 < high:
        low = max(0, least - (high - least))
    step = _step(max(1, high - low) / _TICKS)
    low = low // step * step
    return low, low + step * _TICKS if low + step * _TICKS >= high else low + 2 * step * _TICKS


def _step(least: float) -> int:
    """1, 2 or 5 with noughts, not below."""
    for power in count():
        for digit in (1, 2, 5):
            if digit * 10**power >= least:
                return int(digit * 10**power)
    raise AssertionError


def _runs(values: Sequence[int | None]) -> Iterator[list[tuple[int, int]]]:
    run: list[tuple[int, int]] = []
    for n, value in enumerate((*values, None)):
        if value is not None:
            run.append((n, value))
        elif run:
            yield run
            run = []


def _says(
    labels: Sequence[str], series: Sequence[Series], show: Show, *, first_and_last: bool
) -> str:
    """The chart in one sentence for each series; everything stands in the table under it."""
    said = []
    for one in series:
        known = [(label, v) for label, v in zip(labels, one.values, strict=True) if v is not None]
        if first_and_last and len(known) > 2:
            known = [known[0], known[-1]]
        parts = "，".join(f"{label} {show(v)}" for label, v in known) or "说不出"
        said.append(f"{one.name}：{parts}")
    return "；".join(said)


def _width(text: str) -> float:
    return sum(SIZE if ord(c) > 0x2E80 else SIZE * _EM for c in text)


def to_svg(chart: Chart, *, name: str) -> str:
    """One ``<svg>`` without styles or scripts, in a room that scrolls where it is too narrow. ``name`` makes its ids unique on a page."""
    body = "".join(_DRAW[mark.kind](mark) for mark in chart.marks)
    return (
        f'<figure class="h-chart-room" tabindex="0"><figcaption>{escape(chart.title)}</figcaption>'
        f'<svg xmlns="http://www.w3.org/2000/svg" class="h-chart" role="img"'
        f' viewBox="0 0 {chart.width} {chart.height}" width="{chart.width}"'
        f' height="{chart.height}" aria-labelledby="{name}-title {name}-says" font-size="{SIZE}">'
        f'<title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-says">{escape(chart.says)}</desc>{body}</svg></figure>'
    )


def _class(mark: Mark) -> str:
    return f' class="h-chart-{mark.series + 1}"'


def _line(m: Mark) -> str:
    return f'<path{_class(m)} fill="none" d="M{m.x:.1f} {m.y:.1f}L{m.x2:.1f} {m.y2:.1f}"/>'


def _path(m: Mark) -> str:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in m.points)
    dashes = f' stroke-dasharray="{DASHES[m.series]}"' if DASHES[m.series] else ""
    return f'<path{_class(m)} fill="none"{dashes} d="M{path}"/>'


def _bar(m: Mark) -> str:
    return f'<rect{_class(m)} x="{m.x:.1f}" y="{m.y:.1f}" width="{m.x2:.1f}" height="{m.y2:.1f}"/>'


def _sign(m: Mark) -> str:
    return f'<path{_class(m)} data-sign="1" d="{sign(m)}"/>'


def _text(m: Mark) -> str:
    return (
        f'<text{_class(m)} x="{m.x:.1f}" y="{m.y:.1f}" text-anchor="{m.anchor}">'
        f"{escape(m.text)}</text>"
    )


def corners(m: Mark) -> tuple[tuple[float, float], ...]:
    """The corners of a series' sign: square, diamond, triangle up, triangle down, bar."""
    shapes = (
        ((-3.2, -3.2), (3.2, -3.2), (3.2, 3.2), (-3.2, 3.2)),
        ((0, -4.6), (4.6, 0), (0, 4.6), (-4.6, 0)),
        ((0, -4.4), (4.4, 3.6), (-4.4, 3.6)),
        ((0, 4.4), (4.4, -3.6), (-4.4, -3.6)),
        ((-1.6, -4.6), (1.6, -4.6), (1.6, 4.6), (-1.6, 4.6)),
    )
    return tuple((m.x + x, m.y + y) for x, y in shapes[m.series % SERIES])


def sign(m: Mark) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners(m)) + "Z"


_DRAW: dict[str, Callable[[Mark], str]] = {
    "line": _line,
    "path": _path,
    "bar": _bar,
    "sign": _sign,
    "text": _text,
}
