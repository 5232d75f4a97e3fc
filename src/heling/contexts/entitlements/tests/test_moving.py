"""After a move inside the city the new street has the whole history of the person, the street
left none of it. Row-level security is in force, as the application's role."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from heling.contexts.entitlements import actions, testing
from heling.contexts.entitlements.models import Application, Award, Line, Review
from heling.contexts.entitlements.queries.cases import elder_page
from heling.contexts.entitlements.queries.family import my_applications
from heling.contexts.entitlements.testing import CALL, INSURANCE, PLACE, TODAY
from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.registry import testing as elders
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound, Refused
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import scoped
from heling.platform.journal.testing import deliver_now

pytestmark = pytest.mark.usefixtures("db")
DAY = timedelta(days=1)
ON = date(2026, 11, 20)
NEXT_STREET, NEXT_COUNTY = "330203002001", "330205001001"
# Every table about an elder of entitlements and assessment, but for the lines of months.
TABLES = (
    "entitlements_application",
    "entitlements_award",
    "entitlements_decision",
    "entitlements_determination",
    "entitlements_due",
    "entitlements_entry",
    "entitlements_item",
    "entitlements_objection",
    "entitlements_review",
    "entitlements_statusrow",
    "assessment_answered",
    "assessment_assessment",
    "assessment_assessor",
    "assessment_transition",
)


@pytest.fixture
def office() -> testing.Office:
    return testing.office()


def counts(elder_id: int, by: Actor) -> dict[str, int]:
    """What row-level security shows of an elder, without a filter of ours."""
    shown = {}
    with scoped(by), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"select count(*) from {table} where elder_id = %s", [elder_id])  # noqa: S608
            shown[table] = cursor.fetchone()[0]
    return shown


def a_history(office: testing.Office) -> tuple[int, Application]:
    """An assessed elder with an award, and a case in publicity with an objection answered."""
    elder_id = testing.elder(name="王秀兰")
    testing.level(elder_id, 2)
    testing.granted(elder_id, INSURANCE, by=office)
    running = testing.published(elder_id, CALL, by=office)
    objection = actions.raise_objection(
        application_id=running.pk,
        objector="李邻居",
        contact="13800001111",
        content="他已经搬到外地和儿子同住",
        on=TODAY,
        by=office.clerk,
    )
    actions.resolve_objection(
        objection_id=objection.pk, upheld=False, reason="核实不属实", on=TODAY, by=office.other
    )
    return elder_id, running


@pytest.mark.parametrize("to", [NEXT_STREET, NEXT_COUNTY])
def test_the_new_street_sees_all_and_the_old_one_nothing(office: testing.Office, to: str) -> None:
    elder_id, _ = a_history(office)
    elders.moved(elder_id, to)
    deliver_now()
    connection.check_constraints()
    before = dict.fromkeys(TABLES, 0)
    assert counts(elder_id, office.street) == before
    now = counts(elder_id, testing.office(to).street)
    assert all(now.values()), now
    assert now == counts(elder_id, office.city)


def test_the_new_county_goes_on_with_a_case_from_what_the_old_one_signed(
    office: testing.Office,
) -> None:
    elder_id, running = a_history(office)
    elders.moved(elder_id, NEXT_COUNTY)
    deliver_now()
    there = testing.office(NEXT_COUNTY)
    with scoped(there.county):
        page = elder_page(elder_id, on=ON, by=there.county)
        assert {c.pk for c, *_ in page.cases} >= {running.pk}
        assert [a.grant for a in page.awards] == [INSURANCE]
        assert page.determinations
    client = Client()
    people.sign_in(client, people.official(RoleKey.COUNTY, NEXT_COUNTY[:6]))
    shown = client.get(reverse("entitlements_application", args=[running.pk]))
    assert shown.status_code == 200
    html = shown.content.decode()
    assert "初审" in html
    assert "复核" in html
    old = Client()
    people.sign_in(old, people.official(RoleKey.COUNTY, PLACE[:6]))
    url = reverse("entitlements_application", args=[running.pk])
    assert old.get(url).status_code == 404
    running.refresh_from_db()
    assert running.publicity_ends is not None
    with scoped(there.county):
        actions.decide(application_id=running.pk, on=running.publicity_ends + DAY, by=there.county)
    with scoped(office.county), pytest.raises(NotFound):
        actions.terminate(
            application_id=running.pk,
            ending="renounced",
            last_day=ON,
            reason="本人书面放弃",
            on=ON,
            by=office.county,
        )


def test_four_eyes_hold_across_a_move(office: testing.Office) -> None:
    """Who signed where the elder used to live is seen by the rule where the elder lives now."""
    elder_id = testing.elder()
    case = testing.applied(elder_id, by=office)
    actions.accept(application_id=case.pk, on=TODAY, by=office.street)
    actions.first_review(application_id=case.pk, verdict="pass", on=TODAY, by=office.street)
    elders.moved(elder_id, NEXT_STREET)
    there = testing.office(NEXT_STREET)
    with scoped(there.county):
        assert Review.objects.filter(application=case).count() == 1
        twice = Review.objects.get(application=case)
        twice.pk, twice.stage = None, "second"
        with pytest.raises(Refused, match="不能是同一人"), refusing():
            twice.save(force_insert=True)


def test_the_accounts_of_a_month_stay_where_they_were_drawn_up(office: testing.Office) -> None:
    elder_id = testing.elder()
    testing.granted(elder_id, by=office)
    cycle = actions.open_cycle(month="2026-11", on=date(2026, 12, 1), by=office.city)
    actions.close_cycle(cycle_id=cycle.pk, on=date(2026, 12, 1), by=office.city)
    elders.moved(elder_id, NEXT_COUNTY)
    with scoped(office.county):
        assert Line.objects.filter(elder_id=elder_id).count() == 1
        assert not Award.objects.filter(elder_id=elder_id).exists()
    with scoped(testing.office(NEXT_COUNTY).county):
        assert not Line.objects.filter(elder_id=elder_id).exists()
        assert Award.objects.get(elder_id=elder_id).code == NEXT_COUNTY


def test_the_family_notices_nothing(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.granted(elder_id, by=office)
    daughter = testing.family_of(elder_id)
    elders.moved(elder_id, NEXT_COUNTY)
    with scoped(daughter):
        (mine,) = my_applications(on=ON, by=daughter)
        assert (mine.id, len(mine.decisions)) == (case.pk, 1)
