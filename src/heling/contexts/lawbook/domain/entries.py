"""A pack's text taken apart into its entries, and put together again, byte for byte.

Works on lines and indentation alone, so that a text that is no YAML at the moment (somebody is
typing) can still be shown article by article. What it does not recognise it leaves in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SECTIONS = {
    "facts": "事实",
    "constants": "数值",
    "define": "用语",
    "grants": "待遇",
    "conflicts": "重复时",
    "norms": "规范",
    "interpretations": "解释口径",
    "properties": "性质",
    "fills": "填补",
    "raises": "提高的下限",
    "tests": "测试",
}
NEW_ENTRIES = (
    "constants",
    "define",
    "grants",
    "conflicts",
    "norms",
    "interpretations",
    "properties",
)
"""Sections whose entries cite an article, so that one may be added on an article's page."""

_SECTION = re.compile(r"^([a-z_]+):\s*(?:#.*)?$")
_ENTRY = re.compile(r"^  (?![\s#])(?:- )?(.+?)(?::(?=\s|$).*)?$")
_CITE = re.compile(r"(?:^|[\s{,])cite:\s*\"?(\d+)")
_NAME = re.compile(r"name:\s*(.+?)\s*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of one section. ``number`` is its place among all entries; ``line`` its first
    line (1-based); ``article`` what it cites first, 0 when it cites nothing."""

    number: int
    section: str
    word: str
    article: int
    line: int
    text: str

    @property
    def label(self) -> str:
        return SECTIONS[self.section]

    def holds(self, line: int) -> bool:
        return self.line <= line <= self.line + self.text.count("\n")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text as its parts in order: entries, and everything between them as plain text."""

    parts: tuple[Entry | str, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(p for p in self.parts if isinstance(p, Entry))

    def of(self, article: int) -> tuple[Entry, ...]:
        return tuple(e for e in self.entries if e.article == article and e.section != "tests")

    def tests(self) -> tuple[Entry, ...]:
        return tuple(e for e in self.entries if e.section == "tests")

    def text(self, changed: Mapping[int, str] | None = None) -> str:
        """The whole text, with some entries (by number) replaced; an emptied one goes away."""
        changed = changed or {}
        return "".join(_written(p, changed) for p in self.parts)


def _written(part: Entry | str, changed: Mapping[int, str]) -> str:
    if isinstance(part, str):
        return part
    text = clean(changed.get(part.number, part.text))
    return f"{text}\n" if text else ""


def clean(text: str) -> str:
    """A box's content as the file keeps it: line feeds only, no empty lines at its end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n ")


def split(text: str) -> Sheet:
    """Take a pack's text apart. ``split(t).text() == t`` when t ends its entries' lines plainly."""
    parts: list[Entry | str] = []
    number = 0
    for first, section, lines in _blocks(text.splitlines(keepends=True)):
        block = "".join(lines)
        body = clean(block)
        if section and body and f"{body}\n" == block[: len(body) + 1]:
            parts.append(_entry(number, section, first, body))
            number += 1
            block = block[len(body) + 1 :]
        if block:
            parts.append(block)
    return Sheet(tuple(parts))


def _blocks(lines: list[str]) -> Iterator[tuple[int, str, list[str]]]:
    """(first line, section or nothing, lines): an entry with all that is indented below it, or
    what stands between."""
    section, first, inside = "", 1, False
    begun: list[str] = []
    for number, line in enumerate(lines, start=1):
        at_margin = bool(line.strip()) and not line.startswith((" ", "#"))
        begins = bool(section) and not at_margin and _ENTRY.match(line) is not None
        if (begins or at_margin) and begun:
            yield first, section if inside else "", begun
            begun = []
        if not begun:
            first, inside = number, begins
        if at_margin:
            found = _SECTION.match(line)
            section = found[1] if found and found[1] in SECTIONS else ""
            yield number, "", [line]
            continue
        begun.append(line)
    if begun:
        yield first, section if inside else "", begun


def _entry(number: int, section: str, line: int, text: str) -> Entry:
    head = text.split("\n", 1)[0]
    found = _ENTRY.match(head)
    word = found[1] if found else head.strip()
    if section == "tests":
        named = _NAME.search(head)
        word = named[1] if named else word
    cited = _CITE.search(text)
    return Entry(number, section, word.strip("\"'"), int(cited[1]) if cited else 0, line, text)


def add(text: str, *, section: str, entry: str) -> str:
    """A new entry at the end of its section, which is begun when the text has none yet."""
    entry = _indented(clean(entry))
    if not entry:
        return text
    last = [e for e in split(text).entries if e.section == section]
    if last:
        return split(text).text({last[-1].number: f"{last[-1].text}\n{entry}"})
    return f"{clean(text)}\n\n{section}:\n{entry}\n"


def _indented(entry: str) -> str:
    """Two spaces before each line, unless the writer has put them there."""
    lines = entry.lstrip("\n").split("\n")
    if not lines[0] or lines[0].startswith("  "):
        return "\n".join(lines)
    return "\n".join(f"  {line}" if line.strip() else line for line in lines)
