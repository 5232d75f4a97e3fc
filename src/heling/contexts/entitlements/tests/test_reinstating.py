"""A death or departure that was none: what it ended comes back by review, never by itself."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from heling.contexts.entitlements import actions, handlers, law, testing
from heling.contexts.entitlements.domain.standing import standings
from heling.contexts.entitlements.models import Application, Award, Candidate, Due, Item
from heling.contexts.entitlements.public import tasks_for
from heling.contexts.entitlements.queries.cases import case_page
from heling.contexts.entitlements.testing import CALL, INSURANCE, PLACE, TODAY
from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.registry import testing as elders
from heling.contexts.registry.public import StatusKind
from heling.kernel.errors import Conflict
from heling.platform.journal.models import Entry
from heling.platform.journal.testing import deliver_now

pytestmark = pytest.mark.usefixtures("db")
DAY = timedelta(days=1)
DIED, BACK = date(2026, 11, 18), date(2026, 11, 20)  # awards run from 10 November on


@pytest.fixture
def office() -> testing.Office:
    return testing.office()


@pytest.fixture(autouse=True)
def _a_day_to_handle_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(localdate=lambda at: BACK)
    monkeypatch.setattr(handlers, "timezone", clock)


def die_and_come_back(elder_id: int) -> None:
    """The registry's own actions; the news delivered, the last piece of it twice."""
    elders.died(elder_id, on=DIED)
    deliver_now()
    elders.reinstated(elder_id, on=BACK)
    deliver_now()
    again(elder_id)


def again(elder_id: int) -> None:
    kind = "registry.ElderReinstated"
    handlers.review_what_had_ended(Entry.objects.get(kind=kind, elder_id=elder_id))


def through(case: Application, office: testing.Office, *, starts: date) -> None:
    """The whole way of a review, again."""
    pk = case.pk
    actions.accept(application_id=pk, on=BACK, by=office.street)
    actions.first_review(application_id=pk, verdict="pass", on=BACK, by=office.street)
    actions.second_review(application_id=pk, verdict="pass", on=BACK, by=office.county)
    actions.publish_batch(application_ids=[pk], on=BACK, by=office.county)
    case.refresh_from_db()
    assert case.publicity_ends is not None
    over = case.publicity_ends + DAY
    actions.decide(application_id=pk, on=over, starts=starts, by=office.county)


def test_an_award_is_paid_again_only_after_review_and_then_without_a_gap(
    office: testing.Office,
) -> None:
    elder_id = testing.elder()
    case = testing.granted(elder_id, by=office)
    before = case.determination_id
    die_and_come_back(elder_id)
    case.refresh_from_db()
    assert (case.state, case.round, case.ending, case.last_day) == ("submitted", 2, "", None)
    assert case.determination_id > before, "the law was asked again"
    assert Award.objects.get().ends == DIED, "nothing is paid by itself"
    assert [s.step for s in case.steps.order_by("pk")][-2:] == ["terminate", "revive"]
    assert f"原待遇享受到 {DIED}" in case.steps.order_by("pk").last().reason
    assert [t.todo for t in tasks_for(office.street, on=BACK)] == ["决定是否受理"]

    page = case_page(case.pk, on=BACK, by=office.county)
    assert page.resumes == DIED + DAY
    through(case, office, starts=page.resumes)
    old, new = Award.objects.order_by("starts")
    assert (old.ends, old.ending) == (DIED, "death")
    assert (new.starts, new.ends) == (DIED + DAY, None)
    assert [d.kind for d in case.decisions.order_by("pk")] == ["grant", "end", "grant"]
    assert Item.objects.get().outcome == "granted"
    again(elder_id)
    case.refresh_from_db()
    assert case.state == "granted"


def test_what_was_under_review_is_reviewed_from_the_beginning(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.published(elder_id, INSURANCE, CALL, by=office)
    die_and_come_back(elder_id)
    case.refresh_from_db()
    assert (case.state, case.notice_id, case.publicity_ends) == ("submitted", None, None)
    assert list(case.items.values_list("live", flat=True)) == [True, True]
    assert case_page(case.pk, on=BACK, by=office.county).resumes is None


def test_the_law_is_asked_with_the_facts_of_today(office: testing.Office) -> None:
    elder_id = testing.elder(date(1960, 5, 1))
    elders.status(elder_id, StatusKind.DIBAO, code=PLACE, ends=date(2026, 11, 15))
    case = testing.granted(elder_id, INSURANCE, by=office)
    die_and_come_back(elder_id)
    case.refresh_from_db()
    (standing,) = standings(law.read(case.determination), [INSURANCE])
    assert standing.outcome == "pending"  # the status had run out: nobody revives it unread
    testing.status(elder_id, StatusKind.JISHENG)
    actions.accept(application_id=case.pk, on=BACK, by=office.street)
    with pytest.raises(Conflict, match="结果与您看到的不同"):
        actions.first_review(application_id=case.pk, verdict="pass", on=BACK, by=office.street)


@pytest.mark.parametrize(("days", "state"), [(366, "submitted"), (367, "terminated")])
def test_a_departure_is_taken_back_within_a_year(
    office: testing.Office, days: int, state: str
) -> None:
    elder_id = testing.elder()
    case = testing.applied(elder_id, by=office, on=date(2025, 11, 3))
    elders.left(elder_id, on=BACK - days * DAY)
    deliver_now()
    case.refresh_from_db()
    assert (case.state, case.ending) == ("terminated", "moved")
    elders.reinstated(elder_id, on=BACK)
    deliver_now()
    case.refresh_from_db()
    assert case.state == state


def test_what_ended_for_another_reason_stays_ended(office: testing.Office) -> None:
    elder_id = testing.elder()
    given_up = testing.granted(elder_id, INSURANCE, by=office)
    actions.renounce(
        application_id=given_up.pk,
        reason="不想要了",
        on=date(2026, 11, 12),
        by=testing.family_of(elder_id),
    )
    withdrawn = testing.applied(elder_id, CALL, by=office)
    actions.withdraw(application_id=withdrawn.pk, reason="家里已经装了", on=TODAY, by=office.clerk)
    draft = testing.applied(elder_id, CALL, by=office, draft=True)
    die_and_come_back(elder_id)
    states = {c.pk: c.state for c in Application.objects.order_by("pk")}
    assert states == {
        given_up.pk: "terminated",
        withdrawn.pk: "withdrawn",
        draft.pk: "terminated",  # nothing had been handed in
    }
    assert not Due.objects.filter(done_at=None).exists()


def test_what_has_been_applied_for_anew_is_not_revived_beside_it(office: testing.Office) -> None:
    elder_id = testing.elder()
    old = testing.granted(elder_id, INSURANCE, CALL, by=office)
    elders.died(elder_id, on=DIED)
    deliver_now()
    elders.reinstated(elder_id, on=BACK)
    new = testing.applied(elder_id, INSURANCE, by=office, on=BACK)  # before the news is delivered
    deliver_now()
    old.refresh_from_db()
    assert old.state == "submitted"
    assert set(old.items.values_list("grant", "live")) == {(INSURANCE, False), (CALL, True)}
    assert new.items.get().live


def test_a_second_death_ends_it_again(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.granted(elder_id, by=office)
    die_and_come_back(elder_id)
    elders.died(elder_id, on=BACK)
    deliver_now()
    case.refresh_from_db()
    assert (case.state, case.ending, case.last_day) == ("terminated", "death", BACK)
    again(elder_id)
    case.refresh_from_db()
    assert Award.objects.count() == 1


def test_a_right_that_was_taken_off_the_list_is_on_it_again(office: testing.Office) -> None:
    elder_id = testing.elder()
    given = {"elder_id": elder_id, "code": PLACE, "city": "330200", "on": TODAY}
    found = Candidate.objects.create(grant=CALL, benefit=CALL, **given)
    invited = Candidate.objects.create(grant=INSURANCE, benefit=INSURANCE, **given)
    actions.invite_candidates(candidate_ids=[invited.pk], on=TODAY, by=office.clerk)
    by_hand = Candidate.objects.create(grant="高龄免费服务", benefit="x", **given)
    actions.dismiss_candidates(
        candidate_ids=[by_hand.pk], reason="已入住养老机构", on=TODAY, by=office.clerk
    )
    die_and_come_back(elder_id)
    rows = {c.pk: (c.state, c.application_id) for c in Candidate.objects.order_by("pk")}
    assert rows == {
        found.pk: ("found", None),
        invited.pk: ("found", None),
        by_hand.pk: ("dismissed", None),
    }
    assert actions.invite_candidates(candidate_ids=[invited.pk], on=BACK, by=office.clerk)


def test_the_form_proposes_the_day_after(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.granted(elder_id, by=office)
    die_and_come_back(elder_id)
    for act, who in (
        (actions.accept, office.street),
        (actions.first_review, office.street),
        (actions.second_review, office.county),
    ):
        given = {} if act is actions.accept else {"verdict": "pass"}
        act(application_id=case.pk, on=BACK, by=who, **given)  # type: ignore[operator]
    past = date(2026, 11, 2)
    actions.publish_batch(application_ids=[case.pk], on=past, by=office.county)
    client = Client()
    people.sign_in(client, people.official(RoleKey.COUNTY, PLACE[:6]))
    page = client.get(
        reverse("entitlements_application_step", args=[case.pk, "decide"])
    ).content.decode()
    assert f'value="{DIED + DAY:%Y-%m-%d}"' in page
