"""Scenarios for other contexts' tests: a city that has published an edition of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.lawbook import actions
from heling.contexts.lawbook.models import Draft, Edition
from heling.kernel.actor import Actor

CITY = "330200"
PACK = f"{CITY}/home-care-2018"
NORMS = f"{CITY}/duties-2018"
TODAY = date(2026, 11, 2)
NOW = timezone.make_aware(datetime(2026, 11, 2, 9, 0))  # noqa: DTZ001 - made aware here

# Changes after which every test of the pack still passes and every property is proved.
MORE_HOURS = {"value: 45": "value: 50", "amount: 45": "amount: 50"}
YOUNGER = {
    "    quote: 八十周岁以上老年人\n    unit: 周岁\n    versions: [{from: 2018-10-01, value: 80}]\n"
    "  呼叫起始年龄": "    quote: 八十周岁以上老年人\n    unit: 周岁\n"
    "    versions: [{from: 2018-10-01, value: 75}]\n  呼叫起始年龄",
    "{意外伤害保险: denied, 应急呼叫设施: denied": "{意外伤害保险: granted, 应急呼叫设施: denied",
}
"""意外伤害保险 from 75 instead of 80."""


@dataclass(frozen=True)
class Pair:
    """Two officials of one city: one drafts, the other approves."""

    drafter: Actor
    approver: Actor


def pair(city: str = CITY) -> Pair:
    return Pair(people.acting(RoleKey.CITY, city[:4]), people.acting(RoleKey.CITY, city[:4]))


def changed(text: str, changes: Mapping[str, str]) -> str:
    """The text with every change made; each must be there."""
    for old, new in changes.items():
        assert old in text, old  # noqa: S101
        text = text.replace(old, new)
    return text


def draft(by: Actor, *, pack: str = PACK, at: datetime = NOW) -> Draft:
    return actions.begin_draft(pack=pack, at=at, by=by)


def saved(made: Draft, changes: Mapping[str, str], *, by: Actor) -> Draft:
    text = changed(made.text, changes)
    return actions.save_draft(draft_id=made.pk, text=text, seen=made.version, by=by)


def submitted(
    people: Pair, changes: Mapping[str, str], *, pack: str = PACK, at: datetime = NOW
) -> Draft:
    made = saved(draft(people.drafter, pack=pack, at=at), changes, by=people.drafter)
    return actions.submit_draft(
        draft_id=made.pk,
        seen=made.version,
        note="按新的实施办法修改",
        on=timezone.localdate(at),
        by=people.drafter,
    )


def published(
    changes: Mapping[str, str] = MORE_HOURS,
    *,
    effective_from: date = TODAY,
    at: datetime = NOW,
    pack: str = PACK,
    people: Pair | None = None,
) -> Edition:
    """An edition of the city's own, drafted and approved by two people."""
    who = people or pair(pack.split("/")[0])
    made = submitted(who, changes, pack=pack, at=at)
    return actions.publish_draft(
        draft_id=made.pk,
        seen=made.version,
        effective_from=effective_from,
        reason="市人民政府常务会议通过",
        at=at,
        by=who.approver,
    )
