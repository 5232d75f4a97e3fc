"""Margins of the population. Tolerances are several standard errors of 60,000 draws."""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

import pytest

from heling.demo import ElderDraft, HouseholdDraft, answers_for
from heling.demo.codes import Education, Living, Marital, Sex, StatusKind
from heling.demo.people import pyramid_cells
from heling.demo.profile import load
from heling.kernel.period import age_on

ON = date(2026, 11, 1)


def share(elders: Sequence[ElderDraft], test: Callable[[ElderDraft], bool]) -> float:
    return sum(map(test, elders)) / len(elders)


def aged(elders: Sequence[ElderDraft], first: int, last: int) -> list[ElderDraft]:
    return [e for e in elders if first <= age_on(e.birth, ON) <= last]


def women(elder: ElderDraft) -> bool:
    return elder.sex is Sex.FEMALE


def has(kind: StatusKind) -> Callable[[ElderDraft], bool]:
    return lambda elder: any(status.kind is kind for status in elder.statuses)


def test_the_pyramid_is_the_one_in_the_data(elders: list[ElderDraft]) -> None:
    for first, last, men, ladies in load("national")["pyramid"]:
        band = aged(elders, first, last)
        assert len(band) / len(elders) == pytest.approx((men + ladies) / 1000, abs=0.006)
        tolerance = 0.02 + 1.5 / len(band) ** 0.5
        assert share(band, women) == pytest.approx(ladies / (men + ladies), abs=tolerance)


def test_single_years_fall_without_steps() -> None:
    ages, female, bounds = pyramid_cells()
    weights = [b - a for a, b in zip([0.0, *bounds[:-1]], bounds, strict=True)]
    men = [w for w, f in zip(weights, female, strict=True) if not f]
    ladies = [w for w, f in zip(weights, female, strict=True) if f]
    assert len(ages) == 92
    assert all(later < 1.12 * earlier for side in (men, ladies)
               for earlier, later in itertools.pairwise(side))  # fmt: skip
    assert men[0] > 4 * men[25] > 20 * men[38]


def test_eighteen_in_a_hundred_are_eighty_or_older(elders: list[ElderDraft]) -> None:
    assert len(aged(elders, 80, 120)) / len(elders) == pytest.approx(0.18, abs=0.006)


def test_the_surplus_of_women_rises_with_age(elders: list[ElderDraft]) -> None:
    shares = [share(aged(elders, a, a + 9), women) for a in (60, 70, 80, 90)]
    assert shares == sorted(shares)
    assert shares[0] == pytest.approx(0.5, abs=0.02)
    assert shares[-1] > 0.62


def test_living_alone_and_widowhood_rise_with_age(elders: list[ElderDraft]) -> None:
    decades = [aged(elders, a, a + 9) for a in (60, 70, 80)]
    alone = [share(band, lambda e: e.living is Living.ALONE) for band in decades]
    assert alone[0] < alone[1] < alone[2]
    assert 0.08 < share(elders, lambda e: e.living is Living.ALONE) < 0.18
    for sex in Sex:
        widowed = [
            share([e for e in band if e.sex is sex], lambda e: e.marital is Marital.WIDOWED)
            for band in decades
        ]
        assert widowed == sorted(widowed)
    old = aged(elders, 80, 120)
    assert share([e for e in old if women(e)], lambda e: e.marital is Marital.WIDOWED) > 0.5
    assert share([e for e in old if not women(e)], lambda e: e.marital is Marital.WIDOWED) < 0.5


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (StatusKind.DIBAO, 0.015, 0.045),
        (StatusKind.DIBAO_MARGIN, 0.012, 0.045),
        (StatusKind.TEKUN, 0.002, 0.015),
        (StatusKind.YOUFU, 0.018, 0.035),
        (StatusKind.JIANYIYONGWEI, 0.0002, 0.0012),
        (StatusKind.JISHENG, 0.002, 0.015),
        (StatusKind.DISABILITY, 0.05, 0.12),
        (StatusKind.CHRONIC, 0.06, 0.14),
    ],
)
def test_shares_of_statuses(
    elders: list[ElderDraft], kind: StatusKind, low: float, high: float
) -> None:
    assert low < share(elders, has(kind)) < high


def test_statuses_hang_together(households: list[HouseholdDraft]) -> None:
    town = [e for h in households if h.urban for e in h.members]
    country = [e for h in households if not h.urban for e in h.members]
    elders = town + country
    dibao, disabled = has(StatusKind.DIBAO), has(StatusKind.DISABILITY)
    assert share(country, dibao) > 1.5 * share(town, dibao)
    alone = [e for e in country if e.living is Living.ALONE]
    assert share(alone, dibao) > 1.2 * share(country, dibao)
    assert share([e for e in elders if disabled(e)], dibao) > 1.5 * share(elders, dibao)
    men = [e for e in elders if not women(e)]
    assert share(men, has(StatusKind.YOUFU)) > 5 * share(
        [e for e in elders if women(e)], has(StatusKind.YOUFU)
    )
    weak = [e for e in elders if e.ability.body < 600]
    assert share(weak, has(StatusKind.CHRONIC)) > 2 * share(elders, has(StatusKind.CHRONIC))
    assert share(weak, disabled) > 2 * share(elders, disabled)


def test_schooling_and_means_follow_birth_and_place(households: list[HouseholdDraft]) -> None:
    town = [e for h in households if h.urban for e in h.members]
    country = [e for h in households if not h.urban for e in h.members]

    def unlettered(elder: ElderDraft) -> bool:
        return elder.education is Education.ILLITERATE

    for place in (town, country):
        assert share(aged(place, 85, 120), unlettered) > 2 * share(aged(place, 60, 69), unlettered)
    assert share(country, unlettered) > share(town, unlettered)
    assert share(town, lambda e: "employee" in e.medical or "public" in e.medical) > 0.5
    assert share(country, lambda e: "resident" in e.medical) > 0.6
    assert all(e.medical and e.incomes for e in town + country)


@pytest.mark.parametrize(
    ("prefix", "ethnicity", "expected"),
    [
        ("450103", "壮族", 0.50),
        ("450103", "汉族", 0.474),
        ("450181", "汉族", 0.625),
        ("330212", "汉族", 0.991),
        ("510104", "汉族", 0.925),
    ],
)
def test_ethnicities_are_those_of_the_region(
    elders: list[ElderDraft], prefix: str, ethnicity: str, expected: float
) -> None:
    here = [e for e in elders if e.residence_code.startswith(prefix)]
    assert share(here, lambda e: e.ethnicity == ethnicity) == pytest.approx(expected, abs=0.025)


def test_some_live_elsewhere_than_they_are_registered(households: list[HouseholdDraft]) -> None:
    town = [e for h in households if h.urban for e in h.members]
    country = [e for h in households if not h.urban for e in h.members]
    assert share(town, lambda e: e.hukou_code != e.residence_code) == pytest.approx(0.2, abs=0.02)
    assert share(country, lambda e: e.hukou_code != e.residence_code) < 0.07
    assert all(e.hukou_name and len(e.hukou_code) == 12 for e in town + country)


def test_levels_of_ability_are_plausible(elders: list[ElderDraft]) -> None:
    """Bands of GB/T 42195 over the sheets of 12,000 elders."""
    sample = elders[:12_000]
    totals = [sum(answers_for(e).values()) for e in sample]
    level = [sum(total <= top for top in (89, 65, 45, 29)) for total in totals]
    shares = Counter(level)
    assert 0.55 < shares[0] / len(sample) < 0.85
    assert 0.12 < shares[1] / len(sample) < 0.35
    assert 0.02 < (shares[2] + shares[3] + shares[4]) / len(sample) < 0.12
    assert all(shares[n] > 20 for n in range(5))
    means = []
    for first in (60, 70, 80, 90):
        band = [t for t, e in zip(totals, sample, strict=True)
                if first <= age_on(e.birth, ON) < first + 10]  # fmt: skip
        means.append(sum(band) / len(band))
    assert means == sorted(means, reverse=True)
