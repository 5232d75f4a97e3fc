"""The demonstration city: everything that an official should find on the first morning."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook
from zeal import zeal_ignore

from heling.contexts.assessment import public as assessment
from heling.contexts.entitlements.demo import DemoOffice
from heling.contexts.entitlements.public import (
    Perm,
    count_tasks,
    demo_cases,
    entitlements_on,
    public_notices,
    verify_receipts,
)
from heling.contexts.identity.public import (
    RoleKey,
    demo_table,
    holders,
    permissions_of,
    representations_of,
)
from heling.contexts.places import public as places
from heling.contexts.places.testing import small_country
from heling.contexts.registry import public as registry
from heling.demo import ROSTER_COLUMNS
from heling.kernel.actor import Actor, system
from heling.kernel.errors import BadInput, Refused
from heling.kernel.identifiers import Territory
from heling.platform.journal.models import Entry
from heling.shell.audit import audit_city
from heling.shell.city import ensure_demonstration_city, write_roster
from heling.shell.city.ground import cities_with_packs, cities_with_people, prepare, villages
from heling.shell.city.layout import home_of, spread

BY = system("测试", Perm.VERIFY)


@pytest.fixture
def founded(db: None, settings: Any, tmp_path: Path) -> list[str]:
    """What was said while a small city was founded, with its files in ``tmp_path/demo``."""
    del db
    settings.CONFIG = type("Config", (), {"var": tmp_path})()
    said: list[str] = []
    with zeal_ignore():  # a command that walks cases one by one, not a page
        assert ensure_demonstration_city(elders=240, today=timezone.localdate(), say=said.append)
    return said


@pytest.mark.slow
def test_a_small_city_is_alive(founded: list[str], tmp_path: Path) -> None:
    today = timezone.localdate()
    with zeal_ignore():
        _everybody_lives_somewhere()
        for city in cities_with_people():
            office = DemoOffice.of(home_of(city).community, on=today)
            _desks_are_full(office, today)
            _the_family_reads_something(office, today)
        assert len(public_notices(on=today)) >= 2
        report = verify_receipts(by=BY)
        assert report.clean
        assert report.matching == report.checked > 40
        assert report.months_checked == len(cities_with_people())
        assert audit_city(None)["clean"] is True
    _assessments_are_spread(today)
    assert len(demo_table()) == 12 * len(cities_with_people())
    assert len(list((tmp_path / "demo").iterdir())) == 2 * len(cities_with_people())
    entries = Entry.objects.count()
    assert not ensure_demonstration_city(elders=240, today=today, say=founded.append)
    assert Entry.objects.count() == entries


def _everybody_lives_somewhere() -> None:
    cards = registry.elder_cards(registry.elder_ids_page(by=BY), by=BY).values()
    assert len(cards) == 240
    for city in set(cities_with_packs()) - set(cities_with_people()):
        assert places.below(city, level="村")
        assert places.body_of(city.prefix)
        assert not [c for c in cards if city.contains(Territory(c.code))]
    assert all(card.demo for card in cards)
    for city in cities_with_people():
        home = home_of(city)
        here = [c for c in cards if home.city.contains(Territory(c.code))]
        street = [c for c in here if home.street.contains(Territory(c.code))]
        assert 80 < len(here) < 160
        assert 0.3 < len(street) / len(here) < 0.7
        assert len({c.code[:6] for c in here}) > 4


def _desks_are_full(office: DemoOffice, today: date) -> None:
    for who in (office.clerk, office.street, office.county, office.other):
        assert count_tasks(who, on=today) > 0, who
    for assessor in holders(RoleKey.ASSESSOR, code=office.community.prefix, on=today):
        who = Actor(
            assessor.user_id,
            assessor.name,
            RoleKey.ASSESSOR,
            permissions_of(RoleKey.ASSESSOR),
            territory=Territory(office.community.prefix[:6]),
        )
        assert assessment.count_tasks(who, on=today) >= 3, who


def _the_family_reads_something(office: DemoOffice, today: date) -> None:
    cards = registry.elder_cards(registry.elder_ids_page(by=office.clerk), by=office.clerk)
    spoken_for = [i for i in cards if representations_of(i, by=office.clerk)]
    assert len(spoken_for) == 1
    assert len(representations_of(spoken_for[0], by=office.clerk)) == 2
    running = [e for i in cards for e in entitlements_on(i, on=today, by=office.clerk)]
    assert running


def _assessments_are_spread(today: date) -> None:
    known = list(assessment.due_between(first=date(2000, 1, 1), last=date(2100, 1, 1), by=BY))
    assert 40 < len(known) < 200
    assert any(fact.overdue(today) for _, fact in known)
    assert any(today <= fact.due <= today + timedelta(days=60) for _, fact in known)
    assert {fact.level for _, fact in known} >= {0, 1, 2}


@pytest.mark.django_db
def test_too_few_people_and_production_are_refused(settings: Any) -> None:
    with pytest.raises(BadInput, match="至少要 100 人"):
        ensure_demonstration_city(elders=99, today=date(2026, 11, 1), say=print)
    settings.DEMO = False
    with pytest.raises(Refused, match="正式环境"):
        ensure_demonstration_city(elders=240, today=date(2026, 11, 1), say=print)
    with pytest.raises(Refused, match="正式环境"):
        demo_cases(office=None, family_elder=1, elders=[], today=date(2026, 11, 1))  # type: ignore[arg-type]


@pytest.mark.django_db
def test_shares_of_a_city() -> None:
    small_country()
    city = Territory("9901")
    prepare([city], by=BY)
    home = home_of(city)
    listed = spread(home, villages([city]))
    shares = {v.code12: sum(x.code12 == v.code12 for x in listed) for v in listed}
    assert home.community == Territory("990103001001")
    assert shares["990103001001"] == 80
    assert shares["990103001002"] == 120
    assert shares["990103002001"] == 60
    assert shares["990105001001"] == 140


@pytest.mark.django_db
def test_rosters_are_written_for_any_division(tmp_path: Path) -> None:
    small_country()
    options: dict[str, Any] = {"divisions": ["990103001"], "seed": 5, "today": date(2026, 11, 1)}
    clean, dirty, csv = tmp_path / "a.xlsx", tmp_path / "b.XLSX", tmp_path / "c.csv"
    assert write_roster(clean, rows=30, dirty=False, **options) == 30
    assert write_roster(dirty, rows=60, dirty=True, **options) >= 60
    assert write_roster(csv, rows=30, dirty=False, **options) == 30
    lines = CalamineWorkbook.from_path(clean).get_sheet_by_index(0).to_python()
    assert tuple(lines[0]) == ROSTER_COLUMNS
    homes = {line[ROSTER_COLUMNS.index("居住村（社区）")] for line in lines[1:]}
    assert homes <= {p.full_name for p in places.below(Territory("990103001"), level="村")}
    for path, message in ((tmp_path / "a.txt", "结尾"), (tmp_path / "no" / "a.csv", "写不了")):
        with pytest.raises(BadInput, match=message):
            write_roster(path, rows=5, dirty=False, **options)


@pytest.mark.django_db
def test_an_audit_of_an_unknown_city_is_refused() -> None:
    assert audit_city(None)["determinations"]["checked"] == 0
    with pytest.raises(BadInput, match="没有区划"):
        audit_city("110100")
