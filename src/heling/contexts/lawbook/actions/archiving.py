"""存档: every content of a pack that was ever in force here can be run again."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import connection, transaction

from heling.contexts.lawbook import rules
from heling.contexts.lawbook.domain.axes import after
from heling.contexts.lawbook.domain.states import Origin
from heling.contexts.lawbook.events import EditionsTakenIn
from heling.contexts.lawbook.models import Edition, Text
from heling.engines.law.library import read
from heling.engines.law.model import Pack
from heling.engines.law.shelf import Shelf
from heling.engines.law.trouble import Findings
from heling.kernel.actor import Actor
from heling.platform.journal.record import record

ALWAYS = date.min
"""Released packs apply to every day: their own ``in_force`` says when they give anything."""


@transaction.atomic
def take_in(*, at: datetime, by: Actor) -> tuple[str, ...]:
    """Archive the packs that came with the software, those that differ from what was archived
    last; the ids of them. Harmless twice, and at once from several processes."""
    one_at_a_time()
    last = dict(
        Edition.objects.filter(origin=Origin.RELEASED)
        .order_by("known_from")
        .values_list("pack", "sha256")
    )
    taken = []
    shelf = rules.folder()
    for name in shelf.packs():
        raw = shelf.pack(name) or b""
        if last.get(name) == hashlib.sha256(raw).hexdigest():
            continue
        pack = read(name, shelf, Findings())
        if pack is not None:
            row = edition(pack, raw, shelf, origin=Origin.RELEASED, at=at)
            row.effective_from = ALWAYS
            row.save(force_insert=True)
            taken.append(name)
    if taken:
        record(EditionsTakenIn(packs=tuple(taken)), by=by)
    return tuple(taken)


def one_at_a_time() -> None:
    """Editions are numbered one after the other, whoever makes them (to the end of the
    transaction)."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('lawbook_edition'))")


def edition(pack: Pack, raw: bytes, shelf: Shelf, *, origin: Origin, at: datetime) -> Edition:
    """The next edition of a pack, not saved yet, with its law text in the archive. Call it after
    :func:`one_at_a_time`."""
    before = Edition.objects.filter(pack=pack.id).order_by("-number").first()
    return Edition(
        pack=pack.id,
        number=before.number + 1 if before else 1,
        kind=pack.kind,
        city=pack.city,
        title=pack.title,
        content=raw.decode(),
        sha256=hashlib.sha256(raw).hexdigest(),
        text=_text(pack, shelf),
        text_name=pack.text_name,
        origin=origin,
        known_from=after(at, before.known_from if before else None),
    )


def _text(pack: Pack, shelf: Shelf) -> Text | None:
    raw = shelf.text(pack.text_name) if pack.text is not None else None
    if pack.text is None or raw is None:
        return None
    return Text.objects.get_or_create(
        sha256=pack.text.sha256,
        defaults={"name": pack.text_name, "title": pack.text.title, "content": raw.decode()},
    )[0]
