"""Our streaming XLSX reader: what others read, it reads; what is broken, it says."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from heling.contexts.registry.imports.seen import Seen
from heling.contexts.registry.imports.table import read_table
from heling.contexts.registry.imports.workbook import Workbook, number_text
from heling.kernel.errors import BadInput


def book(fill: Callable[[Any, Any], None], **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as made:
        fill(made, made.add_worksheet("名册"))
    file.seek(0)
    return file


def rows(file: io.BytesIO, index: int = 0) -> list[tuple[int, list[str]]]:
    with closing(Workbook(file)) as opened:
        return list(opened.rows(index))


def patched(file: io.BytesIO, part: str, change: Callable[[str], str]) -> io.BytesIO:
    """The same archive with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()).encode() if name == part else text)
    out.seek(0)
    return out


_PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=12)
_NUMBERS = st.integers(-(10**14), 10**14) | st.floats(-1e9, 1e9, allow_nan=False).map(
    lambda f: round(f, 4)
)
_DAYS = st.dates(date(1900, 3, 1), date(2100, 1, 1))
_CELLS = st.one_of(_PRINTABLE, _NUMBERS, _DAYS, st.booleans(), st.none())


def _calamine_text(cell: Any) -> str:
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
        case date():
            return cell.isoformat()
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case _:
            return str(cell)


@given(
    st.lists(st.lists(_CELLS, min_size=1, max_size=6), min_size=1, max_size=8),
    st.booleans(),
    st.sampled_from(["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "[$-804]yyyy/m/d;@", 14, 31, 57]),
)
@settings(max_examples=60, deadline=None)
def test_it_reads_what_calamine_reads(
    table: list[list[Any]],
    inline: bool,
    style: str | int,
) -> None:
    def fill(made: Any, sheet: Any) -> None:
        day = made.add_format({"num_format": style})
        sheet.write_string(0, 0, "题")  # calamine counts from the first row that holds anything
        for r, cells in enumerate(table, 1):
            for c, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(r, c, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(r, c, cell)
                elif cell is not None:
                    sheet.write(r, c, cell)

    file = book(fill, constant_memory=inline)
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_index(0)
    expected = {}
    for number, cells in enumerate(theirs.to_python(skip_empty_area=False), 1):
        texts = [_calamine_text(c) for c in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            expected[number] = texts
    assert dict(rows(file)) == expected


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("18", "18"),
        ("18.0", "18"),
        ("1.5", "1.5"),
        ("-3", "-3"),
        ("999999999999999", "999999999999999"),
        ("1000000000000000", "1000000000000000.0"),
        ("990103194103050012", "9.9010319410305e+17"),
        ("1E+300", "1e+300"),
    ],
)
def test_a_number_is_shown_as_a_clerk_would_write_it(typed: str, shown: str) -> None:
    assert number_text(typed) == shown


@pytest.mark.parametrize(
    ("days", "since", "shown"),
    [
        ("15040", date(1899, 12, 30), "1941-03-05"),
        ("1", date(1899, 12, 30), "1900-01-01"),
        ("59", date(1899, 12, 30), "1900-02-28"),
        ("61", date(1899, 12, 30), "1900-03-01"),
        ("13578", date(1904, 1, 1), "1941-03-05"),
        ("15040.5", date(1899, 12, 30), "1941-03-05T12:00:00"),
        ("9999999999", date(1899, 12, 30), "9999999999"),
    ],
)
def test_days_are_counted_as_spreadsheets_count_them(days: str, since: date, shown: str) -> None:
    assert number_text(days, since=since) == shown


def test_row_numbers_are_those_of_the_sheet() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_string(2, 1, "甲")
        sheet.write_string(8, 0, "乙")

    assert rows(book(fill)) == [(3, ["", "甲"]), (9, ["乙"])]


def test_text_is_read_without_its_readings_and_runs_are_joined() -> None:
    """Rich text has several runs; Japanese and Chinese files may carry readings (rPh)."""
    file = book(lambda _, sheet: sheet.write_string(0, 0, "王小明"))
    rich = patched(
        file,
        "xl/sharedStrings.xml",
        lambda xml: xml.replace(
            "<t>王小明</t>",
            "<r><t>王</t></r><r><t>小明</t></r><rPh sb='0' eb='1'><t>wang</t></rPh>",
        ),
    )
    assert rows(rich) == [(1, ["王小明"])]


def test_prefixed_names_and_missing_addresses_are_understood() -> None:
    file = book(lambda _, sheet: sheet.write_row(0, 0, [1, 2]))
    plain = '<row r="1" spans="1:2"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    bare = "<x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row>"

    def prefix(xml: str) -> str:
        assert plain in xml
        main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        both = f"{main} {main.replace('xmlns', 'xmlns:x')}"
        return xml.replace(main, both).replace(plain, bare)

    assert rows(patched(file, "xl/worksheets/sheet1.xml", prefix)) == [(1, ["1", "2"])]


def test_only_formulas_in_cells_are_formulas() -> None:
    """A list of allowed values is a formula too, and every template has one."""

    def fill(_: Any, sheet: Any) -> None:
        sheet.write_string(0, 0, "性别")
        sheet.data_validation(0, 0, 9, 0, {"validate": "list", "source": "=$H$1:$H$2"})

    extension = "<extLst><ext xmlns:xm='urn:xm'><xm:f>Sheet2!A1</xm:f></ext></extLst></worksheet>"
    file = patched(
        book(fill), "xl/worksheets/sheet1.xml", lambda x: x.replace("</worksheet>", extension)
    )
    assert rows(file) == [(1, ["性别"])]


def test_rows_before_a_formula_come_first_then_every_address_up_to_twenty() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_string(0, 0, "姓名")
        for r in range(1, 30):
            sheet.write_formula(r, 0, "=A1", None, "王")

    with closing(Workbook(book(fill))) as opened:
        lines = opened.rows(0)
        assert next(lines) == (1, ["姓名"])
        with pytest.raises(BadInput) as caught:
            next(lines)
    assert [p.where for p in caught.value.problems[:2]] == ["工作表“名册”A2", "工作表“名册”A3"]
    assert len(caught.value.problems) == 21
    assert "只列出前 20 处" in str(caught.value)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
DAMAGE: list[tuple[str, Callable[[str], str]]] = [
    ("xl/worksheets/sheet1.xml", lambda x: x[: len(x) // 2]),
    ("xl/worksheets/sheet1.xml", lambda x: x.replace("<worksheet", f"{BOMB}<worksheet")),
    ("xl/worksheets/sheet1.xml", lambda x: x.replace('r="1"', 'r="1048577"')),
    ("xl/worksheets/sheet1.xml", lambda x: x.replace("<v>0</v>", "<v>77</v>")),
    ("xl/worksheets/sheet1.xml", lambda x: x.replace("<v>0</v>", "<v>-1</v>")),
    ("xl/sharedStrings.xml", lambda x: x.replace("<sst", f"{BOMB}<sst")),
    ("xl/workbook.xml", lambda x: x.replace('r:id="rId1"', 'r:id="rId99"')),
    ("xl/_rels/workbook.xml.rels", lambda x: x.replace("sheet1.xml", "sheet9.xml")),
]


@pytest.mark.parametrize(("part", "damage"), DAMAGE)
def test_a_damaged_file_is_one_sentence(part: str, damage: Callable[[str], str]) -> None:
    file = patched(book(lambda _, sheet: sheet.write_string(0, 0, "王")), part, damage)
    with pytest.raises(BadInput, match="打不开"):
        rows(file)


@pytest.mark.parametrize("length", [32_767, 32_768])
def test_a_cell_longer_than_a_spreadsheet_allows_is_refused(length: int) -> None:
    file = book(lambda _, sheet: sheet.write_string(0, 0, "王"))
    long = patched(file, "xl/sharedStrings.xml", lambda x: x.replace("王", "王" * length))
    if length <= 32_767:
        assert rows(long) == [(1, ["王" * length])]
        return
    with pytest.raises(BadInput, match="超过 32767 个字"):
        rows(long)


def test_a_sheet_without_anything_is_empty() -> None:
    with (
        pytest.raises(BadInput, match="是空的"),
        read_table(book(lambda *_: None), suffix=".xlsx", required=["姓名"]),
    ):
        pass


def test_memory_does_not_grow_with_the_rows() -> None:
    """Strings all different, in the shared table and in the cells: at most 16 bytes a row."""

    def highest(count: int, *, inline: bool) -> int:
        def fill(_: Any, sheet: Any) -> None:
            for r in range(count):
                sheet.write_row(r, 0, [f"姓名{r}", f"1390000{r:04d}", f"演示路{r}号"])

        file = book(fill, constant_memory=inline)
        tracemalloc.start()
        with closing(Workbook(file)) as opened:
            assert sum(1 for _ in opened.rows(0)) == count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    for inline in (False, True):
        growth = highest(9000, inline=inline) - highest(5000, inline=inline)
        # Three shared strings a row have 8 bytes each; a list of rows would take over 300.
        assert growth < 4000 * 100, (inline, growth)


@given(st.lists(st.integers(0, 40), max_size=60))
def test_seen_remembers_the_first_line_of_each(keys: list[int]) -> None:
    seen, model = Seen(), dict[int, int]()
    for line, key in enumerate(keys, 1):
        assert seen.met(key.to_bytes(8) + b"rest", line) == model.get(key)
        model.setdefault(key, line)


def test_seen_grows_past_its_first_size() -> None:
    seen = Seen()
    keys = [(n * 0x9E3779B97F4A7C15 % 2**64).to_bytes(8) for n in range(9000)]
    assert [seen.met(k, n + 1) for n, k in enumerate(keys)] == [None] * 9000
    assert [seen.met(k, 1) for k in keys] == list(range(1, 9001))
