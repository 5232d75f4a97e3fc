"""What the database refuses by itself, whoever writes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from heling.contexts.assessment import actions
from heling.contexts.assessment.domain import Reason
from heling.contexts.assessment.models import (
    Answered,
    Assessment,
    Assessor,
    Dispute,
    RiskEvent,
    Transition,
)
from heling.contexts.assessment.testing import (
    TODAY,
    completed,
    disputed,
    draft,
    filled,
    pair,
)
from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import OTHER_COUNTY, OTHER_STREET, VILLAGE, plant
from heling.contexts.registry.testing import actor, elder, family_of
from heling.kernel.errors import Refused
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import NOTHING, scoped

pytestmark = pytest.mark.usefixtures("db")
TABLES = (Assessment, Assessor, RiskEvent, Dispute, Transition, Answered)


def awaiting() -> Assessment:
    assessment, team = filled(elder())
    return actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)


def sign_all(assessment: Assessment) -> None:
    for one in assessment.team.all():
        one.signed_at, one.signed_name = timezone.now(), one.name
        one.signed_sha256 = assessment.result_sha256
        one.save()


def complete(assessment: Assessment) -> None:
    with refusing():
        Assessment.objects.filter(pk=assessment.pk).update(
            state="completed", completed_at=timezone.now(), in_force=True
        )


def test_two_signatures_complete_and_one_does_not() -> None:
    assessment = awaiting()
    with pytest.raises(Refused, match="还有评估人员没有签字"):
        complete(assessment)
    sign_all(assessment)
    complete(assessment)


def test_signatures_on_another_result_do_not_count() -> None:
    assessment = awaiting()
    sign_all(assessment)
    assessment.team.update(signed_sha256="0" * 64)
    with pytest.raises(Refused, match="签的不是这份结果"):
        complete(assessment)


def test_one_person_twice_is_refused() -> None:
    assessment, _ = draft(elder())
    row = assessment.team.first()
    assert row is not None
    row.pk = None
    with pytest.raises(Refused, match="同一人不能作为两名评估人员"), refusing():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda team: team.filter(medical=False).delete(), "不足规定人数"),
        (lambda team: team.filter(medical=False).update(on_site=False), "不足规定人数"),
        (lambda team: team.update(medical=False), "没有人具有医护专业背景"),
    ],
)
def test_a_team_that_is_too_small_or_lay_cannot_complete(damage: Any, sentence: str) -> None:
    assessment, _ = filled(elder())
    damage(assessment.team.all())
    graded = completed(elder())
    Assessment.objects.filter(pk=assessment.pk).update(
        state="awaiting_signature",
        result=graded.result,
        adjustments=graded.adjustments,
        result_sha256=graded.result_sha256,
        level=0,
        due_on=graded.due_on,
    )
    assessment.refresh_from_db()
    sign_all(assessment)
    with pytest.raises(Refused, match=sentence):
        complete(assessment)


def test_a_former_assessor_cannot_complete_the_review() -> None:
    someone, team = elder(), pair()
    first = disputed(completed(someone, team))
    review, _ = filled(someone, reason=Reason.REVIEW, reviews_id=first.pk)
    again = Assessor.objects.get(assessment=first, user_id=team.other.user_id or 0)
    again.pk, again.assessment = None, review
    again.signed_at, again.signed_name, again.signed_sha256 = None, "", ""
    again.save(force_insert=True)
    review = Assessment.objects.get(pk=review.pk)
    Assessment.objects.filter(pk=review.pk).update(
        state="awaiting_signature",
        result=first.result,
        adjustments=first.adjustments,
        result_sha256=first.result_sha256,
        level=0,
        due_on=first.due_on,
    )
    review.refresh_from_db()
    sign_all(review)
    with pytest.raises(Refused, match="参加过原评估的人员不能参加复评"):
        complete(review)


@pytest.mark.parametrize("level", [0, None])
def test_nothing_is_born_signed_or_without_a_result(level: int | None) -> None:
    done = completed(elder())
    fresh, _ = draft(elder())
    done.pk, done.elder_id, done.in_force, done.level = None, fresh.elder_id, False, level
    with pytest.raises(Refused), refusing():
        done.save(force_insert=True)


def test_a_state_that_the_table_does_not_lead_to_is_refused() -> None:
    assessment, _ = draft(elder())
    with pytest.raises(Refused, match="现在的状态不允许"), refusing():
        Assessment.objects.filter(pk=assessment.pk).update(state="superseded")


@pytest.mark.parametrize(
    "change",
    [
        {"answers": {}},
        {"facts": {}},
        {"result": {"final": 0}},
        {"level": 4},
        {"unverified": ["别的"]},
        {"due_on": None},
        {"result_sha256": "0" * 64},
        {"place": "别处"},
        {"completed_at": datetime(2030, 1, 1, tzinfo=UTC)},
        {"scale": "ltc-2021-37"},
        {"version": 77},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.parametrize("made", [awaiting, lambda: completed(elder())], ids=["awaiting", "done"])
def test_contents_stand_still_once_submitted(made: Any, change: dict[str, Any]) -> None:
    assessment = made()
    before = {key: getattr(Assessment.objects.get(pk=assessment.pk), key) for key in change}
    assert before != change
    with pytest.raises((Refused, DatabaseError)), refusing():
        Assessment.objects.filter(pk=assessment.pk).update(**change)
    after = Assessment.objects.get(pk=assessment.pk)
    assert {key: getattr(after, key) for key in change} == before


def test_the_signature_itself_cannot_carry_changed_contents() -> None:
    assessment = awaiting()
    sign_all(assessment)
    with pytest.raises(Refused, match="内容不能再改"), refusing():
        Assessment.objects.filter(pk=assessment.pk).update(
            state="completed", completed_at=timezone.now(), answers={}
        )


def test_no_row_of_a_completed_assessment_is_added_changed_or_deleted() -> None:
    done = completed(elder())
    member = done.team.get(medical=True)
    for attempt in (
        lambda: Assessment.objects.filter(pk=done.pk)._raw_delete("default"),
        lambda: done.team.update(medical=True, name="别人"),
        lambda: member.delete(),
        lambda: done.risk_events.create(
            elder_id=done.elder_id, code=done.code, kind="fall", on=TODAY
        ),
        lambda: done.transitions.update(reason="改"),
        lambda: done.transitions.all().delete(),
        lambda: done.answered.update(answer="0"),
        lambda: done.answered.all().delete(),
    ):
        with pytest.raises(Refused), refusing():
            attempt()  # type: ignore[no-untyped-call]


def test_an_assessment_does_not_change_its_elder() -> None:
    done, someone = completed(elder()), elder()
    with pytest.raises(Refused, match="不能改到另一位老年人名下"), refusing():
        Assessment.objects.filter(pk=done.pk).update(elder_id=someone)


def test_everything_follows_an_elder_who_moves() -> None:
    done = disputed(completed(elder()))
    plant(OTHER_STREET)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into registry_household (code, address, address_key, demo)"
            " values (%s, '', '', true) returning id",
            [OTHER_STREET],
        )
        cursor.execute(
            "update registry_elder set household_id = %s, code = %s where id = %s",
            [cursor.fetchone()[0], OTHER_STREET, done.elder_id],
        )
    for table in TABLES:
        assert set(table.objects.values_list("code", flat=True)) <= {OTHER_STREET}, table


def test_an_elder_without_registration_has_no_assessment() -> None:
    assessment, _ = draft(elder())
    assessment.pk, assessment.elder_id = None, 10**9

    @transaction.atomic
    def save() -> None:
        assessment.save(force_insert=True)
        connection.check_constraints()

    with pytest.raises(DatabaseError, match="assessment_assessment_with_elder"):
        save()


def test_row_level_security_alone_shows_a_territory_its_rows_and_a_stranger_none() -> None:
    mine, theirs = elder(), elder(code=OTHER_COUNTY, hukou_code=OTHER_COUNTY)
    for who, code in ((mine, VILLAGE), (theirs, OTHER_COUNTY)):
        team = pair(code[:6])
        street = actor(RoleKey.STREET, code[:6])
        assessment, _ = draft(who, team, by=street)
        actions.save_answer(
            assessment_id=assessment.pk, item="B.1.1", answer="4", version=0, by=team.nurse
        )
        actions.add_risk_event(
            assessment_id=assessment.pk, kind="fall", on=TODAY, today=TODAY, by=team.nurse
        )
    done = completed(elder())
    disputed(done)
    for table in TABLES:
        with scoped(actor(RoleKey.COUNTY, VILLAGE[:6])):
            codes = set(table.objects.values_list("code", flat=True))
        assert codes == {VILLAGE}, table
        with scoped(family_of(theirs)):
            owners = set(table.objects.values_list("elder_id", flat=True))
        assert owners <= {theirs}, table
        with scoped(NOTHING):
            assert not table.objects.exists(), table


def test_nobody_writes_into_another_territory() -> None:
    done = completed(elder())
    stranger = actor(RoleKey.COUNTY, OTHER_COUNTY[:6])
    with scoped(stranger):
        assert Assessment.objects.filter(pk=done.pk).update(in_force=False) == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Dispute.objects.create(
                assessment_id=done.pk,
                elder_id=done.elder_id,
                code=done.code,
                raised_by="某人",
                relation="无",
                reason="无",
                on=TODAY,
                actor_name="某人",
                role="x",
            )
