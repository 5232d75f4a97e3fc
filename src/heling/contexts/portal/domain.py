"""What the public reads of a law: its words, and the rules this platform built on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from heling.engines.law import Address, Article, Citation, LawText, NormBook, RuleSet
from heling.engines.law.model import Constant, Grant, Norm, Pack
from heling.engines.law.text import chinese_numeral
from heling.engines.law.wording import quantity

UNVERIFIED = "待核实"


@dataclass(frozen=True, slots=True)
class Law:
    """One ordinance of a city. ``slug`` is the last part of its pack's id; ``packs`` cite it."""

    slug: str
    text: LawText
    since: date
    since_status: str
    since_source: str
    packs: tuple[Pack, ...]

    @property
    def title(self) -> str:
        return self.text.title


@dataclass(frozen=True, slots=True)
class Rule:
    """One word of the rule packs that cites a place in an article.

    ``status`` is empty, 待核实 (``unverified``) or names what the law still waits for
    (``open``); ``anchor`` is the place on the article's page.
    """

    at: Address
    place: str
    kind: str
    text: str
    note: str = ""
    unverified: bool = False
    open: bool = False

    @property
    def anchor(self) -> str:
        return anchor(self.at)


def anchor(at: Address) -> str:
    """Where an address stands on its article's page: ``k1`` for 款, ``k1-4`` for 项."""
    if not at.paragraph:
        return "text"
    return f"k{at.paragraph}" + (f"-{at.item}" if at.item else "")


def laws_of(rules: RuleSet, norms: NormBook) -> tuple[Law, ...]:
    """The ordinances of a city whose text is stored, each once, in the order of their packs."""
    found: dict[str, list[Pack]] = {}
    for pack in (*rules.packs, *norms.packs):
        if pack.text is not None and pack.kind in ("ordinance", "norms"):
            found.setdefault(pack.text.sha256, []).append(pack)
    return tuple(_law(packs) for packs in found.values())


def unstored(rules: RuleSet, norms: NormBook) -> tuple[str, ...]:
    """Titles of the city's own ordinances whose text is not stored, each once."""
    packs = (*rules.packs, *norms.packs)
    own = [p for p in packs if p.city == rules.city and p.kind in ("ordinance", "norms")]
    return tuple(dict.fromkeys(p.title for p in own if p.text is None))


def _law(packs: list[Pack]) -> Law:
    first = packs[0]
    assert first.text is not None  # noqa: S101 - laws_of keeps only packs with a text
    return Law(
        slug=first.id.rpartition("/")[2],
        text=first.text,
        since=first.period.start,
        since_status=first.period_status,
        since_source=first.period_source,
        packs=tuple(packs),
    )


def chapters(law: Law) -> list[tuple[str, list[Article]]]:
    """Articles by chapter, in order; a law without chapters is one chapter without a name."""
    return [(name, list(part)) for name, part in groupby(law.text.articles, lambda a: a.chapter)]


def rules_on(law: Law, article: Article, *, on: date) -> tuple[Rule, ...]:
    """Everything in the packs that cites this article, by place; values as of ``on``."""
    found = [rule for pack in law.packs for rule in _rules(pack, law, on)]
    mine = [rule for rule in found if rule.at.article == article.number]
    return tuple(sorted(mine, key=lambda rule: rule.at))


def _rules(pack: Pack, law: Law, on: date) -> Iterator[Rule]:
    for grant in pack.grants:
        yield _rule(law, grant.cite, "规定的事项", grant.benefit, _terms(grant))
    for norm in pack.norms:
        yield _rule(
            law, norm.cite, f"对{norm.of.label}的{norm.kind.label}", norm.says, _terms(norm)
        )
    for constant in pack.constants:
        yield _constant(law, constant, on)
    for word in pack.definitions:
        yield _rule(law, word.cite, "用语", word.word, word.note or word.yes, status=word.status)
    for conflict in pack.conflicts:
        yield _rule(law, conflict.cite, "同时符合时", conflict.note, status=conflict.status)
    for reading in pack.interpretations:
        yield _rule(law, reading.cite, "平台的理解", reading.note, status=reading.status)


def _rule(
    law: Law, cite: Citation, kind: str, text: str, note: str = "", *, status: str = ""
) -> Rule:
    at = Address.parse(cite.address) or Address(0)
    return Rule(at, _place(law, at), kind, text, note, unverified=status == UNVERIFIED)


def _place(law: Law, at: Address) -> str:
    """第一款第（四）项; 全条 for the whole article; 款 only where there is more than one."""
    article = law.text.article(at.article)
    text = ""
    if at.paragraph and article is not None and len(article.paragraphs) > 1:
        text = f"第{chinese_numeral(at.paragraph)}款"
    if at.item:
        text += f"第（{chinese_numeral(at.item)}）项"
    return text or "全条"


def _terms(grant: Grant | Norm) -> str:
    """How the law speaks, who has to act, and what is still left to others."""
    who = f"{grant.duty.value}，由{grant.bearer}负责" if grant.bearer else grant.duty.value
    return "；".join([who, *(f"{a.term}尚待{a.filled_by}规定" for a in grant.awaits)])


def _constant(law: Law, constant: Constant, on: date) -> Rule:
    at = Address.parse(constant.cite.address) or Address(0)
    value = constant.on(on)
    if value is None:
        waits = f"尚待{constant.filled_by}" if constant.filled_by else "当日没有生效的数值"
        return Rule(at, _place(law, at), "数值", constant.word, waits, open=True)
    amount = quantity(value, constant.type.unit, "不少于" if constant.floor else "")
    text = f"{constant.word}：{amount}"
    return Rule(
        at, _place(law, at), "数值", text, constant.note, unverified=constant.status == UNVERIFIED
    )
