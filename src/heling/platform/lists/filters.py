"""Filters of a list. Each reads its parameters from the URL, narrows rows, and draws itself.

A value that cannot be understood raises BadInput: the page says so and shows no rows,
because a list that is silently wider than what was asked is dangerous under a bulk action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Protocol

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput
from heling.kernel.identifiers import Territory
from heling.kernel.text import compact, half_width

Rows = QuerySet[Any]
Options = Sequence[tuple[str, str]]


class Filter(Protocol):
    """What the page needs of a filter. ``template`` draws it from ``face()``."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def params(self) -> tuple[str, ...]: ...

    template: ClassVar[str]

    def narrow(self, rows: Rows, query: QueryDict) -> Rows: ...
    def said(self, query: QueryDict, actor: Actor) -> str: ...
    def face(self, query: QueryDict, actor: Actor) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class _Filter:
    key: str
    label: str
    hint: str = ""

    @property
    def params(self) -> tuple[str, ...]:
        return (self.key,)

    def face(self, query: QueryDict, actor: Actor) -> dict[str, Any]:
        return {"value": query.get(self.key, "")}


def any_field(*fields: str) -> Callable[[Rows, str], Rows]:
    """A ``find`` that looks for the text anywhere in any of ``fields``."""

    def find(rows: Rows, text: str) -> Rows:
        wanted = Q()
        for name in fields:
            wanted |= Q(**{f"{name}__icontains": text})
        return rows.filter(wanted)

    return find


@dataclass(frozen=True, kw_only=True)
class Search(_Filter):
    """Free text. ``find(rows, text)`` says what is searched and uses an index for it.

    ``private(text)`` knows what may not stand in an address or a log (a whole ID, a phone).
    Such a text is only ever posted; ``behind(actor, text)`` turns it into ids, which may stand
    there, as ``<key>_is``, and which narrow ``field``. ``behind`` raises BadInput for an odd one.
    """

    find: Callable[[Rows, str], Rows]
    private: Callable[[str], bool] | None = None
    behind: Callable[[Actor, str], Sequence[int]] | None = None
    field: str = "pk"
    template: ClassVar[str] = "lists/filters/search.html"
    longest: ClassVar[int] = 60

    @property
    def params(self) -> tuple[str, ...]:
        return (self.key, f"{self.key}_is") if self.behind else (self.key,)

    def text(self, query: QueryDict) -> str:
        text = half_width(query.get(self.key, "")).replace("\0", "")
        if len(text) > self.longest:
            raise BadInput.single(self.label, f"最多 {self.longest} 个字，请缩短")
        return text

    def is_private(self, text: str) -> bool:
        return self.private is not None and self.private(text)

    def narrow(self, rows: Rows, query: QueryDict) -> Rows:
        text, ids = self.text(query), self._ids(query)
        if self.is_private(text):
            raise BadInput.single(
                self.label, "完整的证件号和电话不能放在网址里，请填在查找框里再点“查询”"
            )
        if ids is not None:
            rows = rows.filter(**{f"{self.field}__in": ids})
        return self.find(rows, text) if text else rows

    def said(self, query: QueryDict, actor: Actor) -> str:
        ids, text = self._ids(query), self.text(query)
        if ids is None:
            return "" if self.is_private(text) else text
        return f"按完整号码查到 {len(ids)} 位" if ids else "按完整号码没有查到"

    def face(self, query: QueryDict, actor: Actor) -> dict[str, Any]:
        kept = query.get(f"{self.key}_is", "") if self.behind else ""
        return {"value": query.get(self.key, ""), "kept": kept}

    def _ids(self, query: QueryDict) -> tuple[int, ...] | None:
        """The ids in the address; none at all for what belongs to nobody; None without any."""
        raw = query.get(f"{self.key}_is", "") if self.behind else ""
        if not raw:
            return None
        if any(not part.isdecimal() or len(part) > 18 for part in raw.split(".")):
            raise BadInput.single(self.label, "网址不完整，请重新查询")
        return tuple(int(part) for part in raw.split(".") if int(part))


@dataclass(frozen=True, kw_only=True)
class Choice(_Filter):
    """One of a few values. ``options`` is a sequence, or a function of the actor."""

    options: Options | Callable[[Actor], Options]
    field: str = ""
    find: Callable[[Rows, str], Rows] | None = None
    template: ClassVar[str] = "lists/filters/choice.html"

    def known(self, actor: Actor) -> dict[str, str]:
        options = self.options(actor) if callable(self.options) else self.options
        return {str(value): str(label) for value, label in options}

    def narrow(self, rows: Rows, query: QueryDict) -> Rows:
        value = query.get(self.key, "")
        if not value:
            return rows
        if not callable(self.options) and value not in {str(v) for v, _ in self.options}:
            raise BadInput.single(self.label, "没有这个选项，请重新选择")
        return self.find(rows, value) if self.find else rows.filter(**{self.field: value})

    def said(self, query: QueryDict, actor: Actor) -> str:
        value = query.get(self.key, "")
        return self.known(actor).get(value, value)

    def face(self, query: QueryDict, actor: Actor) -> dict[str, Any]:
        return {"value": query.get(self.key, ""), "options": self.known(actor).items()}


@dataclass(frozen=True, kw_only=True)
class Choices(_Filter):
    """Any of several values, as check boxes."""

    options: Options
    field: str
    template: ClassVar[str] = "lists/filters/choices.html"

    def chosen(self, query: QueryDict) -> list[str]:
        values = [v for v in query.getlist(self.key) if v]
        if set(values) - {str(v) for v, _ in self.options}:
            raise BadInput.single(self.label, "没有这个选项，请重新选择")
        return values

    def narrow(self, rows: Rows, query: QueryDict) -> Rows:
        values = self.chosen(query)
        return rows.filter(**{f"{self.field}__in": values}) if values else rows

    def said(self, query: QueryDict, actor: Actor) -> str:
        values = self.chosen(query)
        return "、".join(str(label) for value, label in self.options if str(value) in values)

    def face(self, query: QueryDict, actor: Actor) -> dict[str, Any]:
        return {"values": query.getlist(self.key), "options": self.options}


@dataclass(frozen=True, kw_only=True)
class DateRange(_Filter):
    """From a day to a day, both included. ``moment``: the field is a date and time."""

    field: str
    moment: bool = False
    template: ClassVar[str] = "lists/filters/date_range.html"

    @property
    def params(self) -> tuple[str, ...]:
        return (f"{self.key}_from", f"{self.key}_to")

    def days(self, query: QueryDict) -> tuple[date | None, date | None]:
        first, last = (self._day(query.get(name, "")) for name in self.params)
        if first and last and last < first:
            raise BadInput.single(self.label, "结束日期早于开始日期，请对调")
        return first, last

    def narrow(self, rows: Rows, query: QueryDict) -> Rows:
        first, last = self.days(query)
        if first:
            rows = rows.filter(**{f"{self.field}__gte": self._edge(first)})
        if last:
            rows = rows.filter(**{f"{self.field}__lt": self._edge(last + timedelta(days=1))})
        return rows

    def said(self, query: QueryDict, actor: Actor) -> str:
        first, last = self.days(query)
        if first and last:
            return f"{first} 至 {last}"
        return f"{first} 起" if first else f"到 {last}" if last else ""

    def face(self, query: QueryDict, actor: Actor) -> dict[str, Any]:
        return {"first": query.get(self.params[0], ""), "last": query.get(self.params[1], "")}

    def _day(self, text: str) -> date | None:
        if not text.strip():
            return None
        digits = compact(text).replace("/", "").replace(".", "")
        try:
            return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            raise BadInput.single(
                self.label, f"“{text}”不是日期，请写成 2026-11-01 的样子"
            ) from None

    def _edge(self, day: date) -> date | datetime:
        return timezone.make_aware(datetime.combine(day, time.min)) if self.moment else day


class Node(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class DivisionTree(_Filter):
    """Drill down the division tree, from the actor's own territory.

    ``children(code)`` lists the nodes below one, ``names(codes)`` gives names by code
    (``places.public`` has both). ``roots`` lists where somebody without a territory starts.
    """

    field: str
    children: Callable[[str], Sequence[Node]]
    names: Callable[[Iterable[str]], dict[str, str]]
    roots: Callable[[], Sequence[Node]] | None = None
    template: ClassVar[str] = "lists/filters/division.html"

    def chosen(self, query: QueryDict) -> Territory | None:
        code = query.get(self.key, "").strip()
        return Territory.parse(code) if code else None

    def narrow(self, rows: Rows, query: QueryDict) -> Rows:
        place = self.chosen(query)
        if place is None:
            return rows
        return rows.filter(**{f"{self.field}__gte": place.lo, f"{self.field}__lt": place.hi})

    def said(self, query: QueryDict, actor: Actor) -> str:
        place = self.chosen(query)
        return self.names([place.prefix]).get(place.prefix, place.prefix) if place else ""

    def face(self, query: QueryDict, actor: Actor) -> dict[str, Any]:
        """The chosen code, and options: the way from the top to it, and the nodes below it."""
        top, place = actor.territory, self._inside(query, actor)
        here = place or top
        nodes = self.children(here.prefix) if here else self.roots() if self.roots else ()
        path = _path(top, place)
        known = self.names([t.prefix for t in path]) if path else {}
        named = _short([(t.prefix, known.get(t.prefix, t.prefix)) for t in path])
        first = named.pop(0)[1] if top and named else "全部"
        options = [("", first), *named, *((node.code, node.name) for node in nodes)]
        deepest = len(named) + 1
        return {
            "value": place.prefix if place and place != top else "",
            "options": [
                (code, INDENT * min(depth, deepest) + label)
                for depth, (code, label) in enumerate(options)
            ],
        }

    def _inside(self, query: QueryDict, actor: Actor) -> Territory | None:
        """The chosen node, unless it is no code at all or lies outside the actor's territory."""
        try:
            place = self.chosen(query)
        except BadInput:
            return None
        top = actor.territory
        return place if place is None or top is None or top.contains(place) else None


INDENT = "\u3000"  # an ideographic space: options of a select cannot be indented otherwise


def _path(top: Territory | None, place: Territory | None) -> list[Territory]:
    """The nodes from ``top`` (or the city, for somebody without one) down to ``place``."""
    path: list[Territory] = []
    node = place
    while node is not None and len(node.prefix) >= (len(top.prefix) if top else 4):
        path.insert(0, node)
        node = node.parent
    return path or ([top] if top else [])


def _short(path: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Full names without what the node above already says."""
    short, above = [], ""
    for code, name in path:
        short.append((code, name.removeprefix(above).strip() or name))
        above = name
    return short
