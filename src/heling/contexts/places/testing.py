"""Scenarios for other contexts' tests: a small tree without the package."""

from __future__ import annotations

from heling.contexts.places.domain import BodyKind, Kind
from heling.contexts.places.memory import forget
from heling.contexts.places.models import Body, Division
from heling.kernel.identifiers import Territory

VILLAGE = "990103001001"
OTHER_VILLAGE = "990103001002"
OTHER_STREET = "990103002001"
OTHER_COUNTY = "990105001001"
OTHER_CITY = "980103001001"


def small_country(*extra: str) -> None:
    """Two invented cities (9901 甲市, 9801 乙市) with counties, streets and villages."""
    for code in (VILLAGE, OTHER_VILLAGE, OTHER_STREET, OTHER_COUNTY, OTHER_CITY, *extra):
        plant(code)


def plant(code: str) -> Division:
    """The node ``code`` and everything above it, named after their digits."""
    territory = Territory(code)
    parent = territory.parent if len(code) > 4 else None
    above = plant(parent.prefix) if parent else None
    forget()
    name = f"{territory.level}{code[-3:]}"
    return Division.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "full_name": (above.full_name if above else "") + name,
            "pinyin": f"x{code}",
            "level": territory.level,
            "kind": Kind.DIVISION,
            "parent": above,
            "source": "测试",
        },
    )[0]


def plant_body(code: str, *, name: str, phone: str = "") -> Body:
    """The civil-affairs body of the node ``code``, which is made when it does not exist."""
    return Body.objects.create(
        division=plant(code), kind=BodyKind.CIVIL_AFFAIRS, name=name, phone=phone
    )
