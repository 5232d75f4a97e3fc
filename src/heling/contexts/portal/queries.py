"""The questions that the public pages ask. Everything here is public: no actor is needed.

``on`` is the day whose rules are shown: a city's own edition where one is in force.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from heling.contexts.lawbook import public as lawbook
from heling.contexts.places import public as places
from heling.contexts.portal.domain import Law, Rule, anchor, chapters, laws_of, rules_on, unstored
from heling.engines.law import Address, Article, NormBook, PackError, RuleSet, library
from heling.kernel.errors import NotFound
from heling.kernel.identifiers import Territory

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class City:
    """A city that has moved in: its six-digit code, its name and its ordinances.

    ``unstored``: titles of ordinances whose text is still to be had.
    """

    code: str
    name: str
    laws: tuple[Law, ...]
    unstored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LawPage:
    city: City
    law: Law
    chapters: list[tuple[str, list[Article]]]


@dataclass(frozen=True, slots=True)
class ArticlePage:
    city: City
    law: Law
    article: Article
    rules: tuple[Rule, ...]
    before: Article | None
    after: Article | None


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    phone: str


def cities(*, on: date) -> tuple[City, ...]:
    """Every city with a folder of packs, by code. One whose packs cannot be read is left out,
    with a line in the log: nobody else's visitors are kept out by it."""
    return tuple(_readable(library.cities(library.default_root()), on=on))


def _readable(codes: Iterable[str], *, on: date) -> Iterator[City]:
    for code in codes:
        try:
            yield city(code, on=on)
        except PackError:
            log.exception("the packs of %s cannot be read", code)


def city(code: str, *, on: date) -> City:
    """Raises NotFound, in a visitor's words, for a city without packs."""
    return city_of(*both(code, on=on))


def city_of(rules: RuleSet, norms: NormBook) -> City:
    return City(rules.city, rules.city_name, laws_of(rules, norms), unstored(rules, norms))


def both(code: str, *, on: date) -> tuple[RuleSet, NormBook]:
    """The rules and the norms of a city for a day. Raises NotFound, like :func:`city`."""
    if code not in library.cities(library.default_root()):
        raise NotFound("这里还没有这个城市的法规。", hint="请从首页的城市列表中选。")
    return lawbook.law_of(code, on=on)


def law_page(code: str, slug: str, *, on: date) -> LawPage:
    here = city(code, on=on)
    law = _law(here, slug)
    return LawPage(here, law, chapters(law))


def article_page(code: str, slug: str, number: int, *, on: date) -> ArticlePage:
    """One article with the rules built on it, values as of ``on``. Raises NotFound."""
    here = city(code, on=on)
    law = _law(here, slug)
    article = law.text.article(number)
    if article is None:
        last = len(law.text.articles)
        raise NotFound(f"《{law.title}》没有第 {number} 条。", hint=f"共 {last} 条，请从目录中选。")
    return ArticlePage(
        city=here,
        law=law,
        article=article,
        rules=rules_on(law, article, on=on),
        before=law.text.article(number - 1),
        after=law.text.article(number + 1),
    )


def cited(code: str, address: str, *, on: date, title: str = "") -> tuple[str, int, str]:
    """Where a citation stands: the law's slug, the article, the anchor. Raises NotFound."""
    at = Address.parse(address)
    for law in city(code, on=on).laws:
        if at is not None and title in ("", law.title) and law.text.cite(at) is not None:
            return law.slug, at.article, anchor(at)
    raise NotFound(f"没有找到条款 {address}。", hint="请从法规目录中选。")


def contact(code: str) -> Contact | None:
    """The civil-affairs body of a city, or None where its bodies are not loaded."""
    body = places.body_of(Territory.parse(code).prefix)
    return Contact(*body) if body else None


def _law(here: City, slug: str) -> Law:
    law = next((law for law in here.laws if law.slug == slug), None)
    if law is None:
        raise NotFound(f"{here.name}没有这部法规。", hint="请从法规列表中选。")
    return law
