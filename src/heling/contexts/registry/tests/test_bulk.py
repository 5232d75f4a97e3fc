"""The bulk loader writes what the actions write, all of it or none."""

from __future__ import annotations

import ast
import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

import heling
from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import OTHER_COUNTY, VILLAGE, plant
from heling.contexts.registry import bulk, testing
from heling.contexts.registry.actions import add_status, add_supporter, register_elder
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.bulk import NewElder, Taken, load
from heling.contexts.registry.domain.particulars import Particulars, read
from heling.contexts.registry.domain.words import StatusKind
from heling.contexts.registry.models import Elder, ElderEvent, Household, Status, Supporter
from heling.contexts.registry.queries.bulk import fact_pages
from heling.contexts.registry.queries.duplicates import candidates
from heling.contexts.registry.queries.facts import facts_of
from heling.contexts.registry.queries.search import search
from heling.contexts.registry.sealing import open_field, supporter_phone_place
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, Refused
from heling.platform.crypto import unseal
from heling.platform.journal.models import Entry

pytestmark = pytest.mark.django_db
TODAY = testing.TODAY
NOT_COMPARED = {
    "id", "uid", "household_id", "elder_id", "created_at", "recorded_at",
    "id_sealed", "phone_sealed", "bank_sealed",
}  # fmt: skip


@pytest.fixture
def street() -> Actor:
    plant(VILLAGE)
    plant(OTHER_COUNTY)
    return testing.actor(RoleKey.STREET, VILLAGE[:9])


def drafts() -> list[NewElder]:
    """A couple behind one door, somebody without an address or a phone, somebody with it all."""
    couple = {"address": "演示路 7 号　3 栋 201"}
    full = testing.particulars(
        female=True,
        phone="(0771) 2345678",
        bank="6222 0212 3456 7890 123",
        bank_name="演示银行",
        ethnicity="壮族",
        religion="无",
        education="小学",
        marital="丧偶",
        medical=("resident", "assistance"),
        incomes=("pension",),
        diagnoses=("F00-F03", "I63"),
        hukou_code="450100",
        hukou_name="外地",
    )
    return [
        NewElder(key="第 2 行", particulars=testing.particulars(**couple)),
        NewElder(
            key="第 3 行",
            particulars=testing.particulars(female=True, name="买买提·艾力", **couple),
            statuses=(testing.certificate(StatusKind.DIBAO),),
        ),
        NewElder(
            key="第 4 行",
            particulars=testing.particulars(address="", phone="", no_supporters=True),
        ),
        NewElder(
            key="第 5 行",
            particulars=full,
            supporters=(
                SupporterInput(
                    name="王　强", relation="son", lives="外地", phone="15412345678", absent=True
                ),
                SupporterInput(name="王芳", relation="女儿", lives="city", absent=False),
            ),
            statuses=(
                testing.certificate(StatusKind.DISABILITY, grade=1, disability="visual"),
                testing.certificate(StatusKind.TEKUN, ends=date(2027, 1, 1)),
            ),
        ),
    ]


def row(instance: Any) -> dict[str, Any]:
    return {
        f.attname: getattr(instance, f.attname)
        for f in instance._meta.concrete_fields
        if f.attname not in NOT_COMPARED
    }


def snapshot(elder_id: int) -> dict[str, Any]:
    """All that is stored about an elder, opened, without numbers given by the database."""
    elder = Elder.objects.select_related("household").get(pk=elder_id)
    return {
        "elder": row(elder),
        "sealed": [
            open_field(name, getattr(elder, f"{name}_sealed"), uid=elder.uid)
            for name in ("id", "phone", "bank")
        ],
        "household": row(elder.household),
        "behind_the_door": elder.household.elders.count(),
        "supporters": [
            (
                row(s),
                s.phone_sealed and unseal(s.phone_sealed, bound_to=supporter_phone_place(s.uid)),
            )
            for s in elder.supporters.order_by("pk")
        ],
        "statuses": [row(s) for s in elder.statuses.order_by("pk")],
        "tokens": [(bytes(t.token), t.code) for t in elder.tokens.order_by("token")],
        "history": ElderEvent.objects.filter(pgh_obj=elder_id).count(),
    }


def one_by_one(rows: list[NewElder], by: Actor) -> list[int]:
    ids = []
    for draft in rows:
        elder_id = register_elder(particulars=draft.particulars, today=TODAY, by=by)
        for supporter in draft.supporters:
            add_supporter(elder_id=elder_id, supporter=supporter, by=by)
        for status in draft.statuses:
            add_status(elder_id=elder_id, certificate=status, today=TODAY, by=by)
        ids.append(elder_id)
    return ids


def in_bulk(rows: list[NewElder], by: Actor, **options: Any) -> dict[Any, int]:
    ids: dict[Any, int] = {}
    load(rows, source="测试", today=TODAY, by=by, progress=lambda b: ids.update(b.ids), **options)
    return ids


def test_rows_are_those_of_the_actions(street: Actor) -> None:
    rows = drafts()
    with transaction.atomic():
        expected = [snapshot(pk) for pk in one_by_one(rows, street)]
        transaction.set_rollback(True)
    assert Elder.objects.count() == 0
    ids = in_bulk(rows, street)
    assert [snapshot(ids[d.key]) for d in rows] == expected
    assert expected[0]["behind_the_door"] == 2


def test_search_facts_and_duplicates_work_on_loaded_rows(street: Actor) -> None:
    rows = drafts()
    ids = in_bulk(rows, street, size=1)
    full = ids["第 5 行"]
    for text in ("15412345678", "0771-2345678", rows[3].particulars.resident_id):
        assert [c.id for c in search(text, by=street)] == [full]
    person = read(rows[3].particulars, today=TODAY)
    assert [c.card.id for c in candidates(person, by=street)] == [full]
    facts = {f.word: f.value for f in facts_of(full, on=TODAY, by=street)}
    assert facts["残疾等级"] == 1
    assert facts["赡养扶养人"] == "在身边"
    spouse = {f.word for f in facts_of(ids["第 2 行"], on=TODAY, by=street)}
    assert "低保" in spouse, "the household's status counts for both"
    assert sum(len(page) for page in fact_pages(by=street, on=TODAY)) == 4


def test_an_address_already_known_is_the_same_door(street: Actor) -> None:
    first, second, *_ = drafts()
    known = register_elder(particulars=first.particulars, today=TODAY, by=street)
    ids = in_bulk([second], street)
    assert (
        Elder.objects.get(pk=ids[second.key]).household_id
        == Elder.objects.get(pk=known).household_id
    )
    assert Household.objects.count() == 1


def test_a_given_door_keeps_strangers_apart_and_is_never_cut(street: Actor) -> None:
    same = {"address": "演示路 9 号"}
    rows = [
        NewElder(key=n, particulars=testing.particulars(**same), door=door)
        for n, door in enumerate(("甲", "甲", "乙"))
    ]
    ids = in_bulk(rows, street, size=1)
    homes = [Elder.objects.get(pk=ids[n]).household_id for n in range(3)]
    assert homes[0] == homes[1] != homes[2]


def test_counts_progress_and_journal(street: Actor) -> None:
    batches: list[bulk.Batch] = []
    total = load(
        drafts(), source="花名册 甲.xlsx", today=TODAY, by=street, progress=batches.append, size=3
    )
    assert total == bulk.Loaded(elders=4, households=3, supporters=2, statuses=3, skipped=0)
    assert [b.total.elders for b in batches] == [3, 4]
    entries = Entry.objects.filter(kind="registry.EldersLoaded").order_by("pk")
    assert [e.payload["elders"] for e in entries] == [3, 1]
    assert {e.payload["source"] for e in entries} == {"花名册 甲.xlsx"}
    ids = sorted(Elder.objects.values_list("pk", flat=True))
    assert [e.payload["ids"] for e in entries] == [[[ids[0], ids[2]]], [[ids[3], ids[3]]]]
    assert entries[0].code == VILLAGE[:9]


def test_every_problem_is_named_with_its_row_and_nothing_is_written(street: Actor) -> None:
    good, *_ = drafts()
    bad = NewElder(key="第 7 行", particulars=testing.particulars(name="", phone="123"))
    worse = NewElder(
        key="第 8 行",
        particulars=testing.particulars(),
        statuses=(testing.certificate(document=" "),),
    )
    with pytest.raises(BadInput) as caught, transaction.atomic():
        in_bulk([good, bad, worse], street)
    assert [p.where for p in caught.value.problems] == [
        "第 7 行 姓名",
        "第 7 行 电话",
        "第 8 行 文号或证号",
    ]
    assert not Elder.objects.exists()


def test_only_reading_makes_what_counts_as_read() -> None:
    """Whoever calls :func:`bulk.load` gives what was written, which is read, or what was read;
    nobody can say of a thing of their own that it was."""
    makers = {"Checked": "particulars", "CheckedSupporter": "supporters"}
    makers["CheckedCertificate"] = "statuses"
    made = set()
    for path in Path(heling.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in makers:
                    made.add((name, path.stem))
    assert made == set(makers.items())


def test_what_was_written_is_read_whoever_loads_it(street: Actor) -> None:
    someone = testing.particulars()
    child = SupporterInput(name="王芳", relation="女儿", lives="火星")
    paper = testing.certificate(document=" ")
    wrong = [
        (NewElder(key="甲", particulars=dataclasses.replace(someone, name="")), "甲 姓名"),
        (NewElder(key="乙", particulars=someone, supporters=(child,)), "乙 居住地"),
        (NewElder(key="丙", particulars=someone, statuses=(paper,)), "丙 文号或证号"),
    ]
    for draft, where in wrong:
        with pytest.raises(BadInput) as refused:
            in_bulk([draft], street)
        assert [p.where for p in refused.value.problems] == [where]


def test_supporters_contradict_confirmed_none(street: Actor) -> None:
    draft = NewElder(
        key="第 2 行",
        particulars=testing.particulars(no_supporters=True),
        supporters=(SupporterInput(name="王芳", relation="女儿", lives="city"),),
    )
    with pytest.raises(BadInput, match="既写了赡养人"):
        in_bulk([draft], street)


def test_a_taken_number_refuses_or_is_skipped(street: Actor) -> None:
    first, second, third, _ = drafts()
    register_elder(particulars=second.particulars, today=TODAY, by=street)
    with (
        pytest.raises(Refused, match="第 3 行：这个证件号已登记为“买买提·艾力”"),
        transaction.atomic(),
    ):
        in_bulk([first, second], street)
    twice = NewElder(key="第 9 行", particulars=first.particulars)
    with pytest.raises(BadInput, match="第 9 行 身份证号：与 第 2 行 相同"), transaction.atomic():
        in_bulk([first, twice], street)
    assert Elder.objects.count() == 1
    seen: list[bulk.Batch] = []
    total = load(
        [first, second, twice, third],
        source="测试", today=TODAY, by=street, taken=Taken.SKIP, progress=seen.append,
    )  # fmt: skip
    assert (total.elders, total.skipped) == (2, 2)
    assert seen[0].skipped == ("第 3 行", "第 9 行")


def test_a_taken_number_elsewhere_names_nobody(street: Actor) -> None:
    person = testing.particulars()
    load([NewElder(key=1, particulars=person)], source="测试", today=TODAY, by=street)
    elsewhere = testing.actor(RoleKey.STREET, OTHER_COUNTY[:9])
    moved = Particulars(
        **{f: getattr(person, f) for f in Particulars.__slots__} | {"code": OTHER_COUNTY}
    )
    with pytest.raises(Refused) as caught:
        in_bulk([NewElder(key="第 2 行", particulars=moved)], elsewhere)
    assert person.name not in str(caught.value)


def test_only_own_territory_known_places_and_held_permissions(street: Actor) -> None:
    stranger = NewElder(key="第 2 行", particulars=testing.particulars(code=OTHER_COUNTY))
    nowhere = NewElder(key="第 3 行", particulars=testing.particulars(code=VILLAGE[:9] + "099"))
    with pytest.raises(BadInput) as caught:
        in_bulk([stranger, nowhere], street)
    assert [p.message[:4] for p in caught.value.problems] == ["不在您的", "没有区划"]
    clerk = testing.actor(RoleKey.COMMITTEE, VILLAGE)
    with pytest.raises(Forbidden):
        in_bulk([drafts()[1]], clerk)
    with pytest.raises(Forbidden):
        in_bulk([drafts()[0]], testing.actor(RoleKey.AUDITOR, VILLAGE[:4]))
    assert not Elder.objects.exists()


def test_overlapping_statuses_are_refused_in_words(street: Actor) -> None:
    draft = NewElder(
        key=1,
        particulars=testing.particulars(),
        statuses=(testing.certificate(), testing.certificate()),
    )
    with pytest.raises(Refused, match="已有同类认定"):
        in_bulk([draft], street)
    assert (Elder.objects.count(), Status.objects.count(), Supporter.objects.count()) == (0, 0, 0)


def test_nothing_at_all_is_fine(street: Actor) -> None:
    assert load([], source="测试", today=TODAY, by=street) == bulk.Loaded()


def test_ids_are_told_as_runs() -> None:
    assert bulk._runs([7, 3, 4, 5, 9]) == ((3, 5), (7, 7), (9, 9))
    assert bulk._runs([]) == ()
