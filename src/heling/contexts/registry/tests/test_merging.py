from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from heling.contexts.identity.public import RoleKey, representations_of
from heling.contexts.identity.testing import acting, person, represent
from heling.contexts.places.testing import VILLAGE
from heling.contexts.registry.actions import add_supporter, merge_elders
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.domain.words import StatusKind
from heling.contexts.registry.models import Elder, ElderEvent, Merge, Status, Supporter
from heling.contexts.registry.public import elder_card, facts_of, search
from heling.contexts.registry.testing import TODAY, actor, elder, status
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.platform.journal.models import Entry

NOW = datetime(2026, 11, 1, 2, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("db")


def street() -> Actor:
    return actor(RoleKey.STREET, VILLAGE[:9])


def merge(keep: int, drop: int, *, by: Actor | None = None, **changes: object) -> None:
    values: dict = {"take": (), "reason": "本人到场核实", "at": NOW}
    merge_elders(keep_id=keep, merge_id=drop, by=by or street(), **values | changes)


def a_pair() -> tuple[int, int]:
    """Two registrations of one person: the second has the phone, a supporter, statuses."""
    keep = elder(name="王小明", phone="")
    drop = elder(name="王小民", phone="13900000009", living="alone")
    status(keep, StatusKind.DIBAO, starts=date(2025, 1, 1))
    status(drop, StatusKind.DIBAO, starts=date(2025, 6, 1))
    status(drop, StatusKind.YOUFU)
    add_supporter(
        elder_id=drop,
        supporter=SupporterInput(name="王大", relation="son", lives="city"),
        by=actor(RoleKey.COMMITTEE),
    )
    return keep, drop


def test_a_merge_moves_what_fits_and_keeps_everything() -> None:
    keep, drop = a_pair()
    merge(keep, drop, take=("phone", "living"))
    kept, merged = Elder.objects.get(pk=keep), Elder.objects.get(pk=drop)
    assert (kept.phone_masked, kept.living, kept.name) == ("139****0009", "alone", "王小明")
    assert (merged.state, merged.merged_into_id) == ("merged", keep)
    assert set(Supporter.objects.values_list("elder_id", flat=True)) == {keep}
    kinds = Status.objects.order_by("pk").values_list("kind", "elder_id")
    assert list(kinds) == [("dibao", keep), ("dibao", drop), ("youfu", keep)]
    record = Merge.objects.get()
    assert record.moved["taken"] == ["phone", "living"]
    assert (len(record.moved["statuses"]), len(record.moved["supporters"])) == (1, 1)
    assert ElderEvent.objects.filter(pgh_obj_id=drop, state="active").exists()
    assert Entry.objects.get(kind="registry.ElderMerged").payload["merged_id"] == drop


def test_the_merged_one_leads_to_the_kept_one() -> None:
    by = street()
    keep, drop = a_pair()
    merge(keep, drop)
    assert elder_card(drop, by=by).id == keep
    assert [c.id for c in search("王小民", by=by)] == []
    assert [c.id for c in search("王小明", by=by)] == [keep]
    words = [f.word for f in facts_of(keep, on=TODAY, by=by)]
    assert words.count("低保") == 1
    assert "优抚" in words


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": " "}, BadInput),
        ({"take": ("resident_id",)}, BadInput),
        ({"take": ("code",)}, BadInput),
    ],
)
def test_a_merge_needs_a_reason_and_known_fields(changes: dict, error: type[Exception]) -> None:
    keep, drop = a_pair()
    with pytest.raises(error):
        merge(keep, drop, **changes)
    assert not Merge.objects.exists()


def test_impossible_merges_are_refused() -> None:
    keep, drop = a_pair()
    with pytest.raises(Refused, match="它自己"):
        merge(keep, keep)
    merge(keep, drop)
    with pytest.raises(Refused, match="已合并"):
        merge(keep, drop)
    with pytest.raises(Refused, match="在册"):
        merge(drop, keep)


def test_both_must_be_in_the_territory_and_the_post_must_allow_it() -> None:
    keep, drop = a_pair()
    with pytest.raises(NotFound):
        merge(keep, drop, by=actor(RoleKey.STREET, "990103002"))
    with pytest.raises(Forbidden):
        merge(keep, drop, by=actor(RoleKey.COMMITTEE))


def test_whoever_spoke_for_the_merged_one_speaks_for_the_kept_one() -> None:
    keep, drop = a_pair()
    daughter, son = person(name="王女"), person(name="王子")
    represent(daughter, drop, VILLAGE)
    represent(son, drop, VILLAGE)
    represent(son, keep, VILLAGE)
    merge(keep, drop, by=acting(RoleKey.STREET, VILLAGE[:9]))
    now = {r.user_id for r in representations_of(keep, by=street()) if r.current}
    assert now == {daughter.pk, son.pk}
    assert not [r for r in representations_of(drop, by=street()) if r.current]
