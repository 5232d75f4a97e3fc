"""A row's values as cells: for the screen and for a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from heling.kernel.money import Money
from heling.platform.lists.definition import Column, Kind, List
from heling.platform.web.templatetags import heling as filters

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBERS = {Kind.NUMBER, Kind.MONEY, Kind.MINUTES}
# A number stands right, a day is not broken in two.
_STYLES = dict.fromkeys(NUMBERS, "h-number") | dict.fromkeys((Kind.DATE, Kind.TIME), "h-nowrap")


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` is plain, ``html`` what the table shows; ``style`` is a class of the cell."""

    text: str
    html: SafeString
    style: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, ready to draw.

    ``html`` is the whole ``<tr>``, made here and not in a template: a page has hundreds of
    cells, and a template's branch for each costs more than the query.
    """

    pk: str
    name: str
    href: str
    cells: tuple[Cell, ...]
    html: SafeString


_SHOWN: dict[Kind, Callable[[Any], Any]] = {
    Kind.MONEY: filters.money,
    Kind.MINUTES: filters.minutes,
    Kind.DATE: filters.short_date,
    Kind.TIME: filters.cn_time,
}


def lines(
    definition: List, columns: tuple[Column, ...], rows: list[Any], *, pick: bool = False
) -> list[Line]:
    """The page's rows as lines; the first column carries the link to the row. ``pick``: each
    begins with a box to tick."""
    if definition.prepare is not None:
        definition.prepare(rows)
    return [_line(definition, columns, row, pick=pick) for row in rows]


def _line(definition: List, columns: tuple[Column, ...], row: Any, *, pick: bool) -> Line:
    href = definition.row_url(row) if definition.row_url else ""
    cells = tuple(
        _cell(column, row, href if index == 0 else "") for index, column in enumerate(columns)
    )
    named = definition.row_name
    name = named(row) if callable(named) else getattr(row, named) if named else cells[0].text
    key = escape(str(row.pk))
    parts = [f'<tr data-row id="row-{key}">', _cells(cells), "</tr>"]
    if pick:
        parts.insert(1, _PICK.format(key=key, name=escape(str(name))))
    if definition.row_url is not None:
        parts.insert(-1, _OPEN.format(href=escape(href), name=escape(str(name))))
    return Line(str(row.pk), str(name), href, cells, SafeString("".join(parts)))


_PICK = (
    '<td class="h-pick"><label><input type="checkbox" name="pick" value="{key}">'
    '<span class="h-hidden">选择{name}</span></label></td>'
)
_OPEN = (
    '<td class="h-actions"><a href="{href}" data-open>查看'
    '<span class="h-hidden">{name}</span></a></td>'
)


def _cells(cells: tuple[Cell, ...]) -> str:
    """The first cell heads the row for a screen reader."""
    first, *others = cells
    drawn = [f'<th scope="row">{first.html}</th>']
    drawn += [
        f'<td class="{c.style}">{c.html}</td>' if c.style else f"<td>{c.html}</td>" for c in others
    ]
    return "".join(drawn)


def _cell(column: Column, row: Any, href: str) -> Cell:
    value = column.of(row)
    style = _STYLES.get(column.kind, "")
    if column.template:
        html = render_to_string(column.template, {"row": row, "value": value})
        return Cell(strip_tags(html).strip(), _linked(html, href), style)
    if column.kind is Kind.TAG and value:
        kind, text = (str(part) for part in value)
        # The mark-up of <c-tag>.
        html = SafeString(f'<span class="h-tag h-tag-{escape(kind)}">{escape(text)}</span>')
        return Cell(text, _linked(html, href), style)
    text = str(_SHOWN.get(column.kind, filters.or_dash)(value))
    return Cell(text, _linked(SafeString(escape(text)), href), style)


def _linked(html: SafeString, href: str) -> SafeString:
    return SafeString(f'<a href="{escape(href)}">{html}</a>') if href else html


def plain(column: Column, row: Any) -> str | int | Decimal | date | None:
    """The value for a file: numbers stay numbers, text cannot become a formula."""
    value = column.of(row)
    if value is None or value == "":
        return None
    if column.kind is Kind.TAG:
        value = value[1]
    if column.kind is Kind.MONEY:
        fen = value.fen if isinstance(value, Money) else value
        return Decimal(fen).scaleb(-2)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (int, Decimal, date)):
        return value
    return harmless(str(value))


def harmless(text: str) -> str:
    """Text that a spreadsheet will not run: a leading apostrophe before a formula's first sign."""
    return f"'{text}" if text.startswith(RISKY) else text
