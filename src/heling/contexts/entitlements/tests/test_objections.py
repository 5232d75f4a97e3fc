"""Publicity, objections, and who may answer them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from heling.contexts.entitlements import actions, testing
from heling.contexts.entitlements.models import Application, Notice, NoticeLine, Objection
from heling.contexts.entitlements.queries import notices
from heling.contexts.entitlements.testing import CALL, INSURANCE, TODAY
from heling.kernel.actor import ANONYMOUS
from heling.kernel.errors import BadInput, NotFound, Refused
from heling.platform.access.scope import scoped

pytestmark = pytest.mark.usefixtures("db")
DAY = timedelta(days=1)
SAID = {"objector": "李邻居", "contact": "13800001111", "content": "他已经搬到外地和儿子同住了"}


@pytest.fixture
def office() -> testing.Office:
    return testing.office()


@pytest.fixture
def case(office: testing.Office) -> Application:
    return testing.published(testing.elder(), INSURANCE, CALL, by=office)


def public_line(case: Application) -> int:
    return NoticeLine.objects.filter(entry__application=case).order_by("pk")[0].pk


def test_a_stranger_objects_without_seeing_the_case(case: Application) -> None:
    line = public_line(case)
    with scoped(ANONYMOUS):
        assert not Application.objects.exists()
        number = actions.raise_public_objection(line_id=line, on=TODAY, by=ANONYMOUS, **SAID)
        assert not Objection.objects.exists()
    case.refresh_from_db()
    assert case.state == "objected"
    assert Objection.objects.get(pk=number).due_on == TODAY + 14 * DAY  # ten working days


@pytest.mark.parametrize("shift", [0, 1])
def test_objections_are_taken_from_publication_to_the_last_day(
    case: Application, shift: int
) -> None:
    day = (TODAY, case.publicity_ends)[shift]
    assert day is not None
    assert actions.raise_public_objection(line_id=public_line(case), on=day, by=ANONYMOUS, **SAID)


@pytest.mark.parametrize("shift", [0, 1])
def test_not_a_day_before_or_after(case: Application, shift: int) -> None:
    assert case.publicity_ends is not None
    day = (TODAY - DAY, case.publicity_ends + DAY)[shift]
    with pytest.raises(Refused, match="不能再提出异议"):
        actions.raise_public_objection(line_id=public_line(case), on=day, by=ANONYMOUS, **SAID)


def test_everything_missing_is_said_at_once(case: Application) -> None:
    with pytest.raises(BadInput) as error:
        actions.raise_public_objection(
            line_id=public_line(case),
            objector="",
            contact=" ",
            content="不行",
            on=TODAY,
            by=ANONYMOUS,
        )
    assert [p.where for p in error.value.problems] == ["您的姓名", "联系方式", "异议内容"]
    with pytest.raises(NotFound):
        actions.raise_public_objection(line_id=0, on=TODAY, by=ANONYMOUS, **SAID)


def test_no_decision_while_an_objection_is_open(case: Application, office: testing.Office) -> None:
    objection = raised(case, office)
    after = case.publicity_ends + DAY  # type: ignore[operator]
    with pytest.raises(Refused):
        actions.decide(application_id=case.pk, on=after, by=office.county)
    actions.resolve_objection(
        objection_id=objection.pk,
        upheld=False,
        reason="上门核实仍住本地",
        on=after,
        by=office.other,
    )
    actions.decide(application_id=case.pk, on=after, by=office.county)


def raised(case: Application, office: testing.Office) -> Objection:
    return actions.raise_objection(application_id=case.pk, on=TODAY, by=office.clerk, **SAID)


def test_a_reviewer_never_answers(case: Application, office: testing.Office) -> None:
    objection = raised(case, office)
    with pytest.raises(Refused, match="您审核过这份申请"):
        actions.resolve_objection(
            objection_id=objection.pk, upheld=False, reason="没有问题", on=TODAY, by=office.county
        )
    with pytest.raises(BadInput, match="处理理由"):
        actions.resolve_objection(
            objection_id=objection.pk, upheld=False, reason=" ", on=TODAY, by=office.other
        )


def test_upheld_sends_the_case_back_and_merges_the_others(
    case: Application, office: testing.Office
) -> None:
    first, second = raised(case, office), raised(case, office)
    actions.resolve_objection(
        objection_id=first.pk, upheld=True, reason="已核实搬走", on=TODAY, by=office.other
    )
    case.refresh_from_db()
    second.refresh_from_db()
    assert (case.state, case.round, case.notice_id) == ("accepted", 2, None)
    assert (second.state, second.reason) == ("merged", f"与第 {first.pk} 号异议并案：已核实搬走")
    with pytest.raises(Refused, match="已不在公示"):
        actions.raise_public_objection(line_id=public_line(case), on=TODAY, by=ANONYMOUS, **SAID)


def test_one_of_two_rejected_leaves_the_case_objected(
    case: Application, office: testing.Office
) -> None:
    first, second = raised(case, office), raised(case, office)
    for objection, state in ((first, "objected"), (second, "published")):
        actions.resolve_objection(
            objection_id=objection.pk, upheld=False, reason="情况不属实", on=TODAY, by=office.other
        )
        case.refresh_from_db()
        assert case.state == state
    with pytest.raises(Refused, match="异议不成立"):
        actions.resolve_objection(
            objection_id=first.pk, upheld=True, reason="改主意了", on=TODAY, by=office.other
        )


def test_the_elder_objects_too(case: Application) -> None:
    family = testing.family_of(case.elder_id)
    objection = actions.raise_objection(application_id=case.pk, on=TODAY, by=family, **SAID)
    assert objection.channel == "family"


def test_withdrawal_leaves_no_open_objection(case: Application, office: testing.Office) -> None:
    objection = raised(case, office)
    actions.withdraw(application_id=case.pk, reason="本人不申请了", on=TODAY, by=office.clerk)
    objection.refresh_from_db()
    assert (objection.state, objection.reason) == ("moot", "申请已撤回")


def test_lines_show_only_while_the_notice_runs(case: Application) -> None:
    notice = Notice.objects.get(pk=case.notice_id)
    for day, lines in (
        (TODAY, 2),
        (notice.ends, 2),
        (notice.ends + DAY, 0),
    ):
        page = notices.public_notice(notice.pk, on=day)
        assert (len(page.lines), page.running) == (lines, lines > 0)
        assert page.size == 2
    with pytest.raises(NotFound):
        notices.public_notice(notice.pk, on=TODAY - DAY)
    with pytest.raises(NotFound):
        notices.public_line(public_line(case), on=notice.ends + DAY)


def test_a_batch_is_all_or_nothing(office: testing.Office) -> None:
    ready = testing.reviewed(testing.elder(), by=office)
    unready = testing.applied(testing.elder(), by=office)
    with pytest.raises(Refused, match="不能公示"):
        actions.publish_batch(application_ids=[ready.pk, unready.pk], on=TODAY, by=office.county)
    with pytest.raises(NotFound):
        actions.publish_batch(application_ids=[ready.pk, 0], on=TODAY, by=office.county)
    with pytest.raises(BadInput):
        actions.publish_batch(application_ids=[], on=TODAY, by=office.county)
    assert not Notice.objects.exists()
