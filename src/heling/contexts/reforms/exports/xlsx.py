"""A plan as a workbook. Numbers are numbers: 元 with two places, exact from 分."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from heling.contexts.reforms.domain.figures import Figures
from heling.contexts.reforms.exports.report import Report
from heling.contexts.reforms.showing import amount, less, yuan
from heling.platform.lists.cells import harmless

Value = str | int | Decimal | None
_MOVED = (
    "现行（元）",
    "方案（元）",
    "相差（元）",
    "得到更多的人",
    "失去的人",
    "有得有失",
    "不清楚",
)
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class _Book:
    """Sheets with a bold head, wide enough columns and typed cells."""

    def __init__(self, file: io.BytesIO) -> None:
        self._book = xlsxwriter.Workbook(file, _OPTIONS)
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._yuan = self._book.add_format({"num_format": "#,##0.00"})
        self._whole = self._book.add_format({"num_format": "#,##0"})
        self._text = self._book.add_format({"text_wrap": True, "valign": "top"})

    def sheet(
        self,
        title: str,
        head: Sequence[str],
        rows: Iterable[Sequence[Value]],
        widths: Sequence[int],
    ) -> None:
        sheet = self._book.add_worksheet(title)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for column, label in enumerate(head):
            sheet.write_string(0, column, label, self._bold)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{title}&R第 &P 页，共 &N 页")
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                self._write(sheet, line, column, value)

    def close(self) -> None:
        self._book.close()

    def _write(self, sheet: Any, line: int, column: int, value: Value) -> None:
        if isinstance(value, Decimal):
            sheet.write_number(line, column, value, self._yuan)
        elif isinstance(value, int):
            sheet.write_number(line, column, value, self._whole)
        elif value is not None:
            sheet.write_string(line, column, harmless(value), self._text)


def to_xlsx(report: Report) -> bytes:
    """概览, 逐月, 区县, 得失, 条文改动, 方案原文."""
    file = io.BytesIO()
    book = _Book(file)
    book.sheet(
        "概览", ("项目", "内容", *_names(report)), _overview(report), (24, 60, 20, 20, 20, 20)
    )
    book.sheet(
        "逐月",
        (
            "方案",
            "月份",
            *_MOVED,
        ),
        _months(report),
        (20, 10, 18, 18, 18, 14, 12, 12, 12),
    )
    book.sheet(
        "区县",
        (
            "方案",
            "区县",
            "人数",
            *_MOVED,
        ),
        _counties(report),
        (20, 14, 12, 18, 18, 18, 14, 12, 12, 12),
    )
    book.sheet(
        "得失",
        ("方案", "项目或例子", "计数单位", "现行", "方案", "相差", "现行数额", "方案数额", "事实"),
        _moves(report),
        (20, 34, 10, 34, 34, 10, 22, 22, 60),
    )
    book.sheet(
        "条文改动",
        ("方案", "词", "条文", "现行原文", "改动", "拟改为", "理由"),
        _drafts(report),
        (20, 20, 40, 50, 50, 60, 30),
    )
    book.sheet("方案原文", ("方案", "行", "原文"), _texts(report), (20, 6, 100))
    book.close()
    return file.getvalue()


def _names(report: Report) -> list[str]:
    return [scenario.title for scenario, _ in report.counted]


def _money(fen: int | None) -> Decimal | None:
    return None if fen is None else yuan(fen)


def _overview(report: Report) -> Iterator[Sequence[Value]]:
    figures = report.figures
    yield (
        "全部月份的费用（元）",
        "没有价格的项目不计入；空格是说不出",
        *(_money(f.total[1]) for f in figures),
    )
    yield ("与现行相差（元）", "", *(_money(less(*f.total)) for f in figures))
    yield ("得到更多的人", "最后一个月", *(f.last.winners for f in figures))
    yield ("失去的人", "最后一个月", *(f.last.losers for f in figures))
    yield ("有得有失", "最后一个月", *(f.last.mixed for f in figures))
    yield ("不清楚", "改动的项目待查明", *(f.last.unknown for f in figures))
    yield ("说不出费用的项目", "", *("、".join(f.unpriced) for f in figures))
    yield from report.notes()


def _months(report: Report) -> Iterator[Sequence[Value]]:
    for scenario, f in report.counted:
        for month, before, after, n in zip(f.months, f.before, f.after, f.counts, strict=True):
            costs = (_money(before), _money(after), _money(less(before, after)))
            moved = (n.winners, n.losers, n.mixed, n.unknown)
            yield (scenario.title, f"{month:%Y-%m}", *costs, *moved)


def _counties(report: Report) -> Iterator[Sequence[Value]]:
    for scenario, f in report.counted:
        for c in f.counties:
            costs = (_money(c.before), _money(c.after), _money(c.difference))
            moved = (c.winners, c.losers, c.mixed, c.unknown)
            yield (scenario.title, report.name(c.code), c.people, *costs, *moved)


def _moves(report: Report) -> Iterator[Sequence[Value]]:
    for scenario, f in report.counted:
        for g in f.grants:
            sums = (amount(g, 0), amount(g, 1))
            yield (scenario.title, g.benefit, g.counted, *g.enjoyed, g.moved, *sums)
        yield from _people(scenario.title, f, report)


def _people(title: str, f: Figures, report: Report) -> Iterator[Sequence[Value]]:
    for person in (*f.examples, *((f.worst,) if f.worst else ())):
        facts = f"{report.name(person.code)}，{'，'.join(person.facts)}"
        before, after = (
            "；".join(f"{turn[0]}：{turn[n]}" for turn in person.turns) for n in (1, 2)
        )
        yield (title, person.change, "例子", before, after, None, None, None, facts)


def _drafts(report: Report) -> Iterator[Sequence[Value]]:
    for scenario, f in report.counted:
        for d in f.drafts:
            new = "".join(text for kind, text in d.pieces if kind != "gone")
            reason = d.reason or f.reason
            yield (scenario.title, d.word, d.article, d.quote, d.sentence, new, reason)


def _texts(report: Report) -> Iterator[Sequence[Value]]:
    for scenario, _ in report.counted:
        for number, line in enumerate(scenario.text.splitlines(), 1):
            yield (scenario.title, number, line)
