"""Where the people of a demonstration city live: dense where its officials work, thin elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from heling.contexts.places import public as places
from heling.demo import VillageRef
from heling.kernel.identifiers import Territory

# Share of a city's elders in the home community, the rest of its street, the rest of its county.
_COMMUNITY, _STREET, _COUNTY = 0.20, 0.30, 0.15
_GRAIN = 400  # entries of the list that stands for one city


@dataclass(frozen=True, slots=True)
class Home:
    """The community in which a city's demonstration accounts have their posts."""

    community: Territory

    @property
    def street(self) -> Territory:
        return Territory(self.community.prefix[:9])

    @property
    def county(self) -> Territory:
        return Territory(self.community.prefix[:6])

    @property
    def city(self) -> Territory:
        return Territory(self.community.prefix[:4])


def home_of(city: Territory) -> Home:
    """The first resident community of the first street that has a handful of them."""
    streets: dict[str, list[str]] = {}
    for village in places.below(city, level="村"):
        if places.is_resident_committee(village.territory):
            streets.setdefault(village.code[:9], []).append(village.code)
    best = next((s for s in streets.values() if len(s) >= 5), None) or next(iter(streets.values()))
    return Home(Territory(best[0]))


def spread(home: Home, villages: Sequence[VillageRef]) -> list[VillageRef]:
    """A city's villages, each as often as its share asks: a repeated entry weighs more.

    Outside the home county every county gets the same share, in a few villages of one town,
    so that lists are worth opening anywhere.
    """
    near = [v for v in villages if home.county.contains(Territory(v.code12))]
    community = [v for v in near if v.code12 == home.community.prefix]
    street = [v for v in near if home.street.contains(Territory(v.code12)) and v not in community]
    county = [v for v in near if v not in community and v not in street][:20]
    rest = 1 - _COMMUNITY - _STREET - _COUNTY
    return [
        *_weighed(community, _COMMUNITY),
        *_weighed(street, _STREET),
        *_weighed(county, _COUNTY),
        *_weighed(list(_elsewhere(home, villages)), rest),
    ]


def _elsewhere(home: Home, villages: Sequence[VillageRef]) -> Iterator[VillageRef]:
    """Three villages of the first town of each other county."""
    taken: dict[str, list[VillageRef]] = {}
    for village in villages:
        if not home.county.contains(Territory(village.code12)):
            few = taken.setdefault(village.code12[:6], [])
            if len(few) < 3 and (not few or few[0].code12[:9] == village.code12[:9]):
                few.append(village)
    for few in taken.values():
        yield from few


def _weighed(villages: Sequence[VillageRef], share: float) -> Iterator[VillageRef]:
    """The villages in turn until the share of the grain is used up."""
    entries = round(share * _GRAIN) if villages else 0
    for n in range(max(entries, len(villages))):
        yield villages[n % len(villages)]
