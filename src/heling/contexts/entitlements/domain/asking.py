"""The questions that an applicant can answer, and what an answer is worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from heling.contexts.entitlements.domain.standing import missing_facts
from heling.engines.law import Determination, RuleSet
from heling.engines.law.model import Change, Fact
from heling.engines.law.units import Kind
from heling.kernel.money import Money

YES, NO, UNSURE = "yes", "no", "unsure"
_ASKED = (Change.CLAIM, Change.CHOICE)  # a level comes from an assessor, a place from the registry


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: yes/no (``levels`` empty), one of ``levels``, or a sum of money."""

    fact: str
    ask: str
    levels: tuple[str, ...]
    money: bool

    def worth(self, answer: str) -> Any:
        """The fact's value for an answer: True, False, a level, fen; None for 说不准."""
        if answer in ("", UNSURE):
            return None
        if self.money:
            return Money.parse(answer).fen
        return answer if self.levels else answer == YES


def questions(rules: RuleSet, made: Determination, grants: Iterable[str]) -> tuple[Asked, ...]:
    """What the chosen grants still need to know from the applicant.

    Sums come first: no allowance at all makes the questions about a choice irrelevant.
    """
    words = dict.fromkeys(
        word for grant in grants for word in missing_facts(made, made.grant(grant))
    )
    asked = [_asked(rules.facts[word]) for word in words if rules.facts[word].change in _ASKED]
    return tuple(sorted(asked, key=lambda question: not question.money))


def _asked(fact: Fact) -> Asked:
    return Asked(
        fact=fact.word,
        ask=fact.ask,
        levels=fact.type.levels,
        money=fact.type.kind is Kind.NUMBER,
    )
