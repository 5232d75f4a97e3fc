"""A scenario's text: the reform file of docs/law/reforms.md, written from what was moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from heling.engines.law.reform import Reform, read_reform
from heling.engines.law.trouble import PackError
from heling.kernel.errors import BadInput, Problem

FILE = "方案原文"
LONGEST = 2_000
"""Characters of one expression."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What was moved: numbers by word, expressions by (word, field)."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    truths: Mapping[str, bool] = field(default_factory=dict)
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.numbers or self.truths or self.texts)


def write(name: str, city: str, moves: Moves, *, starts: date, reason: str = "") -> str:
    """The canonical text; empty when nothing was moved. ``starts``: from when the numbers hold."""
    if not moves:
        return ""
    changes: dict[str, dict[str, Any]] = {}
    for word, value in {**moves.numbers, **moves.truths}.items():
        changes[word] = {"versions": [{"from": starts, "value": value}]}
    for (word, part), text in moves.texts.items():
        changes.setdefault(word, {})[part] = text
    plan: dict[str, Any] = {"reform": name, "city": city}
    if reason:
        plan["reason"] = reason
    plan["changes"] = changes
    return yaml.dump(plan, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=10**9)


class _Plain(yaml.SafeDumper):
    """Writes everything out: a reform knows no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def read(text: str) -> Reform | None:
    """A stored text; None for an empty one. Raises PackError."""
    return read_reform(text.encode(), FILE) if text else None


def moves_of(reform: Reform | None) -> Moves:
    """What a stored text moves, as far as the form can show it."""
    if reform is None:
        return Moves()
    texts = {
        (c.word, part): str(value)
        for c in reform.changes
        for part, value in (("is", c.formula), ("when", c.when), ("amount", c.amount))
        if isinstance(value, str) and value
    }
    numbers = {c.word: c.versions[-1].value for c in reform.changes if c.versions}
    return Moves(numbers=numbers, texts=texts)


def in_words(error: PackError) -> BadInput:
    """What is wrong, by the word that it is about: the planner sees fields, not a file. What goes
    wrong in the packs only because of it is left out."""
    own = [f for f in error.findings if f.spot.file == FILE] or error.findings
    return BadInput(
        *(
            Problem(f.spot.word or FILE, f"{_for_planners(f.message)}（{FILE}第 {f.spot.line} 行）")
            for f in own
        )
    )


def _for_planners(message: str) -> str:
    """An author of packs may write a new word; a planner uses those that there are."""
    return message.replace("请先在 facts、constants 或 define 里写明", "请改用规则里已有的词")
