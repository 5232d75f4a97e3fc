"""What the journal's pages ask: newest first, page after page by id."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.utils import timezone

from heling.kernel.actor import Actor
from heling.platform.access.querysets import TerritoryQuerySet
from heling.platform.journal import words
from heling.platform.journal.access import Perm
from heling.platform.journal.models import Entry, Reading, Who

PAGE = 50
W = TypeVar("W", bound=Who)


@dataclass(frozen=True, slots=True)
class Filters:
    """All optional. ``before``: the last id of the page before; ``until`` is included."""

    elder_id: int | None = None
    person: str = ""
    kind: str = ""
    subject: str = ""
    subject_id: int | None = None
    request_id: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of either log, in words."""

    pk: int
    at: datetime
    name: str
    role: str
    staff_session: int | None
    request_id: str
    place: str
    elder_id: int | None
    elder_href: str
    what: str
    href: str
    details: tuple[tuple[str, str], ...]


def entries(filters: Filters, *, by: Actor) -> tuple[list[Row], int | None]:
    """What happened in the actor's territory, and where the next page starts."""
    by.require(Perm.ENTRIES)
    found = _who(Entry.objects.visible_to(by), filters)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.subject:
        found = found.filter(subject=filters.subject)
    if filters.subject_id is not None:
        found = found.filter(subject_id=filters.subject_id)
    rows = list(found[: PAGE + 1])
    names = _places(rows)
    return [
        _row(
            e,
            names,
            what=words.kind_label(e.kind),
            href=words.page_of(e.subject, e.subject_id),
            details=_details(e.payload),
        )
        for e in rows[:PAGE]
    ], _next(rows)


def readings(filters: Filters, *, by: Actor) -> tuple[list[Row], int | None]:
    """Who looked at whose sensitive fields, and for what."""
    by.require(Perm.READINGS)
    rows = list(_who(Reading.objects.visible_to(by), filters)[: PAGE + 1])
    names = _places(rows)
    return [
        _row(r, names, what="、".join(r.fields), href="", details=(("目的", r.purpose),))
        for r in rows[:PAGE]
    ], _next(rows)


def _who(found: TerritoryQuerySet[W], filters: Filters) -> TerritoryQuerySet[W]:
    exact: dict[str, Any] = {
        "elder_id": filters.elder_id,
        "request_id": filters.request_id or None,
        "at__gte": filters.since and _midnight(filters.since),
        "at__lt": filters.until and _midnight(filters.until + timedelta(days=1)),
        "id__lt": filters.before,
        "actor_name__contains": filters.person or None,
    }
    return found.filter(**{k: v for k, v in exact.items() if v is not None}).order_by("-id")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _places(rows: Iterable[Who]) -> dict[str, str]:
    return words.division_names({r.code for r in rows})


def _next(rows: list[W]) -> int | None:
    return rows[PAGE - 1].pk if len(rows) > PAGE else None


def _row(
    who: Who,
    names: dict[str, str],
    *,
    what: str,
    href: str,
    details: tuple[tuple[str, str], ...],
) -> Row:
    return Row(
        pk=who.pk,
        at=who.at,
        name=who.actor_name,
        role=words.role_label(who.role),
        staff_session=who.staff_session,
        request_id=who.request_id,
        place=names.get(who.code, who.code),
        elder_id=who.elder_id,
        elder_href=words.page_of("elder", who.elder_id),
        what=what,
        href=href,
        details=details,
    )


def _details(payload: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            words.field_label(key),
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False),
        )
        for key, value in payload.items()
        if value is not None and value != ""
    )
