"""What the pages about packs and editions ask. Editions are public law: every official reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from heling.contexts.lawbook.access import Perm
from heling.contexts.lawbook.domain.axes import in_force
from heling.contexts.lawbook.domain.comparing import Comparison, compare
from heling.contexts.lawbook.domain.states import DRAFT, OPEN, ORIGIN_LABELS, DraftState, Origin
from heling.contexts.lawbook.models import Draft, Edition
from heling.contexts.lawbook.queries.reports import Report, report_for
from heling.contexts.places import public as places
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound
from heling.kernel.identifiers import Territory

KIND_LABELS = {
    "ordinance": "权利和待遇",
    "norms": "义务、定额和罚则",
    "measure": "待遇的实施办法",
    "norm-measure": "义务的实施办法",
    "overlay": "区县的补充规定",
    "norm-overlay": "区县的补充规定（义务）",
    "national": "全国通用",
}
STATE_TAGS = {
    DraftState.DRAFT: "info",
    DraftState.SUBMITTED: "warn",
    DraftState.RETURNED: "bad",
    DraftState.PUBLISHED: "good",
    DraftState.WITHDRAWN: "plain",
}
_HEAD = ("content", "report")


class Addressed:
    """Whatever is known by a pack, whose id is a folder and a name."""

    __slots__ = ()
    pack: str

    @property
    def folder(self) -> str:
        return self.pack.split("/")[0]

    @property
    def name(self) -> str:
        return self.pack.split("/")[1]


@dataclass(frozen=True, slots=True)
class DraftLine:
    """An open draft as lists show it."""

    id: int
    state: str
    tag: str
    author: str


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition without its content. ``always``: it applies to every day."""

    id: int
    number: int
    origin: str
    by_city: bool
    always: bool
    effective_from: date
    known_from: datetime
    author: str
    approver: str
    reason: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PackLine(Addressed):
    """One pack: the edition in force today, and its open draft where the actor may see it.

    ``overtaken``: the software brought a newer text after the city had published its own.
    """

    pack: str
    title: str
    kind: str
    edition: EditionLine
    draft: DraftLine | None
    overtaken: bool


@dataclass(frozen=True, slots=True)
class PackGroup:
    """The packs of one city, or the national ones."""

    name: str
    packs: tuple[PackLine, ...]


@dataclass(frozen=True, slots=True)
class PackPage:
    line: PackLine
    city_name: str
    editions: tuple[EditionLine, ...]
    comparison: Comparison | None
    old: int
    new: int
    may_begin: bool


@dataclass(frozen=True, slots=True)
class EditionPage:
    line: EditionLine
    pack: PackLine
    lines: tuple[str, ...]
    report: Report | None
    draft_id: int | None


def groups(*, on: date, by: Actor) -> tuple[PackGroup, ...]:
    """Every pack, the actor's own city first, national ones last."""
    by.require(Perm.VIEW)
    lines = _lines(list(_heads()), on=on, by=by)
    own = by.territory.city if by.territory else ""
    lines.sort(key=lambda p: (p.folder != own, not p.folder.isdigit(), p.pack))
    found = groupby(lines, key=lambda p: p.folder)
    return tuple(PackGroup(city_name(folder), tuple(packs)) for folder, packs in found)


def pack_page(
    pack: str, *, on: date, by: Actor, old: int | None = None, new: int | None = None
) -> PackPage:
    """The history of a pack, newest first, and two editions compared (the last two if none are
    named). Raises NotFound."""
    by.require(Perm.VIEW)
    editions = list(_heads().filter(pack=pack))
    line = _line_of(pack, editions, on=on, by=by)
    history = tuple(edition_line(e) for e in sorted(editions, key=lambda e: -e.number))
    numbers = [e.number for e in history]
    newer = new if new in numbers else numbers[0]
    older = old if old in numbers else next((n for n in numbers if n < newer), newer)
    comparison = _compared(pack, older, newer) if len(numbers) > 1 else None
    return PackPage(
        line=line,
        city_name=city_name(line.folder),
        editions=history,
        comparison=comparison,
        old=older,
        new=newer,
        may_begin=line.draft is None and _home(line.folder, by) and by.may(Perm.DRAFT),
    )


def edition_page(edition_id: int, *, on: date, by: Actor) -> EditionPage:
    """One edition in full. Raises NotFound."""
    by.require(Perm.VIEW)
    row = Edition.objects.filter(pk=edition_id).first()
    if row is None:
        raise NotFound("没有这个规则版本。", hint="请从规则库进入。")
    draft = Draft.objects.visible_to(by).filter(edition_id=row.pk).values_list("pk", flat=True)
    return EditionPage(
        line=edition_line(row),
        pack=_line_of(row.pack, list(_heads().filter(pack=row.pack)), on=on, by=by),
        lines=tuple(row.content.rstrip("\n").split("\n")),
        report=report_for(row.report) if row.report else None,
        draft_id=draft.first(),
    )


def city_name(folder: str) -> str:
    """A city's name; the code itself where its divisions are not loaded."""
    if not folder.isdigit():
        return "全国通用"
    prefix = Territory.parse(folder).prefix
    return places.names([prefix]).get(prefix, folder)


def _heads() -> Any:
    return Edition.objects.defer(*_HEAD).order_by("pack", "number")


def _line_of(pack: str, editions: list[Edition], *, on: date, by: Actor) -> PackLine:
    found = _lines(editions, on=on, by=by)
    if not found:
        raise NotFound(f"规则库里没有 {pack}。", hint="请从规则库的列表中选。")
    return found[0]


def _lines(editions: list[Edition], *, on: date, by: Actor) -> list[PackLine]:
    drafts = {d.pack: d for d in Draft.objects.visible_to(by).filter(state__in=OPEN).order_by("pk")}
    current = in_force(editions, on=on, known=None)
    released = {e.pack: e for e in editions if not e.by_city}
    return [
        PackLine(
            pack=e.pack,
            title=e.title,
            kind=KIND_LABELS.get(e.kind, e.kind),
            edition=edition_line(e),
            draft=_draft(drafts[e.pack]) if e.pack in drafts else None,
            overtaken=e.by_city
            and e.pack in released
            and released[e.pack].known_from > e.known_from,
        )
        for e in current.values()
    ]


def edition_line(row: Edition) -> EditionLine:
    return EditionLine(
        id=row.pk,
        number=row.number,
        origin=ORIGIN_LABELS[Origin(row.origin)],
        by_city=row.by_city,
        always=row.effective_from == date.min,
        effective_from=row.effective_from,
        known_from=row.known_from,
        author=row.author_name,
        approver=row.approver_name,
        reason=row.reason,
        sha256=row.sha256,
    )


def _draft(row: Draft) -> DraftLine:
    state = DraftState(row.state)
    return DraftLine(row.pk, DRAFT.labels[state], STATE_TAGS[state], row.author_name)


def _compared(pack: str, old: int, new: int) -> Comparison:
    texts = dict(
        Edition.objects.filter(pack=pack, number__in=(old, new)).values_list("number", "content")
    )
    return compare(texts[old], texts[new])


def _home(folder: str, by: Actor) -> bool:
    """Is this a pack of the actor's own city?"""
    if by.territory is None or not folder.isdigit():
        return False
    return by.territory.contains(Territory.parse(folder))
