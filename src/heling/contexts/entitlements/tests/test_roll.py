"""应享名册: everybody as one by one, each situation once, and only what changed is written."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heling.contexts.entitlements import law, roll, testing
from heling.contexts.entitlements.domain.objections import Cause
from heling.contexts.entitlements.domain.standing import outcome_of
from heling.contexts.entitlements.models import Due, Explanation, RollRow, Situation
from heling.contexts.entitlements.queries import roll as queries
from heling.contexts.entitlements.queries.roll import (
    Said,
    having,
    rights_of,
    roll_page,
    row_page,
    rows,
)
from heling.contexts.entitlements.testing import HOURS, INSURANCE, PLACE, TODAY
from heling.contexts.entitlements.tests.test_candidates import people_of_all_kinds
from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.lawbook import testing as lawbook
from heling.contexts.registry import testing as elders
from heling.contexts.registry.public import StatusKind
from heling.engines.law.codec import load_grant
from heling.kernel.actor import system
from heling.kernel.errors import Conflict, Forbidden, NotFound, Refused
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import scoped
from heling.platform.testing.at_once import together

DAY = timedelta(days=1)


@pytest.fixture
def office(db: None, tmp_path: Path, settings: Any) -> testing.Office:
    settings.FILES_ROOT = tmp_path
    return testing.office()


def test_the_roll_says_what_a_determination_says(office: testing.Office) -> None:
    ids = people_of_all_kinds()
    made = roll.draw(on=TODAY, by=office.city)
    assert (made.people, made.changed, made.gone) == (len(ids), len(ids), 0)
    for elder_id in ids:
        page = row_page(elder_id, by=office.clerk)
        one = law.determine(elder_id, on=TODAY, by=office.city).determination
        # What would change it is asked about one person, not about a city.
        alone = tuple(dataclasses.replace(g, would_change=()) for g in one.grants)
        assert page.grants == alone


def test_people_in_one_situation_share_it(office: testing.Office) -> None:
    twins = [testing.elder(), testing.elder(date(1939, 3, 1))]
    other = testing.elder(date(1960, 5, 1))
    roll.draw(on=TODAY, by=office.city)
    of = dict(RollRow.objects.values_list("elder_id", "situation"))
    assert of[twins[0]] == of[twins[1]] != of[other]
    assert Situation.objects.count() == 2
    said = [row_page(e, by=office.clerk) for e in twins]
    assert said[0].alike == 2
    texts = [str(page.grants) for page in said]
    assert "年龄86周岁" in texts[0]
    assert "年龄87周岁" in texts[1]


def test_a_day_on_which_nothing_happens_writes_nothing(office: testing.Office) -> None:
    testing.elder()
    roll.draw(on=TODAY, by=office.city)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        again = roll.draw(on=TODAY + DAY, by=office.city)
    assert (again.changed, again.gone) == (0, 0)
    written = [q["sql"] for q in asked if "entitlements_rollrow" in q["sql"]]
    assert not [sql for sql in written if sql.lstrip().lower().startswith(("insert", "delete"))]
    assert RollRow.objects.get().since == TODAY


def test_only_what_changed_is_written(office: testing.Office) -> None:
    poor, still, gone = testing.elder(date(1960, 5, 1)), testing.elder(), testing.elder()
    eighty = testing.elder(date(1946, 11, 3))  # tomorrow
    roll.draw(on=TODAY, by=office.city)
    testing.status(poor, StatusKind.DIBAO)
    elders.died(gone, on=TODAY)
    new = testing.elder()
    made = roll.draw(on=TODAY + DAY, by=office.city)
    assert (made.people, made.changed, made.gone) == (4, 3, 1)
    since = dict(RollRow.objects.values_list("elder_id", "since"))
    assert since == {poor: TODAY + DAY, eighty: TODAY + DAY, new: TODAY + DAY, still: TODAY}


def test_other_rules_ask_again_about_those_whom_they_concern(office: testing.Office) -> None:
    """More hours for the disabled: their cases are determined again, nobody else's."""
    disabled, insured = testing.elder(date(1960, 5, 1)), testing.elder()
    testing.status(disabled, StatusKind.DIBAO)
    testing.level(disabled, 3)
    testing.applied(disabled, HOURS, by=office)
    testing.applied(insured, INSURANCE, by=office)
    roll.draw(on=TODAY, by=office.city)
    roll.draw(on=TODAY + DAY, by=office.city)
    assert not Due.objects.filter(cause=Cause.LAW).exists()
    lawbook.published(effective_from=TODAY)
    for _ in range(2):
        roll.draw(on=TODAY + DAY, by=office.city)
        due = Due.objects.get(cause=Cause.LAW)
        assert (due.elder_id, due.since, due.done_at) == (disabled, TODAY + DAY, None)


def test_rows_follow_a_move_at_once(office: testing.Office) -> None:
    elder_id = testing.elder()
    roll.draw(on=TODAY, by=office.city)
    elders.moved(elder_id, "330203002001")
    assert RollRow.objects.get().code == "330203002001"
    with pytest.raises(NotFound):
        row_page(elder_id, by=office.clerk)


def test_every_number_opens_its_people(
    office: testing.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    people_of_all_kinds()
    testing.elder(place="330205001001")
    testing.granted(testing.elder(), INSURANCE, by=office)
    lost = testing.elder()
    testing.granted(lost, INSURANCE, by=office)
    today = TODAY + 30 * DAY
    monkeypatch.setattr(queries, "timezone", SimpleNamespace(localdate=lambda: today))
    with connection.cursor() as cursor:
        cursor.execute("update registry_elder set living = 'institution' where id = %s", [lost])
    roll.draw(on=today, by=office.city)
    for by in (office.city, office.county):
        page = roll_page(on=today, by=by)
        for right in page.rights:
            for label, wanted, number in right.cells:
                assert having(rows(by), wanted).count() == number, (label, wanted)
            said = right.people
            assert page.people == sum(
                said[s] for s in (Said.GRANTED, Said.OPEN, Said.PENDING, Said.DENIED)
            )
    (insured,) = [r for r in page.rights if r.grant == INSURANCE]
    assert (insured.people[Said.ENJOYING], insured.people[Said.LAPSED]) == (2, 1)
    assert insured.people[Said.UNCLAIMED] == insured.people[Said.GRANTED] - 1
    assert page.people < RollRow.objects.count()
    assert {v for v, _ in rights_of(office.street)} == {
        wanted for right in page.rights for _, wanted, _ in right.cells
    }


def test_outcomes_are_those_that_an_office_may_act_on(office: testing.Office) -> None:
    people_of_all_kinds()
    roll.draw(on=TODAY, by=office.city)
    for row in Explanation.objects.all():
        assert outcome_of(load_grant(row.law)) == row.outcome


def test_only_a_city_and_only_with_elders(office: testing.Office) -> None:
    with pytest.raises(Forbidden):
        roll.draw(on=TODAY, by=office.county)
    with pytest.raises(Refused, match="还没有在册的老年人"):
        roll.draw(on=TODAY, by=office.city)
    assert roll_page(on=TODAY, by=office.street).latest is None
    with pytest.raises(NotFound, match="不在应享名册"):
        row_page(testing.elder(), by=office.clerk)


def test_what_was_explained_is_never_changed(office: testing.Office) -> None:
    testing.elder()
    roll.draw(on=TODAY, by=office.city)
    for rows_ in (Explanation.objects.all(), Situation.objects.all()):
        with pytest.raises(Exception, match="permission denied"), refusing():
            rows_.update(city="450100")


def test_two_at_once(own_database: None, tmp_path: Path, settings: Any) -> None:
    settings.FILES_ROOT = tmp_path
    with scoped(system("测试")):
        office = testing.office()
        for _ in range(3):
            testing.elder(place=PLACE)
    results = together(*[lambda: roll.draw(on=TODAY, by=office.city)] * 2)
    done = [r for r in results if not isinstance(r, Exception)]
    assert done
    assert all(isinstance(r, Conflict) for r in results if isinstance(r, Exception))
    with scoped(system("测试")):
        assert RollRow.objects.count() == 3


def look(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def signed_in(role: RoleKey, place: str) -> Client:
    client = Client()
    people.sign_in(client, people.official(role, place))
    return client


def test_the_pages(office: testing.Office) -> None:
    street, city = signed_in(RoleKey.STREET, PLACE[:9]), signed_in(RoleKey.CITY, PLACE[:4])
    assert "还没有应享名册" in look(street, "entitlements_roll")
    elder_id = testing.elder()
    roll.draw(on=TODAY, by=office.city)
    page = look(street, "entitlements_roll")
    assert f"?right={quote(f'{INSURANCE}.granted')}" in page
    row = reverse("entitlements_roll_row", args=[elder_id])
    assert row in look(street, "entitlements_roll_list", right=f"{INSURANCE}.granted")
    assert row not in look(street, "entitlements_roll_list", right=f"{INSURANCE}.denied")
    assert "年龄86周岁" in look(street, "entitlements_roll_row", elder_id)
    assert "现在更新" not in page
    assert "现在更新" in look(city, "entitlements_roll")
    assert street.post(reverse("entitlements_roll")).status_code == 403
    begun = city.post(reverse("entitlements_roll"))
    assert begun.status_code == 302
    assert "/jobs/" in begun["Location"]
