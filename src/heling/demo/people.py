"""A block of people: ages and sexes, who lives with whom, and in which household.

Marginal distributions stay exact because people are drawn first, one by one, from the
pyramid; couples and three-generation households are then formed by matching people of
the block, never by inventing a partner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from heling.demo.profile import Bools, Floats, Ints, Table, cumulative, curve, load, pick

FIRST_AGE, LAST_AGE = 60, 105
ELDER_CHILD_MAX_AGE = 66
"""A child who is an elder too is at most so old, so that a parent of 85 is 18 years older."""
PARENT_MIN_AGE = 85
_YEAR = 365.25

MARRIED, WIDOWED, DIVORCED, NEVER = range(4)
ALONE, SPOUSE, CHILDREN, PARENTS, SIBLINGS, RELATIVES, NON_RELATIVES, INSTITUTION = range(8)
HEAD, PARTNER, PARENT = range(3)


class Calendar:
    """Every day on which somebody aged 60 to 105 on ``on`` can have been born."""

    def __init__(self, on: date) -> None:
        self.on = on
        # last_birth[k]: ordinal of the latest birth of somebody aged at least 60 + k.
        ages = range(FIRST_AGE, LAST_AGE + 2)
        self.last_birth = np.asarray([_latest_birth(on, age) for age in ages], dtype=np.int64)
        self.first = int(self.last_birth[-1]) + 1
        self.days = int(self.last_birth[0]) - self.first + 1

    @cached_property
    def dates(self) -> tuple[date, ...]:
        return tuple(date.fromordinal(self.first + n) for n in range(self.days))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(f"{day:%Y%m%d}" for day in self.dates)

    @cached_property
    def years(self) -> Ints:
        return np.asarray([day.year for day in self.dates], dtype=np.int64)

    def birth_days(self, age: Ints, draw: Floats) -> Ints:
        """Index of a day of birth for each age, uniform over the year of that age."""
        low = self.last_birth[age - FIRST_AGE + 1] + 1
        high = self.last_birth[age - FIRST_AGE]
        return low + (draw * (high - low + 1)).astype(np.int64) - self.first


def _latest_birth(on: date, age: int) -> int:
    """Ordinal of the latest day of birth of somebody who has reached ``age`` on ``on``."""
    try:
        return on.replace(year=on.year - age).toordinal()
    except ValueError:  # 29 February; born on 1 March would still be a year younger
        return date(on.year - age, 2, 28).toordinal()


def pyramid_cells() -> tuple[Ints, Bools, Floats]:
    """Ages, sexes and drawing bounds of the single-year pyramid (two cells a year)."""
    bands = load("national")["pyramid"]
    ages = np.arange(FIRST_AGE, LAST_AGE + 1)
    cells = []
    for column in (2, 3):
        middles = [(band[0] + band[1]) / 2 for band in bands]
        density = [np.log(band[column] / (band[1] - band[0] + 1)) for band in bands]
        smooth = np.exp(np.interp(ages, middles, density))
        for first, last, *shares in bands:
            inside = (ages >= first) & (ages <= last)
            smooth[inside] *= shares[column - 2] / smooth[inside].sum()
        cells.append(smooth)
    return (
        np.tile(ages, 2),
        np.repeat(np.asarray([False, True]), len(ages)),
        cumulative(np.concatenate(cells).tolist()),
    )


@dataclass(frozen=True, slots=True)
class People:
    """``n`` people of a block. ``household`` is the index of the household's first member."""

    age: Ints
    female: Bools
    day: Ints  # index into Calendar
    marital: Ints
    living: Ints
    household: Ints
    role: Ints
    partner: Ints  # index of the spouse in the block, -1 without one there
    host: Ints  # index of the elder child somebody lives with, -1 without

    def __len__(self) -> int:
        return len(self.age)


def draw_people(
    rng: np.random.Generator,
    count: int,
    calendar: Calendar,
    cells: tuple[Ints, Bools, Floats],
) -> People:
    """``count`` people with their households; only ``rng`` and the tables decide."""
    table = load("national")
    chosen = pick(cells[2], rng.random(count))
    age, female = cells[0][chosen], cells[1][chosen]
    day = calendar.birth_days(age, rng.random(count))
    marital = _marital(table["marital"], age, female, rng.random(count))
    living = _living(table, age, marital, rng)
    partner = _couples(table["marital"]["wife_younger"], living, female, day, rng)
    household = np.arange(count)
    role = np.full(count, HEAD)
    wives = np.flatnonzero((partner >= 0) & female)
    household[wives], role[wives] = partner[wives], PARTNER
    host = _elder_children(table["living"], age, living, household, rng)
    guests = np.flatnonzero(host >= 0)
    household[guests], role[guests] = household[host[guests]], PARENT
    return People(age, female, day, marital, living, household, role, partner, host)


def _marital(table: Table, age: Ints, female: Bools, draw: Floats) -> Ints:
    married = np.where(female, curve(table["married_women"], age), curve(table["married_men"], age))
    never = np.where(female, curve(table["never_women"], age), curve(table["never_men"], age))
    divorced = curve(table["divorced"], age)
    return np.select(
        [draw < married, draw < married + never, draw < married + never + divorced],
        [MARRIED, NEVER, DIVORCED],
        WIDOWED,
    )


def _living(table: Table, age: Ints, marital: Ints, rng: np.random.Generator) -> Ints:
    """With whom each person lives, before elder children take in their parents."""
    words = table["living"]
    together = (marital == MARRIED) & (
        rng.random(len(age)) < curve(table["marital"]["together"], age)
    )
    alone = curve(words["alone"], age)
    bounds = np.cumsum(
        np.stack(
            [
                alone,
                curve(words["institution"], age),
                np.full(len(age), words["siblings"]),
                np.full(len(age), words["relatives"]),
                np.full(len(age), words["non_relatives"]),
            ],
            axis=1,
        ),
        axis=1,
    )
    kinds = np.asarray([ALONE, INSTITUTION, SIBLINGS, RELATIVES, NON_RELATIVES, CHILDREN])
    drawn = kinds[(rng.random(len(age))[:, None] >= bounds).sum(axis=1)]
    # Who never married mostly has no child to live with.
    drawn = np.where((marital == NEVER) & (drawn == CHILDREN), ALONE, drawn)
    return np.where(together, SPOUSE, drawn)


def _couples(
    wife_younger: tuple[float, float],
    living: Ints,
    female: Bools,
    day: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Match husbands and wives of the block by the age that the husband looked for.

    The oldest are matched first; who is left over has a spouse who is no elder yet.
    """
    partner = np.full(len(day), -1)
    husbands = np.flatnonzero((living == SPOUSE) & ~female)
    wives = np.flatnonzero((living == SPOUSE) & female)
    wanted = day[husbands] + rng.normal(*wife_younger, len(husbands)) * _YEAR
    pairs = min(len(husbands), len(wives))
    men = husbands[np.argsort(wanted, kind="stable")][:pairs]
    women = wives[np.argsort(day[wives], kind="stable")][:pairs]
    partner[men], partner[women] = women, men
    return partner


def _elder_children(
    table: Table, age: Ints, living: Ints, household: Ints, rng: np.random.Generator
) -> Ints:
    """Give some of the oldest who live with children a child who is an elder too.

    The hosts' ``living`` is changed in place: who took in a parent does not live alone.
    """
    host = np.full(len(age), -1)
    guests = np.flatnonzero(
        (age >= PARENT_MIN_AGE)
        & (living == CHILDREN)
        & (rng.random(len(age)) < table["with_elder_child"])
    )
    able = np.flatnonzero((age <= ELDER_CHILD_MAX_AGE) & (living != INSTITUTION))
    able = rng.permutation(able)
    _, firsts = np.unique(household[able], return_index=True)
    hosts = able[np.sort(firsts)][: len(guests)]
    guests = guests[: len(hosts)]
    host[guests] = hosts
    living[hosts] = np.where(living[hosts] == SPOUSE, SPOUSE, PARENTS)
    return host
