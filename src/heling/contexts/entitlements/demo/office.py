"""The demonstration's officials, as actors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from heling.contexts.identity.public import RoleKey, holders, permissions_of, representations_of
from heling.kernel.actor import Actor, system
from heling.kernel.identifiers import Territory


@dataclass(frozen=True, slots=True)
class DemoOffice:
    """The officials above one community. ``other`` is a second one of the county."""

    community: Territory
    clerk: Actor
    street: Actor
    county: Actor
    other: Actor
    city: Actor

    @classmethod
    def of(cls, community: Territory, *, on: date) -> DemoOffice:
        """The holders of the posts over a community. IndexError where a post is vacant."""

        def hold(role: RoleKey, digits: int, nth: int = 0) -> Actor:
            found = holders(role, code=community.prefix, on=on)[nth]
            return _actor(found.user_id, found.name, role, community.prefix[:digits])

        return cls(
            community,
            clerk=hold(RoleKey.COMMITTEE, 12),
            street=hold(RoleKey.STREET, 9),
            county=hold(RoleKey.COUNTY, 6),
            other=hold(RoleKey.COUNTY, 6, nth=1),
            city=hold(RoleKey.CITY, 4),
        )

    @property
    def street_territory(self) -> Territory:
        return Territory(self.community.prefix[:9])

    def clerk_of(self, code: str) -> Actor:
        """The clerk of a community; only that of the home community has an account."""
        if code == self.community.prefix:
            return self.clerk
        return _actor(None, "社区工作人员（演示）", RoleKey.COMMITTEE, code)


def family_actor(elder_id: int) -> Actor | None:
    """Who acts for the elder by consent, if anybody does."""
    for row in representations_of(elder_id, by=system("演示数据")):
        if row.current and row.relation != "本人":
            role = RoleKey.FAMILY
            return Actor(row.user_id, row.name, role, permissions_of(role), elder_ids=(elder_id,))
    return None


def _actor(user_id: int | None, name: str, role: RoleKey, code: str) -> Actor:
    return Actor(user_id, name, role, permissions_of(role), territory=Territory(code))
