"""Writing a table to a file row by row: CSV, and XLSX in constant memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import xlsxwriter

from heling.platform.lists.cells import harmless

Value = str | int | Decimal | date | None
XLSX_ROWS = 1_048_575  # Excel's limit, without the head row


class Writer(Protocol):
    def head(self, labels: Sequence[str]) -> None: ...
    def row(self, values: Iterable[Value]) -> None: ...
    def close(self, notes: Sequence[tuple[str, str]]) -> None: ...


class Csv:
    """UTF-8 with a byte-order mark: Excel on Chinese Windows opens it without garbling."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)

    def head(self, labels: Sequence[str]) -> None:
        self._csv.writerow([harmless(label) for label in labels])

    def row(self, values: Iterable[Value]) -> None:
        self._csv.writerow(["" if v is None else str(v) for v in values])

    def close(self, notes: Sequence[tuple[str, str]]) -> None:
        # A CSV has no place for notes that would not be read as data.
        self._file.close()


class Xlsx:
    """One sheet of rows and one of notes: who exported it, when, with which filters, for what."""

    def __init__(self, path: Path) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._sheet = self._book.add_worksheet("数据")
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._next = 0

    def head(self, labels: Sequence[str]) -> None:
        for column, label in enumerate(labels):
            self._sheet.write_string(0, column, harmless(label), self._bold)
        self._sheet.freeze_panes(1, 0)
        self._next = 1

    def row(self, values: Iterable[Value]) -> None:
        for column, value in enumerate(values):
            self._write(column, value)
        self._next += 1

    def close(self, notes: Sequence[tuple[str, str]]) -> None:
        sheet = self._book.add_worksheet("说明")
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 80)
        for line, (label, text) in enumerate(notes):
            sheet.write_string(line, 0, label, self._bold)
            sheet.write_string(line, 1, harmless(text))
        self._book.close()

    def _write(self, column: int, value: Value) -> None:
        if value is None:
            return
        if isinstance(value, (int, Decimal)):
            self._sheet.write_number(self._next, column, value)
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001  a day
            self._sheet.write_datetime(self._next, column, moment, self._day)
        else:
            self._sheet.write_string(self._next, column, value)


WRITERS: dict[str, type[Csv] | type[Xlsx]] = {"csv": Csv, "xlsx": Xlsx}
