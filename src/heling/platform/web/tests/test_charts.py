"""Charts: what is drawn is what was given, and nobody needs colours to read it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from heling.platform.web.charts import DASHES, SERIES, Mark, Series, bars, corners, lines, to_svg

VALUES = st.one_of(st.none(), st.integers(0, 10**13))
NAMES = ["甲", "乙", "丙", "丁", "戊"]


def show(value: int) -> str:
    return f"{value:,}"


@given(data=st.data(), labels=st.integers(1, 24), several=st.integers(1, SERIES))
def test_points_lie_inside_and_higher_means_more(
    data: st.DataObject, labels: int, several: int
) -> None:
    column = st.lists(VALUES, min_size=labels, max_size=labels).map(tuple)
    series = [Series(NAMES[k], data.draw(column)) for k in range(several)]
    chart = lines("费用", [str(n) for n in range(labels)], series, show)
    for k, one in enumerate(series):
        drawn = [m for m in chart.marks if m.kind == "sign" and m.series == k][1:]  # the key's
        known = [v for v in one.values if v is not None]
        assert len(drawn) == len(known)
        for mark in drawn:
            assert 0 <= mark.x <= chart.width
            assert 0 <= mark.y <= chart.height
        heights = [m.y for m in sorted(drawn, key=lambda m: m.x)]
        for (a, ya), (b, yb) in zip(
            zip(known, heights, strict=True),
            list(zip(known, heights, strict=True))[1:],
            strict=False,
        ):
            assert (a < b) <= (ya >= yb)


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=12))
def test_bars_are_as_long_as_their_values(rows: list[tuple[int | None, int | None]]) -> None:
    series = [Series("甲", tuple(r[0] for r in rows)), Series("乙", tuple(r[1] for r in rows))]
    chart = bars("费用", ["某县"] * len(rows), series, show)
    drawn = [m for m in chart.marks if m.kind == "bar"]
    flat = [v for row in rows for v in row]
    assert len(drawn) == len(flat)
    highest = max([1, *(v for v in flat if v is not None)])
    longest = max(m.x2 for m in drawn)
    for mark, value in zip(drawn, flat, strict=True):
        assert mark.x + mark.x2 <= chart.width
        if value is None:
            assert mark.x2 == 0
        elif longest:
            top = max(v for v in flat if v is not None)
            assert abs(mark.x2 / longest - value / max(1, top)) < 1e-6
    assert highest >= 1


def test_what_cannot_be_said_is_a_gap_not_a_zero() -> None:
    chart = lines("费用", ["一", "二", "三"], [Series("甲", (5, None, 7))], show)
    paths = [m for m in chart.marks if m.kind == "path"][1:]
    assert [len(p.points) for p in paths] == [1, 1]
    assert "说不出" in bars("费用", ["某县"], [Series("甲", (None,))], show).says


def test_a_series_is_told_by_line_and_sign_too() -> None:
    assert len(set(DASHES)) == SERIES
    assert len({corners(Mark("sign", series=k)) for k in range(SERIES)}) == SERIES


def test_the_same_thing_looks_the_same_in_two_charts() -> None:
    chart = bars("费用", ["某县"], [Series("甲", (1,))], show, first=1)
    assert {m.series for m in chart.marks if m.kind == "bar"} == {1}


def test_svg_is_well_formed_escaped_and_says_itself() -> None:
    chart = lines("<费&用>", ["一", "二", "三"], [Series('甲"<', (1, 2, 3))], show)
    svg = to_svg(chart, name="cost")
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert "style=" not in svg
    assert root[0].text == "<费&用>"
    picture = root[1]
    assert picture.attrib["role"] == "img"
    ids = {e.attrib["id"]: e.text for e in picture.iter() if "id" in e.attrib}
    assert ids["cost-title"] == "<费&用>"
    assert ids["cost-says"] == '甲"<：一 1，三 3'
    assert picture.attrib["aria-labelledby"].split() == ["cost-title", "cost-says"]
    assert re.search(r'class="h-chart-1"', svg)
