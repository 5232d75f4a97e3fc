"""按户享受: one device behind one door, however many elders live there (Ningbo 22(1)(3))."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from heling.contexts.entitlements import actions, handlers, testing
from heling.contexts.entitlements.jobs import discover_candidates
from heling.contexts.entitlements.models import Application, Candidate, Item
from heling.contexts.entitlements.testing import CALL, INSURANCE, TODAY
from heling.contexts.registry import testing as elders
from heling.contexts.registry.public import elder_card
from heling.kernel.actor import Actor, system
from heling.kernel.errors import Refused
from heling.platform.access.scope import scoped
from heling.platform.jobs.models import Run
from heling.platform.jobs.work import Progress
from heling.platform.journal.testing import deliver_now
from heling.platform.testing.at_once import together, within

DOOR = "演示路一号301室"
DIED, BACK = date(2026, 11, 18), date(2026, 11, 20)


def door_of(elder_id: int) -> int:
    return elder_card(elder_id, by=testing.office().clerk).household_id


def run(by: Actor) -> int:
    progress = Progress(Run.objects.create(job="x", title="x", actor={}).pk)
    return discover_candidates(progress, by, on=TODAY.isoformat())["found"]


@pytest.fixture
def office(db: None) -> testing.Office:
    return testing.office()


@pytest.fixture
def couple(db: None) -> tuple[int, int]:
    return testing.elder(address=DOOR), testing.elder(address=DOOR)


def test_the_second_behind_a_door_is_told_that_one_is_enough(
    office: testing.Office, couple: tuple[int, int]
) -> None:
    testing.applied(couple[0], CALL, INSURANCE, by=office)
    with pytest.raises(Refused, match="按户享受") as refused:
        testing.applied(couple[1], CALL, INSURANCE, by=office)
    assert "一户只办一份" in str(refused.value.hint)
    assert not Application.objects.filter(elder_id=couple[1]).exists()
    testing.applied(couple[1], INSURANCE, by=office)  # what is each person's own is not shared


def test_next_door_has_its_own(office: testing.Office, couple: tuple[int, int]) -> None:
    testing.applied(couple[0], CALL, by=office)
    testing.applied(testing.elder(), CALL, by=office)


def test_the_door_is_free_again_when_the_case_is_over(
    office: testing.Office, couple: tuple[int, int]
) -> None:
    case = testing.applied(couple[0], CALL, by=office)
    actions.withdraw(application_id=case.pk, reason="同住的老伴已经办了", on=TODAY, by=office.clerk)
    testing.applied(couple[1], CALL, by=office)


def test_the_database_refuses_a_second_one(office: testing.Office, couple: tuple[int, int]) -> None:
    item = testing.applied(couple[0], CALL, by=office).items.get()
    other = testing.applied(couple[1], INSURANCE, by=office).items.get()
    assert (item.household_id, other.household_id) == (door_of(couple[0]), None)
    with pytest.raises(IntegrityError, match="once_a_household"), transaction.atomic():
        Item.objects.filter(pk=other.pk).update(grant=CALL, household_id=item.household_id)


def test_only_one_of_a_household_is_listed(office: testing.Office, couple: tuple[int, int]) -> None:
    run(office.city)
    (row,) = Candidate.objects.filter(grant=CALL, elder_id__in=couple)
    assert row.household_id == door_of(couple[0])
    assert Candidate.objects.filter(grant=INSURANCE, elder_id__in=couple).count() == 2
    assert run(office.city) == 0
    actions.dismiss_candidates(
        candidate_ids=[row.pk], reason="同住的老伴已经办了", on=TODAY, by=office.street
    )
    assert run(office.city) == 0  # nor is the other one asked within the year


def test_nobody_is_listed_behind_a_door_that_has_one(
    office: testing.Office, couple: tuple[int, int]
) -> None:
    testing.applied(couple[1], CALL, by=office)
    run(office.city)
    assert not Candidate.objects.filter(grant=CALL, elder_id__in=couple).exists()


def test_who_comes_back_does_not_take_it_from_who_has_it_now(
    office: testing.Office, couple: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(localdate=lambda at: BACK)
    monkeypatch.setattr(handlers, "timezone", clock)
    case = testing.applied(couple[0], CALL, INSURANCE, by=office)
    elders.died(couple[0], on=DIED)
    deliver_now()
    testing.applied(couple[1], CALL, by=office, on=DIED)
    elders.reinstated(couple[0], on=BACK)
    deliver_now()
    case.refresh_from_db()
    assert case.state == "submitted"
    assert dict(case.items.values_list("grant", "live")) == {CALL: False, INSURANCE: True}


def test_two_behind_a_door_at_the_same_moment(own_database: None) -> None:
    with scoped(system("测试")):
        office = testing.office()
        couple = testing.elder(address=DOOR), testing.elder(address=DOOR)
    given = {"grants": [CALL], "on": TODAY, "consent": "电话同意"}
    results = together(
        *(within(office.clerk, actions.apply_for, elder_id=e, **given) for e in couple)
    )
    assert sorted(type(r).__name__ for r in results) == ["Application", "Refused"]
