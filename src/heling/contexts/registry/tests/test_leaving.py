from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import VILLAGE
from heling.contexts.registry.actions import (
    add_status,
    record_death,
    record_move_away,
    reinstate,
    update_elder,
)
from heling.contexts.registry.domain.states import ELDER, ElderState
from heling.contexts.registry.models import Elder, Transition
from heling.contexts.registry.public import elder_card, elder_ids_page
from heling.contexts.registry.testing import TODAY, actor, certificate, elder
from heling.kernel.errors import BadInput, Forbidden, Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.models import Entry

pytestmark = pytest.mark.usefixtures("db")

YESTERDAY = TODAY - timedelta(days=1)


def die(
    elder_id: int, on: date = YESTERDAY, source: str = "死亡证明 演示1号", **who: object
) -> None:
    by = who.get("by", actor(RoleKey.COMMITTEE))
    record_death(elder_id=elder_id, on=on, source=source, today=TODAY, by=by)  # type: ignore[arg-type]


def test_death_is_dated_sourced_and_published() -> None:
    elder_id = elder()
    die(elder_id)
    card = elder_card(elder_id, by=actor(RoleKey.COMMITTEE))
    assert (card.state, card.died_on, card.active) == ("deceased", YESTERDAY, False)
    step = Transition.objects.get()
    assert (step.step, step.on, step.reason) == ("record_death", YESTERDAY, "死亡证明 演示1号")
    entry = Entry.objects.get(kind="registry.ElderDied")
    assert (entry.elder_id, entry.payload["on"]) == (elder_id, YESTERDAY.isoformat())


def test_age_stops_at_death() -> None:
    elder_id = elder(birth=date(1946, 5, 1))
    die(elder_id, on=date(2026, 4, 30))
    assert elder_card(elder_id, by=actor(RoleKey.COMMITTEE)).age(TODAY) == 79


@pytest.mark.parametrize(
    ("on", "source", "where"),
    [
        (TODAY + timedelta(days=1), "公安比对", "去世日期"),
        (date(1946, 4, 30), "公安比对", "去世日期"),
        (YESTERDAY, " ", "依据"),
    ],
)
def test_death_needs_a_possible_day_and_a_source(on: date, source: str, where: str) -> None:
    elder_id = elder(birth=date(1946, 5, 1))
    with pytest.raises(BadInput) as caught:
        die(elder_id, on=on, source=source)
    assert [p.where for p in caught.value.problems] == [where]
    assert Elder.objects.get(pk=elder_id).state == ElderState.ACTIVE
    assert not Transition.objects.exists()


def test_what_death_stops_here() -> None:
    elder_id = elder()
    by = actor(RoleKey.COMMITTEE)
    die(elder_id)
    assert elder_ids_page(by=by) == []
    with pytest.raises(Refused, match="已故"):
        update_elder(elder_id=elder_id, version=2, changes={}, today=TODAY, by=by)
    with pytest.raises(Refused, match="已故"):
        add_status(
            elder_id=elder_id,
            certificate=certificate(),
            today=TODAY,
            by=actor(RoleKey.STREET, VILLAGE[:9]),
        )
    with pytest.raises(Refused, match="已故"):
        die(elder_id)


def test_moving_away_and_coming_back() -> None:
    by = actor(RoleKey.COMMITTEE)
    elder_id = elder()
    record_move_away(elder_id=elder_id, on=YESTERDAY, destination="杭州市", today=TODAY, by=by)
    assert Elder.objects.get(pk=elder_id).left_on == YESTERDAY
    with pytest.raises(BadInput, match="理由"):
        reinstate(elder_id=elder_id, reason="", today=TODAY, by=by)
    reinstate(elder_id=elder_id, reason="已迁回", today=TODAY, by=by)
    row = Elder.objects.get(pk=elder_id)
    assert (row.state, row.left_on, row.version) == ("active", None, 3)
    steps = Transition.objects.order_by("pk").values_list("step", flat=True)
    assert list(steps) == ["move_away", "reinstate"]


@pytest.mark.parametrize("state", [ElderState.DECEASED, ElderState.MERGED])
def test_the_table_and_the_database_refuse_the_same(state: ElderState) -> None:
    """Every pair of states that no step joins is refused by the trigger, too."""
    row = Elder.objects.get(pk=elder())
    fill = {"died_on": YESTERDAY} if state is ElderState.DECEASED else {"merged_into": row}
    Elder.objects.filter(pk=row.pk).update(state=state.value, **fill)
    empty = {"died_on": None, "merged_into": None, "left_on": YESTERDAY}
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        Elder.objects.filter(pk=row.pk).update(state="moved_away", **empty)
    with pytest.raises(Refused, match="不允许"), refusing():
        Elder.objects.filter(pk=row.pk).update(state="moved_away", **empty)
    assert "moved_away" not in {t for s, t in ELDER.pairs() if s == state}


def test_transitions_are_append_only() -> None:
    die(elder())
    with pytest.raises(DatabaseError, match=r"permission denied|只能追加"), transaction.atomic():
        Transition.objects.update(reason="改写")


def test_auditors_record_nothing() -> None:
    with pytest.raises(Forbidden):
        die(elder(), by=actor(RoleKey.AUDITOR, VILLAGE[:4]))
