"""What the pages of a draft ask: where it stands, its text article by article, what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from heling.contexts.lawbook.access import Perm
from heling.contexts.lawbook.casework import identity
from heling.contexts.lawbook.checking import PackError, check, prove_text
from heling.contexts.lawbook.domain.axes import superseded
from heling.contexts.lawbook.domain.comparing import Comparison, compare
from heling.contexts.lawbook.domain.entries import (
    NEW_ENTRIES,
    SECTIONS,
    Entry,
    Sheet,
    add,
    clean,
    split,
)
from heling.contexts.lawbook.domain.states import DRAFT, WRITABLE, DraftState
from heling.contexts.lawbook.models import Draft, DraftStep, Edition
from heling.contexts.lawbook.queries.packs import (
    STATE_TAGS,
    Addressed,
    EditionLine,
    city_name,
    edition_line,
)
from heling.contexts.lawbook.queries.reports import (
    Report,
    Verdict,
    proved_for,
    report_for,
    verdict_for,
)
from heling.engines.law import Article, LawText, parse_law
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound

STEP_LABELS = {"begin": "开始起草"} | {name: step.label for name, step in DRAFT.steps.items()}
ALL, TESTS = "all", "tests"
FOLDED = ("interpretations", "properties")


@dataclass(frozen=True, slots=True)
class DraftHead(Addressed):
    """A draft as every page names it. ``may``: steps that this person may take now."""

    id: int
    pack: str
    title: str
    city: str
    state: str
    tag: str
    version: int
    author: str
    last: str
    changed_at: datetime
    note: str
    writable: bool
    may: frozenset[str]


@dataclass(frozen=True, slots=True)
class Event:
    title: str
    at: datetime
    who: str
    reason: str
    kind: str


@dataclass(frozen=True, slots=True)
class DraftPage:
    head: DraftHead
    base: EditionLine
    comparison: Comparison
    report: Report | None
    history: tuple[Event, ...]
    own: bool
    edition_id: int | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the boxes of the editor: entries by number, or the whole text; and a new
    entry. ``seen`` is the version that the boxes were filled from."""

    seen: int
    entries: Mapping[int, str] = field(default_factory=dict)
    whole: str | None = None
    section: str = ""
    entry: str = ""

    def merged(self, text: str) -> str:
        """The draft's text with what was typed in its places."""
        if self.whole is not None:
            return f"{clean(self.whole)}\n"
        sheet = split(text)
        known = {e.number for e in sheet.entries}
        text = sheet.text({n: t for n, t in self.entries.items() if n in known})
        section = self.section if self.section in NEW_ENTRIES else NEW_ENTRIES[0]
        return add(text, section=section, entry=self.entry)


@dataclass(frozen=True, slots=True)
class Box:
    """One textarea: an entry and what is in it now."""

    entry: Entry
    text: str

    @property
    def rows(self) -> int:
        return min(self.text.count("\n") + 2, 40)


@dataclass(frozen=True, slots=True)
class Group:
    """The boxes of one section. ``folded``: what is said about the rules, below the rules."""

    label: str
    folded: bool
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class PartLine:
    """One choice of what to edit: an article with its number of entries, the tests, all."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Editor:
    """The authoring screen. ``part``: an article's number, ``tests`` or ``all``."""

    head: DraftHead
    part: str
    label: str
    articles: tuple[Article, ...]
    law: str
    groups: tuple[Group, ...]
    whole: str | None
    parts: tuple[PartLine, ...]
    before: str
    after: str
    sections: tuple[tuple[str, str], ...]
    section: str
    entry: str
    seen: int
    left_over: tuple[str, ...]


def draft_page(draft_id: int, *, by: Actor) -> DraftPage:
    """Where a draft stands, what it changes, what was found, and what happened so far."""
    row = _draft(draft_id, by=by)
    steps = DraftStep.objects.filter(draft=row).order_by("pk")
    return DraftPage(
        head=head_of(row, by=by),
        base=edition_line(row.base),
        comparison=compare(row.base.content, row.text),
        report=report_for(row.report) if row.report else None,
        history=tuple(_event(step) for step in steps),
        own=by.user_id in {row.author_id, *row.writers},
        edition_id=row.edition_id,
    )


def head_of(row: Draft, *, by: Actor) -> DraftHead:
    state = DraftState(row.state)
    return DraftHead(
        id=row.pk,
        pack=row.pack,
        title=row.title,
        city=city_name(row.city),
        state=DRAFT.labels[state],
        tag=STATE_TAGS[state],
        version=row.version,
        author=row.author_name,
        last=row.last_name,
        changed_at=row.changed_at,
        note=row.note,
        writable=state in WRITABLE and by.may(Perm.DRAFT),
        may=_may(row, by=by),
    )


def _may(row: Draft, *, by: Actor) -> frozenset[str]:
    steps = {step.name for step in DRAFT.available(row.state)}
    if not by.may(Perm.DRAFT):
        steps -= {"save", "submit", "recall", "withdraw"}
    if not by.may(Perm.PUBLISH):
        steps -= {"publish", "return"}
    if by.user_id in {row.author_id, *row.writers}:
        steps -= {"publish"}
    return frozenset(steps)


def superseded_by(draft_id: int, *, effective_from: date, by: Actor) -> tuple[EditionLine, ...]:
    """Editions that would apply to no day any more if the draft were published from this day."""
    row = _draft(draft_id, by=by)
    rows = Edition.objects.filter(pack=row.pack).defer("content", "report").order_by("number")
    return tuple(edition_line(e) for e in superseded(rows, effective_from=effective_from))


def editor(draft_id: int, *, part: str, by: Actor, typed: Typed | None = None) -> Editor:
    """The text of a draft, one article or all of it. With ``typed`` the boxes hold that; what was
    typed into a version that is gone (a colleague saved) comes back as ``left_over``."""
    row = _draft(draft_id, by=by)
    sheet = split(row.text)
    law = _law(row)
    part = _known(part, law, sheet)
    stale = typed is not None and typed.seen != row.version
    shown = typed if typed is not None and not stale else None
    number = int(part) if part.isdigit() else 0
    entries = sheet.tests() if part == TESTS else sheet.of(number) if number else ()
    before, after = _around(number, law)
    return Editor(
        head=head_of(row, by=by),
        part=part,
        label=_label(part, law),
        articles=_articles(law, number),
        law=law.title if law is not None else row.title,
        groups=_groups(entries, shown),
        whole=_whole(row, part, shown),
        parts=_parts(law, sheet),
        before=before,
        after=after,
        sections=tuple((s, SECTIONS[s]) for s in NEW_ENTRIES),
        section=shown.section if shown else "grants",
        entry=shown.entry if shown else "",
        seen=row.version,
        left_over=_left_over(typed, sheet, row.text) if typed is not None and stale else (),
    )


def verdict(draft_id: int, *, typed: Typed, on: date, by: Actor) -> Verdict:
    """A live check of what stands in the boxes, without keeping it. Raises NotFound; Conflict is
    the editor's to say."""
    row = _draft(draft_id, by=by)
    text = typed.merged(row.text)
    return verdict_for(check(text, identity(row), on=on, whole=False), text)


def proofs(draft_id: int, *, typed: Typed, on: date, by: Actor) -> Report | None:
    """The proofs of what stands in the boxes; None when it does not load."""
    row = _draft(draft_id, by=by)
    text = typed.merged(row.text)
    try:
        return proved_for(prove_text(text, identity(row), on=on), text)
    except PackError:
        return None


def text_of(draft_id: int, *, typed: Typed, by: Actor) -> str:
    """What would be saved."""
    return typed.merged(_draft(draft_id, by=by).text)


def _draft(draft_id: int, *, by: Actor) -> Draft:
    by.require(Perm.VIEW)
    row = Draft.objects.visible_to(by).select_related("base__text").filter(pk=draft_id).first()
    if row is None:
        raise NotFound("没有找到这份草稿。", hint="可能不是本市的草稿，请从规则库进入。")
    return row


def _law(row: Draft) -> LawText | None:
    text = row.base.text
    return parse_law(text.content.encode()) if text is not None else None


def _known(part: str, law: LawText | None, sheet: Sheet) -> str:
    """The part asked for; else the first article with entries; else all."""
    if part in (ALL, TESTS) or (part.isdecimal() and law and law.article(int(part))):
        return part
    cited = sorted(e.article for e in sheet.entries if e.article)
    return str(cited[0]) if cited and law is not None else ALL


def _articles(law: LawText | None, number: int) -> tuple[Article, ...]:
    """The article beside its rules; the whole law beside the whole pack and its tests."""
    return tuple(a for a in law.articles if number in (0, a.number)) if law is not None else ()


def _label(part: str, law: LawText | None) -> str:
    if part == ALL:
        return "全文"
    if part == TESTS:
        return "测试"
    article = law.article(int(part)) if law is not None else None
    return article.label if article is not None else ""


def _parts(law: LawText | None, sheet: Sheet) -> tuple[PartLine, ...]:
    counted = Counter(e.article for e in sheet.entries if e.section != "tests")
    articles = law.articles if law is not None else ()
    return (
        PartLine(ALL, "全文", len(sheet.entries)),
        PartLine(TESTS, "测试", len(sheet.tests())),
        *(PartLine(str(a.number), a.label, counted[a.number]) for a in articles),
    )


def _around(number: int, law: LawText | None) -> tuple[str, str]:
    if law is None or not number:
        return "", ""
    near = (law.article(number - 1), law.article(number + 1))
    before, after = (str(a.number) if a is not None else "" for a in near)
    return before, after


def _groups(entries: tuple[Entry, ...], typed: Typed | None) -> tuple[Group, ...]:
    found = groupby(entries, key=lambda e: e.section)
    return tuple(
        Group(SECTIONS[s], s in FOLDED, tuple(Box(e, _shown(e, typed)) for e in some))
        for s, some in found
    )


def _shown(entry: Entry, typed: Typed | None) -> str:
    return entry.text if typed is None else typed.entries.get(entry.number, entry.text)


def _whole(row: Draft, part: str, typed: Typed | None) -> str | None:
    if part != ALL:
        return None
    return typed.whole if typed is not None and typed.whole is not None else row.text


def _left_over(typed: Typed, sheet: Sheet, text: str) -> tuple[str, ...]:
    """Typed texts that are not in the draft as it is now."""
    now = {e.text for e in sheet.entries} | {clean(text)}
    wrote = [*typed.entries.values(), typed.whole or "", typed.entry]
    return tuple(t for t in map(clean, wrote) if t and t not in now)


def _event(step: DraftStep) -> Event:
    kind = "bad" if step.step == "return" else ""
    title = STEP_LABELS[step.step]
    return Event(title, step.at, step.actor_name, step.reason, kind)
