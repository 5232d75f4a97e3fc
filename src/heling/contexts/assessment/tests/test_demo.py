"""The demonstration's past looks like assessments that were really made."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from heling.contexts.assessment.demo import PastAssessment, demo_assessments
from heling.contexts.assessment.domain import load_scale
from heling.contexts.assessment.fingerprint import fingerprint
from heling.contexts.assessment.models import Assessment
from heling.contexts.assessment.public import GBT42195, due_between, level_on
from heling.contexts.assessment.testing import COUNTY, Pair, answers, completed, pair
from heling.contexts.identity.public import Holder, RoleKey, holders
from heling.contexts.registry.testing import elder
from heling.kernel.actor import system
from heling.kernel.errors import BadInput, Refused
from heling.platform.journal.models import Entry

pytestmark = pytest.mark.usefixtures("db")
ON = date(2026, 3, 31)
BY = system("演示数据")
CHANGING = ("id", "elder_id", "created_at", "completed_at", "result_sha256", "facts", "planned_on")


def scores(total: int) -> dict[str, int]:
    items = {i.code: i for i in load_scale(GBT42195).items}
    return {
        code: next(o.score for o in items[code].options if o.key == key)
        for code, key in answers(total).items()
    }


@pytest.fixture
def team() -> Pair:
    return pair()


@pytest.fixture
def assessors(team: Pair) -> list[Holder]:
    found = holders(RoleKey.ASSESSOR, code=COUNTY, on=date(2026, 11, 1))
    return sorted(found, key=lambda h: team.ids.index(h.user_id))


def test_a_row_is_that_of_the_actions(team: Pair, assessors: list[Holder]) -> None:
    real = Assessment.objects.get(pk=completed(elder(), team, total=60, on=ON).pk)
    made = demo_assessments(
        [PastAssessment(elder_id=elder(), on=ON, answers=scores(60))], assessors=assessors, by=BY
    )
    assert made == 1
    past = Assessment.objects.exclude(pk=real.pk).get()

    def shown(row: Assessment) -> dict[str, object]:
        values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
        return {k: v for k, v in values.items() if k not in CHANGING}

    theirs, ours = shown(real), shown(past)
    different = {k for k in ours if ours[k] != theirs[k]}
    assert different <= {"version", "place", "guardian"}, different
    assert past.result_sha256 == fingerprint(past)
    assert [t.step for t in past.transitions.all()] == [t.step for t in real.transitions.all()]
    assert past.answered.count() == real.answered.count() == 26
    assert {(s.signed_name, s.signed_sha256) for s in past.team.all()} == {
        (a.name, past.result_sha256) for a in assessors
    }


def test_times_stand_in_the_past(assessors: list[Holder]) -> None:
    demo_assessments(
        [PastAssessment(elder_id=elder(), on=ON, answers=scores(90))], assessors=assessors, by=BY
    )
    past = Assessment.objects.get()
    signed = datetime(2026, 3, 31, 10, 40, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert past.completed_at == signed
    assert {s.signed_at for s in past.team.all()} == {signed}
    assert [t.at < signed for t in past.transitions.all()] == [True, True, False]
    assert past.created_at < signed - timedelta(days=2)


def test_dementia_and_two_falls_raise_the_level_once(assessors: list[Holder]) -> None:
    plain, ill = elder(), elder()
    demo_assessments(
        [
            PastAssessment(elder_id=plain, on=ON, answers=scores(70)),
            PastAssessment(
                elder_id=ill, on=ON, answers=scores(70), diagnoses=("F00-F03",), falls=2
            ),
        ],
        assessors=assessors,
        by=BY,
    )
    levels = [level_on(e, on=ON, by=BY) for e in (plain, ill)]
    assert [fact and fact.level for fact in levels] == [1, 2]
    assert [e for e, _ in due_between(first=date(2027, 3, 31), last=date(2027, 3, 31), by=BY)] == [
        plain,
        ill,
    ]


def test_one_entry_in_the_journal_and_no_completion_to_react_to(assessors: list[Holder]) -> None:
    demo_assessments(
        [PastAssessment(elder_id=elder(), on=ON, answers=scores(10)) for _ in range(3)],
        assessors=assessors,
        by=BY,
    )
    entries = Entry.objects.filter(kind__startswith="assessment.")
    assert [(e.kind, e.payload) for e in entries] == [
        ("assessment.DemonstrationAssessed", {"assessments": 3})
    ]


def test_strangers_are_left_out_and_nothing_is_nothing(assessors: list[Holder]) -> None:
    past = PastAssessment(elder_id=999_999_999, on=ON, answers=scores(10))
    assert demo_assessments([past], assessors=assessors, by=BY) == 0
    assert demo_assessments([], assessors=assessors, by=BY) == 0


def test_the_team_must_be_one_that_the_scale_allows(assessors: list[Holder]) -> None:
    past = PastAssessment(elder_id=elder(), on=ON, answers=scores(10))
    with pytest.raises(BadInput, match="评估人员"):
        demo_assessments([past], assessors=assessors[:1], by=BY)


def test_production_refuses(settings: Any, assessors: list[Holder]) -> None:
    settings.DEMO = False
    with pytest.raises(Refused, match="正式环境"):
        demo_assessments([], assessors=assessors, by=BY)
