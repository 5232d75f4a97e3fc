"""Everybody who may knock: one account per role, and the neighbours of each.

All relations to an object of the home village are here: its own offices above it, the
sibling village and county, another city, the elder, the family, a stranger's family.
"""

from __future__ import annotations

from dataclasses import dataclass

from heling.contexts.identity.public import RoleKey

HOME = "330203001001"
SIBLING = "330203001002"
NEXT_COUNTY = "330205001001"
OTHER_CITY = "450103001001"


@dataclass(frozen=True)
class Persona:
    """``code``: territory of the post; ``speaks_for``: "elder" (the secret one) or "other"."""

    name: str
    says: str
    role: RoleKey | None = None
    code: str = ""
    speaks_for: str = ""
    logged_in: bool = True
    proved: bool = True
    inside: bool = False

    @property
    def face(self) -> str:
        return "console" if self.code else "family"

    def covers(self, code: str) -> bool:
        """Whether the acting territory contains a division; staff outside a session have none."""
        seen = bool(self.code) and (self.role != RoleKey.STAFF or self.inside)
        return seen and code.startswith(self.code)


PERSONAS: dict[str, Persona] = {
    p.name: p
    for p in (
        Persona("anonymous", "未登录", logged_in=False),
        Persona("nobody", "有账号、没有岗位"),
        Persona("unproved", "没有第二因素的市级民政", RoleKey.CITY, HOME[:4], proved=False),
        Persona("city", "市级民政", RoleKey.CITY, HOME[:4]),
        Persona("county", "区县民政", RoleKey.COUNTY, HOME[:6]),
        Persona("street", "街道", RoleKey.STREET, HOME[:9]),
        Persona("committee", "社区", RoleKey.COMMITTEE, HOME),
        Persona("assessor", "评估员", RoleKey.ASSESSOR, HOME[:6]),
        Persona("assessor2", "没有参加这次评估的评估员", RoleKey.ASSESSOR, HOME[:6]),
        Persona("auditor", "审计员", RoleKey.AUDITOR, HOME[:4]),
        Persona("staff", "运维人员（没有会话）", RoleKey.STAFF, HOME[:4]),
        Persona("inside", "运维人员（会话中）", RoleKey.STAFF, HOME[:6], inside=True),
        Persona("committee2", "同街道另一社区", RoleKey.COMMITTEE, SIBLING),
        Persona("county2", "同城另一区县", RoleKey.COUNTY, NEXT_COUNTY[:6]),
        Persona("city2", "另一座城市", RoleKey.CITY, OTHER_CITY[:4]),
        Persona("elder", "老年人本人", RoleKey.ELDER, speaks_for="elder"),
        Persona("family", "家属", RoleKey.FAMILY, speaks_for="elder"),
        Persona("stranger", "别家家属", RoleKey.FAMILY, speaks_for="other"),
    )
}
