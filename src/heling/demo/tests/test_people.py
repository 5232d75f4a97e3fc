"""Households and persons hang together: who lives with whom, whose children, which papers."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from heling.demo import ElderDraft, HouseholdDraft, VillageRef, generate
from heling.demo.codes import Lives, Living, Marital, Relation, Role, Sex, StatusKind
from heling.demo.people import Calendar
from heling.kernel.period import age_on

ON = date(2026, 11, 1)
POOR = {StatusKind.DIBAO, StatusKind.DIBAO_MARGIN, StatusKind.TEKUN}


def kinds(elder: ElderDraft) -> set[StatusKind]:
    return {status.kind for status in elder.statuses}


def test_a_household_has_one_door_and_its_first_member_first(
    households: list[HouseholdDraft], villages: list[VillageRef]
) -> None:
    known = {village.code12: village for village in villages}
    for household in households:
        village = known[household.village_code]
        assert (household.village_name, household.urban) == (village.name, village.urban)
        assert household.members[0].role is Role.HEAD
        assert all(m.role is not Role.HEAD for m in household.members[1:])
        assert {m.residence_code for m in household.members} == {household.village_code}
        assert household.address
    assert {len(h.members) for h in households} == {1, 2, 3}


def test_addresses_look_like_the_place(households: list[HouseholdDraft]) -> None:
    urban = re.compile(r".+[路街]\d+号.+\d+栋\d单元\d+0\d室")
    rural = re.compile(r".+\d+号")
    for household in households[:5000]:
        if "演示养老院" not in household.address:
            pattern = urban if household.urban else rural
            assert pattern.fullmatch(household.address), household.address
    hamlets = {h.address for h in households if h.village_code[:4] == "4501" and not h.urban}
    assert any("屯" in address for address in hamlets)


def test_couples_are_married_and_of_two_sexes(households: list[HouseholdDraft]) -> None:
    gaps = []
    for household in households:
        head = household.members[0]
        for spouse in household.members[1:]:
            if spouse.role is Role.SPOUSE:
                assert (head.sex, spouse.sex) == (Sex.MALE, Sex.FEMALE)
                assert head.marital is spouse.marital is Marital.MARRIED
                assert head.living is spouse.living is Living.SPOUSE
                assert head.supporters == spouse.supporters
                gaps.append((spouse.birth - head.birth).days / 365.25)
    gaps.sort()
    assert len(gaps) > 10_000
    assert 0 < gaps[len(gaps) // 2] < 5  # the wife is a little younger
    assert gaps[len(gaps) // 50] > -8
    assert gaps[-len(gaps) // 50] < 14


def test_elder_children_are_young_enough_and_are_the_first_supporter(
    households: list[HouseholdDraft],
) -> None:
    found = 0
    for household in households:
        for parent in household.members:
            if parent.role is not Role.PARENT:
                continue
            found += 1
            first = parent.supporters[0]
            (child,) = [m for m in household.members if m.name == first.name and m is not parent][
                :1
            ]
            assert first.lives is Lives.HOUSEHOLD
            assert first.phone == child.phone
            assert age_on(parent.birth, child.birth) >= 18
            assert child.living in (Living.SPOUSE, Living.PARENTS)
            if parent.sex is Sex.MALE:
                assert (child.name[0], child.ethnicity) == (parent.name[0], parent.ethnicity)
    assert found > 100


def test_living_situation_agrees_with_household_and_supporters(
    households: list[HouseholdDraft],
) -> None:
    for household in households:
        for elder in household.members:
            at_home = [s for s in elder.supporters if s.lives is Lives.HOUSEHOLD]
            if elder.living is Living.ALONE:
                assert not at_home
                assert len(household.members) == 1
            if elder.living is Living.CHILDREN:
                assert at_home
            if elder.living is Living.SPOUSE:
                assert elder.marital is Marital.MARRIED
                elders_together = sum(m.role is not Role.PARENT for m in household.members) == 2
                spouse_listed = any(s.relation is Relation.SPOUSE for s in elder.supporters)
                assert elders_together != spouse_listed
            if elder.living is Living.PARENTS:
                assert any(m.role is Role.PARENT for m in household.members)
            if elder.living is Living.INSTITUTION:
                assert "演示养老院" in household.address


def test_names_are_chinese_and_their_pinyin_has_as_many_syllables(
    elders: list[ElderDraft],
) -> None:
    for elder in elders[:20_000]:
        assert re.fullmatch(r"[\u4e00-\u9fff]{2,3}", elder.name)
        assert re.fullmatch(r"[a-z]+( [a-z]+){1,2}", elder.pinyin)
        assert len(elder.pinyin.split()) == len(elder.name)
    readings = {e.name[0]: e.pinyin.split()[0] for e in elders}
    assert (readings["覃"], readings["韦"], readings["曾"]) == ("qin", "wei", "zeng")
    assert len({e.name for e in elders}) > 20_000


def test_ages_stay_between_sixty_and_a_hundred_and_five(elders: list[ElderDraft]) -> None:
    ages = {age_on(elder.birth, ON) for elder in elders}
    assert min(ages) == 60
    assert 100 <= max(ages) <= 105


@pytest.mark.parametrize(
    "on", [date(2028, 2, 29), date(2026, 2, 28), date(2026, 3, 1), date(2026, 12, 31)]
)
def test_the_calendar_holds_exactly_the_days_of_those_ages(on: date) -> None:
    days = Calendar(on).dates
    assert len(days) == (days[-1] - days[0]).days + 1
    assert age_on(days[-1], on) == 60
    assert age_on(days[-1] + timedelta(days=1), on) == 59
    assert age_on(days[0], on) == 105
    assert age_on(days[0] - timedelta(days=1), on) == 106


def test_every_status_has_its_provenance(elders: list[ElderDraft]) -> None:
    certifiers = defaultdict(set)
    for elder in elders:
        for status in elder.statuses:
            certifiers[status.kind].add(status.certifier)
            assert status.document.startswith("演示-")
            assert elder.birth < status.since < ON
            assert status.until is None or status.until > status.since
            assert status.certifier_code == elder.hukou_code[:6]
            graded = status.kind is StatusKind.DISABILITY
            assert (1 <= status.grade <= 4) is graded
            assert (status.disability is not None) is graded
        assert len(kinds(elder)) == len(elder.statuses)
    assert set(certifiers) == set(StatusKind)
    assert all(len(found) == 1 for found in certifiers.values())


def test_terms_run_out_now_and_then(elders: list[ElderDraft]) -> None:
    terms = [s.until for e in elders for s in e.statuses if s.until is not None]
    lapsed = sum(until < ON for until in terms) / len(terms)
    assert 0.002 < lapsed < 0.03


def test_document_numbers_are_shared_only_inside_a_household(
    households: list[HouseholdDraft],
) -> None:
    homes = defaultdict(set)
    for household in households:
        for elder in household.members:
            for status in elder.statuses:
                homes[status.document].add(household.serial)
    assert all(len(found) == 1 for found in homes.values())


def test_poverty_is_one_of_three_and_belongs_to_the_household(
    households: list[HouseholdDraft],
) -> None:
    for household in households:
        found = [kinds(m) & POOR for m in household.members]
        assert all(len(poor) <= 1 for poor in found)
        shared = [poor for poor in found if StatusKind.TEKUN not in poor]
        assert all(poor == shared[0] for poor in shared)
        for elder in household.members:
            if StatusKind.TEKUN in kinds(elder):
                assert not elder.supporters
                assert elder.marital is not Marital.MARRIED


def test_jisheng_families_lost_their_only_child_or_care_for_it(elders: list[ElderDraft]) -> None:
    struck = [e for e in elders if StatusKind.JISHENG in kinds(e)]
    children = Counter(
        sum(s.relation is not Relation.SPOUSE for s in elder.supporters) for elder in struck
    )
    assert set(children) == {0, 1}
    assert all(elder.birth.year >= 1935 for elder in struck)


def test_everything_is_marked(households: list[HouseholdDraft]) -> None:
    assert all(h.demo for h in households)
    assert all(e.demo for h in households for e in h.members)
    assert all(s.demo for h in households for e in h.members for s in e.statuses)


def test_a_draft_cannot_be_changed(villages: list[VillageRef]) -> None:
    (household,) = generate(seed=1, elders=1, villages=villages, on=ON)
    with pytest.raises(AttributeError):
        household.members[0].name = "某人"  # type: ignore[misc]
