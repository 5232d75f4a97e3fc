"""行政区划 and the bodies that work in it, as plain words."""

from __future__ import annotations

from enum import StrEnum

from heling.kernel.identifiers import Territory


class Level(StrEnum):
    """Levels of the division tree; values are those of :attr:`Territory.level`."""

    PROVINCE = "省"
    CITY = "市"
    COUNTY = "县"
    TOWN = "乡"
    VILLAGE = "村"


class Kind(StrEnum):
    """What a node is in law: a zone does elder-care work but is no statutory division."""

    DIVISION = "division"
    ZONE = "zone"


KIND_LABELS = {Kind.DIVISION: "行政区划", Kind.ZONE: "功能区"}


class BodyKind(StrEnum):
    CIVIL_AFFAIRS = "civil_affairs"
    STREET = "street"
    COMMITTEE = "committee"


BODY_LABELS = {
    BodyKind.CIVIL_AFFAIRS: "民政部门",
    BodyKind.STREET: "街道办事处、镇（乡）人民政府",
    BodyKind.COMMITTEE: "居民委员会、村民委员会",
}


def is_zone(territory: Territory) -> bool:
    """Functional zones (开发区等) carry township codes from 400 upwards (NBS coding rules)."""
    return territory.level == "乡" and territory.prefix[6:9] >= "400"


def is_resident_committee(territory: Territory) -> bool:
    """Village codes 001–199 are 居民委员会, 200–399 are 村民委员会 (NBS coding rules)."""
    return territory.level == "村" and territory.prefix[9:] < "200"
