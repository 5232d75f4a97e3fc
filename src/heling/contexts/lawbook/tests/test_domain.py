"""Rules without a database: two axes, taking a text apart, comparing, the table of states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.contexts.lawbook.domain.axes import TICK, after, in_force, superseded
from heling.contexts.lawbook.domain.comparing import Change, compare
from heling.contexts.lawbook.domain.entries import SECTIONS, add, clean, split
from heling.contexts.lawbook.domain.states import DRAFT, OPEN, DraftState
from heling.contexts.lawbook.queries.packs import KIND_LABELS
from heling.engines.law import shapes
from heling.engines.law.shelf import default_root
from heling.kernel.errors import Refused

DAY = date(2026, 7, 1)
_ENTRIES = (shapes.Each, shapes.Many)
MOMENT = datetime(2026, 3, 1, 8, tzinfo=UTC)
PACKS = sorted(p for p in default_root().rglob("*.yaml"))


@dataclass(frozen=True)
class Placed:
    id: int
    effective_from: date
    known_from: datetime
    by_city: bool = True
    pack: str = "330200/a"


def chosen(*editions: Placed, on: date, known: datetime | None = None) -> int | None:
    found = in_force(editions, on=on, known=known)
    return found["330200/a"].id if found else None


# --- two axes ---------------------------------------------------------------------------------


def test_the_day_an_edition_begins() -> None:
    one = Placed(1, DAY, MOMENT)
    assert chosen(one, on=DAY - timedelta(days=1)) is None
    assert chosen(one, on=DAY) == 1
    assert chosen(one, on=DAY + timedelta(days=1)) == 1


def test_the_moment_at_which_it_is_known() -> None:
    one = Placed(1, DAY, MOMENT)
    assert chosen(one, on=DAY, known=MOMENT - TICK) is None
    assert chosen(one, on=DAY, known=MOMENT) == 1
    assert chosen(one, on=DAY, known=MOMENT + TICK) == 1
    assert chosen(one, on=DAY, known=None) == 1


def test_a_retroactive_change_leaves_yesterdays_answer() -> None:
    first = Placed(1, DAY, MOMENT)
    retroactive = Placed(2, DAY - timedelta(days=60), MOMENT + timedelta(days=200))
    past = DAY - timedelta(days=30)
    assert chosen(first, retroactive, on=past) == 2
    assert chosen(first, retroactive, on=past, known=retroactive.known_from - TICK) is None
    assert chosen(first, retroactive, on=DAY) == 2
    assert chosen(first, retroactive, on=DAY, known=retroactive.known_from - TICK) == 1


def test_a_later_known_edition_for_later_days_leaves_the_days_before_it() -> None:
    first, second = Placed(1, DAY, MOMENT), Placed(2, DAY + timedelta(days=9), MOMENT + TICK)
    assert chosen(first, second, on=DAY + timedelta(days=8)) == 1
    assert chosen(first, second, on=DAY + timedelta(days=9)) == 2


def test_the_citys_own_goes_before_what_is_released_later() -> None:
    own = Placed(1, DAY, MOMENT)
    released = Placed(2, date.min, MOMENT + timedelta(days=1), by_city=False)
    assert chosen(own, released, on=DAY) == 1
    assert chosen(own, released, on=DAY - timedelta(days=1)) == 2


@given(
    st.lists(
        st.builds(
            Placed,
            id=st.integers(1, 99),
            effective_from=st.integers(0, 20).map(lambda n: DAY + timedelta(days=n)),
            known_from=st.integers(0, 20).map(lambda n: MOMENT + n * TICK),
            by_city=st.booleans(),
        ),
        unique_by=lambda e: (e.id, e.known_from),
    ),
    st.integers(-1, 21).map(lambda n: DAY + timedelta(days=n)),
    st.integers(-1, 21).map(lambda n: MOMENT + n * TICK),
)
def test_what_is_learnt_later_never_changes_an_old_answer(
    editions: list[Placed], on: date, known: datetime
) -> None:
    before = [e for e in editions if e.known_from <= known]
    assert chosen(*editions, on=on, known=known) == chosen(*before, on=on)
    candidates = [e for e in before if e.effective_from <= on]
    best = max(candidates, key=lambda e: (e.by_city, e.known_from, e.id), default=None)
    assert chosen(*editions, on=on, known=known) == (best.id if best else None)


def test_an_edition_is_always_known_after_the_one_before_it() -> None:
    assert after(MOMENT, None) == MOMENT
    assert after(MOMENT, MOMENT - TICK) == MOMENT
    assert after(MOMENT, MOMENT) == MOMENT + TICK
    assert after(MOMENT, MOMENT + timedelta(hours=1)) == MOMENT + timedelta(hours=1) + TICK


def test_editions_that_would_apply_to_no_day_any_more() -> None:
    early, same, late = (
        Placed(n, DAY + timedelta(days=d), MOMENT) for n, d in enumerate((-1, 0, 1))
    )
    released = Placed(9, date.min, MOMENT, by_city=False)
    assert superseded([early, same, late, released], effective_from=DAY) == (same, late)


# --- a text and its entries -------------------------------------------------------------------


@pytest.mark.parametrize("path", PACKS, ids=lambda p: p.stem)
def test_a_pack_is_taken_apart_and_put_together_byte_for_byte(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    sheet = split(text)
    assert sheet.text() == text
    assert sheet.entries
    lines = text.split("\n")
    for entry in sheet.entries:
        assert lines[entry.line - 1] == entry.text.split("\n")[0]
        assert entry.section in SECTIONS


def test_every_part_and_kind_of_the_language_has_a_name() -> None:
    """A part that the engine learns must not vanish from the editor, nor a kind be shown raw."""
    parts = {name for name, content in shapes.PACK.may.items() if isinstance(content, _ENTRIES)}
    assert parts == set(SECTIONS)
    assert set(shapes.PACK_KINDS) == set(KIND_LABELS)


def test_entries_stand_with_the_article_that_they_cite() -> None:
    sheet = split((default_root() / "330200/home-care-2018.yaml").read_text(encoding="utf-8"))
    article = {e.word: e.article for e in sheet.entries}
    assert article["意外伤害保险"] == 22
    assert article["高龄年龄"] == 45
    assert article["待遇选择"] == 0
    assert "低保重度每月四十五小时" in {e.word for e in sheet.tests()}
    assert {e.section for e in sheet.of(22)} >= {"constants", "define", "grants", "properties"}
    norms = split((default_root() / "330200/duties-2018.yaml").read_text(encoding="utf-8"))
    assert {e.word: e.article for e in norms.entries}["侵害罚款下限"] == 41


def test_one_entry_changed_leaves_all_others() -> None:
    text = "pack: a\n\ngrants:\n  甲:\n    cite: 1\n  乙: {cite: 2}\n\ntests:\n  - name: 丙\n"
    sheet = split(text)
    assert [e.word for e in sheet.entries] == ["甲", "乙", "丙"]
    changed = sheet.text({1: "  乙: {cite: 3}\r\n  丁: {cite: 3}\r\n\r\n"})
    assert changed == text.replace("{cite: 2}", "{cite: 3}\n  丁: {cite: 3}")
    assert sheet.text({0: " \n"}) == text.replace("  甲:\n    cite: 1\n", "")


def test_a_new_entry_goes_to_the_end_of_its_section() -> None:
    text = "pack: a\n\ngrants:\n  甲: {cite: 1}\n\ntests:\n  - name: 丙\n"
    added = add(text, section="grants", entry="乙:\n  cite: 2\n")
    assert added == text.replace("  甲: {cite: 1}\n", "  甲: {cite: 1}\n  乙:\n    cite: 2\n")
    begun = add(text, section="define", entry="  丁: {cite: 2}")
    assert begun.endswith("\n\ndefine:\n  丁: {cite: 2}\n")
    assert [e.word for e in split(begun).entries] == ["甲", "丙", "丁"]
    assert add(text, section="grants", entry=" \r\n") == text


_LINES = st.lists(
    st.sampled_from(
        [
            "grants:",
            "tests:",
            "  甲:",
            "  - name: 乙",
            "    cite: 22/1",
            "",
            "# 说明",
            "  # 丁",
            "pack: x",
            "  乙: {cite: 3}",
            " 歪",
            "\t",
            "define: {}",
            '"',
            "  :",
            "  - ",
        ]
    ),
    max_size=30,
)


@given(_LINES)
def test_any_lines_come_back_as_they_were(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    sheet = split(text)
    assert sheet.text() == text
    assert sheet.text({e.number: e.text for e in sheet.entries}) == text
    assert [e.number for e in sheet.entries] == list(range(len(sheet.entries)))


@given(st.text())
def test_a_box_is_kept_with_line_feeds_and_no_empty_end(text: str) -> None:
    assert "\r" not in clean(text)
    assert clean(clean(text)) == clean(text)


# --- comparing ----------------------------------------------------------------------------------


def test_a_comparison_shows_what_went_and_came() -> None:
    old = "\n".join(f"行{n}" for n in range(1, 31))
    found = compare(old, old.replace("行15", "改了\n又改"))
    assert (found.gone, found.new) == (1, 2)
    gone = next(r for r in found.rows if r.change is Change.GONE)
    assert (gone.old, gone.new, gone.text) == (15, 0, "行15")
    assert [r.new for r in found.rows if r.change is Change.NEW] == [15, 16]
    assert [r.count for r in found.rows if r.change is Change.SKIP] == [11, 12]
    assert compare(old, old).same
    assert not compare(old, old).rows


@given(_LINES, _LINES)
def test_a_comparison_holds_both_texts(old: list[str], new: list[str]) -> None:
    before, after_ = "\n".join(old), "\n".join(new)
    rows = compare(before, after_).rows
    kept = {r.old: r.text for r in rows if r.old}
    come = {r.new: r.text for r in rows if r.new}
    assert all(before.split("\n")[n - 1] == text for n, text in kept.items())
    assert all(after_.split("\n")[n - 1] == text for n, text in come.items())
    skipped = sum(r.count for r in rows)
    assert not rows or len(kept) + skipped == len(before.split("\n"))


# --- states -------------------------------------------------------------------------------------


def test_a_draft_goes_one_way() -> None:
    assert DRAFT.next("submit", "draft") is DraftState.SUBMITTED
    assert DRAFT.next("return", "submitted") is DraftState.RETURNED
    assert DRAFT.next("save", "returned") is DraftState.DRAFT
    for step in DRAFT.steps:
        for over in (DraftState.PUBLISHED, DraftState.WITHDRAWN):
            with pytest.raises(Refused):
                DRAFT.next(step, over)
    with pytest.raises(Refused, match="不能修改"):
        DRAFT.next("save", "submitted")
    assert {s for s in DraftState if DRAFT.available(s)} == set(OPEN)


def test_the_readme_draws_the_table() -> None:
    readme = Path(__file__).parents[1] / "README.md"
    assert DRAFT.mermaid() in readme.read_text(encoding="utf-8")
