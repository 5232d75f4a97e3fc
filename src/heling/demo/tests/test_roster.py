"""Rosters: what a clerk would have, clean and dirty."""

import csv
import itertools
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from heling.demo import (
    ROSTER_COLUMNS,
    Dirt,
    DirtyRow,
    HouseholdDraft,
    dirty_roster_rows,
    roster_rows,
    write_csv,
    write_xlsx,
)
from heling.demo.dirty import HARMLESS
from heling.demo.roster import Row
from heling.kernel.errors import BadInput
from heling.kernel.identifiers import ResidentId
from heling.kernel.phone import parse_phone
from heling.kernel.text import half_width

ON = date(2026, 11, 1)


@pytest.fixture(scope="module")
def rows(households: list[HouseholdDraft]) -> list[Row]:
    return list(roster_rows(households[:4000]))


@pytest.fixture(scope="module")
def dirty(rows: list[Row]) -> list[DirtyRow]:
    return list(dirty_roster_rows(rows, seed=1, on=ON, share=0.1))


def cell(row: Row, heading: str) -> str:
    return row[ROSTER_COLUMNS.index(heading)]


def test_one_row_an_elder_in_the_words_of_the_table(
    rows: list[Row], households: list[HouseholdDraft]
) -> None:
    assert len(rows) == sum(len(h.members) for h in households[:4000])
    assert {len(row) for row in rows} == {len(ROSTER_COLUMNS)} == {18}
    assert {cell(row, "性别") for row in rows} == {"男", "女"}
    assert "独居" in {cell(row, "居住情况") for row in rows}
    assert all(cell(row, "联系电话")[:3] in ("", "154") for row in rows)
    first = households[0]
    assert cell(rows[0], "姓名") == first.members[0].name
    assert cell(rows[0], "居住村（社区）") == first.village_name
    assert cell(rows[0], "居住地址") == first.address


def test_statuses_stand_in_step(rows: list[Row]) -> None:
    several = 0
    for row in rows:
        parts = [cell(row, name).split("、") for name in ("身份类别", "认定文件号", "认定日期")]
        assert len({len(p) for p in parts}) == 1
        assert all(bool(a) == bool(b) == bool(c) for a, b, c in zip(*parts, strict=True))
        several += len(parts[0]) > 1
    assert several > 20
    assert any("级" in cell(row, "身份类别") for row in rows)


def test_the_contact_is_the_nearest_relative(rows: list[Row]) -> None:
    with_contact = [row for row in rows if cell(row, "紧急联系人")]
    assert len(with_contact) > 0.95 * len(rows)
    assert {cell(row, "与老人关系") for row in with_contact} >= {"儿子", "女儿", "配偶"}


def test_csv_reads_back(tmp_path: Path, rows: list[Row]) -> None:
    path = tmp_path / "roster.csv"
    assert write_csv(path, iter(rows)) == len(rows)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        back = [tuple(line) for line in csv.reader(file)]
    assert back == [ROSTER_COLUMNS, *rows]


def test_xlsx_reads_back_as_texts(tmp_path: Path, rows: list[Row]) -> None:
    path = tmp_path / "roster.xlsx"
    assert write_xlsx(path, iter(rows)) == len(rows)
    with CalamineWorkbook.from_path(path) as book:
        assert book.sheet_names == ["老年人名册"]
        back = [tuple(line) for line in book.get_sheet_by_index(0).to_python()]
    assert back == [ROSTER_COLUMNS, *rows]


def test_an_empty_roster_has_its_headings(tmp_path: Path) -> None:
    assert write_csv(tmp_path / "a.csv", []) == 0
    assert write_xlsx(tmp_path / "a.xlsx", []) == 0
    assert (tmp_path / "a.csv").read_text("utf-8-sig").startswith("姓名,性别,")


def test_a_tenth_is_dirty_every_kind_occurs_and_nothing_is_lost(
    dirty: list[DirtyRow], rows: list[Row]
) -> None:
    kinds = [d.dirt for d in dirty if d.dirt is not None]
    assert set(kinds) == set(Dirt)
    assert len(kinds) / len(rows) == pytest.approx(0.1, abs=0.02)
    assert len(dirty) == len(rows) + kinds.count(Dirt.DUPLICATE)
    untouched = {d.row for d in dirty if d.dirt is None}
    assert untouched <= set(rows)


def test_dirt_is_repeatable_and_none_means_none(rows: list[Row], dirty: list[DirtyRow]) -> None:
    assert list(dirty_roster_rows(rows, seed=1, on=ON, share=0.1)) == dirty
    assert list(dirty_roster_rows(rows, seed=2, on=ON, share=0.1)) != dirty
    assert [d.row for d in dirty_roster_rows(rows, seed=1, on=ON, share=0.0)] == rows


def of(dirty: list[DirtyRow], dirt: Dirt) -> list[Row]:
    return [d.row for d in dirty if d.dirt is dirt]


@pytest.mark.parametrize(
    ("dirt", "words"),
    [
        (Dirt.CHECKSUM, "校验位不对"),
        (Dirt.FUTURE_BIRTH, "在今天之后"),
        (Dirt.SHORT_ID, "17 位"),
    ],
)
def test_wrong_numbers_are_wrong_in_the_way_they_say(
    dirty: list[DirtyRow], dirt: Dirt, words: str
) -> None:
    for row in of(dirty, dirt):
        with pytest.raises(BadInput, match=words):
            ResidentId.parse(cell(row, "身份证号"), today=ON)


def test_a_future_birth_has_a_right_check_digit(dirty: list[DirtyRow]) -> None:
    for row in of(dirty, Dirt.FUTURE_BIRTH):
        later = ResidentId.parse(cell(row, "身份证号"), today=date(2028, 1, 1))
        assert later.birth.isoformat() == cell(row, "出生日期")
        assert later.birth > ON


def test_other_mistakes_are_there(dirty: list[DirtyRow]) -> None:
    for row in of(dirty, Dirt.NO_DOCUMENT):
        assert cell(row, "身份类别")
        assert not cell(row, "认定文件号")
    assert not any(cell(row, "姓名") for row in of(dirty, Dirt.NO_NAME))
    for row in of(dirty, Dirt.BIRTH_MISMATCH):
        number = ResidentId.parse(cell(row, "身份证号"), today=ON)
        assert number.birth.isoformat() != cell(row, "出生日期")
    for row in of(dirty, Dirt.BAD_PHONE):
        with pytest.raises(BadInput, match="不是手机号"):
            parse_phone(cell(row, "联系电话"))
    for before, after in itertools.pairwise(dirty):
        if after.dirt is Dirt.DUPLICATE:
            assert before.row == after.row


def test_harmless_dirt_can_be_mended(dirty: list[DirtyRow], rows: list[Row]) -> None:
    known = {cell(row, "身份证号") for row in rows}
    for dirt in HARMLESS:
        for row in of(dirty, dirt):
            assert row not in rows
            assert ResidentId.parse(cell(row, "身份证号"), today=ON).value in known
            assert half_width(cell(row, "姓名"))
