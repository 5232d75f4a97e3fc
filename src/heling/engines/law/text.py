"""The law's own text: chapters, articles, paragraphs (款) and items (项), each addressable.

A pack never paraphrases: it cites an address such as ``22/1/4`` and the address resolves to
the stored sentence, or the pack does not load. The text is pinned by SHA-256, so a changed
text breaks every pack built on it until a person has looked.

Two layouts are read: plain (``第一条 正文`` on one line, paragraphs separated by blank lines,
long ones broken in the middle by page ends) and Markdown (``#### 第一章``, ``###### 第一条``
on lines of their own).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

_DIGITS = "零一二三四五六七八九"
_NUMERAL = "[一二三四五六七八九十百零]+"
_CHAPTER = re.compile(rf"^#*\s*(第{_NUMERAL}章)\s*(.*)$")
_ARTICLE = re.compile(rf"^#*\s*第({_NUMERAL})条(?:\s+(.*))?$")
_ITEM = re.compile(rf"^（({_NUMERAL})）\s*(.*)$")
_ADDRESS = re.compile(r"^([1-9]\d{0,2})(?:/([1-9]\d?))?(?:/([1-9]\d?))?$")
_COMPLETE = ("。", "；", "：")


def chinese_numeral(number: int) -> str:
    """1 → 一, 22 → 二十二, 105 → 一百零五. Articles of a law only: 1 to 999."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def read_numeral(text: str) -> int:
    """Inverse of :func:`chinese_numeral`."""
    total = current = 0
    for char in text:
        if char == "百":
            total, current = total + current * 100, 0
        elif char == "十":
            total, current = total + (current or 1) * 10, 0
        else:
            current = _DIGITS.index(char)
    return total + current


@dataclass(frozen=True, slots=True)
class Item:
    """项: one numbered entry of a paragraph; ``text`` excludes the number."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """款: a paragraph of an article; a list and the sentence that opens it are one 款."""

    number: int
    text: str
    items: tuple[Item, ...] = ()

    @property
    def whole(self) -> str:
        """The paragraph with all its items, as printed."""
        return self.text + "".join(f"（{chinese_numeral(i.number)}）{i.text}" for i in self.items)


@dataclass(frozen=True, slots=True)
class Article:
    """条, with the chapter heading it stands under (empty where the law has no chapters)."""

    number: int
    chapter: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def label(self) -> str:
        return f"第{chinese_numeral(self.number)}条"


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where in a law: article, paragraph, item; 0 means the whole of the level above."""

    article: int
    paragraph: int = 0
    item: int = 0

    @classmethod
    def parse(cls, text: str) -> Address | None:
        """Read ``22``, ``22/1`` or ``22/1/4``; None when it is none of these."""
        match = _ADDRESS.match(text.strip())
        return cls(*(int(part or 0) for part in match.groups())) if match else None

    def __str__(self) -> str:
        return "/".join(str(p) for p in (self.article, self.paragraph, self.item) if p)


@dataclass(frozen=True, slots=True)
class Citation:
    """An address resolved: the Chinese label and the words that stand there.

    ``quote`` is empty for an external law whose text is not stored.
    """

    law: str
    address: str
    label: str
    quote: str = ""

    def to_json(self) -> dict[str, str]:
        return {"law": self.law, "address": self.address, "label": self.label, "quote": self.quote}


@dataclass(frozen=True)
class LawText:
    """A parsed law. ``sha256`` is of the stored bytes; ``preamble`` is the adoption note."""

    title: str
    preamble: str
    articles: tuple[Article, ...]
    sha256: str

    @cached_property
    def _by_number(self) -> dict[int, Article]:
        return {a.number: a for a in self.articles}

    def article(self, number: int) -> Article | None:
        return self._by_number.get(number)

    def label(self, address: Address) -> str:
        """《…》第二十二条第一款第（四）项; 款 is left out where the article has only one."""
        article = self._by_number[address.article]
        text = f"《{self.title}》{article.label}"
        if address.paragraph and len(article.paragraphs) > 1:
            text += f"第{chinese_numeral(address.paragraph)}款"
        if address.item:
            text += f"第（{chinese_numeral(address.item)}）项"
        return text

    def cite(self, address: Address) -> Citation | None:
        """The verbatim words at an address, or None when the law has no such place."""
        quote = self._quote(address)
        if quote is None:
            return None
        return Citation(self.title, str(address), self.label(address), quote)

    def _quote(self, address: Address) -> str | None:
        article = self._by_number.get(address.article)
        if article is None:
            return None
        if not address.paragraph:
            return "".join(p.whole for p in article.paragraphs)
        if address.paragraph > len(article.paragraphs):
            return None
        paragraph = article.paragraphs[address.paragraph - 1]
        if not address.item:
            return paragraph.whole
        return next((i.text for i in paragraph.items if i.number == address.item), None)


def parse_law(raw: bytes) -> LawText:
    """Read a stored law (UTF-8). Raises ValueError when it has no articles or skips a number."""
    lines = [line.strip() for line in raw.decode("utf-8").splitlines()]
    reader = _Reader()
    for line in lines:
        if line and not line.startswith("<!--"):
            reader.take(line)
    articles = reader.finish()
    if [a.number for a in articles] != list(range(1, len(articles) + 1)) or not articles:
        raise ValueError("articles are not numbered 1, 2, 3 …")
    front = reader.front or [""]
    return LawText(
        title=front[0].lstrip("# "),
        preamble="".join(front[1:]),
        articles=tuple(articles),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


class _Reader:
    """Collects lines into articles; a line that ends mid-sentence continues on the next."""

    def __init__(self) -> None:
        self.front: list[str] = []
        self._articles: list[Article] = []
        self._chapter = ""
        self._number = 0
        self._blocks: list[str] = []

    def take(self, line: str) -> None:
        if chapter := _CHAPTER.match(line):
            self._close()
            self._chapter = f"{chapter[1]} {chapter[2]}".strip()
        elif article := _ARTICLE.match(line):
            self._close()
            self._number = read_numeral(article[1])
            self._blocks = [article[2]] if article[2] else []
        elif not self._number:
            self.front.append(line)
        elif self._blocks and not self._blocks[-1].endswith(_COMPLETE):
            self._blocks[-1] += line
        else:
            self._blocks.append(line)

    def finish(self) -> list[Article]:
        self._close()
        return self._articles

    def _close(self) -> None:
        if self._number and self._blocks:
            self._articles.append(Article(self._number, self._chapter, _paragraphs(self._blocks)))
        self._blocks = []


def _paragraphs(blocks: list[str]) -> tuple[Paragraph, ...]:
    """Group blocks into 款: an item belongs to the paragraph that was opened before it."""
    found: list[tuple[str, list[Item]]] = []
    for block in blocks:
        item = _ITEM.match(block)
        if item and found:
            found[-1][1].append(Item(read_numeral(item[1]), item[2]))
        else:
            found.append((block, []))
    return tuple(Paragraph(n, text, tuple(items)) for n, (text, items) in enumerate(found, start=1))
