"""Who assesses, why, how often, and the life of an assessment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.contexts.assessment.domain import (
    ASSESSMENT,
    GBT42195,
    LTC2021,
    REASON_LABELS,
    Assessor,
    Reason,
    RiskEvent,
    State,
    add_months,
    check_reason,
    check_team,
    load_scale,
    next_due,
    recent_risk_events,
)
from heling.kernel.errors import BadInput, Refused

GBT = load_scale(GBT42195)
LTC = load_scale(LTC2021)
NURSE = Assessor(person_id=1, name="韦护士", medical=True)
SOCIAL = Assessor(person_id=2, name="黄社工")
DOCTOR = Assessor(person_id=3, name="陆医生", medical=True, expert=True)
EXPERT = Assessor(person_id=4, name="周专家", expert=True)


def said(*team: Assessor, reason: Reason = Reason.FIRST, **more: object) -> list[str]:
    with pytest.raises(BadInput) as caught:
        check_team(GBT, team, reason=reason, **more)  # type: ignore[arg-type]
    return [p.message for p in caught.value.problems]


def test_two_on_site_one_of_them_medical() -> None:
    assert check_team(GBT, [NURSE, SOCIAL], reason=Reason.ROUTINE) == ()


def test_one_is_not_enough() -> None:
    assert said(NURSE) == ["至少两名评估人员同时在现场，现有 1 名，请补足"]


def test_the_same_person_twice_is_one() -> None:
    assert said(NURSE, NURSE) == [
        "同一人写了两次，请换成不同的人",
        "至少两名评估人员同时在现场，现有 1 名，请补足",
    ]


def test_staying_in_the_office_does_not_count() -> None:
    absent = Assessor(person_id=9, name="远程医生", medical=True, on_site=False)
    assert said(SOCIAL, absent) == [
        "其中至少一名具有医护专业背景，现有 0 名，请补足",
        "至少两名评估人员同时在现场，现有 1 名，请补足",
    ]


def test_nobody_medical() -> None:
    assert said(SOCIAL, EXPERT) == ["其中至少一名具有医护专业背景，现有 0 名，请补足"]


def test_review_by_others() -> None:
    unsure = check_team(GBT, [DOCTOR, EXPERT], reason=Reason.REVIEW, first_team=frozenset({1, 2}))
    assert unsure == ("复评由原评估人员以外的至少两名评估人员进行（待核实）",)


@pytest.mark.parametrize("on_site", [True, False])
def test_review_by_one_of_the_first_is_refused(on_site: bool) -> None:
    again = Assessor(person_id=1, name="韦护士", medical=True, on_site=on_site)
    found = said(DOCTOR, EXPERT, again, reason=Reason.REVIEW, first_team=frozenset({1, 2}))
    assert found == ["韦护士参加过原评估，复评须由其他人员进行，请更换"]


@pytest.mark.parametrize("first", [None, frozenset()])
def test_review_must_name_the_first_assessment(first: frozenset[int] | None) -> None:
    assert said(DOCTOR, EXPERT, reason=Reason.REVIEW, first_team=first) == [
        "复评要写明原评估由谁作出，请先选定有异议的评估"
    ]


def test_the_first_team_may_do_the_routine_one() -> None:
    assert check_team(GBT, [NURSE, SOCIAL], reason=Reason.ROUTINE, first_team=frozenset({1})) == ()


def test_ltc_needs_an_expert_and_a_guardian() -> None:
    with pytest.raises(BadInput) as caught:
        check_team(LTC, [NURSE, SOCIAL], reason=Reason.FIRST)
    assert [p.message for p in caught.value.problems] == [
        "其中至少一名评估专家，现有 0 名，请补足",
        "至少一名监护人或代理人在场，请补上",
    ]
    unsure = check_team(LTC, [NURSE, EXPERT], reason=Reason.FIRST, guardian_present=True)
    assert len(unsure) == 3
    assert all(s.endswith("（待核实）") for s in unsure)


def test_ltc_review_needs_two_other_experts() -> None:
    with pytest.raises(BadInput, match="至少两名评估专家进行，现有 1 名"):
        check_team(
            LTC,
            [NURSE, EXPERT],
            reason=Reason.REVIEW,
            first_team=frozenset({7, 8}),
            guardian_present=True,
        )
    check_team(
        LTC,
        [DOCTOR, EXPERT],
        reason=Reason.REVIEW,
        first_team=frozenset({7, 8}),
        guardian_present=True,
    )


# Reasons ----------------------------------------------------------------------------------


def test_every_reason_has_a_label() -> None:
    assert set(REASON_LABELS) == set(Reason)


@pytest.mark.parametrize("reason", [Reason.ROUTINE, Reason.IMMEDIATE, Reason.REVIEW])
def test_reasons_that_need_an_earlier_assessment(reason: Reason) -> None:
    check_reason(reason, has_previous=True)
    with pytest.raises(BadInput, match="还没有完成的评估"):
        check_reason(reason, has_previous=False)


def test_first_is_first() -> None:
    check_reason(Reason.FIRST, has_previous=False)
    with pytest.raises(BadInput, match="已有完成的评估"):
        check_reason(Reason.FIRST, has_previous=True)


def test_other_says_what() -> None:
    check_reason(Reason.OTHER, has_previous=False, note="入住机构前")
    with pytest.raises(BadInput, match="请写明原因"):
        check_reason(Reason.OTHER, has_previous=True, note="  ")


# Dates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 1), date(2027, 11, 1)),
        (date(2026, 12, 31), date(2027, 12, 31)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2027, 3, 1), date(2028, 3, 1)),
    ],
)
def test_gbt_is_due_after_twelve_months(day: date, due: date) -> None:
    found = next_due(GBT, day)
    assert (found.on, found.unverified) == (due, ())
    assert found.rule == "至少每 12 个月评估一次"


def test_ltc_is_valid_for_two_years_unverified() -> None:
    found = next_due(LTC, date(2024, 2, 29))
    assert found.on == date(2026, 2, 28)
    assert found.unverified == ("评估结论有效期不超过 2 年（待核实）",)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_add_months(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_add_months_lands_in_the_right_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


# Risk events ------------------------------------------------------------------------------

TODAY = date(2026, 11, 1)


@pytest.mark.parametrize(("days_ago", "counted"), [(0, 1), (29, 1), (30, 1), (31, 0)])
def test_the_window_is_thirty_days(days_ago: int, counted: int) -> None:
    event = RiskEvent("fall", TODAY - timedelta(days=days_ago))
    found = recent_risk_events(GBT, [event], on=TODAY)
    assert found == {"fall": counted, "lost": 0, "choking": 0, "self_harm": 0, "other": 0}


def test_events_add_up_per_kind() -> None:
    found = recent_risk_events(GBT, [RiskEvent("fall", TODAY), RiskEvent("fall", TODAY)], on=TODAY)
    assert found["fall"] == 2


def test_events_that_cannot_be() -> None:
    events = [RiskEvent("fall", TODAY + timedelta(days=1)), RiskEvent("alien", TODAY)]
    with pytest.raises(BadInput) as caught:
        recent_risk_events(GBT, events, on=TODAY)
    assert [p.message for p in caught.value.problems] == [
        "跌倒的日期 2026-11-02 在评估日之后，请核对",
        "没有“alien”这一类",
    ]


# States -----------------------------------------------------------------------------------


def test_the_way_to_a_superseded_assessment() -> None:
    state = State.DRAFT
    for step in ("submit", "send_back", "submit", "complete", "dispute", "supersede"):
        state = ASSESSMENT.next(step, state)
    assert state is State.SUPERSEDED


@pytest.mark.parametrize("end", [State.SUPERSEDED, State.VOIDED])
def test_ends_are_final(end: State) -> None:
    assert ASSESSMENT.available(end) == ()


def test_a_completed_assessment_is_never_edited() -> None:
    assert [s.name for s in ASSESSMENT.available(State.COMPLETED)] == [
        "dispute",
        "supersede",
        "void",
    ]
    with pytest.raises(Refused, match="现在是“已完成”，不能退回修改"):
        ASSESSMENT.next("send_back", State.COMPLETED)


def test_a_draft_cannot_be_completed_unsigned() -> None:
    with pytest.raises(Refused):
        ASSESSMENT.next("complete", State.DRAFT)
