from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import OTHER_COUNTY, OTHER_VILLAGE, VILLAGE, plant
from heling.contexts.registry.actions import register_elder
from heling.contexts.registry.domain.particulars import read
from heling.contexts.registry.models import Elder, ElderToken, Household
from heling.contexts.registry.public import elder_card, search
from heling.contexts.registry.queries.duplicates import ELSEWHERE, candidates
from heling.contexts.registry.testing import (
    TODAY,
    actor,
    elder,
    family_of,
    particulars,
    resident_id,
)
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.platform.journal.models import Entry

pytestmark = pytest.mark.usefixtures("db")


def counts() -> tuple[int, ...]:
    models = (Elder, Household, ElderToken, Entry)
    return tuple(m.objects.count() for m in models)


def test_an_elder_is_registered_once_with_index_and_journal() -> None:
    elder_id = elder(name="王小明")
    row = Elder.objects.get(pk=elder_id)
    assert (row.state, row.version, row.pinyin, row.initials) == (
        "active",
        1,
        "wang xiao ming",
        "wxm",
    )
    assert row.tokens.count() == 7  # name, two pairs, pinyin, initials, tail, phone
    entry = Entry.objects.get(kind="registry.ElderRegistered", elder_id=elder_id)
    assert (entry.code, entry.subject_id) == (VILLAGE, elder_id)


@pytest.mark.parametrize(
    "changes",
    [
        {"resident_id": "990103194605010017"},  # wrong check digit
        {"birth_written": date(2030, 1, 1)},
        {"code": OTHER_COUNTY},  # not the clerk's community
        {"code": "990103001999"},  # no such community
        {"living": "住山上"},
    ],
)
def test_bad_input_writes_nothing(changes: dict[str, object]) -> None:
    plant(VILLAGE)
    plant(OTHER_COUNTY)
    person = particulars()
    written = changes.pop("birth_written", None)
    person = dataclasses.replace(person, birth=written, **changes)  # type: ignore[arg-type]
    before = counts()
    with pytest.raises(BadInput) as caught:
        register_elder(particulars=person, today=TODAY, by=actor(RoleKey.COMMITTEE))
    assert counts() == before
    assert all(p.message for p in caught.value.problems)


def test_the_same_number_is_refused_with_the_name_inside_the_territory() -> None:
    number = resident_id(date(1946, 5, 1))
    elder(name="李秀英", resident_id=number)
    before = counts()
    with pytest.raises(Refused, match="已登记为“李秀英”"):
        elder(name="李秀兰", resident_id=number)
    assert counts() == before


def test_the_same_number_elsewhere_is_answered_without_a_name() -> None:
    number = resident_id(date(1946, 5, 1))
    elder(name="李秀英", resident_id=number, code=OTHER_COUNTY)
    with pytest.raises(Refused) as caught:
        elder(name="李秀兰", resident_id=number)
    assert caught.value.message == ELSEWHERE
    assert "李秀英" not in str(caught.value)


def test_the_database_itself_refuses_a_second_row_with_the_number() -> None:
    """Two clerks at once both pass the question; the unique index decides."""
    from heling.platform.access.refusals import refusing

    row = Elder.objects.get(pk=elder())
    twin = {f: getattr(row, f) for f in ("household", "code", "name", "sex", "birth", "id_sealed")}
    with pytest.raises(Refused, match="该证件已在本市登记"), refusing():
        Elder.objects.create(
            **twin, id_blind=row.id_blind, id_masked=row.id_masked, hukou_code=row.hukou_code
        )


def test_candidates_name_each_reason_and_stay_inside_the_territory() -> None:
    birth = date(1946, 5, 1)
    same_name = elder(name="陈桂兰", birth=birth)
    same_sound = elder(name="沉桂岚", address="演示路 88 号")
    elder(name="陈桂兰", birth=birth, code=OTHER_COUNTY)
    asked = read(particulars(name="陈桂兰", birth=birth, address="演示路88号"), today=TODAY)
    found = {c.card.id: c.reasons for c in candidates(asked, by=actor(RoleKey.COMMITTEE))}
    assert found == {
        same_name: ("姓名和出生日期相同",),
        same_sound: ("姓名读音和地址相同",),
    }


def test_the_same_door_is_one_household_and_no_address_is_none() -> None:
    first, second = elder(address="演示路 5 号"), elder(address="演示路5号")
    third, fourth = elder(address=""), elder(address="")
    homes = {
        i: Elder.objects.values_list("household_id", flat=True).get(pk=i)
        for i in (first, second, third, fourth)
    }
    assert homes[first] == homes[second]
    assert len({homes[first], homes[third], homes[fourth]}) == 3


def test_who_may_not_register_is_forbidden() -> None:
    plant(VILLAGE)
    with pytest.raises(Forbidden):
        register_elder(particulars=particulars(), today=TODAY, by=actor(RoleKey.AUDITOR))


def test_a_card_is_masked_and_not_found_for_strangers() -> None:
    elder_id = elder()
    card = elder_card(elder_id, by=actor(RoleKey.COMMITTEE))
    assert "***" in card.id_masked
    assert "****" in card.phone_masked
    assert elder_card(elder_id, by=family_of(elder_id)).address == card.address
    plant(OTHER_VILLAGE)
    for stranger in (actor(RoleKey.COMMITTEE, OTHER_VILLAGE), family_of(elder_id + 1), family_of()):
        with pytest.raises(NotFound):
            elder_card(elder_id, by=stranger)
        with pytest.raises(BadInput):
            search("王", by=stranger)
