"""The report as PDF: what was found, by whom, why, and how to check that it is whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.utils import timezone

from heling.contexts.assessment.queries.result import Result
from heling.platform.files.pdf import FONT, chinese_font

_INK, _RULE, _SHADE = "#1e2a2b", "#8a9a9a", "#eef2f1"
_MARGIN = 48  # points


def report_pdf(found: Result, *, printed_by: str, at: datetime, compressed: bool = True) -> bytes:
    """The bytes of the report. The same result and moment give the same bytes.

    ``at`` is local time. ``compressed=False`` leaves the text readable in the file.
    """
    from reportlab.platypus import (
        KeepTogether,
        SimpleDocTemplate,
    )  # costs a third of a second to import

    chinese_font()
    story = [
        *_head(found),
        *_grading(found),
        *_items(found),
        KeepTogether([*_signatures(found), *_verification(found)]),
    ]
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=f"{found.scale.title}报告",
        author="鹤龄",
        pageCompression=int(compressed),
        invariant=1,
    )
    foot = f"第 {found.row.pk} 号评估　打印：{printed_by} {at:%Y-%m-%d %H:%M}"
    document.build(story, canvasmaker=_numbered(foot))
    return out.getvalue()


def _numbered(foot: str) -> type[Any]:
    """A canvas that knows how many pages there are when it writes the first one's foot."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab's name
            self.pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self.pages, 1):
                self.__dict__.update(page)
                self.setFont(FONT, 9)
                self.drawString(_MARGIN, _MARGIN / 2, foot)
                right = self._pagesize[0] - _MARGIN
                self.drawRightString(right, _MARGIN / 2, f"第 {number} 页，共 {len(self.pages)} 页")
                super().showPage()
            super().save()

    return Numbered


def _text(
    text: object,
    *,
    size: float = 10,
    space: float = 2,
    centre: bool = False,
    leads: bool = False,
    font: str = FONT,
) -> Any:
    """A paragraph. ``leads``: never the last line of a page."""
    from reportlab.lib.enums import TA_CENTER
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle(
        "text",
        fontName=font,
        fontSize=size,
        leading=size * 1.4,
        keepWithNext=int(leads),
        spaceAfter=space,
        textColor=_INK,
        wordWrap="CJK",
        **({"alignment": TA_CENTER} if centre else {}),
    )
    # The standard Chinese font has no U+00B7, which stands in many names.
    shown = str(text).replace("·", "\N{KATAKANA MIDDLE DOT}")
    return Paragraph(escape(shown).replace("\n", "<br/>"), style)


def _heading(text: str) -> Any:
    return _text(text, size=12, space=4, leads=True)


def _table(rows: Iterable[Sequence[object]], widths: Sequence[float], *, head: bool) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table

    style: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, HexColor(_RULE)),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, 0), HexColor(_SHADE)))
    else:  # label, value, label, value
        style += [
            ("BACKGROUND", (n, 0), (n, -1), HexColor(_SHADE)) for n in range(0, len(widths), 2)
        ]
    cells = [[_text(cell, size=9, space=0) for cell in row] for row in rows]
    return Table(
        cells,
        colWidths=list(widths),
        style=style,
        repeatRows=1 if head else 0,
        spaceAfter=10,
    )


def _day(value: date | None) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if value else "—"


def _head(found: Result) -> list[Any]:
    row, elder = found.row, found.elder
    reason = row.get_reason_display() + (f"：{row.reason_note}" if row.reason_note else "")
    facts = [
        ("姓名", elder.name, "身份证号", elder.id_masked),
        ("出生日期", _day(elder.birth), "社区（村）", elder.place_name),
        ("评估日期", _day(row.assessed_on), "评估原因", reason),
        ("评估地点", row.place, "在场监护人或代理人", row.guardian or "—"),
        ("状态", row.get_state_display(), "下次评估最迟", _day(row.due_on)),
    ]
    title = found.scale.title.removesuffix("规范").removesuffix("（试行）").removesuffix("标准")
    lines = [
        _text(f"{title}报告", size=18, space=6, centre=True),
        _text(f"{found.scale.source}，第 {found.scale.version} 版", size=9.5, space=8, centre=True),
    ]
    if row.demo:
        lines.append(_text("演示数据，不是真实的人", size=9.5, space=8, centre=True))
    lines.append(_table(facts, (76, 167, 90, 154), head=False))
    return lines


def _grading(found: Result) -> list[Any]:
    graded = found.graded
    sums: list[Sequence[object]] = [("一级指标", "得分", "满分", "分级")]
    sums += [(g["name"], g["score"], g["max"], g["grade_name"] or "—") for g in graded["groups"]]
    if graded["total"] is not None:
        sums.append(("总分", graded["total"], found.scale.max, "—"))
    before = graded["preliminary"]
    lines = [
        _heading(f"评估结果：{found.row.level_label}"),
        _table(sums, (237, 70, 70, 110), head=True),
        _text(f"初步等级：{before['number']} 级 {before['name']}"),
    ]
    for rule in found.adjusted:
        effect = f"由 {rule['from']} 变为 {rule['to']}" if rule["effect"] else "等级不再变化"
        lines.append(
            _text(f"等级变更 {rule['rule']}：{rule['reason']}。{rule['text']}。{effect}。")
        )
    if found.scale.raises and not found.adjusted:
        lines.append(_text("没有符合等级变更条件的情况。"))
    lines += [_text(f"本系统采用的理解：{choice}。") for choice in graded["choices"]]
    if found.row.unverified:
        lines.append(_text("下列取值待核实，并影响了这份结果，据此作出决定前请核对标准原文："))
        lines += [
            _text(f"（{number}）{note}") for number, note in enumerate(found.row.unverified, 1)
        ]
    return lines


def _items(found: Result) -> list[Any]:
    rows: list[Sequence[object]] = [("项目", "作答", "得分")]
    rows += [(f"{i['code']} {i['name']}", i["text"], i["score"]) for i in found.graded["items"]]
    lines = [_heading("各项作答"), _table(rows, (140, 303, 44), head=True)]
    facts = [*found.facts]
    facts += [(f"{_day(e.on)} {e.label}", e.note or "—") for e in found.events]
    if facts:
        lines += [_heading("健康情况和照护风险"), _table(facts, (180, 307), head=False)]
    return lines


def _signatures(found: Result) -> list[Any]:
    rows: list[Sequence[object]] = [("评估人员", "医护专业背景", "签名", "签字时间")]
    for one in found.team:
        at = f"{timezone.localtime(one.signed_at):%Y-%m-%d %H:%M}" if one.signed_at else ""
        rows.append((one.name, "是" if one.medical else "否", one.signed_name, at))
    return [
        _heading("签字"),
        _table(rows, (120, 97, 140, 130), head=True),
        _text(
            "老年人或代理人（签名）：＿＿＿＿＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日", space=10
        ),
        _text("对结果有异议的，可以向街道或区县民政提出，由没有参加这次评估的人员复评。"),
    ]


def _verification(found: Result) -> list[Any]:
    whole = "与评估人员签字时一致" if found.whole else "与评估人员签字时不一致，本报告不可采信"
    return [
        _heading("核验"),
        _text(f"所签内容的 SHA-256 指纹（{whole}）：", size=9),
        _text(found.row.result_sha256, size=9, font="Courier"),
        _text(f"量表 {found.row.scale} 第 {found.row.scale_version} 版取值的指纹：", size=9),
        _text(found.row.scale_sha256, size=9, font="Courier"),
        _text(f"在本平台打开第 {found.row.pk} 号评估，指纹应与此相同；不同则报告被改过。", size=9),
    ]
