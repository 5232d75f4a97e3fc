"""What can be wrong with a pack: collected, never thrown one at a time.

Every finding names the file, the line, the word and the article it is about, so that an
author repairs a pack in one round. :class:`Findings` gathers them and raises once.
"""

from __future__ import annotations

from dataclasses import dataclass

from heling.kernel.errors import BadInput, Problem


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a pack: file as the author knows it, 1-based line, word and article if any."""

    file: str
    line: int
    word: str = ""
    article: str = ""

    def on(self, word: str = "", article: str = "") -> Spot:
        """The same place, now also naming a word or an article."""
        return Spot(self.file, self.line, word or self.word, article or self.article)

    def __str__(self) -> str:
        parts = [f"{self.file} 第 {self.line} 行"]
        if self.word:
            parts.append(f"“{self.word}”")
        if self.article:
            parts.append(f"（{self.article}）")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong at one spot, as one Chinese sentence that says what to do."""

    spot: Spot
    message: str

    def to_json(self) -> dict[str, object]:
        return {
            "file": self.spot.file,
            "line": self.spot.line,
            "word": self.spot.word,
            "article": self.spot.article,
            "message": self.message,
        }


class PackError(BadInput):
    """A pack that cannot be loaded. ``findings`` keeps the structure behind ``problems``."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(*(Problem(str(f.spot), f.message) for f in findings))
        self.findings = findings


class Findings:
    """A growing list of findings; ``settle`` raises them all at once."""

    def __init__(self) -> None:
        self._items: list[Finding] = []

    def add(self, spot: Spot, message: str) -> None:
        finding = Finding(spot, message)
        if finding not in self._items:
            self._items.append(finding)

    def __len__(self) -> int:
        return len(self._items)

    def all(self) -> tuple[Finding, ...]:
        return tuple(self._items)

    def settle(self) -> None:
        """Raise PackError if anything was found."""
        if self._items:
            raise PackError(tuple(self._items))
