"""A plan as a PDF for a meeting: summary, charts, tables, drafted text, the scenarios' own text."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings

from heling.contexts.reforms.domain.figures import Figures
from heling.contexts.reforms.exports.drawing import drawn
from heling.contexts.reforms.exports.report import DEMO, Report
from heling.contexts.reforms.showing import amount, by_county, costs, less, yuan
from heling.engines.law.reform import Draft
from heling.platform.files.pdf import FONT, chinese_font
from heling.platform.web.charts import Chart

_UNSAID = "说不出"
_PAGE = 620.0
"""Points that a chart may be high, with its title on the same page."""


def to_pdf(report: Report) -> bytes:
    """The same figures always give the same pages."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    _styles()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=20 * mm,
        bottomMargin=22 * mm,
        title=f"改革推演 {report.page.plan.title}",
        author=report.by,
        lang="zh-CN",
        invariant=1,
    )

    def footer(canvas: Any, doc: Any) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 8)
        snapshot = report.page.snapshot
        people = f"人口快照 {snapshot.as_of}，{snapshot.people:,} 人" if snapshot else ""
        mark = f"　{DEMO}" if settings.DEMO else ""
        canvas.drawString(20 * mm, 12 * mm, f"{people}{mark}")
        canvas.drawRightString(A4[0] - 20 * mm, 12 * mm, f"第 {doc.page} 页")
        canvas.restoreState()

    story = list(_story(report, A4[0] - 40 * mm))
    document.build(story, onFirstPage=footer, onLaterPages=footer)
    return buffer.getvalue()


@lru_cache(maxsize=1)
def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle

    chinese_font()
    text = ParagraphStyle("text", fontName=FONT, fontSize=10, leading=16, wordWrap="CJK")
    return {
        "text": text,
        "small": ParagraphStyle("small", parent=text, fontSize=8, leading=12),
        "title": ParagraphStyle("title", parent=text, fontSize=18, leading=28, spaceAfter=6),
        "head": ParagraphStyle(
            "head", parent=text, fontSize=13, leading=22, spaceBefore=10, spaceAfter=4
        ),
    }


def _line(text: str, style: str = "text") -> Any:
    from reportlab.platypus import Paragraph

    return Paragraph(escape(text), _styles()[style])


def _table(rows: Sequence[Sequence[str]], widths: Sequence[float]) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table

    cells = [[_line(cell, "small") for cell in row] for row in rows]
    table = Table(cells, colWidths=list(widths), repeatRows=1)
    table.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, HexColor("#1e2a2b")),
            ("LINEBELOW", (0, 1), (-1, -1), 0.3, HexColor("#8d8778")),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    return table


def _story(report: Report, width: float) -> Iterator[Any]:
    figures = report.figures
    yield _line(f"改革推演：{report.page.plan.title}", "title")
    yield _table([("项目", "内容"), *report.notes()], (width * 0.25, width * 0.75))
    yield _line("概览", "head")
    yield _overview(figures, width)
    chart = costs(figures)
    if chart is not None:
        yield _chart(chart, width)
    else:
        yield _line("没有价格，说不出费用。可以在方案里假定小时价格（待核实）。")
    across = by_county(figures, report.names)
    yield _chart(across, width)
    for scenario, one in report.counted:
        yield from _scenario(report, one, scenario.text, width)


def _chart(chart: Chart, width: float) -> Any:
    """A chart under its title, on one page."""
    from reportlab.platypus import KeepTogether

    return KeepTogether([_line(chart.title, "head"), drawn(chart, width, _PAGE)])


def _money(fen: int | None) -> str:
    return _UNSAID if fen is None else f"{yuan(fen):,.2f} 元"


def _overview(figures: Sequence[Figures], width: float) -> Any:
    rows: list[tuple[str, ...]] = [("", *(f.name for f in figures))]
    rows.append(("全部月份的费用", *(_money(f.total[1]) for f in figures)))
    rows.append(("与现行相差", *(_money(less(*f.total)) for f in figures)))
    rows.append(("得到更多的人", *(f"{f.last.winners:,}" for f in figures)))
    rows.append(("失去的人", *(f"{f.last.losers:,}" for f in figures)))
    rows.append(("有得有失", *(f"{f.last.mixed:,}" for f in figures)))
    rows.append(("不清楚", *(f"{f.last.unknown:,}" for f in figures)))
    rows.append(("说不出费用的项目", *("、".join(f.unpriced) or "无" for f in figures)))
    return _table(rows, [width * 0.24] + [width * 0.76 / len(figures)] * len(figures))


def _scenario(report: Report, f: Figures, text: str, width: float) -> Iterator[Any]:
    from reportlab.platypus import PageBreak

    yield PageBreak()
    yield _line(f.name, "title")
    if f.reason:
        yield _line(f"理由：{f.reason}")
    yield _line("条文改动", "head")
    for draft in f.drafts:
        yield from _draft(draft)
    yield _line(f"各项待遇（{f.months[-1]:%Y-%m}）", "head")
    rows: list[tuple[str, ...]] = [("项目", "单位", "现行", "方案", "现行数额", "方案数额")]
    for g in f.grants:
        counts = tuple(f"{n:,}" for n in g.enjoyed)
        rows.append((g.benefit, g.counted, *counts, amount(g, 0), amount(g, 1)))
    yield _table(rows, [width * w for w in (0.34, 0.07, 0.12, 0.12, 0.175, 0.175)])
    yield _line(f"区县（{f.months[-1]:%Y-%m}）", "head")
    rows = [("区县", "现行", "方案", "相差", "得到更多", "失去")]
    for c in f.counties:
        money = (_money(c.before), _money(c.after), _money(c.difference))
        rows.append((report.name(c.code), *money, f"{c.winners:,}", f"{c.losers:,}"))
    yield _table(rows, [width * w for w in (0.16, 0.2, 0.2, 0.2, 0.12, 0.12)])
    yield from _people(report, f, width)
    yield _line("方案原文", "head")
    for line in text.splitlines():
        yield _line(line.replace(" ", "\u00a0"), "small")


def _draft(draft: Draft) -> Iterator[Any]:
    from reportlab.platypus import Paragraph

    yield _line(f"{draft.article}　{draft.sentence}")
    if draft.quote:
        yield _line(f"现行原文：{draft.quote}", "small")
    if draft.pieces:
        marks = {"same": "{}", "gone": "<strike>{}</strike>", "new": "<u>{}</u>"}
        said = "".join(marks[kind].format(escape(piece)) for kind, piece in draft.pieces)
        yield Paragraph(f"拟改为：{said}", _styles()["small"])


def _people(report: Report, f: Figures, width: float) -> Iterator[Any]:
    people = [*f.examples, *((f.worst,) if f.worst else ())]
    if not people:
        return
    yield _line("例子（事实，不是某一个人）", "head")
    rows = [("怎样", "事实", "现行 → 方案")]
    for person in people:
        facts = f"{report.name(person.code)}，{'，'.join(person.facts)}"
        turns = "；".join(f"{word}：{old} → {new}" for word, old, new in person.turns)
        rows.append((person.change, facts, turns))
    yield _table(rows, [width * w for w in (0.2, 0.4, 0.4)])
