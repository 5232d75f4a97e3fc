"""What the roll says: how many have which right, who they are, and why one elder has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from heling.contexts.entitlements.models import Award, Explanation, Roll, RollRow, Situation
from heling.contexts.entitlements.queries.explaining import Told, told
from heling.contexts.lawbook import public as lawbook
from heling.contexts.registry import public as registry
from heling.engines.law import GrantResult
from heling.engines.law.assemble import Right
from heling.engines.law.codec import load_grant
from heling.engines.law.situations import aged
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound
from heling.kernel.period import age_on


class Said(StrEnum):
    """What a number of the roll counts."""

    GRANTED = "granted"
    UNCLAIMED = "unclaimed"
    ENJOYING = "enjoying"
    LAPSED = "lapsed"
    OPEN = "open"
    PENDING = "pending"
    DENIED = "denied"


SAID_LABELS = {
    Said.GRANTED: "应享受",
    Said.UNCLAIMED: "应享未享",
    Said.ENJOYING: "正在享受",
    Said.LAPSED: "在享但不再符合",
    Said.OPEN: "尚待实施办法",
    Said.PENDING: "待查明",
    Said.DENIED: "不符合",
}


@dataclass(frozen=True, slots=True)
class RightCount:
    """One right in a territory: elders by what the law says to them and what they have."""

    grant: str
    benefit: str
    cite: str
    people: dict[Said, int]

    @property
    def cells(self) -> tuple[tuple[str, str, int], ...]:
        """Label, the list's filter and the number, in the order of the table."""
        return tuple(
            (label, f"{self.grant}.{said}", self.people[said])
            for said, label in SAID_LABELS.items()
        )


@dataclass(frozen=True, slots=True)
class RollPage:
    """``latest`` is None while the city has no roll."""

    latest: Roll | None
    rights: tuple[RightCount, ...]
    people: int


def roll_page(*, on: date, by: Actor) -> RollPage:
    """Every right of the city, counted over the actor's territory."""
    latest = _latest(by)
    if latest is None or by.territory is None:
        return RollPage(None, (), 0)
    visible = RollRow.objects.visible_to(by).order_by()
    sizes = dict(visible.values_list("situation").annotate(people=Count("pk")))
    said = told_in(list(sizes))
    counts = _counts(sizes, said)
    for grant, situation, people in _enjoying(on=on, by=by):
        outcome, _ = said[situation].get(grant, ("", None))
        counts[grant, Said.ENJOYING] += people
        counts[grant, Said.UNCLAIMED] -= people if outcome == Said.GRANTED else 0
        counts[grant, Said.LAPSED] += people if outcome == Said.DENIED else 0
    rights = lawbook.rules_of(by.territory.city, on=latest.on).assembly.rights
    return RollPage(latest, tuple(_right(r, counts) for r in rights), sum(sizes.values()))


def _right(right: Right, counts: Mapping[tuple[str, str], int]) -> RightCount:
    word = right.grant.word
    people = {said: counts[word, said] for said in Said}
    people[Said.UNCLAIMED] += people[Said.GRANTED]
    return RightCount(word, right.grant.benefit, right.grant.cite.label, people)


def told_in(situations: Sequence[int]) -> dict[int, dict[str, tuple[str, int | None]]]:
    """What each situation comes to: right → outcome and amount."""
    found = dict(Situation.objects.filter(pk__in=situations).values_list("pk", "explanations"))
    rows = Explanation.objects.filter(pk__in={e for each in found.values() for e in each})
    said = {
        pk: (grant, (outcome, amount))
        for pk, grant, outcome, amount in rows.values_list("pk", "grant", "outcome", "law__amount")
    }
    return {pk: dict(said[each] for each in explanations) for pk, explanations in found.items()}


def _counts(
    sizes: Mapping[int, int], said: Mapping[int, Mapping[str, tuple[str, int | None]]]
) -> dict[tuple[str, str], int]:
    """People by right and outcome, from people by situation."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for situation, rights in said.items():
        for grant, (outcome, _) in rights.items():
            found[grant, outcome] += sizes[situation]
    return found


_ENJOYING = """
select a."grant", r.situation_id, count(*)
  from entitlements_award a join entitlements_rollrow r on r.elder_id = a.elder_id
 where r.code >= %s and r.code < %s and a.starts <= %s and (a.ends is null or a.ends >= %s)
 group by a."grant", r.situation_id
"""


def _enjoying(*, on: date, by: Actor) -> list[tuple[str, int, int]]:
    """(right, situation, people) of those who enjoy a right today."""
    assert by.territory is not None  # noqa: S101 - the caller has looked
    with connection.cursor() as cursor:
        cursor.execute(_ENJOYING, [by.territory.lo, by.territory.hi, on, on])
        found: list[tuple[str, int, int]] = cursor.fetchall()
    return found


def _latest(by: Actor) -> Roll | None:
    """The last one of the city that the actor's territory lies in."""
    if by.territory is None:
        return None
    return Roll.objects.filter(city=by.territory.city).order_by("-pk").first()


def rows(by: Actor) -> QuerySet[RollRow]:
    return RollRow.objects.visible_to(by)


def having(found: QuerySet[Any], wanted: str) -> QuerySet[Any]:
    """Rows that a number of :func:`roll_page` counts: ``grant.said``."""
    grant, _, said = wanted.rpartition(".")
    today = timezone.localdate()
    running = Award.objects.filter(grant=grant, starts__lte=today).exclude(ends__lt=today)
    enjoying = Q(elder_id__in=running.values("elder_id"))
    if said == Said.ENJOYING:
        return found.filter(enjoying)
    if said == Said.UNCLAIMED:
        return found.filter(_told(grant, Said.GRANTED)).exclude(enjoying)
    if said == Said.LAPSED:
        return found.filter(_told(grant, Said.DENIED)).filter(enjoying)
    return found.filter(_told(grant, said))


def _told(grant: str, outcome: str) -> Q:
    """Situations by number: the planner knows how common each is, and whether to walk the
    territory or to look up the few who are in one."""
    said = Explanation.objects.filter(grant=grant, outcome=outcome).values_list("pk", flat=True)
    situations = Situation.objects.filter(explanations__overlap=list(said))
    return Q(situation__in=list(situations.values_list("pk", flat=True)))


def rights_of(by: Actor) -> list[tuple[str, str]]:
    """Options of the list: every right with everything that may be counted of it."""
    latest = _latest(by)
    if latest is None or by.territory is None:
        return []
    rules = lawbook.rules_of(by.territory.city, on=latest.on)
    return [
        (f"{r.grant.word}.{said}", f"{r.grant.benefit}：{label}")
        for r in rules.assembly.rights
        for said, label in SAID_LABELS.items()
    ]


@dataclass(frozen=True, slots=True)
class RowPage:
    """One elder's row: ``alike`` others of the actor's territory are in the same situation."""

    card: registry.ElderCard
    city: str
    since: date
    on: date
    grants: tuple[GrantResult, ...]
    alike: int

    @property
    def rights(self) -> tuple[Told, ...]:
        """The same, in words for the page."""
        return tuple(told(self.city, grant) for grant in self.grants)


def row_page(elder_id: int, *, by: Actor) -> RowPage:
    """What the roll says about an elder, with the elder's own age in it. NotFound for a stranger."""
    card = registry.elder_card(elder_id, by=by)
    row = (
        RollRow.objects.visible_to(by).filter(elder_id=card.id).select_related("situation").first()
    )
    if row is None:
        raise NotFound(
            "这位老年人还不在应享名册中。", hint="名册每天更新；请明天再看，或直接认定。"
        )
    by_pk = Explanation.objects.in_bulk(row.situation.explanations)
    latest = _latest(by)
    day = latest.on if latest else row.since
    ages = [str(age_on(card.birth, day)) for _ in row.situation.ages]
    grants = tuple(aged(load_grant(by_pk[pk].law), ages) for pk in row.situation.explanations)
    return RowPage(
        card=card,
        city=row.situation.city,
        since=row.since,
        on=day,
        grants=grants,
        alike=RollRow.objects.visible_to(by).filter(situation=row.situation).count(),
    )
