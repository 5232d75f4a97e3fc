"""What a migration does to rows that stand already, forth and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from heling.contexts.entitlements import actions, testing
from heling.contexts.entitlements.domain.states import Ending
from heling.contexts.entitlements.handlers import BY
from heling.contexts.entitlements.models import Application, Item
from heling.contexts.entitlements.testing import CALL, INSURANCE, PLACE
from heling.contexts.registry import testing as elders
from heling.kernel.errors import Refused
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.embedded.postgres import OWNER
from heling.platform.testing.plugin import connected_as

SIGNED = ("decision", "determination", "entry", "review", "statusrow")
MOVED_TO = "330203002001"
DIED = date(2026, 11, 18)
NOW = "0010"  # what today's actions need


def places(elder_id: int) -> dict[str, set[str]]:
    """The communities in which the signed rows of an elder stand, by table."""
    found = {}
    with scoped(EVERYTHING), connection.cursor() as cursor:
        for table in SIGNED:
            cursor.execute(
                f"select distinct code from entitlements_{table} where elder_id = %s",  # noqa: S608
                [elder_id],
            )
            found[table] = {code for (code,) in cursor.fetchall()}
    return found


def test_0003_brings_what_was_signed_after_those_who_moved(
    migrate: Callable[[str, str], None],
) -> None:
    with scoped(EVERYTHING):
        office = testing.office()
        mover, dead = testing.elder(), testing.elder()
        testing.granted(mover, by=office)
        testing.granted(dead, by=office)
        testing.applied(dead, CALL, by=office)
        actions.terminate_all(elder_id=dead, ending=Ending.DEATH, last_day=DIED, on=DIED, by=BY)
    migrate("entitlements", "0002")
    with scoped(EVERYTHING):
        elders.moved(mover, MOVED_TO)
    assert places(mover) == {table: {PLACE} for table in SIGNED}, "as it used to be"

    migrate("entitlements", "0003")
    assert places(mover) == {table: {MOVED_TO} for table in SIGNED}
    assert places(dead) == {table: {PLACE} for table in SIGNED}
    with scoped(EVERYTHING):
        endings = Application.objects.filter(elder_id=dead).values_list("ending", "last_day")
        assert set(endings) == {("death", DIED)}
        assert Application.objects.get(elder_id=mover).ending == ""
        elders.moved(mover, PLACE)
    migrate("entitlements", NOW)
    with scoped(EVERYTHING):
        assert actions.revive(elder_id=dead, on=DIED, by=BY) == 2
    assert places(mover) == {table: {PLACE} for table in SIGNED}

    migrate("entitlements", "0002")
    with scoped(EVERYTHING), connection.cursor() as cursor:
        for table in SIGNED:
            with pytest.raises(Exception, match="permission denied"), refusing():
                cursor.execute(f"update entitlements_{table} set code = code")  # noqa: S608


def test_0007_gives_each_door_to_the_first_behind_it(migrate: Callable[[str, str], None]) -> None:
    with scoped(EVERYTHING):
        office, couple = testing.office(), (testing.elder(), testing.elder())
        alone = testing.elder()
        for elder_id in (*couple, alone):
            testing.applied(elder_id, CALL, INSURANCE, by=office)
        doors = dict(Item.objects.filter(grant=CALL).values_list("elder_id", "household_id"))
    migrate("entitlements", "0006")
    with scoped(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(
            "update registry_elder set household_id = %s where id = %s",
            [doors[couple[0]], couple[1]],
        )
    migrate("entitlements", "0007")
    with scoped(EVERYTHING):
        found = Item.objects.order_by("pk").values_list("elder_id", "grant", "household_id")
        assert list(found.filter(grant=CALL)) == [
            (couple[0], CALL, doors[couple[0]]),
            (couple[1], CALL, None),
            (alone, CALL, doors[alone]),
        ]
        assert not found.filter(grant=INSURANCE).exclude(household_id=None).exists()


def test_not_even_the_owner_changes_what_was_signed(own_database: str) -> None:
    """The application has no right to; the trigger holds whoever has."""
    with scoped(EVERYTHING):
        case = testing.granted(testing.elder(), by=testing.office())
    with connected_as(connection, own_database, OWNER), scoped(EVERYTHING):
        for rows in (case.steps.all(), case.reviews.all(), case.decisions.all()):
            with pytest.raises(Refused, match="只能追加"), refusing():
                rows.update(actor_name="别人")
            with pytest.raises(Refused, match="只能追加"), refusing():
                rows._raw_delete("default")
