"""The door of places: names and trees, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Value
from django.db.models.functions import Coalesce, Concat

from heling.contexts.places import memory
from heling.contexts.places.actions import load_divisions, make_demonstration_bodies
from heling.contexts.places.domain import Level, is_resident_committee
from heling.contexts.places.models import Body, Division
from heling.kernel.errors import NotFound
from heling.kernel.identifiers import Territory

__all__ = [
    "Place",
    "below",
    "body_of",
    "children",
    "is_resident_committee",
    "load_divisions",
    "make_demonstration_bodies",
    "names",
    "place",
]


@dataclass(frozen=True, slots=True)
class Place:
    """One node: ``code`` is its significant digits, ``full_name`` starts at the city."""

    code: str
    name: str
    full_name: str
    level: str
    parent: str | None

    @property
    def territory(self) -> Territory:
        return Territory(self.code)


def place(code: str) -> Place:
    """The node with these significant digits. Raises NotFound."""
    division = memory.nodes([code]).get(code)
    if division is None:
        raise NotFound(f"没有区划 {code}。", hint="请从列表中选择。")
    return _place(division)


def names(codes: Iterable[str]) -> dict[str, str]:
    """Full names of many nodes; unknown codes are left out."""
    return {code: division.full_name for code, division in memory.nodes(codes).items()}


def children(code: str) -> Sequence[Place]:
    """The nodes right below one, by code."""
    return [_place(d) for d in memory.children(code)]


def below(territory: Territory, *, level: str) -> Sequence[Place]:
    """All nodes of one level (市, 县, 乡, 村) inside a territory, by code."""
    return [_place(d) for d in Division.objects.within(territory).filter(level=level)]


def directory(city: str) -> list[tuple[str, str, str]]:
    """(code, name, full name) of what a clerk may name: everything in the city (four digits),
    and the other cities of the country, in full with their province."""
    inside = Division.objects.filter(code__gte=city, code__lt=f"{city}:")
    others = Division.objects.filter(level=Level.CITY.value).exclude(pk=city)
    with_province = Concat(Coalesce("parent__name", Value("")), "name")
    return [
        *inside.values_list("code", "name", "full_name"),
        *others.annotate(full=with_province).values_list("code", "name", "full"),
    ]


def body_of(code: str) -> tuple[str, str] | None:
    """Name and phone of the nearest body at or above a node."""
    territory: Territory | None = Territory(code)
    chain = []
    while territory is not None:
        chain.append(territory.prefix)
        territory = territory.parent
    body = Body.objects.filter(division_id__in=chain).order_by("-division_id").first()
    return (body.name, body.phone) if body else None


def _place(division: Division) -> Place:
    return Place(
        code=division.code,
        name=division.name,
        full_name=division.full_name,
        level=division.level,
        parent=division.parent_id,
    )
