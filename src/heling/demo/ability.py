"""A plausible GB/T 42195-2022 answer sheet for an elder whose true ability is known.

The scale itself (options, bands) belongs to the assessment context as versioned data;
here stand only item codes and their greatest scores (shared/standards.md 2.1), needed to
fill a sheet. Higher is better; the greatest total is 90.
"""

from __future__ import annotations

import random
from typing import NamedTuple

from heling.demo.drafts import Ability, ElderDraft


class _Item(NamedTuple):
    """An item loses its first point below ``easy`` thousandths and its last below ``hard``."""

    maximum: int
    source: str
    easy: int
    hard: int


_ITEMS: dict[str, _Item] = {
    "B.1.1": _Item(4, "body", 600, 90),
    "B.1.2": _Item(4, "body", 720, 200),
    "B.1.3": _Item(4, "body", 860, 380),
    "B.1.4": _Item(4, "body", 700, 200),
    "B.1.5": _Item(4, "body", 760, 260),
    "B.1.6": _Item(4, "body", 740, 170),
    "B.1.7": _Item(4, "body", 700, 140),
    "B.1.8": _Item(4, "body", 740, 260),
    "B.2.1": _Item(4, "body", 680, 160),
    "B.2.2": _Item(4, "body", 740, 240),
    "B.2.3": _Item(4, "body", 840, 300),
    "B.2.4": _Item(3, "body", 890, 480),
    "B.3.1": _Item(4, "mind", 840, 260),
    "B.3.2": _Item(4, "mind", 800, 260),
    "B.3.3": _Item(4, "mind", 660, 150),
    "B.3.4": _Item(4, "mind", 880, 250),
    "B.3.5": _Item(4, "mind", 780, 220),
    "B.3.6": _Item(4, "mind", 760, 200),
    "B.3.7": _Item(1, "mind", 380, 380),
    "B.3.8": _Item(1, "mind", 560, 560),
    "B.3.9": _Item(2, "mind", 240, 70),
    "B.4.1": _Item(2, "senses", 820, 420),
    "B.4.2": _Item(2, "senses", 840, 440),
    "B.4.3": _Item(4, "body", 870, 420),
    "B.4.4": _Item(3, "body", 890, 520),
    "B.4.5": _Item(4, "mind", 780, 300),
}

ITEM_MAXIMA: dict[str, int] = {code: item.maximum for code, item in _ITEMS.items()}
"""Item code → greatest score, in the order of the standard: 26 items, 90 points."""

_WHOLE = 930  # from here on nothing is lost, and no noise is added
_NOISE = 110  # thousandths, triangular


def answers_for(draft: ElderDraft) -> dict[str, int]:
    """Scores by item code for the elder's hidden ability: the same draft, the same sheet."""
    # Not for secrets. Only ``random()`` is used: its sequence is kept between Python versions.
    dice = random.Random(draft.answer_seed)  # noqa: S311
    return {code: _score(item, draft.ability, dice) for code, item in _ITEMS.items()}


def _score(item: _Item, ability: Ability, dice: random.Random) -> int:
    noise = (dice.random() + dice.random() - 1.0) * _NOISE
    remains = getattr(ability, item.source)
    if remains >= _WHOLE:
        return item.maximum
    felt = remains + noise
    steps = max(item.maximum - 1, 1)
    thresholds = (
        item.hard + (item.easy - item.hard) * step / steps for step in range(item.maximum)
    )
    return sum(felt >= threshold for threshold in thresholds)
