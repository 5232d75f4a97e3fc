from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import OTHER_COUNTY, VILLAGE
from heling.contexts.registry.actions import record_death, update_elder
from heling.contexts.registry.domain.words import StatusKind
from heling.contexts.registry.public import FactPage, fact_pages, facts_of
from heling.contexts.registry.queries.bulk import LIVING
from heling.contexts.registry.queries.facts import WORDS
from heling.contexts.registry.queries.pages import elder_page
from heling.contexts.registry.testing import TODAY, actor, elder, status, supporter
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound

pytestmark = pytest.mark.usefixtures("db")


def city() -> Actor:
    return actor(RoleKey.CITY, VILLAGE[:4])


def facts(elder_id: int, on: date = TODAY) -> dict[str, object]:
    return {f.word: f.value for f in facts_of(elder_id, on=on, by=city())}


def test_only_what_is_known_is_a_fact() -> None:
    assert set(facts(elder(living=""))) == {"出生日期", "性别", "户籍地", "居住地"}


@pytest.mark.parametrize(
    ("living", "at_home", "alone"),
    [("alone", True, True), ("spouse", True, False), ("institution", False, False)],
)
def test_living_says_at_home_and_alone(living: str, at_home: bool, alone: bool) -> None:
    known = facts(elder(living=living))
    assert (known["居家"], known["独居"]) == (at_home, alone)


def test_support_has_three_words() -> None:
    none, near, away = elder(no_supporters=True), elder(), elder()
    supporter(near, absent=True)
    supporter(near, absent=False)
    supporter(away, absent=True)
    assert [facts(e)["赡养扶养人"] for e in (none, near, away)] == ["无", "在身边", "长期不在身边"]


def test_an_unverified_supporter_leaves_the_fact_out() -> None:
    open_, away, near = elder(), elder(), elder()
    for elder_id in (open_, away, near):
        supporter(elder_id, absent=None)
    supporter(away, absent=True)
    supporter(near, absent=False)
    assert [facts(e).get("赡养扶养人") for e in (open_, away, near)] == [None, None, "在身边"]


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
    ],
)
def test_a_status_is_a_fact_from_its_first_to_its_last_day(day: date, holds: bool) -> None:
    elder_id = elder()
    status(elder_id, starts=date(2025, 1, 1), ends=date(2025, 12, 31))
    assert ("低保" in facts(elder_id, day)) is holds


def test_the_family_shares_what_is_the_family_s_and_says_whose() -> None:
    one, two = elder(address="同一门1号"), elder(address="同一门1号")
    status_id = status(one, StatusKind.DIBAO)
    status(one, StatusKind.YOUFU)
    known = {f.word: f for f in facts_of(two, on=TODAY, by=city())}
    assert known["低保"].status_id == status_id
    assert "同户" in known["低保"].source
    assert "优抚" not in known


def test_tekun_in_an_institution_is_not_dispersed_support() -> None:
    home, away = elder(living="alone"), elder(living="institution")
    status(home, StatusKind.TEKUN)
    status(away, StatusKind.TEKUN)
    assert "分散特困供养" in facts(home)
    assert "分散特困供养" not in facts(away)


def test_strangers_learn_no_facts() -> None:
    with pytest.raises(NotFound):
        facts_of(elder(), on=TODAY, by=actor(RoleKey.COMMITTEE, OTHER_COUNTY))


def test_the_page_derives_high_age_alone() -> None:
    elder_id = elder(birth=date(1940, 1, 1), living="alone")
    by = city()
    assert elder_page(elder_id, on=TODAY, by=by).high_age_alone is None
    supporter(elder_id, absent=True)
    assert elder_page(elder_id, on=TODAY, by=by).high_age_alone is True
    supporter(elder_id, absent=None)
    assert elder_page(elder_id, on=TODAY, by=by).high_age_alone is None
    supporter(elder_id, absent=False)
    assert elder_page(elder_id, on=TODAY, by=by).high_age_alone is False


def a_crowd() -> list[int]:
    """Elders of every kind of known and unknown."""
    made = [
        elder(living=living, no_supporters=none, address=f"楼{n % 3}号", female=bool(n % 2))
        for n, (living, none) in enumerate(
            (living, none) for living in ("", *LIVING) for none in (False, True)
        )
    ]
    for n, kind in enumerate(StatusKind):
        status(made[n], kind)
    supporter(made[0], absent=True)
    supporter(made[2], absent=False)
    for at, others in ((4, []), (6, [True]), (8, [False]), (5, [])):
        for absent in (None, *others):
            supporter(made[at], absent=absent)
    status(made[9], StatusKind.CHRONIC, ends=date(2025, 6, 1))
    dead = elder(birth=date(1930, 1, 1))
    record_death(elder_id=dead, on=TODAY, source="演示", today=TODAY, by=actor(RoleKey.COMMITTEE))
    return made


def row_as_facts(page: FactPage, at: int) -> dict[str, object]:
    """One row of the columns, written with the words of :func:`facts_of`."""
    known: dict[str, object] = {
        "出生日期": page.birth[at].astype(object),
        "性别": "女" if page.female[at] else "男",
        "户籍地": f"{page.hukou_code[at]:012d}",
        "居住地": f"{page.code[at]:012d}",
    }
    if page.living[at] >= 0:
        known |= {"居家": bool(page.at_home[at]), "独居": bool(page.alone[at])}
    if page.support[at] >= 0:
        known["赡养扶养人"] = ("在身边", "长期不在身边", "无")[page.support[at]]
    known |= {WORDS[kind]: True for kind in StatusKind if page.has(kind)[at]}
    if page.grade[at]:
        known["残疾等级"] = int(page.grade[at])
    return known


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_columns_say_the_same_as_single_facts(size: int) -> None:
    expected = {e: facts(e) for e in a_crowd()}
    seen: dict[int, dict[str, object]] = {}
    for page in fact_pages(by=city(), on=TODAY, size=size):
        assert len(page) <= size
        assert (np.diff(page.elder_id) > 0).all()
        seen |= {int(page.elder_id[at]): row_as_facts(page, at) for at in range(len(page))}
    assert seen == expected


def test_columns_stay_in_the_territory() -> None:
    elder()
    elder(code=OTHER_COUNTY)
    pages = list(fact_pages(by=actor(RoleKey.COMMITTEE), on=TODAY))
    assert [len(p) for p in pages] == [1]


def test_a_changed_fact_is_changed_everywhere() -> None:
    elder_id = elder(living="alone")
    update_elder(
        elder_id=elder_id,
        version=1,
        changes={"living": "children"},
        today=TODAY,
        by=actor(RoleKey.COMMITTEE),
    )
    assert facts(elder_id)["独居"] is False
