"""Two nets over the same rows, each proved alone, and nothing in clear underneath."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import OTHER_COUNTY, VILLAGE, plant
from heling.contexts.registry.actions import (
    add_supporter,
    merge_elders,
    record_death,
    register_elder,
    reveal,
    update_elder,
)
from heling.contexts.registry.actions.revealing import reveal_supporter_phone
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.queries.history import timeline
from heling.contexts.registry.testing import (
    TODAY,
    actor,
    elder,
    family_of,
    particulars,
    resident_id,
    status,
)
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound
from heling.platform.access.scope import EVERYTHING, NOTHING, scoped
from heling.platform.journal.models import Reading

pytestmark = pytest.mark.usefixtures("db")


def tables() -> Iterator[type[models.Model]]:
    """Every model about elders, history tables included. Rosters: see test_imports."""
    for model in apps.get_app_config("registry").get_models():
        if not model.__name__.startswith("Roster"):
            yield model


def furnish(code: str) -> int:
    """One elder with a row in every table of the registry."""
    by = replace(actor(RoleKey.STREET, code[:9]), name="街道")
    elder_id = elder(name="王小明", code=code)
    twin = elder(name="王晓明", code=code)
    status(elder_id, code=code)
    from heling.contexts.registry.models import Status, Supporter

    supporter = SupporterInput(name="王大", relation="son", lives="city", phone="13911112222")
    supporter_id = add_supporter(elder_id=elder_id, supporter=supporter, by=by)
    merge_elders(
        keep_id=elder_id, merge_id=twin, take=(), reason="同一人", at=timezone.now(), by=by
    )
    update_elder(elder_id=elder_id, version=1, changes={"living": "alone"}, today=TODAY, by=by)
    Status.objects.filter(elder_id=elder_id).update(ends=date(2026, 12, 31))
    Supporter.objects.filter(pk=supporter_id).update(lives="elsewhere")
    record_death(elder_id=elder_id, on=TODAY, source="演示", today=TODAY, by=by)
    return elder_id


def test_row_level_security_alone_bounds_every_table() -> None:
    mine, theirs = furnish(VILLAGE), furnish(OTHER_COUNTY)
    for model in tables():
        all_rows = set(model._default_manager.values_list("code", flat=True))
        assert all_rows == {VILLAGE, OTHER_COUNTY}, model
        with scoped(actor(RoleKey.COMMITTEE, VILLAGE)):
            seen = set(model._default_manager.values_list("code", flat=True))
        assert seen == {VILLAGE}, model
        with scoped(NOTHING):
            assert not model._default_manager.exists(), model
    with scoped(family_of(mine)):
        for model in tables():
            rows = model._default_manager.values_list("code", flat=True)
            assert set(rows) <= {VILLAGE}, model
        assert apps.get_model("registry.Household").objects.count() == 1
    assert theirs


def test_visible_to_alone_bounds_every_table() -> None:
    furnish(VILLAGE)
    furnish(OTHER_COUNTY)
    with scoped(EVERYTHING):
        for model in tables():
            if not hasattr(model._default_manager, "visible_to"):
                assert "Event" in model.__name__, model  # history is read by nobody but RLS
                continue
            visible = model._default_manager.visible_to  # type: ignore[attr-defined]
            rows = visible(actor(RoleKey.COMMITTEE, VILLAGE)).values_list("code", flat=True)
            assert set(rows) == {VILLAGE}, model
            assert not visible(family_of()).exists(), model


def test_a_row_cannot_be_written_into_another_territory() -> None:
    from django.db import ProgrammingError, transaction

    from heling.contexts.registry.models import Household

    plant(VILLAGE)
    with (
        scoped(actor(RoleKey.COMMITTEE, VILLAGE)),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Household.objects.create(code=OTHER_COUNTY)


def test_no_number_stands_in_clear_anywhere() -> None:
    """The canary: numbers are written, changed, revealed and merged; then every table is read."""
    canaries = {
        "id": resident_id(date(1941, 2, 3)),
        "phone": "13987654321",
        "bank": "6217998812345678901",
        "supporter": "13912344321",
    }
    by = actor(RoleKey.COMMITTEE)
    plant(VILLAGE)
    person = particulars(
        birth=date(1941, 2, 3),
        resident_id=canaries["id"],
        phone=canaries["phone"],
        bank=canaries["bank"],
    )
    elder_id = register_elder(particulars=person, today=TODAY, by=by)
    supporter = SupporterInput(
        name="王大", relation="son", lives="city", phone=canaries["supporter"]
    )
    supporter_id = add_supporter(elder_id=elder_id, supporter=supporter, by=by)
    update_elder(elder_id=elder_id, version=1, changes={"living": "alone"}, today=TODAY, by=by)
    assert reveal(elder_id=elder_id, field="id", purpose="核对证件", by=by) == canaries["id"]
    assert reveal(elder_id=elder_id, field="phone", purpose="回访", by=by) == "139 8765 4321"
    assert reveal(elder_id=elder_id, field="bank", purpose="发放核对", by=by) == canaries["bank"]
    shown = reveal_supporter_phone(supporter_id=supporter_id, purpose="联系家属", by=by)
    assert shown == "139 1234 4321"
    text = whole_database()
    assert "王大" in text  # the dump does hold what is written in clear
    for name, canary in canaries.items():
        assert canary not in text, name
        assert canary.encode().hex() not in text, name


def whole_database() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        names = [row[0] for row in cursor.fetchall()]
        parts = []
        for name in names:
            cursor.execute(f"select t::text from {name} t")  # noqa: S608 - names from the catalogue
            parts += [row[0] for row in cursor.fetchall()]
    return "\n".join(parts)


def test_each_reading_is_written_down_with_its_purpose() -> None:
    by = actor(RoleKey.STREET, VILLAGE[:9], user_id=None)
    elder_id = elder()
    reveal(elder_id=elder_id, field="phone", purpose="电话回访", by=by)
    row = Reading.objects.get()
    assert (row.fields, row.purpose, row.code) == (["电话"], "电话回访", VILLAGE)
    lines = timeline(elder_id, by=by)
    assert [h.sentence for h in lines if h.reading] == ["查看了电话（电话回访）"]


@pytest.mark.parametrize(
    ("who", "field", "purpose", "error"),
    [
        (actor(RoleKey.AUDITOR, VILLAGE[:4]), "id", "审计", Forbidden),
        (actor(RoleKey.STREET, OTHER_COUNTY[:9]), "id", "核对", NotFound),
        (None, "password", "核对", NotFound),
        (None, "id", " ", BadInput),
    ],
)
def test_nothing_is_revealed_or_logged_without_right_and_purpose(
    who: Actor | None, field: str, purpose: str, error: type[Exception]
) -> None:
    elder_id = elder()
    with pytest.raises(error):
        reveal(elder_id=elder_id, field=field, purpose=purpose, by=who or actor(RoleKey.COMMITTEE))
    assert not Reading.objects.exists()
