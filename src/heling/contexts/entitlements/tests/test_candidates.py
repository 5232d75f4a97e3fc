"""免申即享: found by columns exactly as one by one, invited with preview, confirmed by people."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from heling.contexts.entitlements import actions, law, testing
from heling.contexts.entitlements.domain.objections import Outcome
from heling.contexts.entitlements.domain.standing import outcome_of, standings
from heling.contexts.entitlements.jobs import ASK_RIVAL, discover_candidates
from heling.contexts.entitlements.models import Application, Candidate
from heling.contexts.entitlements.population import judge
from heling.contexts.entitlements.public import tasks_for
from heling.contexts.entitlements.testing import CALL, HOURS, INSURANCE, PLACE, TODAY
from heling.contexts.registry import testing as elders
from heling.contexts.registry.public import StatusKind
from heling.engines.law import Effect, Status, load_city
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.platform.jobs.models import Run
from heling.platform.jobs.work import Cancelled, Progress

pytestmark = pytest.mark.usefixtures("db")
YOUNG = date(1960, 5, 1)
VISITS = "高龄独居巡访"


@pytest.fixture
def office() -> testing.Office:
    return testing.office()


def people_of_all_kinds() -> list[int]:
    """Ages, statuses, levels and gaps in knowledge, each a different path through the law."""
    found = [
        testing.elder(),
        testing.elder(YOUNG),
        testing.elder(living=""),
        testing.elder(living="institution"),
        testing.elder(living="alone"),
        testing.elder(date(1946, 11, 2)),
        testing.elder(date(1946, 11, 3)),
    ]
    for absent in (None, False, True):
        someone = testing.elder(living="alone")
        elders.supporter(someone, absent=absent, code=PLACE)
        found.append(someone)
    for kind in StatusKind:
        someone = testing.elder(YOUNG)
        testing.status(someone, kind)
        found.append(someone)
    for level in (0, 2, 4):
        someone = testing.elder(YOUNG)
        testing.level(someone, level)
        testing.status(someone, StatusKind.DIBAO)
        found.append(someone)
    return found


def test_columns_and_single_determinations_agree(office: testing.Office) -> None:
    ids = people_of_all_kinds()
    pages = list(judge(load_city("330200"), on=TODAY, by=office.city, size=4))
    seen = []
    for page in pages:
        for at, elder_id in enumerate(page.elder_id):
            seen.append(int(elder_id))
            made = law.determine(int(elder_id), on=TODAY, by=office.city).determination
            for grant in made.grants:
                granted = grant.status is Status.GRANTED
                doubt = granted and grant.effect is Effect.UNKNOWN
                where = (int(elder_id), grant.id)
                assert bool(page.entitled[grant.id][at]) == (grant.enjoyed or doubt), where
                assert bool(page.doubtful[grant.id][at]) == doubt, where
                assert int(page.amount[grant.id][at]) == (grant.amount or 0), where
    assert seen == sorted(ids)


@pytest.mark.parametrize(
    ("absent", "outcome"),
    [(None, Outcome.PENDING), (False, Outcome.DENIED), (True, Outcome.GRANTED)],
)
def test_support_that_nobody_verified_is_asked_for_not_assumed(
    office: testing.Office, absent: bool | None, outcome: Outcome
) -> None:
    elder_id = testing.elder(date(1946, 11, 2), living="alone")  # eighty today
    elders.supporter(elder_id, absent=absent, code=PLACE)
    made = law.determine(elder_id, on=TODAY, by=office.city).determination
    (standing,) = standings(made, [VISITS])
    assert standing.outcome is outcome
    asked = ["您有子女或其他赡养人、扶养人吗？他们在身边吗？"] if absent is None else []
    assert list(standing.missing) == asked
    run(office.city)
    assert ((elder_id, VISITS) in found()) is (outcome is Outcome.GRANTED)


def run(by: Actor, **arguments: str) -> dict[str, int]:
    progress = Progress(Run.objects.create(job="x", title="x", actor={}).pk)
    return discover_candidates(progress, by, **{"on": TODAY.isoformat(), **arguments})


def found() -> set[tuple[int, str]]:
    return set(Candidate.objects.values_list("elder_id", "grant"))


def test_what_nobody_claimed_is_found_once(office: testing.Office) -> None:
    old, young = testing.elder(), testing.elder(YOUNG)
    testing.applied(old, INSURANCE, by=office)
    assert run(office.city)["elders"] == 2
    assert (old, CALL) in found()
    assert (old, INSURANCE) not in found()
    assert not [pair for pair in found() if pair[0] == young]
    assert run(office.city)["found"] == 0


def test_a_right_with_a_doubtful_rival_is_found_and_asked_about(office: testing.Office) -> None:
    elder_id = testing.elder(YOUNG)
    testing.status(elder_id, StatusKind.DIBAO)
    testing.level(elder_id, 3)
    run(office.city)
    candidate = Candidate.objects.get(elder_id=elder_id, grant=HOURS)
    assert (candidate.amount, candidate.note) == (45, ASK_RIVAL)
    (case,) = actions.invite_candidates(candidate_ids=[candidate.pk], on=TODAY, by=office.clerk)
    actions.confirm_candidate(
        application_id=case.pk, how="电话同意", answers={"护理补贴": 0}, on=TODAY, by=office.clerk
    )
    case.refresh_from_db()
    assert outcome_of(law.read(case.determination).grant(HOURS)) is Outcome.GRANTED


def test_only_one_territory_and_only_with_the_right(office: testing.Office) -> None:
    testing.elder()
    elsewhere = testing.elder(place="330205001001")
    assert run(office.county)["elders"] == 1
    assert elsewhere not in {pair[0] for pair in found()}
    with pytest.raises(Forbidden):
        run(office.clerk)


def test_cancelling_keeps_what_was_found(office: testing.Office) -> None:
    testing.elder()
    progress = Progress(Run.objects.create(job="x", title="x", actor={}, cancel_requested=True).pk)
    with pytest.raises(Cancelled):
        discover_candidates(progress, office.city, on=TODAY.isoformat())


def test_one_draft_for_an_elder_confirmed_by_the_family(office: testing.Office) -> None:
    elder_id = testing.elder()
    run(office.city)
    ids = list(Candidate.objects.values_list("pk", flat=True))
    assert len(ids) >= 3
    (case,) = actions.invite_candidates(candidate_ids=ids, on=TODAY, by=office.clerk)
    assert (case.channel, case.state, case.items.count()) == ("automatic", "draft", len(ids))
    assert tasks_for(office.clerk, on=TODAY)[0].todo == "确认并提交申请"
    with pytest.raises(Refused, match="现在是“待本人确认”"):
        actions.invite_candidates(candidate_ids=ids, on=TODAY, by=office.clerk)
    family = testing.family_of(elder_id)
    actions.confirm_candidate(application_id=case.pk, how="", on=TODAY, by=family)
    case.refresh_from_db()
    assert case.state == "submitted"
    assert set(Candidate.objects.values_list("state", flat=True)) == {"confirmed"}


def test_who_is_no_longer_entitled_is_dismissed_not_invited(office: testing.Office) -> None:
    elder_id = testing.elder(YOUNG)
    candidate = Candidate.objects.create(
        elder_id=elder_id, code=PLACE, city="330200", grant=CALL, benefit=CALL, on=TODAY
    )
    testing.level(elder_id, 0)
    gone = testing.elder(living="institution")
    moved = Candidate.objects.create(
        elder_id=gone, code=PLACE, city="330200", grant=CALL, benefit=CALL, on=TODAY
    )
    drafts = actions.invite_candidates(
        candidate_ids=[candidate.pk, moved.pk], on=TODAY, by=office.clerk
    )
    moved.refresh_from_db()
    assert [draft.elder_id for draft in drafts] == [elder_id]  # 慢性病 is not known: ask
    assert (moved.state, moved.note) == ("dismissed", "按最新事实已不符合")


def test_declined_is_not_asked_again_for_a_year(office: testing.Office) -> None:
    testing.elder()
    run(office.city)
    ids = list(Candidate.objects.values_list("pk", flat=True))
    (case,) = actions.invite_candidates(candidate_ids=ids, on=TODAY, by=office.clerk)
    actions.decline_candidate(
        application_id=case.pk, reason="自己有保险", on=TODAY, by=office.clerk
    )
    year = timedelta(days=365)
    assert run(office.city, on=(TODAY + year).isoformat())["found"] == 0
    assert run(office.city, on=(TODAY + year + timedelta(days=1)).isoformat())["found"] > 0


def test_dismissal_needs_a_reason(office: testing.Office) -> None:
    testing.elder()
    run(office.city)
    ids = list(Candidate.objects.values_list("pk", flat=True))
    with pytest.raises(BadInput, match="移出原因"):
        actions.dismiss_candidates(candidate_ids=ids, reason="", on=TODAY, by=office.clerk)
    with pytest.raises(NotFound):
        actions.dismiss_candidates(candidate_ids=[0], reason="登记有误", on=TODAY, by=office.clerk)
    done = actions.dismiss_candidates(
        candidate_ids=ids, reason="登记有误，待更正", on=TODAY, by=office.clerk
    )
    assert done == len(ids)
    assert not Application.objects.exists()
