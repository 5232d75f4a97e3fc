"""What a block of people is like: children, schooling, means, ability and statuses.

Everything that belongs to a household (children, 低保, 计划生育特殊家庭) is drawn once for
its first member and read through ``family``; a parent who lives with an elder child keeps
their own children.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heling.demo.people import (
    ALONE,
    CHILDREN,
    MARRIED,
    NEVER,
    PARENT,
    PARTNER,
    SPOUSE,
    People,
)
from heling.demo.profile import Bools, Floats, Ints, Table, curve, load

MAX_CHILDREN = 5
(DIBAO, DIBAO_MARGIN, TEKUN, YOUFU, JIANYIYONGWEI, JISHENG, DISABILITY, CHRONIC) = range(8)

_EMPLOYEE, _RESIDENT, _SELF, _PUBLIC, _ASSISTANCE = 1, 2, 4, 32, 64
_PENSION, _FROM_CHILDREN, _BENEFIT, _SAVINGS, _OTHER = 1, 2, 8, 16, 32
_HAS_SECONDARY, _COLLEGE = 3, 4


@dataclass(frozen=True, slots=True)
class Traits:
    """Columns beside :class:`People`. Masks are bits in the order of the words in ``codes``."""

    family: Ints  # index of the person whose children these are
    children: Ints
    education: Ints
    medical: Ints  # bit mask
    incomes: Ints  # bit mask
    has_phone: Bools
    ability: Ints  # (n, 3): body, mind, senses in thousandths
    dementia: Bools
    falls: Ints
    statuses: Ints  # bit mask
    grade: Ints  # disability grade 1-4, 0 without
    disability: Ints  # index of the kind of disability


def draw_traits(rng: np.random.Generator, people: People, urban: Bools, years: Ints) -> Traits:
    """Traits of the people of a block; ``urban`` and year of birth are given per person."""
    table = load("national")
    family = np.where(people.role == PARTNER, people.household, np.arange(len(people)))
    children = _children(rng, table["children"], people, urban, years)[family]
    children = np.where(people.living == CHILDREN, np.maximum(children, 1), children)
    jisheng, children = _jisheng(rng, table["status"], people, family, children, urban, years)
    ability = _ability(rng, table["ability"], people.age)
    education = _education(rng, table["education"], urban, years)
    grade, disability = _disabilities(rng, table["status"], ability)
    poor = _poverty(rng, table["status"], people, urban, children, grade > 0)
    employee, medical = _medical(rng, table["means"], urban, education, poor)
    return Traits(
        family=family,
        children=children,
        education=education,
        medical=medical,
        incomes=_incomes(rng, table["means"], employee, children, poor),
        has_phone=rng.random(len(people)) < curve(table["contact"]["phone"], people.age),
        ability=ability,
        dementia=(ability[:, 1] < 560) & (rng.random(len(people)) < 0.6),
        falls=rng.poisson(np.clip((900 - ability[:, 0]) / 2500, 0.004, 0.3)),
        statuses=poor
        | _bit(JISHENG, jisheng)
        | _bit(DISABILITY, grade > 0)
        | _personal(rng, table["status"], people, ability),
        grade=grade,
        disability=disability,
    )


def _bit(status: int, holds: Bools) -> Ints:
    return holds.astype(np.int64) << status


def _children(
    rng: np.random.Generator, table: Table, people: People, urban: Bools, years: Ints
) -> Ints:
    mean = np.where(urban, curve(table["mean_urban"], years), curve(table["mean_rural"], years))
    drawn = np.clip(1 + rng.poisson(np.maximum(mean - 1, 0.05)), 1, MAX_CHILDREN)
    none = (rng.random(len(people)) < table["childless"]) | (people.marital == NEVER)
    return np.where(none & (people.host < 0), 0, np.maximum(drawn, 1))


def _jisheng(
    rng: np.random.Generator,
    table: Table,
    people: People,
    family: Ints,
    children: Ints,
    urban: Bools,
    years: Ints,
) -> tuple[Bools, Ints]:
    """计划生育特殊家庭: the only child died (none is left) or is disabled (one is)."""
    share = np.where(urban, table["jisheng_urban"], table["jisheng_rural"])
    eligible = (
        (years >= table["jisheng_from"])
        & (children == 1)
        & (people.marital != NEVER)
        & (people.living != CHILDREN)
        & (people.role != PARENT)
    )
    struck = eligible & (rng.random(len(people)) < share)
    died = struck & (rng.random(len(people)) < table["jisheng_child_died"])
    struck, died = struck[family], died[family]
    return struck, np.where(died, 0, children)


def _education(rng: np.random.Generator, table: Table, urban: Bools, years: Ints) -> Ints:
    draw = rng.random(len(years))
    found = np.zeros(len(years), dtype=np.int64)
    for kind, mask in (("urban", urban), ("rural", ~urban)):
        rows = np.asarray(table[kind])
        row = np.searchsorted(rows[:, 0], years[mask], side="right") - 1
        bounds = np.cumsum(rows[:, 1:], axis=1)[np.maximum(row, 0)]
        found[mask] = np.minimum((draw[mask][:, None] >= bounds).sum(axis=1), 5)
    return found


def _ability(rng: np.random.Generator, table: Table, age: Ints) -> Ints:
    """(n, 3) thousandths that remain; losses are log-normal about their mean for the age."""
    spread = table["spread"]
    body = rng.standard_normal(len(age))
    columns = [(body, "body")]
    for name in ("mind", "senses"):
        tie = table[f"{name}_with_body"]
        own = rng.standard_normal(len(age))
        columns.append((tie * body + np.sqrt(1 - tie * tie) * own, name))
    left = [
        1000 - curve(table[name], age) * np.exp(spread * z - spread * spread / 2)
        for z, name in columns
    ]
    return np.asarray(np.clip(np.stack(left, axis=1), 0, 1000), dtype=np.int64)


def _share_below(rows: list[list[float]], remains: Ints) -> Floats:
    table = np.asarray(rows)
    row = np.searchsorted(table[:, 0], remains, side="right")
    return np.asarray(table[np.minimum(row, len(table) - 1), 1])


def _disabilities(rng: np.random.Generator, table: Table, ability: Ints) -> tuple[Ints, Ints]:
    """Grade (0 without a certificate) and kind: by what is lost most."""
    worst = ability.min(axis=1)
    certified = rng.random(len(worst)) < _share_below(table["disability"], worst)
    grade = 1 + np.searchsorted([250, 450, 680], worst, side="right")
    # codes.DisabilityKind: visual hearing speech physical intellectual mental multiple
    second = rng.random(len(worst)) < 0.5
    by_senses = np.where(second, 0, np.where(rng.random(len(worst)) < 0.93, 1, 2))
    kinds = np.stack([np.full(len(worst), 3), np.where(second, 4, 5), by_senses], axis=1)
    kind = kinds[np.arange(len(worst)), ability.argmin(axis=1)]
    several = (ability < 450).sum(axis=1) > 1
    return np.where(certified, grade, 0), np.where(several, 6, kind)


def _poverty(
    rng: np.random.Generator,
    table: Table,
    people: People,
    urban: Bools,
    children: Ints,
    disabled: Bools,
) -> Ints:
    """低保, 低保边缘 (by household) and 特困 (by person), never two of them."""
    n = len(people)
    tekun = (
        (children == 0)
        & (people.marital != MARRIED)
        & (people.host < 0)
        & (rng.random(n) < np.where(urban, table["tekun_urban"], table["tekun_rural"]))
    )
    any_disabled = np.bincount(people.household, disabled, n) > 0
    any_tekun = np.bincount(people.household, tekun, n) > 0
    alone = people.living == ALONE
    factor = np.where(alone, table["poor_if_alone"], 1.0) * np.where(
        any_disabled, table["poor_if_disabled"], 1.0
    )
    dibao = factor * np.where(urban, table["dibao_urban"], table["dibao_rural"])
    margin = factor * np.where(urban, table["dibao_margin_urban"], table["dibao_margin_rural"])
    draw = rng.random(n)
    free = ~any_tekun
    poor = _bit(DIBAO, free & (draw < dibao)) | _bit(
        DIBAO_MARGIN, free & (draw >= dibao) & (draw < dibao + margin)
    )
    return poor[people.household] | _bit(TEKUN, tekun)


def _personal(rng: np.random.Generator, table: Table, people: People, ability: Ints) -> Ints:
    """优抚, 见义勇为 and 重度慢性疾病: each belongs to the person."""
    n = len(people)
    youfu = np.where(people.female, table["youfu_women"], curve(table["youfu_men"], people.age))
    chronic = _share_below(table["chronic"], ability[:, 0]) + table["chronic_per_year"] * (
        people.age - 60
    )
    return (
        _bit(YOUFU, rng.random(n) < youfu)
        | _bit(JIANYIYONGWEI, rng.random(n) < table["jianyiyongwei"])
        | _bit(CHRONIC, rng.random(n) < chronic)
    )


def _medical(
    rng: np.random.Generator, table: Table, urban: Bools, education: Ints, poor: Ints
) -> tuple[Bools, Ints]:
    n = len(urban)
    share = np.where(urban, table["employee_urban"], table["employee_rural"])
    likely = np.where((education == _HAS_SECONDARY) | (education == _COLLEGE), 0.9, share)
    employee = (rng.random(n) < likely) & (poor == 0)
    public = employee & (education == _COLLEGE) & (rng.random(n) < table["public_medical"])
    nothing = ~employee & (poor == 0) & (rng.random(n) < table["self_paid"])
    paid = np.select([public, employee, nothing], [_PUBLIC, _EMPLOYEE, _SELF], _RESIDENT)
    return np.asarray(employee), np.asarray(paid | np.where(poor > 0, _ASSISTANCE, 0))


def _incomes(
    rng: np.random.Generator, table: Table, employee: Bools, children: Ints, poor: Ints
) -> Ints:
    n = len(employee)
    helped = ~employee & (children > 0) & (rng.random(n) < table["from_children"])
    saved = (poor == 0) & (rng.random(n) < table["savings"])
    return np.asarray(
        np.where(employee, _PENSION, _BENEFIT)
        | np.where(helped, _FROM_CHILDREN, 0)
        | np.where(saved, _SAVINGS, 0)
        | np.where(poor > 0, _OTHER, 0)
    )


def spouse_is_younger(people: People) -> Bools:
    """Who lives with a spouse that is no elder yet (and so is no member of the household)."""
    return np.asarray((people.living == SPOUSE) & (people.partner < 0))
