"""A month that is sealed does not move, whatever happens to the registry afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction

from heling.contexts.entitlements import actions, testing
from heling.contexts.entitlements.domain.states import Ending
from heling.contexts.entitlements.handlers import BY
from heling.contexts.entitlements.models import Award, Cycle, Line
from heling.contexts.entitlements.queries.months import cycle_page
from heling.contexts.entitlements.testing import CALL, INSURANCE
from heling.contexts.entitlements.verifying import verify_receipts
from heling.contexts.registry.public import StatusKind
from heling.kernel.errors import Forbidden, NotFound, Refused

pytestmark = pytest.mark.usefixtures("db")
DECEMBER = date(2026, 12, 1)
DAY = timedelta(days=1)


@pytest.fixture
def office() -> testing.Office:
    return testing.office()


def drawn(office: testing.Office, month: str = "2026-11") -> Cycle:
    cycle = actions.open_cycle(month=month, on=DECEMBER, by=office.city)
    actions.draw_cycle(cycle_id=cycle.pk, by=office.city)
    return cycle


def frozen(cycle: Cycle) -> list[dict[str, Any]]:
    return list(Line.objects.filter(cycle=cycle).order_by("pk").values())


def test_a_sealed_month_does_not_move(office: testing.Office) -> None:
    elder_id = testing.elder()
    testing.granted(elder_id, INSURANCE, CALL, by=office)
    cycle = drawn(office)
    actions.close_cycle(cycle_id=cycle.pk, on=DECEMBER, by=office.city)
    before = frozen(cycle)
    assert [(r["grant"], r["starts"], r["ends"]) for r in before] == [
        (INSURANCE, date(2026, 11, 10), date(2026, 11, 30)),
        (CALL, date(2026, 11, 10), date(2026, 11, 30)),
    ]

    # Everything about the elder changes, and the elder turns out to have died in the month.
    testing.status(elder_id, StatusKind.DIBAO)
    elder = apps.get_model("registry", "Elder").objects.filter(pk=elder_id)
    elder.update(name="改名换姓", birth=date(1966, 1, 1))
    actions.terminate_all(
        elder_id=elder_id, ending=Ending.DEATH, last_day=date(2026, 11, 15), on=DECEMBER, by=BY
    )
    assert frozen(cycle) == before
    cycle.refresh_from_db()
    assert cycle.size == 2
    with pytest.raises(Refused, match="已经封存"):
        actions.draw_cycle(cycle_id=cycle.pk, by=office.city)
    assert verify_receipts(by=office.city).clean


@pytest.mark.parametrize("attack", ["insert", "update", "delete", "reopen", "resize", "drop"])
def test_the_database_itself_refuses_to_touch_it(office: testing.Office, attack: str) -> None:
    testing.granted(testing.elder(), by=office)
    cycle = drawn(office)
    actions.close_cycle(cycle_id=cycle.pk, on=DECEMBER, by=office.city)
    line = Line.objects.get()
    later = testing.granted(testing.elder(), by=office).awards.get()
    line.pk, line.award = None, later
    attacks: dict[str, Callable[[], Any]] = {
        "insert": lambda: line.save(force_insert=True),
        "update": lambda: Line.objects.update(amount=99),
        "delete": lambda: Line.objects.all().delete(),
        "reopen": lambda: Cycle.objects.update(state="open"),
        "resize": lambda: Cycle.objects.update(size=0),
        "drop": lambda: Cycle.objects.all()._raw_delete("default"),
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        attacks[attack]()
    assert Line.objects.count() == 1


def test_an_open_month_is_drawn_anew(office: testing.Office) -> None:
    case = testing.granted(testing.elder(), by=office)
    cycle = drawn(office)
    last = date(2026, 11, 20)
    actions.terminate(
        application_id=case.pk,
        ending=Ending.RENOUNCED,
        last_day=last,
        reason="本人书面放弃",
        on=DECEMBER,
        by=office.county,
    )
    assert Line.objects.get(cycle=cycle).ends == date(2026, 11, 30)
    actions.draw_cycle(cycle_id=cycle.pk, by=office.city)
    assert Line.objects.get(cycle=cycle).ends == last


@pytest.mark.parametrize(("month", "lines"), [("2026-10", 0), ("2026-11", 1), ("2026-12", 0)])
def test_an_award_counts_in_the_months_it_touches(
    office: testing.Office, month: str, lines: int
) -> None:
    case = testing.granted(testing.elder(), by=office)
    award = Award.objects.get(application=case)
    actions.terminate(
        application_id=case.pk,
        ending=Ending.RENOUNCED,
        last_day=date(2026, 11, 30),
        reason="本人书面放弃",
        on=DECEMBER,
        by=office.county,
    )
    assert award.starts == date(2026, 11, 10)
    assert frozen(drawn(office, month)) == [] or lines
    assert Line.objects.count() == lines


def test_an_award_that_never_began_counts_nowhere(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.granted(elder_id, by=office)
    start = Award.objects.get(application=case).starts
    actions.terminate_all(
        elder_id=elder_id, ending=Ending.DEATH, last_day=start - 3 * DAY, on=DECEMBER, by=BY
    )
    assert drawn(office) and not Line.objects.exists()  # noqa: PT018


def test_who_may_and_when(office: testing.Office) -> None:
    with pytest.raises(Forbidden):
        actions.open_cycle(month="2026-11", on=DECEMBER, by=office.county)
    with pytest.raises(Refused, match="还没有开始"):
        actions.open_cycle(month="2027-01", on=DECEMBER, by=office.city)
    cycle = drawn(office)
    with pytest.raises(Refused, match="已经编制"):
        actions.open_cycle(month="2026-11", on=DECEMBER, by=office.city)
    with pytest.raises(Refused, match="还没有结束"):
        actions.close_cycle(cycle_id=cycle.pk, on=date(2026, 11, 30), by=office.city)
    nanning = testing.office("450103001001").city
    with pytest.raises(NotFound):
        actions.close_cycle(cycle_id=cycle.pk, on=DECEMBER, by=nanning)
    actions.close_cycle(cycle_id=cycle.pk, on=DECEMBER, by=office.city)
    with pytest.raises(Refused, match="现在是“已封存”"):
        actions.close_cycle(cycle_id=cycle.pk, on=DECEMBER, by=office.city)


def test_totals(office: testing.Office) -> None:
    for _ in range(2):
        testing.granted(testing.elder(), INSURANCE, CALL, by=office)
    page = cycle_page(drawn(office).pk, on=DECEMBER, by=office.city)
    assert [(t.elders, t.awards) for t in page.totals] == [(2, 2), (2, 2)]
    assert page.may_close
    assert not cycle_page(page.cycle.pk, on=date(2026, 11, 30), by=office.city).may_close
