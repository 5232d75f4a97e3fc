from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import OTHER_COUNTY, VILLAGE, plant
from heling.contexts.registry.actions import add_status, end_status, revoke_status
from heling.contexts.registry.domain.words import StatusKind
from heling.contexts.registry.models import Status, StatusEvent
from heling.contexts.registry.testing import TODAY, actor, certificate, elder, status
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.models import Entry

pytestmark = pytest.mark.usefixtures("db")

STREET = VILLAGE[:9]
NOW = datetime(2026, 11, 1, 2, tzinfo=UTC)


def test_a_status_keeps_who_when_and_on_which_document() -> None:
    elder_id = elder()
    status_id = status(elder_id, document="甬民〔2025〕7号")
    row = Status.objects.get(pk=status_id)
    assert (row.kind, row.document, row.of_household) == ("dibao", "甬民〔2025〕7号", True)
    entry = Entry.objects.get(kind="registry.StatusChanged")
    assert entry.payload["change"] == "added"


@pytest.mark.parametrize(
    ("kind", "changes", "where"),
    [
        ("dibao", {"document": "  "}, "文号或证号"),
        ("dibao", {"certified_by": ""}, "认定机关"),
        ("dibao", {"certifier": ""}, "认定机关类别"),
        ("dibao", {"certifier": "街道"}, "认定机关类别"),
        ("dibao", {"starts": None}, "开始日期"),
        ("dibao", {"starts": date(2026, 11, 2)}, "开始日期"),
        ("dibao", {"ends": date(2024, 12, 31)}, "结束日期"),
        ("dibao", {"grade": 2}, "残疾等级"),
        ("disability", {"grade": None}, "残疾等级"),
        ("disability", {"grade": 0}, "残疾等级"),
        ("disability", {"grade": 5}, "残疾等级"),
        ("低保户", {}, "类别"),
        ("", {}, "类别"),
    ],
)
def test_an_incomplete_certificate_names_what_is_missing(
    kind: str, changes: dict, where: str
) -> None:
    elder_id = elder()
    with pytest.raises(BadInput) as caught:
        add_status(
            elder_id=elder_id,
            certificate=replace(certificate(), **{"kind": kind} | changes),
            today=TODAY,
            by=actor(RoleKey.STREET, STREET),
        )
    assert where in [p.where for p in caught.value.problems]
    assert not Status.objects.exists()


@pytest.mark.parametrize("grade", [1, 4])
def test_disability_grades_at_the_limits(grade: int) -> None:
    status_id = status(elder(), StatusKind.DISABILITY, grade=grade, disability="视力残疾")
    assert Status.objects.get(pk=status_id).grade == grade


def test_the_same_kind_may_follow_but_not_overlap() -> None:
    elder_id = elder()
    status(elder_id, starts=date(2024, 1, 1), ends=date(2024, 12, 31))
    with pytest.raises(Refused, match="这段时间里已有同类认定"):
        status(elder_id, starts=date(2024, 12, 31))
    status(elder_id, starts=date(2025, 1, 1))
    status(elder_id, StatusKind.YOUFU, starts=date(2024, 6, 1))
    assert Status.objects.count() == 3


def test_the_database_refuses_a_status_without_a_document() -> None:
    row = Status.objects.get(pk=status(elder()))
    row.document = " "
    with pytest.raises(Refused, match="没有文件不能登记"), refusing():
        row.save(update_fields=["document"])


def test_ending_and_revoking() -> None:
    by = actor(RoleKey.STREET, STREET)
    elder_id = elder()
    status_id = status(elder_id, starts=date(2025, 1, 1))
    with pytest.raises(BadInput, match="早于开始日期"):
        end_status(status_id=status_id, ends=date(2024, 12, 31), by=by)
    end_status(status_id=status_id, ends=date(2025, 1, 1), by=by)
    with pytest.raises(BadInput, match="撤销理由"):
        revoke_status(status_id=status_id, why=" ", at=NOW, by=by)
    revoke_status(status_id=status_id, why="核查不符", at=NOW, by=by)
    with pytest.raises(Refused, match="已经撤销"):
        end_status(status_id=status_id, ends=date(2026, 1, 1), by=by)
    assert [e.ends for e in StatusEvent.objects.order_by("pgh_id")] == [None, date(2025, 1, 1)]
    changes = Entry.objects.filter(kind="registry.StatusChanged").order_by("pk")
    assert [e.payload["change"] for e in changes] == ["added", "ended", "revoked"]
    status(elder_id, starts=date(2025, 1, 1))  # a revoked one leaves its time free


def test_committees_do_not_certify_and_strangers_find_nothing() -> None:
    elder_id = elder()
    status_id = status(elder_id)
    with pytest.raises(Forbidden):
        add_status(
            elder_id=elder_id, certificate=certificate(), today=TODAY, by=actor(RoleKey.COMMITTEE)
        )
    plant(OTHER_COUNTY)
    stranger = actor(RoleKey.STREET, OTHER_COUNTY[:9])
    with pytest.raises(NotFound):
        end_status(status_id=status_id, ends=TODAY, by=stranger)
    with pytest.raises(NotFound):
        add_status(elder_id=elder_id, certificate=certificate(), today=TODAY, by=stranger)
