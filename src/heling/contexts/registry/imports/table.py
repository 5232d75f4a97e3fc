"""A spreadsheet as rows of text, with everything wrong about the file itself said at once.

Read with calamine (values, not formulas): a formula cell may show anything, so each one
is refused by its address. Only the standard library looks inside the archive, and only
after its claimed sizes were checked.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, iterparse

from python_calamine import CalamineError, CalamineWorkbook

from heling.kernel.errors import BadInput, Problem
from heling.kernel.text import half_width

_LARGEST_SHEET = 1024 * 1024 * 1024  # claimed size of one unpacked part
_MOST_RATIO = 200
_HEADINGS_WITHIN = 10  # a title and a note may stand above the headings
_SHOWN_FORMULAS = 20


@dataclass(frozen=True, slots=True)
class Table:
    """``headings`` as found; ``rows`` yields (row number as the clerk sees it, cells)."""

    headings: tuple[str, ...]
    rows: Iterator[tuple[int, dict[str, str]]]


def read_table(path: Path, *, required: Sequence[str]) -> Table:
    """Open a CSV or XLSX file and find the row of headings. Raises BadInput."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _find_headings(_csv_rows(path), required, where="文件")
    if suffix == ".xlsx":
        _check_archive(path)
        return _xlsx(path, required)
    raise BadInput.single(
        "文件", "应为 .xlsx 或 .csv。老格式的 .xls 请在表格软件里“另存为”.xlsx 后再上传"
    )


def _xlsx(path: Path, required: Sequence[str]) -> Table:
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError):
        raise BadInput.single(
            "文件", "打不开：可能已损坏或设了密码。请在表格软件里打开后另存为新的 .xlsx"
        ) from None
    missing: list[Problem] = []
    for index, name in enumerate(book.sheet_names):
        sheet = book.get_sheet_by_index(index)
        numbered = ((n, [_text(c) for c in row]) for n, row in enumerate(sheet.iter_rows(), 1))
        try:
            table = _find_headings(numbered, required, where=f"工作表“{name}”")
        except BadInput as error:
            missing += error.problems
            continue
        _refuse_formulas(path, index, name)
        return table
    raise BadInput(*missing, hint="请使用花名册模板，或把数据放进带有这些列名的工作表。")


def _find_headings(
    rows: Iterator[tuple[int, list[str]]], required: Sequence[str], *, where: str
) -> Table:
    best: list[str] = []
    for number, cells in rows:
        headings = [half_width(c).replace("(", "（").replace(")", "）") for c in cells]
        missing = [h for h in required if h not in headings]
        if not missing:
            twice = sorted({h for h in headings if h and headings.count(h) > 1})
            if twice:
                raise BadInput.single(where, f"列名“{'、'.join(twice)}”出现了两次，请只保留一列")
            return Table(tuple(headings), _as_dicts(headings, rows))
        best = min(best or missing, missing, key=len)
        if number >= _HEADINGS_WITHIN:
            break
    if not best:
        raise BadInput.single(where, "是空的")
    raise BadInput.single(where, f"没有找到列“{'、'.join(best)}”")


def _as_dicts(
    headings: list[str], rows: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in rows:
        if any(c.strip() for c in cells):
            yield number, {h: c for h, c in zip(headings, cells, strict=False) if h}


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=_encoding(path), newline="") as file:
        reader = csv.reader(file)
        try:
            for row in reader:
                yield reader.line_num, row
        except (csv.Error, UnicodeDecodeError):
            raise BadInput.single(
                f"第 {reader.line_num + 1} 行", "读不了，请在表格软件里另存为 .xlsx 后再上传"
            ) from None


def _encoding(path: Path) -> str:
    """Excel in China writes GB 18030 unless told otherwise; everything else is UTF-8."""
    with path.open("rb") as file:
        head = file.read(256 * 1024)
    try:
        head[: head.rfind(b"\n") + 1].decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        # A spreadsheet keeps 15 digits: a longer number has lost its end, and must not pass.
        return str(int(cell)) if cell.is_integer() and abs(cell) < 10**15 else repr(cell)
    return str(cell)


def _check_archive(path: Path) -> None:
    """Refuse what is no XLSX and what would unpack to something enormous."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise BadInput.single(
            "文件", "不是有效的 .xlsx（可能只是改了扩展名），请在表格软件里另存为 .xlsx"
        ) from None
    for part in parts:
        swollen = part.file_size > _MOST_RATIO * max(part.compress_size, 4096)
        if part.file_size > _LARGEST_SHEET or swollen:
            raise BadInput.single("文件", "解压后异常巨大，没有接收。请重新导出后再上传")


def _refuse_formulas(path: Path, index: int, name: str) -> None:
    found = []
    for cell in _cells_with_formulas(path, index):
        found.append(
            Problem(f"工作表“{name}”{cell}", "是公式，请改成数值（复制后“选择性粘贴为数值”）")
        )
        if len(found) == _SHOWN_FORMULAS:
            found.append(Problem("", f"只列出前 {_SHOWN_FORMULAS} 处，后面可能还有"))
            break
    if found:
        raise BadInput(*found)


def _cells_with_formulas(path: Path, index: int) -> Iterator[str]:
    """Addresses of formula cells of one sheet, streaming."""
    with zipfile.ZipFile(path) as archive:
        part = _sheet_part(archive, index)
        with archive.open(part) as file:
            if b"<f" not in _sniff(archive, part):
                return
            cell = ""
            for event, element in iterparse(file, events=("start", "end")):  # noqa: S314 - sizes checked; expat refuses entity bombs
                tag = element.tag.rsplit("}", 1)[-1]
                if event == "start" and tag == "c":
                    cell = element.get("r", "")
                elif event == "end":
                    if tag == "f":
                        yield cell
                    _drop(element, tag)


def _drop(element: Element, tag: str) -> None:
    if tag == "row":
        element.clear()


def _sniff(archive: zipfile.ZipFile, part: str) -> bytes:
    """``<f`` if the part has any formula, else nothing; in pieces, so memory stays flat."""
    tail = b""
    with archive.open(part) as file:
        while piece := file.read(1024 * 1024):
            if re.search(rb"<f[ >/]", tail + piece):
                return b"<f"
            tail = piece[-3:]
    return b""


def _sheet_part(archive: zipfile.ZipFile, index: int) -> str:
    """Path of the n-th sheet: workbook.xml names relations, the relations name the parts."""
    relations = {
        e.get("Id"): e.get("Target", "")
        for _, e in iterparse(archive.open("xl/_rels/workbook.xml.rels"))  # noqa: S314
        if e.tag.endswith("}Relationship")
    }
    sheets = [
        next(v for k, v in e.attrib.items() if k.endswith("}id"))
        for _, e in iterparse(archive.open("xl/workbook.xml"))  # noqa: S314
        if e.tag.endswith("}sheet")
    ]
    target = relations[sheets[index]].lstrip("/")
    return target if target.startswith("xl/") else f"xl/{target}"
