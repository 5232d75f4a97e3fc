"""The decision as a letter: PDF with the Chinese font that every reader has (STSong-Light)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from heling.contexts.entitlements import law
from heling.contexts.entitlements.domain.objections import (
    DECISION_LABELS,
    OUTCOME_LABELS,
    DecisionKind,
    Outcome,
)
from heling.contexts.entitlements.models import Decision
from heling.engines.law.diagram import diagram
from heling.platform.files.pdf import FONT, chinese_font

_LEFT, _RIGHT = 28, 26  # mm
_ROOM = 210 - _LEFT - _RIGHT - 5
_SIGNS = "图中：勾＝符合，叉＝不符合，问号＝尚未查明，三点＝尚待实施办法，等号＝数值。"
_REMEDY = (
    "如不服本决定，可以自收到本决定书之日起六十日内依法申请行政复议，或者六个月内依法提起行政诉讼。"
)


def letter_pdf(decision: Decision, *, name: str, place: str) -> bytes:
    """The letter of one decision, addressed to ``name`` of ``place``. No other number of the
    person is on it. The same decision always gives the same words."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=_LEFT * mm,
        rightMargin=_RIGHT * mm,
        topMargin=37 * mm,
        bottomMargin=35 * mm,
        title=f"{DECISION_LABELS[DecisionKind(decision.kind)]} {decision.number}",
        author=decision.body_name,
        lang="zh-CN",
        invariant=1,
    )
    document.build(list(_story(decision, name=name, place=place)))
    return buffer.getvalue()


@lru_cache(maxsize=1)
def _styles() -> dict[str, Any]:
    from reportlab.lib.enums import TA_CENTER, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    chinese_font()
    text = ParagraphStyle(
        "text", fontName=FONT, fontSize=14, leading=25, firstLineIndent=28, wordWrap="CJK"
    )
    return {
        "text": text,
        "plain": ParagraphStyle("plain", parent=text, firstLineIndent=0),
        "small": ParagraphStyle("small", parent=text, fontSize=11, leading=18),
        "title": ParagraphStyle(
            "title", parent=text, fontSize=20, leading=34, firstLineIndent=0, alignment=TA_CENTER
        ),
        "number": ParagraphStyle(
            "number", parent=text, firstLineIndent=0, alignment=TA_CENTER, spaceAfter=16
        ),
        "sign": ParagraphStyle("sign", parent=text, firstLineIndent=0, alignment=TA_RIGHT),
    }


def _story(decision: Decision, *, name: str, place: str) -> Iterator[Any]:
    from reportlab.platypus import Paragraph, Spacer

    styles = _styles()

    def line(text: str, style: str = "text") -> Any:
        return Paragraph(escape(text), styles[style])

    kind = DecisionKind(decision.kind)
    yield line(DECISION_LABELS[kind], "title")
    yield line(decision.number, "number")
    yield line(f"{name}（{place}）：", "plain")
    yield line(_opening(kind))
    for position, entry in enumerate(decision.lines, 1):
        yield line(f"{position}．{_entry(entry, kind)}")
        if entry["reasons"]:
            yield line(f"理由：{'；'.join(entry['reasons'])}。", "small")
    marks = dict.fromkeys(mark for entry in decision.lines for mark in entry["unverified"])
    if marks:
        yield line(f"以上结果所依据的下列事项尚待核实：{'；'.join(marks)}。", "small")
    if decision.reason:
        yield line(f"说明：{decision.reason}")
    phone = f"，电话 {decision.body_phone}" if decision.body_phone else ""
    yield line(f"对本决定有疑问，可以向{decision.body_name}咨询{phone}。")
    if kind is not DecisionKind.GRANT:
        yield line(_REMEDY)
    yield Spacer(1, 30)
    yield line(decision.body_name, "sign")
    yield line(f"{decision.decided_on:%Y年%-m月%-d日}", "sign")
    yield from _drawings(decision)


def _drawings(decision: Decision) -> Iterator[Any]:
    """附: how each result follows from the law, as on the page. The determination is never
    changed, so the same decision always has the same drawings."""
    from reportlab.lib.units import mm
    from reportlab.platypus import CondPageBreak, PageBreak, Paragraph, Spacer

    from heling.contexts.entitlements.letter_drawing import Drawing

    made = law.read(decision.determination)
    yield PageBreak()
    yield Paragraph(f"附：认定理由（{escape(decision.number)}）", _styles()["plain"])
    for entry in decision.lines:
        yield CondPageBreak(60 * mm)
        yield Drawing(diagram(made.grant(entry["grant"])), width=_ROOM * mm)
        yield Spacer(1, 8)
    yield Paragraph(_SIGNS, _styles()["small"])


def _opening(kind: DecisionKind) -> str:
    return {
        DecisionKind.GRANT: "经审核并公示，现就您申请的居家养老服务待遇决定如下：",
        DecisionKind.DENY: "经审核，您申请的下列待遇不符合规定，决定不予给予：",
        DecisionKind.CHANGE: "因有关情况变化，经重新认定，现将您的待遇变更如下：",
        DecisionKind.END: "因有关情况变化，决定终止您的下列待遇：",
    }[kind]


def _entry(entry: dict[str, Any], kind: DecisionKind) -> str:
    if kind is DecisionKind.END:
        return f"{entry['benefit']}：终止。依据：{entry['cite']}。"
    said = OUTCOME_LABELS[Outcome(entry["outcome"])]
    amount = f"，{entry['amount_text']}" if entry["amount_text"] else ""
    starts = f"，自 {entry['starts']} 起" if entry["starts"] else ""
    awaits = f"，尚待规定：{'；'.join(entry['awaits'])}" if entry["awaits"] else ""
    return f"{entry['benefit']}：{said}{amount}{starts}{awaits}。依据：{entry['cite']}。"
