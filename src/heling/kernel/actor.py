"""Who acts. Built once per request, job or command; everything below takes it as ``by``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from heling.kernel.errors import Forbidden
from heling.kernel.identifiers import Territory


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the platform itself) acting in one role for one territory.

    ``permissions`` are the values of the contexts' ``Perm`` enums. ``territory`` is the
    one acting territory (one hat at a time); ``None`` means no territory at all: an
    elder or a family member sees the ``elder_ids`` they are or act for, nothing else.
    ``staff_session`` is the id of the reasoned, time-boxed session of platform staff.
    """

    user_id: int | None
    name: str
    role: str
    permissions: frozenset[str] = frozenset()
    territory: Territory | None = None
    body_id: int | None = None
    elder_ids: tuple[int, ...] = ()
    staff_session: int | None = None
    request_id: str = ""

    def may(self, permission: StrEnum) -> bool:
        return permission.value in self.permissions

    def require(self, permission: StrEnum) -> None:
        """Raise Forbidden unless the actor holds the permission."""
        if not self.may(permission):
            raise Forbidden("您的岗位没有这项权限。", hint="如工作需要，请向本单位管理员申请。")


ANONYMOUS = Actor(user_id=None, name="未登录", role="anonymous")


def system(name: str, *permissions: StrEnum, territory: Territory | None = None) -> Actor:
    """The platform acting by itself (a job, a command). Its name appears in the audit trail."""
    return Actor(
        user_id=None,
        name=name,
        role="system",
        permissions=frozenset(p.value for p in permissions),
        territory=territory,
    )
