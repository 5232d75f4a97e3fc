"""What every part of a pack is read with: words, choices, units, spans of time, citations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from heling.engines.law.model import UNVERIFIED
from heling.engines.law.source import Cursor
from heling.engines.law.text import Address, Citation, LawText, chinese_numeral
from heling.engines.law.trouble import Findings
from heling.engines.law.units import Unit
from heling.kernel.errors import BadInput
from heling.kernel.period import Period

MAX_TEXT = 2_500
"""Characters of a note or a question; no paragraph of a law is longer."""
EXPRESSIONS = frozenset(
    [
        "when",
        "value",
        "given",
        "table",
        "else",
        "must",
        "measure",
        "at_least",
        "at_most",
        "after",
        "within",
        "done",
        "every",
        "last",
        "lowest",
        "highest",
    ]
)

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class FieldReader:
    """Reads fields of one file; keeps what its parts share: the law's text and the pack's period."""

    def __init__(self, cursor: Cursor, findings: Findings) -> None:
        self._cursor = cursor
        self._findings = findings
        self._id = ""
        self._law: LawText | None = None
        self._title = ""
        self._external = False
        self._period = Period(date.min)

    def _each(self, cursor: Cursor | None, read: Callable[[str, Cursor, int], T]) -> tuple[T, ...]:
        if cursor is None:
            return ()
        found = []
        for order, (word, value) in enumerate(cursor.words()):
            if not word.isidentifier():
                value.complain(f"“{word}”不能作词：只用汉字、字母、数字和下划线，不以数字开头")
            found.append(read(word, value, order))
        return tuple(found)

    @staticmethod
    def _list(cursor: Cursor | None) -> list[Cursor]:
        return [] if cursor is None else cursor.items()

    @staticmethod
    def _word(fields: dict[str, Cursor], name: str) -> str:
        """A text; empty when it is not there. (Expressions are judged by their own limit.)"""
        if name not in fields:
            return ""
        text = fields[name].text()
        if len(text) > MAX_TEXT and name not in EXPRESSIONS:
            fields[name].complain(f"{name} 超过 {MAX_TEXT:,} 个字符的上限，请写短些")
        return text

    @staticmethod
    def _choice(cursor: Cursor, allowed: tuple[str, ...]) -> str:
        text = cursor.text()
        if text not in allowed:
            cursor.complain(f"“{text}”不可用，可以写：{'、'.join(allowed)}")
        return text

    def _enum(self, cursor: Cursor | None, kind: type[E], default: E) -> E:
        if cursor is None:
            return default
        text = self._choice(cursor, tuple(kind))
        return kind(text) if text in tuple(kind) else default

    @staticmethod
    def _unit(cursor: Cursor | None, owner: Cursor) -> Unit:
        if cursor is None:
            owner.complain("数量要写 unit（单位），例如 小时/月、周岁、分/月")
            return Unit()
        unit = Unit.parse(cursor.text())
        if unit is None:
            cursor.complain(f"“{cursor.text()}”不是单位，请写成 小时/月 的样子")
        return unit or Unit()

    def _span(self, fields: dict[str, Cursor], cursor: Cursor) -> Period | None:
        start = fields["from"].day() if "from" in fields else None
        end = fields["to"].day() if "to" in fields else None
        if start is None:
            return None
        try:
            return Period(start, end)
        except BadInput as error:
            cursor.complain(error.problems[0].message)
            return None

    def _cite(self, cursor: Cursor | None, quote: Cursor | None = None, word: str = "") -> Citation:
        """Resolve an address against the stored text; a quote must stand there verbatim.

        Of an external law whose text is not here, even the article may be 待核实.
        """
        if cursor is None:
            return Citation(self._title, "", f"《{self._title}》")
        address = Address.parse(cursor.text())
        if address is None:
            if not (self._external and cursor.text() == UNVERIFIED):
                cursor.complain(
                    f"“{cursor.text()}”不是条文位置，请写成 22 或 22/1 或 22/1/4", word=word
                )
            return Citation(self._title, "", f"《{self._title}》（条号{UNVERIFIED}）")
        if self._law is None:
            said = quote.text() if quote else ""
            return Citation(self._title, str(address), external_label(self._title, address), said)
        citation = self._law.cite(address)
        if citation is None:
            where = external_label(self._title, address)
            cursor.complain("原文里没有这一条款项", word=word, article=where)
            return Citation(self._title, str(address), where)
        if quote is not None and quote.text() not in citation.quote:
            quote.complain(
                f"引文“{quote.text()}”在条文里找不到，请照原文抄写",
                word=word,
                article=citation.label,
            )
        return citation


def external_label(title: str, address: Address) -> str:
    """A label without looking at the text (not stored, or the place does not exist)."""
    label = f"《{title}》第{chinese_numeral(address.article)}条"
    if address.paragraph:
        label += f"第{chinese_numeral(address.paragraph)}款"
    return label + (f"第（{chinese_numeral(address.item)}）项" if address.item else "")
