"""The drawing of reasons: complete, inside its frame, nothing over anything, nothing twice."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.engines.law.determination import Reason
from heling.engines.law.diagram import MARK, Diagram, broken, diagram, span, to_svg
from heling.engines.law.normbook import load_norms
from heling.engines.law.ruleset import load_city

if TYPE_CHECKING:
    from heling.engines.law.plain import Level

ON = date(2026, 11, 1)
FACTS: list[dict[str, Any]] = [
    {},
    {"户籍地": "330200", "居住地": "330200", "居家": True, "出生日期": "1954-03-02", "低保": True},
    {"出生日期": "1943-05-01", "失能等级": "重度", "见义勇为": True, "护理补贴": 50000},
]


def _drawn(facts: dict[str, Any], level: Level = "official") -> list[Diagram]:
    found = load_city("330200").determine(facts, ON, outlook=False)
    return [diagram(g, level) for g in found.grants]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("level", ["official", "elder"])
def test_everything_is_inside_and_apart(facts: dict[str, Any], level: Level) -> None:
    for drawing in _drawn(facts, level):
        tops = [row.y for row in drawing.rows]
        assert tops == sorted(set(tops))
        assert all(b - a > 2 * MARK for a, b in itertools.pairwise(tops))
        assert tops[0] - MARK > 0
        assert tops[-1] + MARK < drawing.height
        assert all(row.parent is None or row.parent < i for i, row in enumerate(drawing.rows))


@pytest.mark.parametrize("facts", FACTS)
def test_a_word_is_explained_once_and_named_afterwards(facts: dict[str, Any]) -> None:
    for grant in load_city("330200").determine(facts, ON, outlook=False).grants:
        words = [r.word for r in _all(grant.reasons) if r.word]
        said = ["".join(row.lines) for row in diagram(grant).rows]
        for word in set(words):
            assert sum(f"{word}（见上）" == text for text in said) <= words.count(word) - 1


def _all(reasons: tuple[Reason, ...]) -> list[Reason]:
    return [found for r in reasons for found in (r, *_all(r.because))]


def test_the_svg_is_xml_that_a_reader_can_speak_and_carries_no_style() -> None:
    (drawing, *_) = _drawn(FACTS[1])
    root = ET.fromstring(to_svg(drawing, name="w1"))  # noqa: S314 - our own
    assert root.get("role") == "img"
    ids = {e.get("id"): e.text for e in root.iter() if e.get("id")}
    assert root.get("aria-labelledby", "").split() == ["w1-title", "w1-says"]
    assert ids["w1-title"] == drawing.title
    assert "不清楚：失能等级不清楚，要求中度以上" in ids["w1-says"]
    assert not any(e.get("style") for e in root.iter())


def test_what_people_write_cannot_become_markup() -> None:
    (drawing, *_) = _drawn(FACTS[0])
    evil = Diagram("<b>&", "<script>", drawing.width, drawing.height, drawing.rows)
    assert "<script>" not in to_svg(evil)


def test_an_elder_reads_no_articles() -> None:
    assert all(not row.cite for d in _drawn(FACTS[1], "elder") for row in d.rows)
    assert any(row.cite for d in _drawn(FACTS[1]) for row in d.rows)


def test_a_norm_is_drawn_too() -> None:
    facts = {"小区建设情况": "新建", "小区户数": 1001, "养老设施面积": 300}
    norm = load_norms("450100").examine("compound", facts, ON).norm("新建小区设施面积")
    drawing = diagram(norm)
    assert "不符合" in "".join(drawing.rows[0].lines)
    assert "301平方米" in drawing.says


@given(st.text(alphabet="低保户abc12，。（）《》 ", max_size=120), st.integers(8, 30))
def test_breaking_loses_nothing_and_keeps_to_the_width(text: str, room: int) -> None:
    lines = list(broken(text, room * 100))
    assert "".join(lines) == text
    for line in lines:
        rest = line.rstrip("，。；：、？！）》”’")
        assert span(rest) <= room * 100 or len(rest.split()) == 1
