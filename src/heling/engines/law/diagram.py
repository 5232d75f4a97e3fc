"""The reasons of one result as a drawing: for the page (SVG) and for a letter (the boxes).

The tree runs from top to bottom, one line of text per reason, indented under what it supports.
A word that was explained once is only named the second time. Text is broken by its own width
(a Chinese sign is one em, anything in ASCII about half of one), so no font has to be measured.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from heling.engines.law.determination import GrantResult, Reason, Verdict
from heling.engines.law.norms import NormResult
from heling.engines.law.plain import Level, result_sentence

WIDTH = 640
SIZE = 16  # of the text; everything else follows from it
LINE = 26
INDENT = 28
GAP = 8
MARK = 10  # radius of the sign before a reason
MARGIN = 14
EM, HALF = 100, 56  # hundredths of an em: of a Chinese sign, of one in ASCII
NARROWEST = 8  # signs to a line at the deepest level: past that the drawing grows wider


@dataclass(frozen=True, slots=True)
class Row:
    """One reason as it is drawn. ``x`` and ``y`` are the middle of its sign; ``parent`` the index
    of the row it supports, or None; ``lines`` its text, ``cite`` the article in a smaller hand."""

    x: int
    y: int
    verdict: Verdict
    lines: tuple[str, ...]
    cite: tuple[str, ...]
    parent: int | None


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawing in units of a pixel; ``says`` is the whole of it as one text for a reader."""

    title: str
    says: str
    width: int
    height: int
    rows: tuple[Row, ...]


SIGNS = {
    Verdict.YES: ("✓", "符合"),
    Verdict.NO: ("✗", "不符合"),
    Verdict.UNKNOWN: ("?", "不清楚"),
    Verdict.OPEN: ("…", "尚待规定"),
    Verdict.VALUE: ("=", "数值"),
}


def diagram(result: GrantResult | NormResult, level: Level = "official") -> Diagram:
    """The result and what decided it. ``elder``: short words and no articles."""
    title, sentence, verdict = _head(result, level)
    head = Reason(verdict, f"{title}：{sentence}", f"{title}：{sentence}", result.cite.label)
    rows: list[Row] = []
    bottom = _place(head, level, 0, None, MARGIN, rows)
    seen: set[str] = set()
    for reason in result.reasons:
        bottom = _branch(reason, level, 1, 0, bottom, rows, seen)
    width = max([WIDTH, *(_right(row) for row in rows)])
    said = "；".join(f"{SIGNS[r.verdict][1]}：{''.join(r.lines)}" for r in rows)
    return Diagram(title, said, width, bottom - GAP + MARGIN, tuple(rows))


def _head(result: GrantResult | NormResult, level: Level) -> tuple[str, str, Verdict]:
    if isinstance(result, NormResult):
        verdict = _STANDINGS.get(result.standing.value, Verdict.VALUE)
        return result.says, result.standing.label, verdict
    title = result.plain if level == "elder" else result.benefit
    return title, result_sentence(result), _STATUSES[result.status.value]


_STATUSES = {
    "granted": Verdict.YES,
    "denied": Verdict.NO,
    "unknown": Verdict.UNKNOWN,
    "open": Verdict.OPEN,
}
_STANDINGS = {
    "kept": Verdict.YES,
    "broken": Verdict.NO,
    "unknown": Verdict.UNKNOWN,
    "open": Verdict.OPEN,
}


def _branch(
    reason: Reason,
    level: Level,
    depth: int,
    parent: int,
    top: int,
    rows: list[Row],
    seen: set[str],
) -> int:
    """Place a reason and what lies under it; returns where the next one begins."""
    again = bool(reason.word) and reason.word in seen
    own = len(rows)
    if again:
        reason = Reason(reason.verdict, f"{reason.word}（见上）", f"{reason.word}（见上）")
    top = _place(reason, level, depth, parent, top, rows)
    if reason.word:
        seen.add(reason.word)
    for below in reason.because:
        top = _branch(below, level, depth + 1, own, top, rows, seen)
    return top


def _place(
    reason: Reason, level: Level, depth: int, parent: int | None, top: int, rows: list[Row]
) -> int:
    x = MARGIN + MARK + depth * INDENT
    room = max(NARROWEST * EM, (WIDTH - MARGIN - x - MARK - GAP) * EM // SIZE)
    text = reason.plain if level == "elder" and reason.plain else reason.text
    lines = tuple(broken(text, room))
    cite = tuple(broken(reason.cite, room * SIZE // (SIZE - 3))) if level == "official" else ()
    rows.append(Row(x, top + LINE // 2, reason.verdict, lines, cite, parent))
    return top + LINE * len(lines) + (LINE - 6) * len(cite) + GAP


def span(text: str) -> int:
    """Width of a text in hundredths of an em."""
    return sum(EM if unicodedata.east_asian_width(c) in "WFA" else HALF for c in text)


def broken(text: str, room: int) -> Iterator[str]:
    """Lines of at most ``room`` hundredths of an em. No line begins with a closing mark, ASCII words stay whole."""
    line, width = "", 0
    for piece in _pieces(text):
        if line and width + span(piece) > room and piece not in _CLOSING:
            yield line
            line, width = "", 0
        line, width = line + piece, width + span(piece)
    if line:
        yield line


_CLOSING = "，。；：、？！）》”’"


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for sign in text:
        if sign.isascii() and sign.isalnum():
            word += sign
            continue
        if word:
            yield word
            word = ""
        yield sign
    if word:
        yield word


def _right(row: Row) -> int:
    widest = max((span(line) for line in (*row.lines, *row.cite)), default=0)
    return row.x + MARK + GAP + widest * SIZE // EM + MARGIN


def to_svg(drawing: Diagram, *, name: str = "why") -> str:
    """One ``<svg>`` without styles or scripts: colours come from the page's own classes.

    ``name`` makes its ids unique on a page; letters, digits and hyphens.
    """
    body = "".join([*_connectors(drawing.rows), *map(_row, drawing.rows)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="h-diagram" role="img"'
        f' viewBox="0 0 {drawing.width} {drawing.height}" width="{drawing.width}"'
        f' height="{drawing.height}" aria-labelledby="{name}-title {name}-says"'
        f' font-size="{SIZE}">'
        f'<title id="{name}-title">{escape(drawing.title)}</title>'
        f'<desc id="{name}-says">{escape(drawing.says)}</desc>{body}</svg>'
    )


def _connectors(rows: Sequence[Row]) -> Iterator[str]:
    """From each reason up to its elder sibling's line, or to the reason that it supports."""
    reached: dict[int, int] = {}
    for row in rows:
        if row.parent is not None:
            above = rows[row.parent]
            top = reached.get(row.parent, above.y + MARK)
            reached[row.parent] = row.y
            yield (
                f'<path class="h-diagram-line" fill="none" stroke="currentColor"'
                f' stroke-opacity="0.4" d="M{above.x} {top}V{row.y}H{row.x - MARK}"/>'
            )


def _row(row: Row) -> str:
    sign = SIGNS[row.verdict][0]
    parts = [
        f'<g class="h-diagram-{row.verdict.value}">'
        f'<circle cx="{row.x}" cy="{row.y}" r="{MARK}" fill="none" stroke="currentColor"/>'
        f'<text x="{row.x}" y="{row.y + 5}" text-anchor="middle" fill="currentColor">{sign}</text></g>'
    ]
    x, y = row.x + MARK + GAP, row.y + 6
    for line in row.lines:
        parts.append(f'<text x="{x}" y="{y}" fill="currentColor">{escape(line)}</text>')
        y += LINE
    y -= 4
    for line in row.cite:
        parts.append(
            f'<text class="h-diagram-cite" x="{x}" y="{y}" font-size="{SIZE - 3}"'
            f' fill="currentColor" fill-opacity="0.75">{escape(line)}</text>'
        )
        y += LINE - 6
    return "".join(parts)
