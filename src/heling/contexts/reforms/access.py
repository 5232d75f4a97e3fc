"""What may be done with plans, and which roles may do it."""

from __future__ import annotations

from enum import StrEnum

from heling.contexts.identity.public import RoleKey


class Perm(StrEnum):
    VIEW = "reforms.view"
    EDIT = "reforms.edit"


LABELS = {
    Perm.VIEW: "查看自己的和同事共享的改革推演",
    Perm.EDIT: "新建和修改改革推演（不影响任何决定）",
}

GRANTS: dict[RoleKey, tuple[Perm, ...]] = {RoleKey.CITY: (Perm.VIEW, Perm.EDIT)}
