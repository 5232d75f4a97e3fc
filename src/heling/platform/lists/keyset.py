"""Pages by key, not by offset: page 30,000 of 1.5 million rows costs what page 1 costs.

A cursor holds the sorting value and the primary key of the row next to it. The
condition is written ``field >= v AND (field > v OR pk > p)``, so that an index on the
field bounds the scan. PostgreSQL's own order of nulls is kept (last when ascending,
first when descending), which is the order of a plain index.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet

from heling.platform.lists.definition import COUNT_LIMIT


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by ``field`` (a model field path), then by primary key, in one direction."""

    field: str
    descending: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        sign = "-" if self.descending else ""
        return (
            (f"{sign}{self.field}",) if self.field == "pk" else (f"{sign}{self.field}", f"{sign}pk")
        )

    @property
    def backwards(self) -> Order:
        return Order(self.field, not self.descending)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The edge of a page: continue after (or, ``back``, before) this row.

    ``before`` counts the rows that lie before the page's first row: shown, never trusted.
    """

    value: Any
    pk: Any
    back: bool = False
    before: int = 0

    def encode(self) -> str:
        value = self.value.isoformat() if hasattr(self.value, "isoformat") else self.value
        raw = json.dumps([value, self.pk, int(self.back), self.before], default=str)
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Cursor | None:
        """None for no cursor and for one that was tampered with: start at the first page."""
        if not text:
            return None
        try:
            raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            value, pk, back, before = raw
            return cls(value, pk, bool(back), max(0, int(before)))
        except (binascii.Error, ValueError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page and the cursors of its neighbours (empty at an end).

    ``count`` is exact up to the limit; beyond it ``more_than`` is True and it is the limit.
    """

    rows: list[Any]
    first: int
    previous: str
    next: str
    count: int
    more_than: bool

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def page_of(rows: QuerySet[Any], order: Order, text: str, *, size: int) -> Page:
    """The page that the cursor ``text`` points at. Two queries: the rows and the capped count."""
    cursor = _checked(rows, order, Cursor.decode(text))
    back = cursor is not None and cursor.back
    found = _fetch(rows, order, cursor, size + 1)
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    # Going back to the very first rows puts the count right again, whatever it drifted to.
    before = cursor.before if cursor and (more or not back) else 0
    first = before + 1 if found else 0
    has_previous = bool(found) and (more if back else cursor is not None)
    has_next = bool(found) and (back or more)
    count = capped_count(rows)
    return Page(
        rows=found,
        first=first,
        previous=_edge(found[0], order, back=True, before=max(0, before - size))
        if has_previous
        else "",
        next=_edge(found[-1], order, back=False, before=before + len(found)) if has_next else "",
        count=min(count, COUNT_LIMIT),
        more_than=count > COUNT_LIMIT,
    )


def key_of(model: type[Model]) -> Field[Any, Any]:
    """The primary key's field."""
    key: Field[Any, Any] = model._meta.pk  # noqa: SLF001  Django documents it
    return key


def capped_count(rows: QuerySet[Any]) -> int:
    """At most ``COUNT_LIMIT + 1``: the database stops counting there."""
    return rows.order_by()[: COUNT_LIMIT + 1].count()


def chunks(rows: QuerySet[Any], *, size: int = 2000) -> Iterator[list[Any]]:
    """All rows by primary key, ``size`` at a time, each chunk a query of its own."""
    order, cursor = Order("pk"), None
    while found := _fetch(rows, order, cursor, size):
        yield found
        cursor = Cursor(found[-1].pk, found[-1].pk)


def _fetch(rows: QuerySet[Any], order: Order, cursor: Cursor | None, limit: int) -> list[Any]:
    direction = order.backwards if cursor is not None and cursor.back else order
    if cursor is not None:
        rows = rows.filter(_beyond(direction, cursor, nullable=_nullable(rows, order.field)))
    return list(rows.order_by(*direction.terms)[:limit])


def _beyond(order: Order, cursor: Cursor, *, nullable: bool) -> Q:
    """Rows strictly after the cursor in this direction."""
    past = "lt" if order.descending else "gt"
    if order.field == "pk":
        return Q(**{f"pk__{past}": cursor.pk})
    name, later = order.field, Q(**{f"pk__{past}": cursor.pk})
    if cursor.value is None:
        same = Q(**{f"{name}__isnull": True}) & later
        return same | Q(**{f"{name}__isnull": False}) if order.descending else same
    beyond = Q(**{f"{name}__{past}": cursor.value})
    bounded = Q(**{f"{name}__{past}e": cursor.value}) & (beyond | later)
    if nullable and not order.descending:  # ascending order ends with the nulls
        return bounded | Q(**{f"{name}__isnull": True})
    return bounded


def _edge(row: Any, order: Order, *, back: bool, before: int) -> str:
    value = row.pk if order.field == "pk" else row
    if order.field != "pk":
        for name in order.field.split("__"):
            value = getattr(value, name, None)
    return Cursor(value, row.pk, back, before).encode()


def _checked(rows: QuerySet[Any], order: Order, cursor: Cursor | None) -> Cursor | None:
    """A cursor whose value and key fit their fields, or None."""
    if cursor is None:
        return None
    try:
        pk = key_of(rows.model).to_python(cursor.pk)
        field = _field(rows, order.field)
        value = cursor.value
        if field is not None and value is not None:
            value = field.to_python(value)
    except (ValidationError, TypeError, ValueError):
        return None
    return Cursor(value, pk, cursor.back, cursor.before)


def _field(rows: QuerySet[Any], path: str) -> Field[Any, Any] | None:
    """The model field at the end of a path; None for an annotation."""
    if path == "pk":
        return key_of(rows.model)
    model, field = rows.model, None
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)  # noqa: SLF001  Django documents it
        except FieldDoesNotExist:
            return None
        model = getattr(field, "related_model", None) or model
    return field


def _nullable(rows: QuerySet[Any], path: str) -> bool:
    field = _field(rows, path)
    return True if field is None else bool(field.null) or "__" in path
