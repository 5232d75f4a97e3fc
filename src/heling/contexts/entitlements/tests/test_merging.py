"""Two registrations turn out to be one person: nothing is paid twice, nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from heling.contexts.entitlements import actions, handlers, testing
from heling.contexts.entitlements.models import (
    Application,
    Award,
    Candidate,
    Decision,
    Determination,
    Due,
    Entry,
    Item,
    Line,
    Review,
    StatusRow,
)
from heling.contexts.entitlements.queries.cases import case_page, current_awards, elder_page
from heling.contexts.entitlements.testing import CALL, INSURANCE, PLACE, TODAY
from heling.contexts.registry import testing as elders
from heling.contexts.registry.public import StatusKind
from heling.kernel.errors import Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.models import Entry as JournalEntry
from heling.platform.journal.testing import deliver_now

pytestmark = pytest.mark.usefixtures("db")
DAY = timedelta(days=1)
MERGED_ON = date(2026, 11, 20)  # awards of these tests run from 10 November on
HISTORY = (Application, Item, StatusRow, Review, Determination, Decision, Entry)


@pytest.fixture
def office() -> testing.Office:
    return testing.office()


@pytest.fixture(autouse=True)
def _a_day_to_handle_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(localdate=lambda at: MERGED_ON)
    monkeypatch.setattr(handlers, "timezone", clock)


def twins(**changes: str) -> tuple[int, int]:
    """The registration that is kept, and the one that is not (by default at the same place)."""
    return testing.elder(name="王小明"), testing.elder(name="王晓明", **changes)


def merge(kept: int, gone: int) -> None:
    """The registry's own action, and its event delivered twice."""
    elders.merged(kept, gone)
    deliver_now()
    news = JournalEntry.objects.get(kind="registry.ElderMerged", elder_id=kept)
    handlers.carry_over_a_merge(news)
    connection.check_constraints()  # the keys to the registry are checked at commit


def awards(*elder_ids: int) -> list[tuple[str, date, date | None, str]]:
    rows = Award.objects.filter(elder_id__in=elder_ids).order_by("starts", "pk")
    return [(a.grant, a.starts, a.ends, a.ending) for a in rows]


def days_paid(grant: str, *elder_ids: int) -> list[date]:
    """Every day of November on which an award of the grant runs, as often as one does."""
    month = [date(2026, 11, 1) + n * DAY for n in range(30)]
    rows = list(Award.objects.filter(elder_id__in=elder_ids, grant=grant).order_by("pk"))
    return sorted(
        d for a in rows for d in month if a.starts <= d and (a.ends is None or d <= a.ends)
    )


NOVEMBER = [date(2026, 11, 10) + n * DAY for n in range(21)]


def test_what_only_the_other_had_runs_on_without_a_day_between(office: testing.Office) -> None:
    kept, gone = twins(place="330203002001")
    away = testing.office("330203002001")
    case = testing.granted(gone, by=away)
    merge(kept, gone)
    case.refresh_from_db()
    assert (case.state, case.elder_id, case.code) == ("granted", kept, PLACE)
    assert awards(kept) == [(INSURANCE, date(2026, 11, 10), None, "")]
    assert awards(gone) == []
    for model in HISTORY:
        assert not model.objects.filter(elder_id=gone).exists(), model
        assert model.objects.filter(elder_id=kept, code=PLACE).exists(), model
    assert [s.step for s in case.steps.order_by("pk")][-1] == "merge"
    # The kept one's street works with it, the other's no longer sees it.
    assert case_page(case.pk, on=MERGED_ON, by=office.street).decisions
    assert [a.grant for a in current_awards(kept, on=MERGED_ON, by=office.street)] == [INSURANCE]
    assert not Application.objects.visible_to(away.street).exists()
    assert Due.objects.get(elder_id=kept, done_at=None).cause == "facts"


def test_what_both_had_is_had_once_from_the_day_of_the_merge(office: testing.Office) -> None:
    kept, gone = twins()
    mine, theirs = testing.granted(kept, by=office), testing.granted(gone, by=office)
    merge(kept, gone)
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (mine.state, theirs.state, theirs.ending) == ("granted", "terminated", "merged")
    assert theirs.elder_id == kept
    assert [x.step for x in theirs.steps.order_by("pk")][-1] == "terminate"
    end = theirs.decisions.get(kind="end")
    assert f"由第 {mine.pk} 号申请继续办理" in end.reason
    # It was paid twice until then, which stays readable where it was paid; never again after.
    assert awards(kept) == [(INSURANCE, date(2026, 11, 10), None, "")]
    assert awards(gone) == [(INSURANCE, date(2026, 11, 10), MERGED_ON - DAY, "merged")]
    paid = days_paid(INSURANCE, kept, gone)
    assert [d for d in paid if d >= MERGED_ON] == [d for d in NOVEMBER if d >= MERGED_ON]
    page = elder_page(kept, on=MERGED_ON, by=office.street)
    assert [c.pk for c, *_ in page.cases] == [theirs.pk, mine.pk]


def test_a_case_of_which_a_part_is_doubled_goes_on_with_the_rest(office: testing.Office) -> None:
    kept, gone = twins()
    testing.granted(kept, INSURANCE, by=office)
    both = testing.granted(gone, INSURANCE, CALL, by=office)
    merge(kept, gone)
    both.refresh_from_db()
    assert both.state == "granted"
    assert list(both.items.order_by("pk").values_list("grant", "live")) == [
        (INSURANCE, False),
        (CALL, True),
    ]
    assert days_paid(CALL, kept, gone) == NOVEMBER
    now = {a.grant for a in current_awards(kept, on=MERGED_ON, by=office.street)}
    assert now == {INSURANCE, CALL}
    assert "意外伤害保险" in both.steps.order_by("pk")[len(both.steps.all()) - 2].reason


def test_of_two_cases_under_way_the_further_one_goes_on(office: testing.Office) -> None:
    kept, gone = twins()
    fresh, far = testing.applied(kept, by=office), testing.published(gone, by=office)
    merge(kept, gone)
    fresh.refresh_from_db()
    far.refresh_from_db()
    assert (fresh.state, far.state, far.elder_id) == ("terminated", "published", kept)
    assert not fresh.decisions.exists(), "nobody had promised anything"
    assert far.publicity_ends is not None
    actions.decide(application_id=far.pk, on=far.publicity_ends + DAY, by=office.county)
    assert [a.grant for a in current_awards(kept, on=date(2026, 12, 1), by=office.street)] == [
        INSURANCE
    ]


def test_of_two_equal_ones_the_kept_one_goes_on(office: testing.Office) -> None:
    kept, gone = twins()
    mine, theirs = testing.applied(kept, by=office), testing.applied(gone, by=office)
    merge(kept, gone)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.state, theirs.state) == ("submitted", "terminated")


def test_what_is_enjoyed_goes_before_what_is_asked_for(office: testing.Office) -> None:
    kept, gone = twins()
    asked, enjoyed = testing.reviewed(kept, by=office), testing.granted(gone, by=office)
    merge(kept, gone)
    asked.refresh_from_db()
    enjoyed.refresh_from_db()
    assert (asked.state, enjoyed.state, enjoyed.elder_id) == ("terminated", "granted", kept)
    assert days_paid(INSURANCE, kept, gone) == NOVEMBER


def test_a_doubled_part_of_a_case_under_review_is_not_decided_again(
    office: testing.Office,
) -> None:
    kept, gone = twins()
    testing.granted(kept, INSURANCE, by=office)
    both = testing.reviewed(gone, INSURANCE, CALL, by=office)
    merge(kept, gone)
    actions.publish_batch(application_ids=[both.pk], on=MERGED_ON, by=office.county)
    both.refresh_from_db()
    assert Entry.objects.filter(application=both).count() == 1
    assert both.publicity_ends is not None
    decision = actions.decide(
        application_id=both.pk, on=both.publicity_ends + DAY, by=office.county
    )
    assert [line["grant"] for line in decision.lines] == [CALL]
    assert Award.objects.filter(elder_id=kept, grant=INSURANCE, ends=None).count() == 1


def test_an_award_that_is_to_begin_later_leaves_no_gap(office: testing.Office) -> None:
    kept, gone = twins()
    later = testing.published(kept, by=office)
    assert later.publicity_ends is not None
    actions.decide(
        application_id=later.pk,
        on=later.publicity_ends + DAY,
        starts=date(2026, 12, 1),
        by=office.county,
    )
    testing.granted(gone, by=office)
    merge(kept, gone)
    later.refresh_from_db()
    assert later.state == "terminated"
    assert days_paid(INSURANCE, kept, gone) == NOVEMBER
    running = Award.objects.get(elder_id=kept, ends=None)
    assert running.starts == date(2026, 11, 10)


def test_an_award_whose_past_was_doubled_is_cut_and_goes_on(office: testing.Office) -> None:
    kept, gone = twins()
    over = testing.granted(kept, by=office)
    actions.terminate(
        application_id=over.pk,
        ending="renounced",
        last_day=date(2026, 11, 15),
        reason="本人书面放弃",
        on=date(2026, 11, 15),
        by=office.county,
    )
    running = testing.granted(gone, by=office)
    merge(kept, gone)
    running.refresh_from_db()
    assert (running.state, running.elder_id) == ("granted", kept)
    assert awards(gone) == [(INSURANCE, date(2026, 11, 10), MERGED_ON - DAY, "merged")]
    assert awards(kept) == [
        (INSURANCE, date(2026, 11, 10), date(2026, 11, 15), "renounced"),
        (INSURANCE, MERGED_ON, None, ""),
    ]
    again = Award.objects.get(elder_id=kept, ends=None)
    assert (again.application_id, again.item.live) == (running.pk, True)


@pytest.mark.parametrize(("begins", "cut"), [(15, True), (16, False)])
def test_one_day_in_common_is_enough_to_cut(office: testing.Office, begins: int, cut: bool) -> None:
    kept, gone = twins()
    over = testing.granted(kept, by=office)
    last = date(2026, 11, 15)
    actions.terminate(
        application_id=over.pk,
        ending="renounced",
        last_day=last,
        reason="本人书面放弃",
        on=last,
        by=office.county,
    )
    later = testing.published(gone, by=office)
    actions.decide(
        application_id=later.pk,
        on=date(2026, 11, 16),
        starts=date(2026, 11, begins),
        by=office.county,
    )
    merge(kept, gone)
    assert [a[1] for a in awards(kept)][1:] == [MERGED_ON if cut else date(2026, 11, begins)]
    assert len(awards(gone)) == int(cut)


def test_sealed_months_stay_and_the_next_one_counts_the_person_once(
    office: testing.Office,
) -> None:
    kept, gone = twins()
    for someone in (kept, gone):
        testing.granted(someone, by=office)
    november = actions.open_cycle(month="2026-11", on=date(2026, 12, 1), by=office.city)
    actions.close_cycle(cycle_id=november.pk, on=date(2026, 12, 1), by=office.city)
    before = list(Line.objects.filter(cycle=november).order_by("pk").values())
    assert {row["elder_id"] for row in before} == {kept, gone}
    merge(kept, gone)
    assert list(Line.objects.filter(cycle=november).order_by("pk").values()) == before
    december = actions.open_cycle(month="2026-12", on=date(2026, 12, 2), by=office.city)
    actions.draw_cycle(cycle_id=december.pk, by=office.city)
    assert [row.elder_id for row in Line.objects.filter(cycle=december)] == [kept]


def candidate(elder_id: int, grant: str) -> Candidate:
    return Candidate.objects.create(
        elder_id=elder_id, code=PLACE, city="330200", grant=grant, benefit=grant, on=TODAY
    )


def test_nobody_is_listed_twice_or_for_what_a_case_is_about(office: testing.Office) -> None:
    kept, gone = twins()
    first, second = candidate(kept, CALL), candidate(gone, CALL)
    claimed, alone = candidate(kept, INSURANCE), candidate(gone, "高龄免费服务")
    testing.granted(gone, INSURANCE, by=office)
    merge(kept, gone)
    rows = {c.pk: (c.state, c.elder_id) for c in Candidate.objects.order_by("pk")}
    assert rows == {
        first.pk: ("found", kept),
        second.pk: ("dismissed", kept),
        claimed.pk: ("dismissed", kept),
        alone.pk: ("found", kept),
    }


def test_an_invitation_comes_along(office: testing.Office) -> None:
    kept, gone = twins()
    (draft,) = actions.invite_candidates(
        candidate_ids=[candidate(gone, CALL).pk], on=TODAY, by=office.clerk
    )
    merge(kept, gone)
    actions.confirm_candidate(
        application_id=draft.pk, how="电话同意", on=MERGED_ON, by=office.clerk
    )
    row = Candidate.objects.get()
    assert (row.state, row.elder_id, row.application_id) == ("confirmed", kept, draft.pk)


def test_open_re_determinations_become_one(office: testing.Office) -> None:
    kept, gone = twins()
    for someone in (kept, gone):
        testing.granted(someone, CALL if someone == kept else INSURANCE, by=office)
        testing.status(someone, StatusKind.DISABILITY)
    deliver_now()
    assert Due.objects.filter(done_at=None).count() == 2
    merge(kept, gone)
    assert [d.elder_id for d in Due.objects.filter(done_at=None)] == [kept]
    assert not Due.objects.filter(elder_id=gone).exists()


def test_what_was_signed_goes_to_nobody_else(office: testing.Office) -> None:
    """The trigger lets a row change hands only to the registration that it was merged into."""
    kept, gone = twins()
    stranger = testing.elder()
    testing.granted(gone, by=office)
    for model in (StatusRow, Review, Determination, Decision, Entry, Award):
        rows = model.objects.filter(elder_id=gone)  # type: ignore[attr-defined]
        for other in (kept, stranger):
            with pytest.raises(Refused, match="不能改到另一位老年人名下"), refusing():
                rows.update(elder_id=other)
    merge(kept, gone)
    rows = Decision.objects.filter(elder_id=kept)
    with pytest.raises(Refused, match="不能改到另一位老年人名下"), refusing():
        rows.update(elder_id=stranger)


def test_a_chain_of_merges_ends_with_the_last(office: testing.Office) -> None:
    """Three registrations of one person, the news delivered only after both merges."""
    first, second = twins()
    third = testing.elder(name="王小明")
    testing.granted(first, by=office)
    elders.merged(second, first)
    elders.merged(third, second)
    deliver_now()
    assert awards(third) == [(INSURANCE, date(2026, 11, 10), None, "")]
    assert awards(first, second) == []
    assert Due.objects.get(done_at=None).elder_id == third


def test_the_news_of_a_merge_finds_the_elder_who_has_moved_since(office: testing.Office) -> None:
    kept, gone = twins()
    case = testing.granted(gone, by=office)
    elders.merged(kept, gone)
    elders.moved(kept, "330205001001")
    deliver_now()
    connection.check_constraints()
    case.refresh_from_db()
    assert (case.elder_id, case.code) == (kept, "330205001001")
