"""Who serves a place in a role, for contexts that put people to work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from heling.contexts.identity.models import Post
from heling.contexts.identity.roles import RoleKey
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import EVERYTHING, scoped


@dataclass(frozen=True, slots=True)
class Holder:
    """One account with a current post: no more than colleagues know of each other."""

    user_id: int
    name: str
    body_name: str
    medical: bool


def holders(role: RoleKey, *, code: str, on: date) -> list[Holder]:
    """Active holders of ``role`` whose territory contains the division ``code``, by name.

    Somebody with several such posts appears once; the medical background of any counts.
    """
    chain: list[str] = []
    place: Territory | None = Territory.parse(code)
    while place is not None:
        chain.append(place.prefix)
        place = place.parent
    # A street official may assign assessors of the county, whose posts lie outside its scope.
    with scoped(EVERYTHING):
        posts = list(
            Post.objects.filter(role=role, code__in=chain, user__is_active=True)
            .current(on)
            .select_related("user")
            .order_by("user__name", "user_id", "medical", "-pk")
        )
    found = {p.user_id: Holder(p.user_id, p.user.name, p.body_name, p.medical) for p in posts}
    return list(found.values())
