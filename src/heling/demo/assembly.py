"""Columns into frozen drafts, field by field as lists; nothing is drawn here."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from heling.demo.codes import (
    Education,
    Income,
    Lives,
    Living,
    Marital,
    Medical,
    Relation,
    Role,
    Sex,
    Word,
)
from heling.demo.columns import AWAY, Columns
from heling.demo.drafts import Ability, ElderDraft, HouseholdDraft, StatusDraft, Supporter
from heling.demo.ground import Ground
from heling.demo.names import given_names
from heling.demo.numbers import PHONE_PREFIX
from heling.demo.people import INSTITUTION, Calendar
from heling.demo.profile import Ints
from heling.demo.statuses import RULES, Bearer, status_draft
from heling.demo.traits import MAX_CHILDREN, spouse_is_younger

W = TypeVar("W", bound=Word)


def _subsets(words: type[W]) -> tuple[tuple[W, ...], ...]:
    """Every bit mask over the members of ``words`` as a tuple, shared by all drafts."""
    members = tuple(words)
    return tuple(
        tuple(word for bit, word in enumerate(members) if mask >> bit & 1)
        for mask in range(1 << len(members))
    )


_SEXES, _ROLES, _LIVINGS = tuple(Sex), tuple(Role), tuple(Living)
_MARITALS, _EDUCATIONS, _LIVES = tuple(Marital), tuple(Education), tuple(Lives)
_RELATIONS = tuple(Relation)
_MEDICALS, _INCOMES = _subsets(Medical), _subsets(Income)


@dataclass(frozen=True, slots=True)
class _Part:
    """The people of a block that are handed out (``kept``) and their serial numbers."""

    columns: Columns
    ground: Ground
    calendar: Calendar
    kept: Ints
    elder: list[int]
    household: list[int]


def assemble(
    columns: Columns,
    ground: Ground,
    calendar: Calendar,
    *,
    first_elder: int,
    first_household: int,
    limit: int,
) -> Iterator[HouseholdDraft]:
    """Households of a block with at most ``limit`` elders; serials start where given."""
    kept, sizes = _kept(columns.people.household, limit)
    part = _Part(
        columns,
        ground,
        calendar,
        kept,
        elder=list(range(first_elder, first_elder + len(kept))),
        household=np.repeat(first_household + np.arange(len(sizes)), sizes).tolist(),
    )
    elders = _elders(part)
    heads = kept[np.cumsum(sizes) - sizes].tolist()
    addresses = _addresses(columns, ground, heads)
    villages = columns.village.tolist()
    for serial, head, size, address in zip(
        itertools.count(first_household), heads, sizes.tolist(), addresses, strict=False
    ):
        village = ground.villages[villages[head]]
        yield HouseholdDraft(
            serial,
            village.code12,
            village.name,
            village.urban,
            address,
            tuple(itertools.islice(elders, size)),
        )


def _kept(household: Ints, limit: int) -> tuple[Ints, Ints]:
    """People of whole households, ``limit`` at most, and the sizes of those households.

    Households too large for what is left are passed over, so that smaller ones fill it.
    """
    sizes = np.unique(household, return_counts=True)[1]
    if len(household) <= limit:
        return np.arange(len(household)), sizes
    chosen, room = [], limit
    for number, size in enumerate(sizes.tolist()):
        if size <= room:
            chosen.append(number)
            room -= size
        if not room:
            break
    starts = np.cumsum(sizes) - sizes
    people = [np.arange(starts[n], starts[n] + sizes[n]) for n in chosen]
    return np.concatenate([np.zeros(0, dtype=np.int64), *people]), sizes[chosen]


def _elders(part: _Part) -> Iterator[ElderDraft]:
    c, at = part.columns, part.kept
    people, traits = c.people, c.traits
    given, surnames = given_names(), part.ground.surname_tables
    surname, name = c.surname[at].tolist(), c.given[at].tolist()
    names = [surnames.names[s] + given.names[g] for s, g in zip(surname, name, strict=True)]
    ids = c.resident_id
    phones = _own_phones(part)
    hukou = _hukou(part)
    villages = part.ground.villages
    return map(
        ElderDraft,
        part.elder,
        names,
        [f"{surnames.pinyin[s]} {given.pinyin[g]}" for s, g in zip(surname, name, strict=True)],
        [_SEXES[n] for n in people.female[at].astype(int).tolist()],
        [part.calendar.dates[n] for n in people.day[at].tolist()],
        [ids[n] for n in at.tolist()],
        [part.ground.ethnicities[n] for n in c.ethnicity[at].tolist()],
        phones,
        [code for code, _ in hukou],
        [place for _, place in hukou],
        [villages[n].code12 for n in c.village[at].tolist()],
        [_ROLES[n] for n in people.role[at].tolist()],
        [_LIVINGS[n] for n in people.living[at].tolist()],
        [_MARITALS[n] for n in people.marital[at].tolist()],
        [_EDUCATIONS[n] for n in traits.education[at].tolist()],
        [_MEDICALS[n] for n in traits.medical[at].tolist()],
        [_INCOMES[n] for n in traits.incomes[at].tolist()],
        _supporters(part, names, phones),
        _statuses(part, [code for code, _ in hukou]),
        itertools.starmap(Ability, traits.ability[at].tolist()),
        traits.dementia[at].tolist(),
        traits.falls[at].tolist(),
        c.answer_seed[at].tolist(),
    )


def _own_phones(part: _Part) -> list[str]:
    c, at = part.columns, part.kept
    return [
        f"{PHONE_PREFIX}{tail:08d}" if has else ""
        for tail, has in zip(c.phone[at, 0].tolist(), c.traits.has_phone[at].tolist(), strict=True)
    ]


def _hukou(part: _Part) -> list[tuple[str, str]]:
    """Code and name of the place of registration of each person."""
    c, at = part.columns, part.kept
    villages = part.ground.villages
    places = [(v.code12, v.name) for v in villages]
    elsewhere = part.ground.elsewhere
    return [
        places[home] if kind == 0 else elsewhere[other] if kind == AWAY else places[other]
        for home, kind, other in zip(
            c.village[at].tolist(), c.hukou[at].tolist(), c.hukou_other[at].tolist(), strict=True
        )
    ]


def _supporters(part: _Part, names: list[str], phones: list[str]) -> list[tuple[Supporter, ...]]:
    """Children (a couple shares one tuple) and a spouse who is no member of the household."""
    c, at = part.columns, part.kept
    people = at.tolist()
    place = {person: n for n, person in enumerate(people)}
    flat, ends = _kin(part)
    made: dict[int, tuple[Supporter, ...]] = {}
    start = 0
    for person, family, host, end in zip(
        people, c.traits.family[at].tolist(), c.people.host[at].tolist(), ends, strict=True
    ):
        own = tuple(flat[start:end]) if family == person else made[family]
        start = end
        if host >= 0:
            child = _as_supporter(part, host, names[place[host]], phones[place[host]])
            own = (child, *own[1:])
        made[person] = own
    return list(made.values())


def _kin(part: _Part) -> tuple[list[Supporter], list[int]]:
    """All supporters of the part in one list, and where each person's end in it.

    Who reads theirs through somebody else (``family``) has none of their own here.
    """
    c, at = part.columns, part.kept
    kin = c.kin
    count = np.where(c.traits.family[at] == at, c.traits.children[at], 0)
    listed = np.arange(MAX_CHILDREN + 1) < count[:, None]
    listed[:, -1] = spouse_is_younger(c.people)[at]
    relation = 1 + kin.female[at]
    relation[:, -1] = 0
    surnames, given = part.ground.surname_tables.names, given_names().names
    flat = map(
        Supporter,
        [
            surnames[s] + given[g]
            for s, g in zip(
                kin.surname[at][listed].tolist(), kin.given[at][listed].tolist(), strict=True
            )
        ],
        [_RELATIONS[n] for n in relation[listed].tolist()],
        [f"{PHONE_PREFIX}{tail:08d}" for tail in c.phone[at, 1:][listed].tolist()],
        [_LIVES[n] for n in kin.lives[at][listed].tolist()],
    )
    return list(flat), np.cumsum(listed.sum(axis=1)).tolist()


def _as_supporter(part: _Part, host: int, name: str, phone: str) -> Supporter:
    """An elder child seen from the parent who lives with them."""
    relation = Relation.DAUGHTER if part.columns.people.female[host] else Relation.SON
    return Supporter(name, relation, phone, Lives.HOUSEHOLD)


def _statuses(part: _Part, hukou: list[str]) -> list[tuple[StatusDraft, ...]]:
    """Kind by kind; what belongs to a household has one document and term for all in it."""
    c, at = part.columns, part.kept
    found: list[tuple[StatusDraft, ...]] = [()] * len(at)
    for bit, rule in enumerate(RULES):
        holders = np.flatnonzero(c.traits.statuses[at] >> bit & 1)
        people = at[holders]
        drawn = c.people.household[people] if rule.household else people
        serials = part.household if rule.household else part.elder
        for n, grade, disability, when, lapse in zip(
            holders.tolist(),
            c.traits.grade[people].tolist(),
            c.traits.disability[people].tolist(),
            c.status_draws[drawn, bit, 0].tolist(),
            c.status_draws[drawn, bit, 1].tolist(),
            strict=True,
        ):
            bearer = Bearer(serials[n], hukou[n][:6], grade, disability)
            draft = status_draft(rule, bearer, part.calendar.on, when, lapse)
            found[n] = (*found[n], draft)
    return found


def _addresses(columns: Columns, ground: Ground, heads: list[int]) -> list[str]:
    found = []
    for village, living, (street, building, unit, floor, room) in zip(
        columns.village[heads].tolist(),
        columns.people.living[heads].tolist(),
        columns.door[heads].tolist(),
        strict=True,
    ):
        streets = ground.streets[village]
        where = streets[street * len(streets) // 1000]
        if living == INSTITUTION:
            found.append(f"{where}旁演示养老院{floor}0{room}室")
        elif ground.villages[village].urban:
            found.append(f"{where}{building}栋{unit}单元{floor}0{room}室")
        else:
            found.append(f"{where}{building * floor}号")
    return found
