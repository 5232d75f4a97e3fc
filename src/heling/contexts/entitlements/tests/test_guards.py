"""What the database refuses by itself, whatever the code above it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from heling.contexts.entitlements import actions, testing
from heling.contexts.entitlements.domain.states import CASE, State
from heling.contexts.entitlements.models import (
    Application,
    Award,
    Decision,
    Determination,
    Item,
    NoticeLine,
    Objection,
    Review,
    StatusRow,
)
from heling.contexts.entitlements.testing import TODAY
from heling.contexts.entitlements.verifying import verify_receipts
from heling.kernel.actor import ANONYMOUS
from heling.kernel.errors import Refused
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import scoped

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def office() -> testing.Office:
    return testing.office()


@pytest.fixture
def case(office: testing.Office) -> Application:
    return testing.granted(testing.elder(), by=office)


@pytest.mark.parametrize("model", [Determination, Decision, Review, StatusRow, NoticeLine])
def test_what_was_signed_is_never_changed(case: Application, model: type) -> None:
    for attack in (
        lambda: model.objects.order_by("pk").update(id=1),  # type: ignore[attr-defined]
        lambda: model.objects.all()._raw_delete("default"),  # type: ignore[attr-defined]
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()


def test_every_forbidden_transition_is_refused(case: Application) -> None:
    allowed = {*CASE.pairs(), *((s, s) for s in State)}
    rows = Application.objects.filter(pk=case.pk)
    for target in State:
        if (case.state, target) not in allowed:
            with pytest.raises(Refused, match="现在的状态"), refusing():
                rows.update(state=target)
    case.state = State.DRAFT
    with pytest.raises(Refused, match="请刷新"), refusing():
        case.save()


def _sign(case: Application, stage: str, user_id: int | None) -> Review:
    return Review(
        application=case,
        code=case.code,
        elder_id=case.elder_id,
        round=9,
        stage=stage,
        verdict="pass",
        determination=case.determination,
        user_id=user_id,
        actor_name="某",
        role="x",
    )


def test_four_eyes_hold_without_the_action(case: Application) -> None:
    _sign(case, "first", 777).save()
    with pytest.raises(Refused, match="不能是同一人"), refusing():
        _sign(case, "second", 777).save()
    with pytest.raises(Refused, match="已经有人签字"), refusing():
        _sign(case, "first", 778).save()
    with pytest.raises(Refused, match="有账号"), refusing():
        _sign(case, "second", None).save()
    with pytest.raises(Refused, match="代办申请的人不能审核"), refusing():
        _sign(case, "second", case.applied_by).save()
    failing = _sign(case, "second", 778)
    failing.verdict = "fail"
    with pytest.raises(Refused, match="不通过要写明理由"), refusing():
        failing.save()
    _sign(case, "second", 778).save()


def test_a_reviewer_cannot_be_written_under_an_objection(office: testing.Office) -> None:
    case = testing.published(testing.elder(), by=office)
    objection = actions.raise_objection(
        application_id=case.pk,
        objector="李邻居",
        contact="13800001111",
        content="他已经搬到外地和儿子同住",
        on=TODAY,
        by=office.clerk,
    )
    rows = Objection.objects.filter(pk=objection.pk)
    written = {"state": "rejected", "reason": "不属实", "handled_at": "2026-11-02T00:00Z"}
    with pytest.raises(Refused, match="审核过这份申请的人"), refusing():
        rows.update(handled_by=office.county.user_id, **written)
    rows.update(handled_by=office.other.user_id, **written)


def test_one_live_item_and_no_overlapping_award(case: Application) -> None:
    item, award = Item.objects.get(application=case), Award.objects.get(application=case)
    item.pk = None
    with pytest.raises(Refused, match="已有正在办理或正在享受"), refusing():
        item.save(force_insert=True)
    award.pk, award.starts = None, award.starts + timedelta(days=30)
    with pytest.raises(Refused, match="同一段时间已经享受"), refusing():
        award.save(force_insert=True)


def test_an_award_only_ever_ends_once(case: Application) -> None:
    rows = Award.objects.filter(application=case)
    for change in ({"amount": 99}, {"starts": date(2026, 1, 1)}, {"grant": "x"}):
        with pytest.raises(Refused, match="只能写一次"), refusing():
            rows.update(**change)
    rows.update(ends=date(2026, 12, 1), ending="renounced")
    with pytest.raises(Refused, match="只能写一次"), refusing():
        rows.update(ends=date(2026, 12, 2))
    with pytest.raises(Refused, match="不能删除"), refusing():
        rows.delete()


@pytest.mark.parametrize(
    ("scope", "visible"),
    [
        (lambda o, e: o.clerk, True),
        (lambda o, e: o.city, True),
        (lambda o, e: testing.office("330205001001").county, False),
        (lambda o, e: testing.family_of(e), True),
        (lambda o, e: testing.family_of(testing.elder()), False),
        (lambda o, e: ANONYMOUS, False),
    ],
)
def test_rows_hide_below_the_code(
    office: testing.Office, case: Application, scope: Callable[..., object], visible: bool
) -> None:
    actor = scope(office, case.elder_id)
    with scoped(actor):  # type: ignore[arg-type]
        for table in ("application", "item", "award", "determination", "decision", "review",
                      "statusrow", "entry"):  # fmt: skip
            with connection.cursor() as cursor:
                cursor.execute(f"select count(*) from entitlements_{table}")  # noqa: S608
                assert (cursor.fetchone()[0] > 0) == visible, table


def test_receipts_are_verified_and_tampering_is_found(
    office: testing.Office, case: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = verify_receipts(by=office.city)
    assert report.clean
    assert (report.checked, report.matching) == (Determination.objects.count(), report.checked)

    stored = Determination.objects.order_by("pk")[0]
    honest = Determination.from_db.__func__  # type: ignore[attr-defined]

    def forged(cls, db, names, values):  # type: ignore[no-untyped-def]
        row = honest(cls, db, names, values)
        if row.pk == stored.pk:
            row.law["grants"][0]["benefit"] = "另一样东西"
        return row

    monkeypatch.setattr(Determination, "from_db", classmethod(forged))
    report = verify_receipts(by=office.city)
    assert not report.clean
    assert [m.determination_id for m in report.mismatches] == [stored.pk]
