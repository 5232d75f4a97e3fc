"""Populations of any size: repeatable, taken up again, refused where they make no sense."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

import pytest

from heling.contexts.places import testing as places
from heling.contexts.registry import public as registry
from heling.demo import HouseholdDraft, VillageRef, generate
from heling.demo.codes import Lives, Role, StatusKind
from heling.kernel.actor import system
from heling.kernel.errors import BadInput, Refused
from heling.kernel.identifiers import Territory
from heling.platform.journal.models import Entry
from heling.shell.city import seed_population, seeding
from heling.shell.city.drafts import Converter
from heling.shell.city.ground import read_divisions
from heling.shell.city.hardship import with_hardship

ON = date(2026, 11, 1)
BY = system("测试")
VILLAGES = (
    VillageRef("990103001001", "甲社区", urban=True),
    VillageRef("990103002001", "乙村", urban=False),
)


@pytest.fixture
def country(db: None) -> None:
    del db
    places.small_country()


def seeded(elders: int = 120, *, seed: int = 7, divisions: tuple[str, ...] = ("990100",)) -> Any:
    said: list[str] = []
    loaded = seed_population(
        elders=elders, divisions=divisions, seed=seed, today=ON, say=said.append
    )
    return loaded, said


def people() -> list[tuple[str, date, str]]:
    """Everybody registered, in the order of registration."""
    cards = registry.elder_cards(registry.elder_ids_page(by=BY), by=BY)
    return [(c.id_masked, c.birth, c.name) for _, c in sorted(cards.items())]


def households(count: int = 400) -> list[HouseholdDraft]:
    return list(islice(generate(seed=3, elders=2000, villages=VILLAGES, on=ON), count))


@pytest.mark.usefixtures("country")
def test_everybody_is_registered_inside_the_division_and_marked() -> None:
    loaded, said = seeded()
    assert (loaded.elders, loaded.skipped) == (120, 0)
    cards = registry.elder_cards(registry.elder_ids_page(by=BY), by=BY).values()
    assert len(cards) == 120
    assert all(c.demo and c.code.startswith("9901") for c in cards)
    assert {c.code for c in cards} == {places.VILLAGE, places.OTHER_VILLAGE, places.OTHER_STREET,
                                       places.OTHER_COUNTY}  # fmt: skip
    assert "120 / 120" in said[-1]
    assert [e.kind for e in Entry.objects.filter(subject="seed").order_by("pk")] == [
        "city.SeedingBegun",
        "city.SeedingFinished",
    ]


@pytest.mark.usefixtures("country")
def test_a_used_seed_is_refused_and_another_adds_people() -> None:
    seeded()
    with pytest.raises(Refused, match=r"种子 7 在 2026-11-01 用于 120 人，已经全部生成。 .*--seed"):
        seeded()
    loaded, _ = seeded(seed=8)
    assert loaded.elders + loaded.skipped == 120
    assert loaded.elders > 100


@pytest.mark.usefixtures("country")
def test_an_interrupted_run_is_taken_up_with_the_same_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dying(*args: Any, **options: Any) -> Iterator[HouseholdDraft]:
        yield from islice(generate(*args, **options), 60)
        raise KeyboardInterrupt

    monkeypatch.setattr(registry, "load", _small_batches(registry.load))
    monkeypatch.setattr(seeding, "generate", dying)
    with pytest.raises(KeyboardInterrupt):
        seeded(150)
    stopped = people()
    assert 0 < len(stopped) < 150
    monkeypatch.setattr(seeding, "generate", generate)
    for other in ({"elders": 151}, {"elders": 150, "divisions": ("990103",)}):
        with pytest.raises(Refused, match="还没有生成完"):
            seeded(**other)
    loaded, said = seeded(150)
    assert "接着生成" in said[0]
    assert (loaded.elders, loaded.skipped) == (150 - len(stopped), len(stopped))
    everybody = people()
    assert everybody[: len(stopped)] == stopped
    assert len(everybody) == len(set(everybody)) == 150


def _small_batches(load: Any) -> Any:
    return lambda drafts, **options: load(drafts, **options, size=20)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"elders": 0}, "老年人数"),
        ({"elders": -5}, "老年人数"),
        ({"seed": -1}, "随机种子"),
        ({"seed": 2**32}, "随机种子"),
        ({"divisions": ("abc",)}, "区划代码"),
        ({"divisions": ("99",)}, "区划"),
        ({"divisions": ("990177",)}, "区划"),
    ],
)
@pytest.mark.usefixtures("country")
def test_senseless_input_is_named(changes: dict[str, Any], where: str) -> None:
    options: dict[str, Any] = {"elders": 10, "seed": 1, "divisions": ("990100",)} | changes
    with pytest.raises(BadInput) as caught:
        seed_population(**options, today=ON, say=print)
    assert caught.value.problems[0].where == where
    assert not registry.elder_ids_page(by=BY)


@pytest.mark.usefixtures("country")
def test_production_refuses(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(Refused, match="正式环境"):
        seeded()


def test_divisions_are_read_once_each() -> None:
    found = read_divisions(["990103", "990100", "990105001", "980103001001"])
    assert found == (Territory("980103001001"), Territory("9901"))
    assert all(t.level == "市" for t in read_divisions([]))


@pytest.mark.usefixtures("country")
def test_drafts_keep_what_the_registry_asks_for() -> None:
    converter = Converter()
    pairs = [(h, e, converter.row(e, h)) for h in households() for e in h.members]
    assert {r.key for _, _, r in pairs} == {e.serial for _, e, _ in pairs}
    assert all(r.particulars.demo and all(s.demo for s in r.statuses) for _, _, r in pairs)
    for _, elder, row in pairs:
        assert row.particulars.birth == elder.birth
        assert [s.kind for s in row.statuses] == [s.kind.value for s in elder.statuses]
        own = row.supporters[len(row.supporters) - len(elder.supporters) :]
        assert [s.absent for s in own] == [s.lives is Lives.ELSEWHERE for s in elder.supporters]
        assert not (row.supporters and row.particulars.no_supporters)
    bodies = {s.certified_by for _, _, r in pairs for s in r.statuses if s.kind == "dibao"}
    assert bodies == {"市901县103民政局"}


@pytest.mark.usefixtures("country")
def test_couples_support_each_other_and_nobody_else_is_made_up() -> None:
    converter = Converter()
    couples = [h for h in households() if {m.role for m in h.members} >= {Role.HEAD, Role.SPOUSE}]
    assert couples
    for household in couples:
        head = next(m for m in household.members if m.role is Role.HEAD)
        spouse = next(m for m in household.members if m.role is Role.SPOUSE)
        first = converter.row(head, household).supporters[0]
        assert (first.name, first.relation, first.lives) == (spouse.name, "spouse", "household")
    lonely = [h for h in households() if len(h.members) == 1]
    for household in lonely:
        row = converter.row(household.members[0], household)
        assert len(row.supporters) == len(household.members[0].supporters)


def test_hardship_falls_on_every_other_household_of_the_street_and_then_stops() -> None:
    street = Territory("990103001")
    before = households()
    after = list(with_hardship(before, [street], on=ON))
    changed = [a for b, a in zip(before, after, strict=True) if a != b]
    assert {h.village_code[:9] for h in changed} == {street.prefix}
    assert 20 < len(changed) <= 24
    for household in changed:
        added = household.members[0].statuses[-1]
        assert added.kind is StatusKind.DIBAO
        assert added.since < ON
        assert added.document.startswith("演示-")
