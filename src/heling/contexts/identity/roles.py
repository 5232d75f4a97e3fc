"""Roles live in code, with Chinese names and descriptions.

A role says who somebody is; what it may do is said by each context in its own
``access.py`` (``GRANTS``) and collected here at start-up, so a new context brings the
permissions of the old roles with it and nothing here changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class RoleKey(StrEnum):
    CITY = "city_official"
    COUNTY = "county_official"
    STREET = "street_official"
    COMMITTEE = "committee_clerk"
    ASSESSOR = "assessor"
    AUDITOR = "auditor"
    STAFF = "platform_staff"
    ELDER = "elder"
    FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a login lasts: without a click, and in all (shared/trust.md A5)."""

    idle: timedelta
    absolute: timedelta


STAFF_LIMITS = Limits(timedelta(minutes=15), timedelta(hours=8))
FAMILY_LIMITS = Limits(timedelta(days=30), timedelta(days=90))


@dataclass(frozen=True, slots=True)
class Role:
    """``levels``: division levels that a post may be given for. ``face``: where its home is.

    ``appointed_by``: roles that may give this post, for their own territory or below.
    ``duty``: 业务, 审计 or 运维; one account never holds posts of two duties (三员分立,
    GB/T 22239-2019 §8.1.4).
    """

    key: RoleKey
    label: str
    description: str
    levels: tuple[str, ...] = ()
    face: str = "console"
    appointed_by: tuple[RoleKey, ...] = ()
    duty: str = "业务"

    @property
    def second_factor(self) -> bool:
        """Everybody who sees other people's data logs in with two factors."""
        return self.face != "family"

    @property
    def limits(self) -> Limits:
        return FAMILY_LIMITS if self.face == "family" else STAFF_LIMITS


_CITY = (RoleKey.CITY,)
_COUNTY_UP = (RoleKey.CITY, RoleKey.COUNTY)

ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role(
            RoleKey.CITY,
            "市级民政",
            "全市政策执行、审批复核、公示和监督",
            ("市",),
            appointed_by=_CITY,
        ),
        Role(
            RoleKey.COUNTY,
            "区县民政",
            "本区县的审核、决定、公示和异议处理",
            ("县",),
            appointed_by=_COUNTY_UP,
        ),
        Role(
            RoleKey.STREET,
            "街道（乡镇）",
            "本街道的受理、初审、评估安排",
            ("乡",),
            appointed_by=_COUNTY_UP,
        ),
        Role(
            RoleKey.COMMITTEE,
            "社区（村）工作人员",
            "登记老年人信息、代办申请、巡访",
            ("村", "乡"),
            appointed_by=_COUNTY_UP,
        ),
        Role(
            RoleKey.ASSESSOR,
            "评估员",
            "上门评估老年人能力并签字",
            ("市", "县", "乡"),
            appointed_by=_COUNTY_UP,
        ),
        Role(
            RoleKey.AUDITOR,
            "审计员",
            "只读：业务日志、查看记录、决定与依据",
            ("市", "县"),
            appointed_by=_CITY,
            duty="审计",
        ),
        Role(
            RoleKey.STAFF,
            "平台运维人员",
            "平时看不到任何个人信息；处理故障时须说明理由、限时进入并留痕",
            ("市",),
            appointed_by=_CITY,
            duty="运维",
        ),
        Role(RoleKey.ELDER, "老年人本人", "看自己的信息、待遇和办理进度", face="family"),
        Role(RoleKey.FAMILY, "家属（经同意代办）", "经老年人同意，代看代办", face="family"),
    )
}

_grants: dict[str, set[str]] = {key: set() for key in ROLES}


def grant(grants: Mapping[RoleKey, tuple[StrEnum, ...]]) -> None:
    """Add permissions to roles. Called once by each context's ``AppConfig.ready``."""
    for role, permissions in grants.items():
        _grants[role].update(p.value for p in permissions)


def permissions_of(role: str) -> frozenset[str]:
    return frozenset(_grants.get(role, ()))


def all_permissions() -> frozenset[str]:
    return frozenset().union(*_grants.values())
