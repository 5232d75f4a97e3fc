"""One block of people as columns, in the order in which they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heling.demo.ground import Ground
from heling.demo.names import given_names
from heling.demo.numbers import IdIssuer, phone_tails
from heling.demo.people import CHILDREN, Calendar, People, draw_people
from heling.demo.profile import Bools, Floats, Ints, load, pick, pick_by_row
from heling.demo.traits import MAX_CHILDREN, Traits, draw_traits

HOUSEHOLD, COMMUNITY, CITY, ELSEWHERE = range(4)
SAME, OTHER, AWAY = range(3)

_CHILD_LATER = (22.0, 12.0)  # a parent's age at the birth of a child: from, and so many more
_SPOUSE_LATER = 6  # years by which a spouse who is no elder yet is younger


@dataclass(frozen=True, slots=True)
class Kin:
    """Children (n, MAX_CHILDREN) and, in the last column, a spouse who is no elder."""

    surname: Ints
    given: Ints
    female: Bools
    lives: Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """``n`` people; members of a household stand together, its first member first."""

    people: People  # with indexes of this order
    traits: Traits
    resident_id: list[str]
    surname: Ints
    given: Ints
    ethnicity: Ints
    village: Ints
    hukou: Ints  # SAME, OTHER, AWAY
    hukou_other: Ints  # a village (OTHER) or a place elsewhere (AWAY)
    kin: Kin
    phone: Ints  # (n, PHONE_SLOTS) last eight digits
    door: Ints  # (n, 5): street, building, unit, floor, room
    answer_seed: Ints
    status_draws: Floats  # (n, statuses, 2)


def draw_block(
    rng: np.random.Generator,
    block: tuple[int, int],
    ground: Ground,
    calendar: Calendar,
    cells: tuple[Ints, Bools, Floats],
    issuer: IdIssuer,
) -> Columns:
    """Block number ``block[0]`` of ``block[1]`` people. ``issuer`` must have seen all before."""
    number, n = block
    people = _in_order(draw_people(rng, n, calendar, cells), rng.random(n))
    village = pick(ground.bounds, rng.random(n))[people.household]
    urban, years = ground.urban[village], calendar.years[people.day]
    traits = draw_traits(rng, people, urban, years)
    ethnicity, surname = _identity(rng, ground, people, village)
    area = pick_by_row(ground.area_bounds, ground.county[village], rng.random(n))
    hukou, hukou_other = _hukou(rng, ground, people, village)
    return Columns(
        people=people,
        traits=traits,
        resident_id=issuer.issue(area, people.day, people.female),
        surname=surname,
        given=given_names().draw(years, people.female, rng.random(n)),
        ethnicity=ethnicity,
        village=village,
        hukou=hukou,
        hukou_other=hukou_other,
        kin=_kin(rng, ground, people, village, surname, years),
        phone=phone_tails(number * n, n),
        door=_doors(rng, n),
        answer_seed=rng.integers(0, 2**31, n),
        status_draws=rng.random((n, 8, 2)),
    )


def _in_order(people: People, key: Floats) -> People:
    """The same people with households shuffled and their members side by side."""
    order = np.lexsort((people.role, people.household, key[people.household]))
    place = np.empty(len(people), dtype=np.int64)
    place[order] = np.arange(len(people))

    def moved(index: Ints) -> Ints:
        """An index column: reordered, and pointing at the new places (-1 stays)."""
        return np.where(index[order] < 0, -1, place[index[order]])

    return People(
        age=people.age[order],
        female=people.female[order],
        day=people.day[order],
        marital=people.marital[order],
        living=people.living[order],
        household=moved(people.household),
        role=people.role[order],
        partner=moved(people.partner),
        host=moved(people.host),
    )


def _identity(
    rng: np.random.Generator, ground: Ground, people: People, village: Ints
) -> tuple[Ints, Ints]:
    """Ethnicity and surname; an elder child has both from the father in the household."""
    n = len(people)
    ethnicity = pick_by_row(ground.ethnicity_bounds, ground.ethnicity_group[village], rng.random(n))
    surname = ground.surname_tables.draw(ground.surname_group[village], ethnicity, rng.random(n))
    fathers = np.flatnonzero((people.host >= 0) & ~people.female)
    ethnicity[people.host[fathers]] = ethnicity[fathers]
    surname[people.host[fathers]] = surname[fathers]
    return ethnicity, surname


def _hukou(
    rng: np.random.Generator, ground: Ground, people: People, village: Ints
) -> tuple[Ints, Ints]:
    """Where the household is registered; a run with one village has no other one."""
    n = len(people)
    table = load("national")["residence"]
    same, other = np.where(
        ground.urban[village][:, None], table["urban"], table["rural"]
    ).T  # fmt: skip
    draw = rng.random(n)
    place = pick_by_row(ground.elsewhere_bounds, ground.elsewhere_group[village], rng.random(n))
    second = pick(ground.bounds, rng.random(n))
    kind = np.select([draw < same, draw < same + other], [SAME, OTHER], AWAY)
    kind = np.where((kind == OTHER) & (second == village), SAME, kind)
    where = np.where(kind == OTHER, second, place)
    return kind[people.household], where[people.household]


def _kin(
    rng: np.random.Generator,
    ground: Ground,
    people: People,
    village: Ints,
    surname: Ints,
    years: Ints,
) -> Kin:
    """Children carry their father's surname (a stranger's where the mother is alone)."""
    n, columns = len(people), MAX_CHILDREN + 1
    stranger = ground.surname_tables.draw(
        ground.surname_group[village], np.zeros(n, dtype=np.int64), rng.random(n)
    )
    surnames = np.repeat(np.where(people.female, stranger, surname)[:, None], columns, axis=1)
    surnames[:, -1] = stranger
    female = rng.random((n, columns)) < 0.485
    female[:, -1] = ~people.female
    born = years[:, None] + _CHILD_LATER[0] + rng.random((n, columns)) * _CHILD_LATER[1]
    born[:, -1] = years + _SPOUSE_LATER
    given = given_names().draw(
        born.astype(np.int64).ravel(), female.ravel(), rng.random(n * columns)
    )
    return Kin(surnames, given.reshape(n, columns), female, _lives(rng, ground, people, village))


def _lives(rng: np.random.Generator, ground: Ground, people: People, village: Ints) -> Ints:
    table = load("national")["children"]
    bounds = np.cumsum(
        np.where(ground.urban[village][:, None], table["near_urban"], table["near_rural"]), axis=1
    )
    draw = rng.random((len(people), MAX_CHILDREN + 1))
    lives: Ints = COMMUNITY + (draw[:, :, None] >= bounds[:, None, :]).sum(axis=2)
    lives[people.living == CHILDREN, 0] = HOUSEHOLD
    lives[:, -1] = HOUSEHOLD
    return lives


def _doors(rng: np.random.Generator, n: int) -> Ints:
    """Street (as thousandths), building, unit, floor and room of each household."""
    return rng.integers([0, 1, 1, 1, 1], [1000, 31, 4, 19, 5], (n, 5))
