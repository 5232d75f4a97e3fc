"""Divisions as a tree whose path makes scope a prefix test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.kernel.errors import BadInput
from heling.kernel.identifiers import Territory

LENGTHS = (2, 4, 6, 9, 12)


# Codes whose every part is non-zero, so that no part is mistaken for padding.
villages = st.builds(
    lambda province, city, county, town, village: (
        f"{province:02d}{city:02d}{county:02d}{town:03d}{village:03d}"
    ),
    st.integers(11, 82),
    st.integers(1, 99),
    st.integers(1, 99),
    st.integers(1, 999),
    st.integers(1, 999),
)
territories = st.builds(
    lambda code, length: Territory(code[:length]), villages, st.sampled_from(LENGTHS)
)


@pytest.mark.parametrize(
    ("text", "prefix", "level"),
    [
        ("45", "45", "省"),
        ("450000", "45", "省"),
        ("450000000000", "45", "省"),
        ("4501", "4501", "市"),
        ("450100", "4501", "市"),
        ("450100000000", "4501", "市"),
        ("450103", "450103", "县"),
        ("450103000", "450103", "县"),
        ("450103000000", "450103", "县"),
        ("450103002", "450103002", "乡"),
        ("450103002000", "450103002", "乡"),
        ("450103002001", "450103002001", "村"),
        (" ４５０１０３００２００１ ", "450103002001", "村"),
    ],
)
def test_codes_as_written(text: str, prefix: str, level: str) -> None:
    parsed = Territory.parse(text)
    assert (parsed.prefix, parsed.level) == (prefix, level)


@pytest.mark.parametrize(
    "text",
    ["", "4", "450", "45010", "45010300", "4501030020011", "45a1", "四五", "000000000000", "0101"],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="2、4、6、9 或 12 位数字"):
        Territory.parse(text)


@pytest.mark.parametrize("prefix", ["", "450", "45x1", "４５", "²³", "01", "450103 02"])
def test_a_prefix_that_is_no_division_cannot_be_made(prefix: str) -> None:
    with pytest.raises(ValueError, match="not a division prefix"):
        Territory(prefix)


@given(territories)
def test_padded_code_reads_back(territory: Territory) -> None:
    assert len(territory.code) == 12
    assert Territory.parse(territory.code) == territory
    assert str(territory) == territory.prefix


def test_city_of_every_level_below_the_province() -> None:
    for prefix in ("4501", "450103", "450103002", "450103002001"):
        assert Territory(prefix).city == "450100"


def test_parents_lead_to_the_province() -> None:
    chain, node = [], Territory("450103002001").parent
    while node is not None:
        chain.append(node.prefix)
        node = node.parent
    assert chain == ["450103002", "450103", "4501", "45"]


@given(territories, territories)
def test_scope_is_the_half_open_range(one: Territory, other: Territory) -> None:
    """``contains`` and ``lo <= prefix < hi`` (bytes, as COLLATE "C") are one rule."""
    in_range = one.lo.encode() <= other.prefix.encode() < one.hi.encode()
    assert one.contains(other) == in_range


@given(territories)
def test_parent_contains_child_and_never_the_reverse(territory: Territory) -> None:
    assert territory.contains(territory)
    if territory.parent is not None:
        assert territory.parent.contains(territory)
        assert not territory.contains(territory.parent)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("450103", True),
        ("450103999999", True),
        ("450102", False),
        ("450104", False),
        ("4501", False),
        ("330203", False),
    ],
)
def test_a_county_holds_what_is_below_it_only(inside: str, expected: bool) -> None:
    assert Territory("450103").contains(Territory(inside)) is expected


def test_sorting_puts_a_parent_before_its_children() -> None:
    codes = ["450103002", "4501", "450103", "330203", "450103002001"]
    ordered = sorted(Territory(code) for code in codes)
    assert [t.prefix for t in ordered] == [
        "330203", "4501", "450103", "450103002", "450103002001",
    ]  # fmt: skip
