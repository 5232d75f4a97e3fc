"""The whole thread at the level of actions, and what it refuses on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from heling.contexts.entitlements import actions, law, testing
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.domain.states import TURNS
from heling.contexts.entitlements.models import Application, Award, Item, Review, StatusRow
from heling.contexts.entitlements.public import count_tasks, entitlements_on, tasks_for
from heling.contexts.entitlements.testing import AGED, CALL, HOURS, INSURANCE, PLACE, TODAY
from heling.contexts.registry.public import StatusKind
from heling.kernel.errors import BadInput, Conflict, Forbidden, NotFound, Refused
from heling.platform.journal.models import Entry

pytestmark = pytest.mark.usefixtures("db")
YOUNG = date(1960, 5, 1)


@pytest.fixture
def office() -> testing.Office:
    return testing.office()


def test_from_application_to_award(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.published(elder_id, INSURANCE, CALL, by=office)
    ends = case.publicity_ends
    assert ends == date(2026, 11, 9)

    for early in (TODAY, ends - timedelta(days=1), ends):
        with pytest.raises(Refused, match="才结束"):
            actions.decide(application_id=case.pk, on=early, by=office.county)
    decision = actions.decide(application_id=case.pk, on=ends + timedelta(days=1), by=office.county)

    case.refresh_from_db()
    assert (case.state, case.owner, case.due_on) == ("granted", "nobody", None)
    assert {(a.grant, a.starts, a.ends) for a in Award.objects.filter(application=case)} == {
        (INSURANCE, date(2026, 11, 10), None),
        (CALL, date(2026, 11, 10), None),
    }
    assert decision.lines[0]["cite"].endswith("第一款第（二）项")
    steps = StatusRow.objects.filter(application=case).order_by("pk")
    assert [s.step for s in steps] == [
        "apply", "submit", "accept", "pass_first", "pass_second", "publish", "grant",
    ]  # fmt: skip
    kinds = Entry.objects.filter(elder_id=elder_id, kind__startswith="entitlements")
    assert set(kinds.values_list("kind", flat=True)) == {
        "entitlements.Applied", "entitlements.Decided", "entitlements.Determined",
        "entitlements.Moved",
    }  # fmt: skip


def test_what_an_elder_has_on_a_day(office: testing.Office) -> None:
    elder_id = testing.elder()
    testing.granted(elder_id, by=office)
    first = date(2026, 11, 10)
    assert entitlements_on(elder_id, on=first - timedelta(days=1), by=office.city) == ()
    (had,) = entitlements_on(elder_id, on=first, by=office.city)
    assert (had.grant, had.amount, had.starts, had.ends) == (INSURANCE, None, first, None)
    stranger = testing.office("330205001001").county
    assert entitlements_on(elder_id, on=first, by=stranger) == ()


def test_forty_five_hours_with_reason_and_amount(office: testing.Office) -> None:
    elder_id = testing.elder(YOUNG)
    testing.status(elder_id, StatusKind.DIBAO)
    testing.level(elder_id, 3)
    case = testing.granted(elder_id, HOURS, by=office, answers={"护理补贴": 0})
    award = Award.objects.get(application=case)
    assert (award.amount, award.unit) == (45, "小时/月")
    line = case.decisions.get().lines[0]
    assert line["amount_text"] == "每月不少于 45 小时"
    sources = {p["word"]: p for p in case.determination.provenance}
    assert sources["低保"]["certified_by"] == "测试县民政局"
    assert sources["失能等级"]["value"] == "重度"
    assert sources["护理补贴"]["source"] == "申请人说明"


@pytest.mark.parametrize(("stage", "who"), [("second", "street"), ("second", "other")])
def test_the_same_person_never_reviews_twice(office: testing.Office, stage: str, who: str) -> None:
    case = testing.applied(testing.elder(), by=office)
    actions.accept(application_id=case.pk, on=TODAY, by=office.street)
    actions.first_review(application_id=case.pk, verdict="pass", on=TODAY, by=office.street)
    signer = getattr(office, who)
    # Somebody promoted overnight, with both hats: same account, other role and territory.
    same = replace(office.street, territory=signer.territory, permissions=office.county.permissions)
    with pytest.raises(Refused, match="不能是同一人"):
        actions.second_review(application_id=case.pk, verdict="pass", on=TODAY, by=same)
    case.refresh_from_db()
    assert case.state == "first_passed"
    actions.second_review(application_id=case.pk, verdict="pass", on=TODAY, by=office.county)


def test_who_applied_does_not_review(office: testing.Office) -> None:
    case = testing.applied(testing.elder(), by=office)
    actions.accept(application_id=case.pk, on=TODAY, by=office.street)
    clerk = replace(office.clerk, permissions=office.street.permissions)
    with pytest.raises(Refused, match="您代办了这份申请"):
        actions.first_review(application_id=case.pk, verdict="pass", on=TODAY, by=clerk)


def test_a_refusal_takes_two_people_and_a_reason(office: testing.Office) -> None:
    elder_id = testing.elder(YOUNG)
    case = testing.applied(elder_id, INSURANCE, by=office, answers=_none_of_all())
    actions.accept(application_id=case.pk, on=TODAY, by=office.street)
    with pytest.raises(Refused, match="没有一项可以给予"):
        actions.first_review(application_id=case.pk, verdict="pass", on=TODAY, by=office.street)
    with pytest.raises(BadInput, match="请写明理由"):
        actions.first_review(application_id=case.pk, verdict="fail", on=TODAY, by=office.street)
    actions.first_review(
        application_id=case.pk, verdict="fail", reason="不满八十周岁", on=TODAY, by=office.street
    )
    with pytest.raises(Refused, match="现在是“初审建议不予”"):
        actions.decide(application_id=case.pk, on=TODAY, by=office.county)
    actions.second_review(
        application_id=case.pk, verdict="fail", reason="同意初审意见", on=TODAY, by=office.county
    )
    with pytest.raises(BadInput, match="不予的理由"):
        actions.decide(application_id=case.pk, on=TODAY, by=office.county)
    decision = actions.decide(
        application_id=case.pk, reason="未满八十周岁，也不属于所列家庭", on=TODAY, by=office.county
    )
    assert decision.kind == "deny"
    assert decision.lines[0]["outcome"] == "denied"
    assert decision.lines[0]["reasons"]
    assert not Item.objects.filter(elder_id=elder_id, live=True).exists()
    testing.applied(elder_id, INSURANCE, by=office)  # a new application is free


def _none_of_all() -> dict[str, object]:
    return {"低保": False, "低保边缘": False, "计划生育特殊家庭": False}


def test_what_is_unknown_is_not_passed(office: testing.Office) -> None:
    case = testing.applied(testing.elder(YOUNG), INSURANCE, by=office)
    actions.accept(application_id=case.pk, on=TODAY, by=office.street)
    with pytest.raises(Refused, match="还缺事实") as refusal:
        actions.first_review(application_id=case.pk, verdict="pass", on=TODAY, by=office.street)
    assert "低保" in refusal.value.hint


def test_what_is_open_is_acknowledged_never_paid_as_nothing(office: testing.Office) -> None:
    case = testing.granted(testing.elder(), AGED, by=office)
    line = case.decisions.get().lines[0]
    assert (line["outcome"], line["amount"]) == ("open", None)
    assert "市人民政府" in line["awaits"][0]
    assert not Award.objects.filter(application=case).exists()
    assert Item.objects.get(application=case).live


NANNING = "450103001001"


@pytest.mark.parametrize(
    ("place", "grant", "outcome", "waits"),
    [
        (PLACE, "辅助器具借用", "granted", []),
        (PLACE, "无障碍改造补贴", "open", ["改造补贴标准"]),
        (NANNING, "无障碍设施改造", "granted", ["补贴标准"]),
        (NANNING, "居家适老化改造", "granted", ["补贴标准"]),
        (NANNING, "家庭养老床位", "granted", ["补贴标准"]),
    ],
)
def test_help_at_home_is_decided_and_says_what_the_measures_still_owe(
    place: str, grant: str, outcome: str, waits: list[str]
) -> None:
    elder_id = testing.elder(YOUNG, place=place, living="spouse")
    testing.status(elder_id, StatusKind.DIBAO, place=place)
    testing.level(elder_id, 3, place=place)
    case = testing.granted(elder_id, grant, by=testing.office(place))
    (line,) = case.decisions.get().lines
    assert (line["outcome"], line["amount"]) == (outcome, None)
    assert [w for w in waits if not any(w in said for said in line["awaits"])] == []
    assert bool(line["awaits"]) is bool(waits)
    assert Award.objects.filter(application=case).exists() is (outcome == "granted")


def test_nobody_claims_a_status_by_word_alone(office: testing.Office) -> None:
    elder_id = testing.elder(YOUNG)
    case = testing.applied(elder_id, INSURANCE, by=office, answers={"低保": True})
    assert (case.declared, case.claimed) == ({}, ["低保"])
    with pytest.raises(BadInput, match="不能自己填写"):
        testing.applied(elder_id, HOURS, by=office, answers={"失能等级": "重度"})


def test_one_live_case_per_grant(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.applied(elder_id, INSURANCE, by=office)
    with pytest.raises(Refused, match="不能重复申请"):
        testing.applied(elder_id, CALL, INSURANCE, by=office)
    testing.applied(elder_id, CALL, by=office)
    actions.withdraw(application_id=case.pk, reason="老人改主意了", on=TODAY, by=office.clerk)
    testing.applied(elder_id, INSURANCE, by=office)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grants": []}, "至少选择一项"),
        ({"grants": ["没有这一项"]}, "本市没有"),
        ({"consent": " "}, "没有同意不能代办"),
        ({"answers": {"低保": "也许"}}, "true 或 false"),
    ],
)
def test_a_bad_application_says_why_and_leaves_nothing(
    office: testing.Office, changes: dict[str, object], error: str
) -> None:
    given = {"grants": [INSURANCE], "consent": "电话同意", **changes}
    with pytest.raises(BadInput, match=error):
        actions.apply_for(elder_id=testing.elder(), on=TODAY, by=office.clerk, **given)  # type: ignore[arg-type]
    assert not Application.objects.exists()


def test_a_family_applies_with_its_recorded_consent(office: testing.Office) -> None:
    elder_id = testing.elder()
    daughter = testing.family_of(elder_id)
    case = actions.apply_for(elder_id=elder_id, grants=[INSURANCE], on=TODAY, by=daughter)
    assert (case.channel, case.relation, case.consent) == ("family", "子女", "书面委托")
    with pytest.raises(Forbidden, match="只能由他们自己撤回"):
        actions.withdraw(application_id=case.pk, reason="我看不用了", on=TODAY, by=office.clerk)
    stranger = testing.family_of(testing.elder())
    with pytest.raises(NotFound):
        actions.withdraw(application_id=case.pk, reason="我看不用了", on=TODAY, by=stranger)
    with pytest.raises((NotFound, Forbidden)):
        actions.apply_for(elder_id=elder_id, grants=[CALL], on=TODAY, by=stranger)


def test_correction_and_resubmission(office: testing.Office) -> None:
    elder_id = testing.elder(YOUNG)
    case = testing.applied(elder_id, INSURANCE, by=office)
    with pytest.raises(BadInput, match="需要补正的内容"):
        actions.request_correction(application_id=case.pk, what="缺", on=TODAY, by=office.street)
    actions.request_correction(
        application_id=case.pk, what="请补充低保证", on=TODAY, by=office.street
    )
    testing.status(elder_id, StatusKind.DIBAO)
    case = actions.resubmit(
        application_id=case.pk, statement="已补低保证", on=TODAY, by=office.clerk
    )
    assert case.state == "submitted"
    assert case.determination.law["grants"][1]["status"] == "granted"


def test_a_changed_fact_stops_a_signature(office: testing.Office) -> None:
    elder_id = testing.elder(YOUNG)
    case = testing.applied(elder_id, INSURANCE, by=office)
    actions.accept(application_id=case.pk, on=TODAY, by=office.street)
    testing.status(elder_id, StatusKind.DIBAO)
    with pytest.raises(Conflict, match="认定结果与您看到的不同"):
        actions.first_review(application_id=case.pk, verdict="pass", on=TODAY, by=office.street)
    actions.redetermine(elder_id=elder_id, cause="check", on=TODAY, by=office.street)
    actions.first_review(application_id=case.pk, verdict="pass", on=TODAY, by=office.street)


def test_an_old_page_is_a_conflict(office: testing.Office) -> None:
    case = testing.applied(testing.elder(), by=office)
    actions.accept(application_id=case.pk, on=TODAY, by=office.street, seen=case.version)
    with pytest.raises(Conflict, match="您打开页面之后"):
        actions.accept(application_id=case.pk, on=TODAY, by=office.street, seen=case.version)


def test_sending_back_begins_a_new_round(office: testing.Office) -> None:
    case = testing.applied(testing.elder(), by=office)
    actions.accept(application_id=case.pk, on=TODAY, by=office.street)
    for _ in range(2):
        actions.first_review(application_id=case.pk, verdict="pass", on=TODAY, by=office.street)
        case = actions.second_review(
            application_id=case.pk, verdict="return", reason="材料不清", on=TODAY, by=office.county
        )
    assert (case.state, case.round) == ("accepted", 3)
    assert Review.objects.filter(application=case).count() == 4


def test_permissions_are_asked_before_anything(office: testing.Office) -> None:
    case = testing.applied(testing.elder(), by=office)
    for act, who in (
        (actions.accept, office.county),
        (actions.accept, office.clerk),
        (actions.decide, office.street),
    ):
        with pytest.raises(Forbidden):
            act(application_id=case.pk, on=TODAY, by=who)  # type: ignore[operator]
    elsewhere = testing.office("330205001001").street
    assert elsewhere.may(Perm.ACCEPT)
    with pytest.raises(NotFound):
        actions.accept(application_id=case.pk, on=TODAY, by=elsewhere)


def test_tasks_follow_the_table(office: testing.Office) -> None:
    case = testing.applied(testing.elder(), by=office)
    (task,) = tasks_for(office.street, on=TODAY)
    assert (task.todo, task.due_on) == (TURNS["submitted"].todo, date(2026, 11, 9))  # type: ignore[index]
    assert not task.overdue
    assert tasks_for(office.street, on=date(2026, 11, 10))[0].overdue
    assert count_tasks(office.county, on=TODAY) == 0
    actions.accept(application_id=case.pk, on=TODAY, by=office.street)
    actions.first_review(application_id=case.pk, verdict="pass", on=TODAY, by=office.street)
    assert count_tasks(office.street, on=TODAY) == 0
    assert count_tasks(office.county, on=TODAY) == 1
    both = replace(office.street, permissions=office.county.permissions)
    assert count_tasks(both, on=TODAY) == 0  # who signed first is not asked to sign second
    actions.second_review(application_id=case.pk, verdict="pass", on=TODAY, by=office.county)
    notice = actions.publish_batch(application_ids=[case.pk], on=TODAY, by=office.county)
    assert count_tasks(office.county, on=notice.ends) == 0
    (task,) = tasks_for(office.county, on=notice.ends + timedelta(days=1))
    assert task.todo == "公示期满后作出决定"


def test_the_explanation_is_recomputed_from_the_receipt(office: testing.Office) -> None:
    elder_id = testing.elder(YOUNG)
    testing.status(elder_id, StatusKind.DIBAO)
    testing.level(elder_id, 2)
    case = testing.applied(elder_id, HOURS, by=office, answers={"护理补贴": 0})
    stored = case.determination
    assert law.recheck(stored).matches
    assert law.read(stored).to_json() == stored.law
    stored.law["grants"][0]["amount"] = 45
    assert not law.recheck(stored).matches
