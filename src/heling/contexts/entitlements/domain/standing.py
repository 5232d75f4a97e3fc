"""From the law's result to what an office does about it, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from heling.contexts.entitlements.domain.objections import Outcome
from heling.engines.law import Determination, Effect, GrantResult, Reason, Status
from heling.engines.law.model import Entity
from heling.engines.law.plain import plainest
from heling.kernel.errors import Refused

UNITS = {"分": ("元", 100)}


def outcome_of(result: GrantResult) -> Outcome:
    """What an office may do on this result: only a clear 应享受 is granted.

    A right whose amount or rank is left to a measure that nobody has made yet is OPEN: it
    is acknowledged, never paid as nothing. Anything unknown stays PENDING.
    """
    if result.status is Status.UNKNOWN:
        return Outcome.PENDING
    if result.status is Status.DENIED or result.effect is Effect.YIELDS:
        return Outcome.DENIED
    # Without an amount there is nothing yet that a rival benefit could be weighed against.
    if result.status is Status.OPEN or result.effect is Effect.OPEN:
        return Outcome.OPEN
    return Outcome.PENDING if result.effect is Effect.UNKNOWN else Outcome.GRANTED


@dataclass(frozen=True, slots=True)
class Standing:
    """One item under one determination: what it comes to, and in whose words."""

    grant: str
    benefit: str
    plain: str
    cite: str
    outcome: Outcome
    amount: int | None
    unit: str
    floor: bool
    of_household: bool
    reasons: tuple[str, ...]
    why: tuple[str, ...]
    missing: tuple[str, ...]
    awaits: tuple[str, ...]
    unverified: tuple[str, ...]

    @property
    def measure(self) -> tuple[str, Outcome, int | None]:
        """What two determinations are compared by."""
        return (self.grant, self.outcome, self.amount)

    @property
    def amount_text(self) -> str:
        return amount_text(self.amount, self.unit, floor=self.floor)


def standings(determination: Determination, grants: Iterable[str]) -> tuple[Standing, ...]:
    """The standing of each grant, in the order given. Raises KeyError for an unknown one."""
    asks = {question.fact: question.ask for question in determination.missing}
    return tuple(_standing(determination, word, asks) for word in grants)


def missing_facts(determination: Determination, result: GrantResult) -> tuple[str, ...]:
    """Fact words that a grant waits for: for its condition, and for its rank beside a rival."""
    words = list(result.missing)
    if result.status is Status.GRANTED and result.effect is Effect.UNKNOWN:
        words += [
            word for c in determination.conflicts if c.id == result.conflict for word in c.missing
        ]
    return tuple(dict.fromkeys(words))


def _standing(determination: Determination, word: str, asks: dict[str, str]) -> Standing:
    result = determination.grant(word)
    outcome = outcome_of(result)
    return Standing(
        grant=result.id,
        benefit=result.benefit,
        plain=result.plain,
        cite=result.cite.label,
        outcome=outcome,
        amount=result.amount if outcome is Outcome.GRANTED else None,
        unit=result.unit,
        floor=result.floor,
        of_household=result.entity == Entity.HOUSEHOLD,
        reasons=_texts(result.reasons, plain=False),
        why=_texts(result.reasons, plain=True),
        missing=tuple(
            asks.get(fact, f"{fact}的情况。") for fact in missing_facts(determination, result)
        ),
        awaits=tuple(
            f"{term.term}（由{term.filled_by}规定）"
            for term in (*result.open_terms, *result.awaits)
        ),
        unverified=tuple(f"{mark.word}：{mark.note}" for mark in result.unverified),
    )


def _texts(reasons: Sequence[Reason], *, plain: bool) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plainest(r) if plain else r.text for r in reasons))


def amount_text(amount: int | None, unit: str, *, floor: bool = False) -> str:
    """``每月不少于 45 小时``, ``每户 3000 元``; empty without an amount."""
    if amount is None:
        return ""
    over, _, under = unit.partition("/")
    shown: str = str(amount)
    if over in UNITS:
        over, parts = UNITS[over]
        whole, rest = divmod(amount, parts)
        shown = f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"
    per = f"每{under}" if under else ""
    return f"{per}{'不少于' if floor else ''} {shown} {over}".strip()


def check_may_pass(items: Sequence[Standing]) -> None:
    """A reviewer may pass a case only when the law leaves no question open about it."""
    unclear = [i for i in items if i.outcome is Outcome.PENDING]
    if unclear:
        asks = "；".join(dict.fromkeys(ask for i in unclear for ask in i.missing))
        raise Refused(
            f"“{'”“'.join(i.benefit for i in unclear)}”还缺事实，不能通过。",
            hint=f"请先查明：{asks}可退回补正，或登记认定后重新认定。",
        )
    if all(i.outcome is Outcome.DENIED for i in items):
        raise Refused(
            "按现有事实和法规，没有一项可以给予，不能通过。",
            hint="事实有误的请先更正登记；没有错误的请建议不予并写明理由。",
        )


def unchanged(before: Sequence[Standing], now: Sequence[Standing]) -> bool:
    """Do both determinations come to the same for every item?"""
    return {s.measure for s in before} == {s.measure for s in now}
