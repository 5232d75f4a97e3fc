from __future__ import annotations

from datetime import date

import pytest

from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import OTHER_COUNTY, OTHER_VILLAGE, VILLAGE, plant
from heling.contexts.registry.actions import add_supporter, move_residence, update_elder
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.models import (
    Elder,
    ElderEvent,
    ElderToken,
    Status,
    StatusEvent,
    Supporter,
)
from heling.contexts.registry.public import elder_card, search
from heling.contexts.registry.queries.history import timeline
from heling.contexts.registry.sealing import open_field
from heling.contexts.registry.testing import TODAY, actor, elder, resident_id, status
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Conflict, NotFound, Refused
from heling.platform.journal.models import Entry

pytestmark = pytest.mark.usefixtures("db")


def update(elder_id: int, version: int = 1, *, by: Actor | None = None, **changes: object):
    return update_elder(
        elder_id=elder_id,
        version=version,
        changes=changes,
        today=TODAY,
        by=by or actor(RoleKey.COMMITTEE),
    )


def move(elder_id: int, code: str, *, by: Actor | None = None, **changes: object) -> None:
    values: dict = {"address": "新路9号", "on": TODAY, "whole_household": False, "version": 1}
    move_residence(
        elder_id=elder_id,
        code=code,
        today=TODAY,
        by=by or actor(RoleKey.STREET, VILLAGE[:9]),
        **values | changes,
    )


def test_only_what_changed_is_written_and_named() -> None:
    elder_id = elder(name="王小明", phone="13900000001")
    assert update(elder_id, living="alone", phone="13900000002") == ("居住情况", "电话")
    row = Elder.objects.get(pk=elder_id)
    assert (row.version, row.living) == (2, "alone")
    assert open_field("phone", row.phone_sealed, uid=row.uid) == "+8613900000002"
    assert update(elder_id, 2, living="alone") == ()
    assert Elder.objects.get(pk=elder_id).version == 2


def test_the_index_follows_name_and_phone() -> None:
    by = actor(RoleKey.COMMITTEE)
    elder_id = elder(name="王小明", phone="13900000003")
    update(elder_id, name="黄小明", phone="")
    assert search("王小明", by=by) == []
    assert search("139 0000 0003", by=by) == []
    assert [c.id for c in search("黄小明", by=by)] == [elder_id]
    assert [c.id for c in search("hxm", by=by)] == [elder_id]


def test_the_row_before_each_change_is_kept() -> None:
    elder_id = elder(name="王小明")
    update(elder_id, name="黄小明")
    before = ElderEvent.objects.get(pgh_obj_id=elder_id)
    assert (before.name, before.version, before.pgh_label) == ("王小明", 1, "before")


def test_a_stale_form_is_refused_and_says_who_changed_what() -> None:
    elder_id = elder()
    update(elder_id, living="alone")
    with pytest.raises(Conflict, match="居住情况") as caught:
        update(elder_id, version=1, marital="widowed")
    assert "社区（村）工作人员" in caught.value.message
    assert "没有写入" in caught.value.hint
    assert Elder.objects.get(pk=elder_id).marital == ""


def test_a_number_that_somebody_else_has_cannot_be_taken() -> None:
    number = resident_id(date(1946, 5, 1))
    elder(name="李秀英", resident_id=number)
    other = elder(name="张建国")
    with pytest.raises(Refused, match="李秀英"):
        update(other, resident_id=number)
    with pytest.raises(BadInput, match="校验位"):
        update(other, resident_id=number[:-1] + ("0" if number[-1] != "0" else "1"))


def test_a_move_takes_everything_along_and_leaves_the_territory() -> None:
    elder_id = elder(name="王小明")
    status_id = status(elder_id)
    supporter = SupporterInput(name="王大", relation="son", lives="city", phone="13900000004")
    add_supporter(elder_id=elder_id, supporter=supporter, by=actor(RoleKey.COMMITTEE))
    plant(OTHER_COUNTY)
    move(elder_id, OTHER_COUNTY)
    codes = {
        *Status.objects.values_list("code", flat=True),
        *Supporter.objects.values_list("code", flat=True),
        *ElderToken.objects.values_list("code", flat=True),
        *Elder.objects.values_list("code", flat=True),
    }
    assert codes == {OTHER_COUNTY}
    assert StatusEvent.objects.get(pgh_obj_id=status_id).code == VILLAGE
    with pytest.raises(NotFound):
        elder_card(elder_id, by=actor(RoleKey.STREET, VILLAGE[:9]))
    receiving = actor(RoleKey.COMMITTEE, OTHER_COUNTY)
    assert elder_card(elder_id, by=receiving).address == "新路9号"
    assert [c.id for c in search("王小明", by=receiving)] == [elder_id]
    entry = Entry.objects.get(kind="registry.ElderMoved")
    assert (entry.code, entry.payload["to_code"]) == (VILLAGE, OTHER_COUNTY)
    assert "登记" in [h.sentence for h in timeline(elder_id, by=receiving)]


@pytest.mark.parametrize("whole", [True, False])
def test_a_household_moves_together_or_one_moves_alone(whole: bool) -> None:
    one, two = elder(address="老街1号"), elder(address="老街1号")
    plant(OTHER_VILLAGE)
    move(one, OTHER_VILLAGE, whole_household=whole)
    rows = dict(Elder.objects.values_list("pk", "code"))
    assert rows == {one: OTHER_VILLAGE, two: OTHER_VILLAGE if whole else VILLAGE}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"on": date(2026, 11, 2)}, "变更日期"),
        ({"address": " "}, "地址"),
        ({"code": "990103"}, "居住社区（村）"),
        ({"code": "990103001999"}, "居住社区（村）"),
    ],
)
def test_a_move_needs_a_day_a_door_and_a_community(changes: dict, where: str) -> None:
    elder_id = elder()
    with pytest.raises(BadInput) as caught:
        move(elder_id, changes.pop("code", VILLAGE), **changes)
    assert [p.where for p in caught.value.problems] == [where]
    assert Elder.objects.get(pk=elder_id).code == VILLAGE


def test_the_database_keeps_elder_and_household_together() -> None:
    from django.db import IntegrityError, transaction

    elder_id = elder()
    with pytest.raises(IntegrityError, match="registry_elder_at_home"), transaction.atomic():
        move_alone(elder_id)


def move_alone(elder_id: int) -> None:
    """What no action does: another community for the elder, but not for the household."""
    from django.db import connection

    Elder.objects.filter(pk=elder_id).update(code=OTHER_VILLAGE)
    connection.check_constraints()
