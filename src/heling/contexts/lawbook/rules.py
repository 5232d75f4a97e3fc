"""The bridge to the law engine: which packs apply on both axes, and the rules built from them.

The folder of packs lies below; the editions that a city has published lie over it. Everything is
kept by content, in the engine and here, so a repeated question costs one small query.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from heling.contexts.lawbook.domain.axes import in_force
from heling.contexts.lawbook.domain.states import Origin
from heling.contexts.lawbook.models import Edition
from heling.engines.law import NormBook, Receipt, RuleSet, load_city, load_norms
from heling.engines.law.library import read
from heling.engines.law.receipt import PackStamp
from heling.engines.law.recent import Recent
from heling.engines.law.shelf import FolderShelf, LayeredShelf, Shelf, default_root
from heling.engines.law.trouble import Findings
from heling.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an edition stands on both axes, without its content."""

    id: int
    pack: str
    by_city: bool
    effective_from: date
    known_from: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of an edition and of the law text that it is built on."""

    pack: str
    raw: bytes
    text_name: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Bare:
    """A shelf with nothing on it: below packs of which each is laid on by hand."""

    mark: str = "bare"

    def packs(self) -> tuple[str, ...]:
        return ()

    def pack(self, name: str) -> bytes | None:
        del name
        return None

    def text(self, name: str) -> bytes | None:
        del name
        return None

    def file(self, name: str) -> str:
        return f"packs/{name}.yaml"


_CONTENTS: Recent[Content] = Recent(64)
_SHELVES: Recent[Shelf] = Recent(32)
_RECEIPTS: Recent[RuleSet] = Recent(32)


def rules_of(
    city: str, *, on: date, known: datetime | None = None, measures: bool = False
) -> RuleSet:
    """The rules of a city (six digits) for a day, as known at a moment (None: all that is known).

    Without an edition of the city's own exactly ``load_city(city)``. Raises NotFound for a city
    without packs.
    """
    return load_city(city, shelf_for(city, on=on, known=known), measures=measures)


def norms_of(
    city: str, *, on: date, known: datetime | None = None, measures: bool = False
) -> NormBook:
    """The norms of a city, like :func:`rules_of`."""
    return load_norms(city, shelf_for(city, on=on, known=known), measures=measures)


def law_of(city: str, *, on: date, known: datetime | None = None) -> tuple[RuleSet, NormBook]:
    """Both, for the cost of one."""
    shelf = shelf_for(city, on=on, known=known)
    return load_city(city, shelf), load_norms(city, shelf)


def folder() -> FolderShelf:
    """The packs that came with the software."""
    return FolderShelf(default_root())


def shelf_for(city: str, *, on: date, known: datetime | None = None) -> Shelf:
    """The packs in force on both axes, as the engine takes them."""
    chosen = placements(city, on=on, known=known)
    if not chosen:
        return folder()
    # Everything that was known then is in the archive: what came with later software must not mix in.
    archived = any(not p.by_city and p.pack.startswith(f"{city}/") for p in chosen)
    base: Shelf = Bare() if archived else folder()
    key = (base.mark if archived else base.root, *sorted(p.sha256 for p in chosen))  # type: ignore[attr-defined]
    return _SHELVES.once(key, lambda: laid_over(base, contents(chosen)))


def placements(city: str, *, on: date, known: datetime | None = None) -> tuple[Placement, ...]:
    """The editions in force. Of all that is known, released ones are left to the folder."""
    asked = Q(city=city, origin=Origin.PUBLISHED)
    if known is not None:
        asked = Q(city__in=(city, ""), known_from__lte=known)
    rows = Edition.objects.filter(asked, effective_from__lte=on).order_by("pk")
    found = (
        Placement(pk, pack, origin == Origin.PUBLISHED, effective, since, sha256)
        for pk, pack, origin, effective, since, sha256 in rows.values_list(
            "pk", "pack", "origin", "effective_from", "known_from", "sha256"
        )
    )
    return tuple(in_force(found, on=on, known=known).values())


def contents(chosen: Sequence[Placement]) -> tuple[Content, ...]:
    """Their contents: fetched once, they never change."""
    have = {p.sha256: _CONTENTS.get((p.pack, p.sha256)) for p in chosen}
    lacking = [p for p in chosen if have[p.sha256] is None]
    if lacking:
        rows = Edition.objects.filter(pk__in=[p.id for p in lacking]).select_related("text")
        for row in rows.order_by("pk"):
            have[row.sha256] = _content(row)
            _CONTENTS.put((row.pack, row.sha256), _content(row))
    return tuple(c for c in have.values() if c is not None)


def _content(row: Edition) -> Content:
    text = row.text.content.encode() if row.text is not None else b""
    return Content(row.pack, row.raw, row.text_name, text)


def laid_over(base: Shelf, layers: Iterable[Content]) -> LayeredShelf:
    found = tuple(layers)
    return LayeredShelf(
        base,
        {c.pack: c.raw for c in found},
        {c.text_name: c.text for c in found if c.text_name},
    )


def rules_of_receipt(receipt: Receipt) -> RuleSet:
    """The very packs that a receipt names, found by their hashes in folder and archive.

    Raises NotFound naming the packs of which this installation has kept no such version.
    """
    key = (receipt.city, receipt.packs)
    known = _RECEIPTS.get(key)
    if known is not None:
        return known
    current = _current(receipt.city)
    if current is not None and current.stamps == receipt.packs:
        return current
    found = [_found(stamp) for stamp in receipt.packs]
    lacking = [s for s, c in zip(receipt.packs, found, strict=True) if c is None]
    if lacking:
        named = "、".join(f"{s.id}（指纹 {s.sha256[:12]}…）" for s in lacking)
        raise NotFound(
            f"没有存档判定时用的规则包 {named}，不能复核。", hint="请从备份或旧版软件中找回后存档。"
        )
    shelf = laid_over(Bare(), (c for c in found if c is not None))
    rules = load_city(receipt.city, shelf, measures=True)
    _RECEIPTS.put(key, rules)
    return rules


def _current(city: str) -> RuleSet | None:
    try:
        return load_city(city)
    except NotFound:
        return None


def _found(stamp: PackStamp) -> Content | None:
    """One pack by the hashes of its file and of its law text."""
    here = folder()
    raw = here.pack(stamp.id)
    if raw is not None and hashlib.sha256(raw).hexdigest() == stamp.sha256:
        pack = read(stamp.id, here, Findings())
        if pack is not None and (pack.text.sha256 if pack.text else "") == stamp.text_sha256:
            return Content(stamp.id, raw, pack.text_name, here.text(pack.text_name) or b"")
    row = (
        Edition.objects.filter(pack=stamp.id, sha256=stamp.sha256)
        .filter(Q(text=stamp.text_sha256) if stamp.text_sha256 else Q(text=None))
        .select_related("text")
        .order_by("pk")
        .first()
    )
    return _content(row) if row is not None else None
