"""A spreadsheet as rows of cells by heading, with everything wrong about the file said plainly."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from heling.contexts.registry.imports.workbook import Row, Workbook
from heling.kernel.errors import BadInput, Problem
from heling.kernel.text import half_width

_HEADINGS_WITHIN = 10  # a title and a note may stand above the headings


@dataclass(frozen=True, slots=True)
class Table:
    """``headings`` as found; ``rows`` yields (row number as the clerk sees it, cells).

    ``rows`` reads the file while it is used and raises BadInput where the file is bad.
    """

    headings: tuple[str, ...]
    rows: Iterator[tuple[int, dict[str, str]]]


@contextmanager
def read_table(file: BinaryIO, *, suffix: str, required: Sequence[str]) -> Iterator[Table]:
    """Find the row of headings in an open CSV or XLSX file. Raises BadInput."""
    if suffix == ".csv":
        yield _find_headings(_csv_rows(file), required, where="文件")
        return
    if suffix == ".xlsx":
        with closing(Workbook(file)) as book:
            yield _find_sheet(book, required)
        return
    raise BadInput.single(
        "文件", "应为 .xlsx 或 .csv。老格式的 .xls 请在表格软件里“另存为”.xlsx 后再上传"
    )


def _find_sheet(book: Workbook, required: Sequence[str]) -> Table:
    """The first sheet that has the headings."""
    missing: list[Problem] = []
    for index, name in enumerate(book.sheets):
        try:
            return _find_headings(book.rows(index), required, where=f"工作表“{name}”")
        except BadInput as error:
            missing += error.problems
    if not missing:
        raise BadInput.single("文件", "里面没有工作表")
    raise BadInput(*missing, hint="请使用花名册模板，或把数据放进带有这些列名的工作表。")


def _find_headings(rows: Iterator[Row], required: Sequence[str], *, where: str) -> Table:
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


def _as_dicts(headings: list[str], rows: Iterator[Row]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in rows:
        if any(c.strip() for c in cells):
            yield number, {h: c for h, c in zip(headings, cells, strict=False) if h}


def _csv_rows(file: BinaryIO) -> Iterator[Row]:
    encoding = _encoding(file)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    reader = csv.reader(text)
    try:
        for row in reader:
            yield reader.line_num, row
    except (csv.Error, UnicodeDecodeError):
        raise BadInput.single(
            f"第 {reader.line_num + 1} 行", "读不了，请在表格软件里另存为 .xlsx 后再上传"
        ) from None
    finally:
        if not file.closed:
            text.detach()  # the file belongs to the caller


def _encoding(file: BinaryIO) -> str:
    """Excel in China writes GB 18030 unless told otherwise; everything else is UTF-8."""
    head = file.read(256 * 1024)
    file.seek(0)
    try:
        head[: head.rfind(b"\n") + 1].decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"
