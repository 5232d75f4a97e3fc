"""The whole thread: arrange, fill in, submit, sign, doubt, assess again, void."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from heling.contexts.assessment import actions
from heling.contexts.assessment.domain import Reason, State
from heling.contexts.assessment.fingerprint import fingerprint
from heling.contexts.assessment.models import Assessment, Dispute
from heling.contexts.assessment.public import level_on
from heling.contexts.assessment.testing import (
    COUNTY,
    FACTS,
    TODAY,
    Pair,
    answers,
    assessor,
    completed,
    disputed,
    draft,
    filled,
    pair,
    signed,
)
from heling.contexts.identity.public import RoleKey
from heling.contexts.registry.testing import actor, elder, family_of
from heling.kernel.errors import BadInput, Conflict, Forbidden, NotFound, Refused
from heling.platform.journal.models import Entry

pytestmark = pytest.mark.usefixtures("db")


def kinds(assessment: Assessment) -> list[str]:
    rows = Entry.objects.filter(subject="assessment", subject_id=assessment.pk).order_by("id")
    return [k.removeprefix("assessment.") for k in rows.values_list("kind", flat=True)]


def test_arranged_filled_in_signed_by_both_and_done() -> None:
    assessment = completed(elder(), total=66)

    assert (assessment.state, assessment.level, assessment.in_force) == ("completed", 1, True)
    assert assessment.level_label == "1 级 能力轻度受损（轻度失能）"
    assert assessment.due_on == date(2027, 11, 1)
    stored = Assessment.objects.get(pk=assessment.pk)
    assert stored.result is not None
    assert stored.result["total"] == 66
    assert stored.result_sha256 == fingerprint(stored)
    assert [t.step for t in stored.transitions.all()] == ["arrange", "submit", "complete"]
    assert kinds(stored) == [
        "AssessmentArranged",
        "AssessmentSubmitted",
        "AssessmentSigned",
        "AssessmentSigned",
        "AssessmentCompleted",
    ]


@pytest.mark.parametrize(
    ("total", "level"),
    [(90, 0), (89, 1), (66, 1), (65, 2), (46, 2), (45, 3), (30, 3), (29, 4), (0, 4)],
)
def test_every_band_is_reached_through_the_form(total: int, level: int) -> None:
    assert completed(elder(), total=total).level == level


def test_the_first_signature_alone_completes_nothing() -> None:
    assessment, team = filled(elder())
    assessment = actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    assessment = signed(assessment, team.nurse)
    again = signed(assessment, team.nurse)
    assert (again.state, again.completed_at) == (State.AWAITING_SIGNATURE, None)
    assert again.team.exclude(signed_at=None).count() == 1


def test_nobody_signs_for_another_or_under_another_name() -> None:
    assessment, team = filled(elder())
    assessment = actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    with pytest.raises(BadInput, match="请输入您本人的姓名“周评估”，不能代签"):
        actions.sign(
            assessment_id=assessment.pk,
            name=team.nurse.name,
            sha256=assessment.result_sha256,
            at=assessment.created_at,
            by=team.other,
        )
    with pytest.raises(NotFound):
        signed(assessment, assessor(medical=True))
    with pytest.raises(Forbidden):
        signed(assessment, actor(RoleKey.STREET, COUNTY))


def test_a_result_that_changed_after_it_was_shown_is_not_signed() -> None:
    assessment, team = filled(elder())
    shown = actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse).result_sha256
    actions.send_back(assessment_id=assessment.pk, reason="洗澡一项记错", by=team.other)
    actions.save_answer(
        assessment_id=assessment.pk, item="B.1.3", answer="2", version=99, by=team.other
    )
    now = actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    assert now.result_sha256 != shown
    with pytest.raises(Conflict, match="结果在您打开页面后改过"):
        actions.sign(
            assessment_id=assessment.pk,
            name=team.nurse.name,
            sha256=shown,
            at=now.created_at,
            by=team.nurse,
        )


def test_sending_back_takes_every_signature_off() -> None:
    assessment, team = filled(elder())
    assessment = actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    signed(assessment, team.nurse)
    back = actions.send_back(assessment_id=assessment.pk, reason="地点写错", by=team.other)
    back.refresh_from_db()
    assert (back.state, back.result, back.level, back.due_on) == ("draft", None, None, None)
    assert not back.team.exclude(signed_at=None).exists()
    assert back.transitions.last().reason == "地点写错"  # type: ignore[union-attr]


# --- what is missing ----------------------------------------------------------------------


def test_submission_names_every_unanswered_item_and_every_fact_nobody_stated() -> None:
    assessment, team = draft(elder())
    given = answers()
    del given["B.1.3"], given["B.4.5"]
    actions.save_answers(assessment_id=assessment.pk, answers=given, version=0, by=team.nurse)
    before = Entry.objects.count()
    with pytest.raises(BadInput) as caught:
        actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    assert [str(p) for p in caught.value.problems] == [
        "评估日期：还没有填写，请填实际上门评估的日期",
        "B.1.3 洗澡：还没有作答，请补上",
        "B.4.5 社会交往能力：还没有作答，请补上",
        "疾病诊断：还没有填写，痴呆等诊断影响等级；都没有的，请勾选“以上都没有”",
        "近 30 天内照护风险事件：还没有询问，两次及以上影响等级；没有发生的，请勾选“没有发生”",
    ]
    assessment.refresh_from_db()
    assert (assessment.state, assessment.result, assessment.adjustments) == ("draft", None, None)
    assert assessment.transitions.count() == 1
    assert Entry.objects.count() == before


def test_an_empty_form_misses_every_item() -> None:
    assessment, team = draft(elder())
    with pytest.raises(BadInput) as caught:
        actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    assert sum("还没有作答" in p.message for p in caught.value.problems) == 26


def test_saying_none_while_events_stand_in_the_list_is_a_contradiction() -> None:
    assessment, team = filled(elder())
    actions.add_risk_event(
        assessment_id=assessment.pk, kind="fall", on=TODAY, today=TODAY, by=team.nurse
    )
    with pytest.raises(BadInput, match="勾选了“没有发生”，却登记了事件"):
        actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)


@pytest.mark.parametrize(("days", "level"), [(30, 2), (31, 1)])
def test_two_falls_raise_once_while_both_lie_in_the_window(days: int, level: int) -> None:
    assessment, team = filled(elder(), total=70, facts={"diagnoses": []})
    for back in (2, days):
        actions.add_risk_event(
            assessment_id=assessment.pk,
            kind="fall",
            on=TODAY - timedelta(days=back),
            today=TODAY,
            by=team.nurse,
        )
    assessment = actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    assert assessment.level == level


def test_dementia_and_falls_raise_once_and_say_that_this_is_unverified() -> None:
    assessment, team = filled(elder(), total=70, facts={"diagnoses": ["F00-F03"]})
    for note in ("早上", "晚上"):
        actions.add_risk_event(
            assessment_id=assessment.pk,
            kind="fall",
            on=TODAY,
            note=note,
            today=TODAY,
            by=team.nurse,
        )
    assessment = actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    assert assessment.level == 2
    assert any("R2、R3" in sentence and "待核实" in sentence for sentence in assessment.unverified)
    fact = level_on(assessment.elder_id, on=TODAY, by=actor(RoleKey.STREET, COUNTY))
    assert fact is None, "nothing is in force before the signatures"


def test_the_same_event_pressed_twice_is_not_two_events() -> None:
    assessment, team = draft(elder())
    event = {"kind": "fall", "on": TODAY, "today": TODAY, "by": team.nurse}
    actions.add_risk_event(assessment_id=assessment.pk, **event)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="同一天已登记过同样的事件"):
        actions.add_risk_event(assessment_id=assessment.pk, **event)  # type: ignore[arg-type]
    assert assessment.risk_events.count() == 1


# --- answers ------------------------------------------------------------------------------


def test_an_answer_sent_twice_is_saved_once() -> None:
    assessment, team = draft(elder())
    for _ in range(2):
        saved = actions.save_answer(
            assessment_id=assessment.pk, item="B.1.1", answer="3", version=0, by=team.nurse
        )
    assert (saved.version, saved.answers) == (1, {"B.1.1": "3"})
    assert assessment.answered.count() == 1


def test_a_colleagues_answer_is_not_overwritten_unseen() -> None:
    assessment, team = draft(elder())
    pk = assessment.pk
    actions.save_answer(assessment_id=pk, item="B.1.1", answer="3", version=0, by=team.nurse)
    with pytest.raises(Conflict, match=r"B\.1\.1 进食刚由李护士改为“3”"):
        actions.save_answer(assessment_id=pk, item="B.1.1", answer="2", version=0, by=team.other)
    other = actions.save_answer(
        assessment_id=pk, item="B.1.2", answer="2", version=0, by=team.other
    )
    assert other.answers == {"B.1.1": "3", "B.1.2": "2"}, "another item is no conflict"
    seen = actions.save_answer(
        assessment_id=pk, item="B.1.1", answer="2", version=other.version, by=team.other
    )
    assert seen.answers["B.1.1"] == "2"


@pytest.mark.parametrize(("item", "answer"), [("B.9.9", "4"), ("B.1.1", "5"), ("B.1.1", "")])
def test_a_form_with_one_wrong_answer_saves_none(item: str, answer: str) -> None:
    assessment, team = draft(elder())
    with pytest.raises(BadInput):
        actions.save_answers(
            assessment_id=assessment.pk,
            answers={"B.1.2": "4", item: answer},
            version=0,
            by=team.nurse,
        )
    assessment.refresh_from_db()
    assert (assessment.answers, assessment.version) == ({}, 0)


def test_only_the_team_fills_in_and_only_a_draft() -> None:
    assessment, team = filled(elder())
    fill = {"assessment_id": assessment.pk, "item": "B.1.1", "answer": "1", "version": 99}
    with pytest.raises(Forbidden):
        actions.save_answer(**fill, by=actor(RoleKey.STREET, COUNTY))
    with pytest.raises(NotFound):
        actions.save_answer(**fill, by=assessor())
    actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    with pytest.raises(Refused, match="待签字"):
        actions.save_answer(**fill, by=team.nurse)


def test_the_visit_is_not_in_the_future() -> None:
    assessment, team = draft(elder())
    visit = {"assessment_id": assessment.pk, "place": "家中", "today": TODAY, "by": team.nurse}
    with pytest.raises(BadInput, match="还没有到"):
        actions.set_visit(on=TODAY + timedelta(days=1), **visit)  # type: ignore[arg-type]
    actions.set_visit(on=TODAY, **visit)  # type: ignore[arg-type]


# --- the team -----------------------------------------------------------------------------


def test_one_person_is_not_two_assessors() -> None:
    team = pair()
    with pytest.raises(BadInput, match="同一人写了两次"):
        draft(elder(), team, assessors=[team.ids[0], team.ids[0]])


def test_a_team_without_medical_background_is_refused() -> None:
    with pytest.raises(BadInput, match="至少一名具有医护专业背景，现有 0 名"):
        draft(elder(), Pair(assessor(), assessor()))


def test_an_assessor_of_another_place_is_not_on_the_list() -> None:
    with pytest.raises(BadInput, match="不是本区划在岗的评估员"):
        draft(elder(), Pair(assessor("980103", medical=True), assessor()))


def test_an_assessor_begins_only_what_it_takes_part_in() -> None:
    team, stranger = pair(), assessor()
    someone = elder()
    with pytest.raises(Forbidden, match="只能登记本人参加的评估"):
        draft(someone, team, by=stranger)
    assert draft(someone, team, by=team.other)[0].state == State.DRAFT


def test_a_second_open_assessment_is_refused() -> None:
    someone = elder()
    draft(someone)
    with pytest.raises(Refused, match="已有一次评估正在进行"):
        draft(someone)


def test_reasons_fit_the_history() -> None:
    someone = elder()
    with pytest.raises(BadInput, match="还没有完成的评估"):
        draft(someone, reason=Reason.ROUTINE)
    completed(someone)
    with pytest.raises(BadInput, match="已有完成的评估"):
        draft(someone)


def test_reassigning_replaces_the_team_of_a_draft_only() -> None:
    assessment, team = filled(elder())
    fresh = assessor(medical=True)
    change = {
        "assessment_id": assessment.pk,
        "assessors": [fresh.user_id, team.other.user_id],
        "today": TODAY,
        "by": actor(RoleKey.STREET, COUNTY),
    }
    actions.assign(**change)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    actions.submit(assessment_id=assessment.pk, today=TODAY, by=fresh)
    with pytest.raises(Refused, match="不能再换人"):
        actions.assign(**change)  # type: ignore[arg-type]


# --- doubts -------------------------------------------------------------------------------


def test_a_family_doubts_others_assess_again_and_the_new_result_holds() -> None:
    someone = elder()
    first_team = pair()
    first = completed(someone, first_team, total=70)
    first = disputed(first, by=family_of(someone))
    assert (first.state, first.in_force) == ("disputed", True)

    review, team = draft(someone, reason=Reason.REVIEW, reviews_id=first.pk)
    pk = review.pk
    actions.set_visit(assessment_id=pk, on=TODAY, place="家中", today=TODAY, by=team.nurse)
    actions.set_adjustments(assessment_id=pk, facts=FACTS, by=team.nurse)
    actions.save_answers(assessment_id=pk, answers=answers(60), version=0, by=team.nurse)
    review = actions.submit(assessment_id=pk, today=TODAY, by=team.nurse)
    signed(review, team.nurse)
    review = signed(review, team.other)

    first.refresh_from_db()
    assert (first.state, first.in_force) == ("superseded", False)
    assert (review.in_force, review.supersedes_id, review.level) == (True, first.pk, 2)
    row = Dispute.objects.get(assessment=first)
    assert (row.outcome, row.deadline) == ("reassessed", None)
    assert row.outcome_note == "复评结果：2 级 能力中度受损（中度失能）"
    assert "AssessmentSuperseded" in kinds(first)


def test_a_former_assessor_takes_no_part_in_the_review() -> None:
    someone = elder()
    first_team = pair()
    first = disputed(completed(someone, first_team))
    mixed = Pair(first_team.nurse, assessor())
    with pytest.raises(BadInput, match="李护士参加过原评估"):
        draft(someone, mixed, reason=Reason.REVIEW, reviews_id=first.pk)


def test_a_disputed_result_is_not_overtaken_by_another_assessment() -> None:
    someone = elder()
    disputed(completed(someone))
    with pytest.raises(Refused, match="有异议，不能另行评估"):
        draft(someone, reason=Reason.ROUTINE)


def test_a_dispute_raised_while_a_routine_one_is_open_stops_that_one_at_the_signature() -> None:
    someone = elder()
    first = completed(someone)
    routine, team = filled(someone, reason=Reason.ROUTINE)
    routine = actions.submit(assessment_id=routine.pk, today=TODAY, by=team.nurse)
    signed(routine, team.nurse)
    disputed(first)
    with pytest.raises(Refused, match="须由其他评估人员复评"):
        signed(routine, team.other)
    routine.refresh_from_db()
    assert routine.state == "awaiting_signature"
    assert routine.team.exclude(signed_at=None).count() == 1, "the refused signature is gone, too"


def test_the_street_does_not_arrange_the_review_of_its_own_arrangement() -> None:
    someone = elder()
    first = disputed(completed(someone))
    with pytest.raises(Forbidden):
        draft(someone, reason=Reason.REVIEW, reviews_id=first.pk, by=actor(RoleKey.STREET, COUNTY))


def test_a_dispute_needs_words_and_comes_once() -> None:
    someone = elder()
    first = completed(someone)
    with pytest.raises(BadInput) as caught:
        actions.dispute(
            assessment_id=first.pk,
            reason=" ",
            raised_by="",
            relation="",
            on=TODAY,
            by=family_of(someone),
        )
    assert [p.where for p in caught.value.problems] == ["理由", "提出人", "与老年人的关系"]
    disputed(first)
    with pytest.raises(Refused, match="有异议"):
        disputed(first)
    with pytest.raises(NotFound):
        disputed(first, by=family_of(someone + 1))


def test_a_withdrawn_dispute_leaves_the_result_as_it_was() -> None:
    someone = elder()
    first = disputed(completed(someone))
    back = actions.withdraw_dispute(
        assessment_id=first.pk, at=first.created_at, note="想通了", by=family_of(someone)
    )
    assert (back.state, back.in_force) == ("completed", True)
    assert Dispute.objects.get().outcome == "withdrawn"


# --- void ---------------------------------------------------------------------------------


def test_a_voided_assessment_gives_the_level_back_to_the_one_before() -> None:
    someone = elder()
    county = actor(RoleKey.COUNTY, COUNTY)
    first = completed(someone, total=90, on=TODAY - timedelta(days=300))
    second = completed(someone, total=50, reason=Reason.IMMEDIATE)
    with pytest.raises(BadInput, match="请写明为什么作废"):
        actions.void(assessment_id=second.pk, reason=" ", at=second.created_at, by=county)
    actions.void(assessment_id=second.pk, reason="认错了人", at=second.created_at, by=county)
    fact = level_on(someone, on=TODAY, by=county)
    assert fact is not None
    assert (fact.assessment_id, fact.level) == (first.pk, 0)
    first.refresh_from_db()
    assert (first.state, first.in_force) == ("superseded", True)
    third = completed(someone, total=40, reason=Reason.IMMEDIATE)
    assert third.supersedes_id == first.pk


def test_voiding_a_completed_one_is_not_for_street_or_assessor() -> None:
    team = pair()
    done = completed(elder(), team)
    for who in (actor(RoleKey.STREET, COUNTY), team.nurse):
        with pytest.raises(Forbidden):
            actions.void(assessment_id=done.pk, reason="认错了人", at=done.created_at, by=who)


def test_an_assessor_voids_the_own_draft() -> None:
    assessment, team = draft(elder())
    void = actions.void(
        assessment_id=assessment.pk, reason="老人住院", at=assessment.created_at, by=team.nurse
    )
    assert void.state == State.VOIDED
