"""More poverty where the demonstration looks: benefits need people who are entitled to them.

In a plausible population two in a hundred receive 低保; a street of a few dozen people
would have nobody to show. In the demonstration's home streets the first few dozen
households do, every other one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from heling.demo import ElderDraft, HouseholdDraft, StatusDraft
from heling.demo.codes import Certifier, StatusKind
from heling.kernel.identifiers import Territory

POOR = {StatusKind.DIBAO, StatusKind.DIBAO_MARGIN, StatusKind.TEKUN}
_EVERY = 2
_MOST = 24  # households of one street


def with_hardship(
    households: Iterable[HouseholdDraft], streets: Sequence[Territory], *, on: date
) -> Iterator[HouseholdDraft]:
    """The same households; of the first in each of ``streets`` every other receives 低保."""
    seen = dict.fromkeys((street.prefix for street in streets), 0)
    for household in households:
        street = household.village_code[:9]
        if street in seen:
            seen[street] += 1
            if seen[street] % _EVERY == 0 and seen[street] <= _EVERY * _MOST:
                yield _poor(household, on)
                continue
        yield household


def _poor(household: HouseholdDraft, on: date) -> HouseholdDraft:
    known = {s.kind for member in household.members for s in member.statuses}
    if known & POOR:
        return household
    first, *others = household.members
    return replace(household, members=(_certified(first, on), *others))


def _certified(elder: ElderDraft, on: date) -> ElderDraft:
    since = on - timedelta(days=400 + elder.serial % 300)
    status = StatusDraft(
        kind=StatusKind.DIBAO,
        certifier=Certifier.CIVIL_AFFAIRS,
        certifier_code=elder.residence_code[:6],
        document=f"演示-低保〔{since.year}〕{elder.serial}号",
        since=since,
    )
    return replace(elder, statuses=(*elder.statuses, status))
