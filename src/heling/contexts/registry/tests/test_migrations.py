"""What a migration does to rows that stand already, forth and back."""

from __future__ import annotations

from collections.abc import Callable

from heling.contexts.identity.public import RoleKey
from heling.contexts.registry.actions import add_supporter
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.bulk import NewElder, load
from heling.contexts.registry.models import Supporter, SupporterEvent
from heling.contexts.registry.testing import TODAY, actor, elder, particulars
from heling.platform.access.scope import EVERYTHING, scoped


def loaded(source: str, *names: str) -> list[int]:
    """Elders of a bulk load, each with one supporter in the same city who is near."""
    near = SupporterInput(name="王小", relation="son", lives="city", absent=False)
    ids: dict[object, int] = {}
    load(
        [NewElder(key=n, particulars=particulars(name=n), supporters=(near,)) for n in names],
        source=source,
        today=TODAY,
        by=actor(RoleKey.COMMITTEE),
        progress=lambda batch: ids.update(batch.ids),
    )
    return [ids[n] for n in names]


def supporters() -> dict[int, list[tuple[str, bool | None]]]:
    said: dict[int, list[tuple[str, bool | None]]] = {}
    with scoped(EVERYTHING):
        for row in Supporter.objects.order_by("pk"):
            said.setdefault(row.elder_id, []).append((row.lives, row.absent))
    return said


def test_0003_takes_back_what_a_roster_never_said_and_nothing_else(
    migrate: Callable[[str, str], None],
) -> None:
    migrate("registry", "0002")
    near = SupporterInput(name="王大", relation="son", lives="city", absent=False)
    with scoped(EVERYTHING):
        typed = elder()
        add_supporter(elder_id=typed, supporter=near, by=actor(RoleKey.COMMITTEE))
        untouched, touched = loaded("名册“九月.xlsx”", "甲", "乙")
        add_supporter(elder_id=touched, supporter=near, by=actor(RoleKey.COMMITTEE))
        (elsewhere,) = loaded("演示数据", "丙")
    before = supporters()

    migrate("registry", "0003")
    expected = before | {untouched: [("unknown", None)]}
    assert supporters() == expected
    assert set(before) == {typed, untouched, touched, elsewhere}
    with scoped(EVERYTHING):
        said = SupporterEvent.objects.get()
        assert (said.elder_id, said.lives, said.absent) == (untouched, "city", False)
        # A change of what is unverified leaves it unverified in the history.
        Supporter.objects.filter(elder_id=untouched).update(absent=True)

    migrate("registry", "0002")
    assert supporters() == before | {untouched: [("city", True)]}
