"""A determination as an explanation: reasons as a tree, citations that open the article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from heling.contexts.entitlements import law
from heling.contexts.entitlements.domain.objections import CAUSE_LABELS, Cause
from heling.contexts.entitlements.domain.standing import Standing, standings
from heling.contexts.entitlements.models import Determination as Stored
from heling.contexts.places import public as places
from heling.engines.law import Citation, Determination, GrantResult, Reason, Verdict
from heling.engines.law.diagram import diagram, to_svg
from heling.engines.law.plain import result_sentence, would_sentence
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound

_TRUTH = {Verdict.YES: True, Verdict.VALUE: True, Verdict.NO: False}
_NOTES = {Verdict.UNKNOWN: "尚未查明", Verdict.OPEN: "尚待实施办法"}


@dataclass(frozen=True, slots=True)
class Node:
    """What ``<c-explanation>`` draws."""

    truth: bool | None
    text: str
    citation: str = ""
    note: str = ""
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """One grant with its words for an official."""

    standing: Standing
    result: str
    citation: Citation
    article_url: str
    tree: tuple[Node, ...]
    drawing: SafeString
    would_change: tuple[str, ...]
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One right as the law alone tells it, before anybody has applied."""

    benefit: str
    result: str
    citation: Citation
    article_url: str
    tree: tuple[Node, ...]


def told(city: str, grant: GrantResult) -> Told:
    return Told(
        benefit=grant.benefit,
        result=result_sentence(grant),
        citation=grant.cite,
        article_url=article_url(city, grant.cite),
        tree=tuple(_node(r) for r in grant.reasons),
    )


@dataclass(frozen=True, slots=True)
class Explanation:
    """A stored determination, ready to be read."""

    id: int
    elder_id: int
    on: date
    cause: str
    city_name: str
    engine: str
    digest: str
    packs: tuple[tuple[str, str], ...]
    grants: tuple[Explained, ...]
    provenance: tuple[dict[str, Any], ...]
    timeline: tuple[tuple[date, str], ...]


def determination_page(determination_id: int, *, by: Actor) -> Explanation:
    """The explanation of a stored determination. NotFound for a stranger."""
    stored = Stored.objects.visible_to(by).filter(pk=determination_id).first()
    if stored is None:
        raise NotFound("没有找到这次认定。", hint="可能不在您的辖区内，请核对编号。")
    return explain(stored)


def explain(stored: Stored, only: Iterable[str] | None = None) -> Explanation:
    made = law.read(stored)
    wanted = list(only) if only is not None else [g.id for g in made.grants]
    return Explanation(
        id=stored.pk,
        elder_id=stored.elder_id,
        on=stored.on,
        cause=CAUSE_LABELS[Cause(stored.cause)],
        city_name=made.city_name,
        engine=stored.engine,
        digest=stored.digest,
        packs=tuple((p.id, p.sha256) for p in made.receipt.packs),
        grants=tuple(_explained(made, s, n) for n, s in enumerate(standings(made, wanted), 1)),
        provenance=tuple(_named(stored.provenance)),
        timeline=tuple((m.on, m.text) for m in made.timeline),
    )


def _named(provenance: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Facts whose value is a division, with its name in place of the code."""
    codes = [p["value"] for p in provenance if _is_code(p["value"])]
    names = places.names(codes) if codes else {}
    return [{**p, "value": names.get(p["value"], p["value"])} for p in provenance]


def _is_code(value: object) -> bool:
    return isinstance(value, str) and len(value) == 12 and value.isdigit()


def _explained(made: Determination, standing: Standing, position: int) -> Explained:
    grant: GrantResult = made.grant(standing.grant)
    return Explained(
        standing=standing,
        result=result_sentence(grant),
        citation=grant.cite,
        article_url=article_url(made.city, grant.cite),
        tree=tuple(_node(r) for r in grant.reasons),
        drawing=mark_safe(to_svg(diagram(grant), name=f"why-{position}")),  # noqa: S308 - escaped there
        would_change=tuple(would_sentence(w) for w in grant.would_change),
        readings=tuple(
            f"{r.note}（{r.cite}）" + ("　待核实" if r.status else "") for r in grant.readings
        ),
    )


def _node(reason: Reason) -> Node:
    return Node(
        truth=_TRUTH.get(reason.verdict),
        text=reason.text,
        citation=reason.cite,
        note=_NOTES.get(reason.verdict, ""),
        children=tuple(_node(r) for r in reason.because),
    )


def article_url(city: str, cite: Citation) -> str:
    """Where the cited words can be read; empty while the portal has no such page."""
    try:
        page = reverse("portal_cite", args=[city, cite.address])
    except NoReverseMatch:
        return ""
    return f"{page}?{urlencode({'law': cite.law})}"
