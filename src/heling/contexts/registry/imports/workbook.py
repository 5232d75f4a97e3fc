"""An XLSX file as rows of text, streaming: memory is that of one row and a small cache.

Python's zip and expat read the sheet piece by piece; the table of shared strings, which
grows with the file, lies in a temporary file without a name. Values only: a formula may
show anything, so cells with one are refused by their address. What a clerk's file may be
is bounded before and while it is read (claimed sizes, length of a cell, columns), and a
document type, the carrier of entity bombs, is never accepted.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from tempfile import TemporaryFile
from typing import BinaryIO
from xml.parsers import expat

from heling.kernel.errors import BadInput, Problem

Row = tuple[int, list[str]]

_PIECE = 64 * 1024
_LARGEST_PART = 1024 * 1024 * 1024  # claimed size of one unpacked part
_MOST_RATIO = 200
_LONGEST_CELL = 32_767  # Excel's own limit
_MOST_COLUMNS = 256  # those further to the right are not looked at
_MOST_ROWS = 1_048_576
_SHOWN_FORMULAS = 20
_CACHED_STRINGS = 4096
_CUT_NUMBER = 10**15  # a spreadsheet keeps 15 digits
# Formats of dates that every spreadsheet knows by number (ECMA-376 18.8.30, with zh-cn's).
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_A_PLACEHOLDER = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


class Workbook:
    """An open XLSX file; to be closed. Raises BadInput for what is none, is broken, or would
    not stop. ``sheets`` are the names of its sheets.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._archive = _archive(file)
        with _readable():
            relations = _relations(self._archive)
            self.sheets, self._parts, self._since_1904 = _sheets(self._archive, relations)
            self._dates = _date_styles(self._archive, relations)
            self._strings = _Strings(self._archive, relations)

    def close(self) -> None:
        self._strings.close()
        self._archive.close()

    def rows(self, index: int) -> Iterator[Row]:
        """(row number in the sheet, texts) of the rows that hold anything, in order.

        Raises BadInput at the first row with a formula, with the addresses of the first 20,
        and wherever the file turns out to be broken.
        """
        with _readable():
            epoch = date(1904, 1, 1) if self._since_1904 else date(1899, 12, 30)
            sheet = _Sheet(strings=self._strings, dates=self._dates, epoch=epoch)
            for piece in _pieces(self._archive, self._parts[index]):
                sheet.parser.Parse(piece, not piece)
                while sheet.finished:
                    yield sheet.finished.popleft()
                if len(sheet.formulas) > _SHOWN_FORMULAS:
                    break
        self._refuse_formulas(index, sheet.formulas)

    def _refuse_formulas(self, index: int, cells: list[str]) -> None:
        where = f"工作表“{self.sheets[index]}”"
        problems = [
            Problem(f"{where}{cell}", "是公式，请改成数值（复制后“选择性粘贴为数值”）")
            for cell in cells[:_SHOWN_FORMULAS]
        ]
        if len(cells) > _SHOWN_FORMULAS:
            problems.append(Problem("", f"只列出前 {_SHOWN_FORMULAS} 处，后面可能还有"))
        if problems:
            raise BadInput(*problems)


# --- the archive ---------------------------------------------------------------------------


def _broken() -> BadInput:
    return BadInput.single(
        "文件", "打不开：可能已损坏或设了密码。请在表格软件里打开后另存为新的 .xlsx"
    )


@contextmanager
def _readable() -> Iterator[None]:
    """Whatever a broken file makes zip, zlib or expat say becomes one sentence."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, LookupError, ValueError, OSError):
        raise _broken() from None
    except (NotImplementedError, RuntimeError, EOFError):  # unknown compression, password, cut off
        raise _broken() from None


def _archive(file: BinaryIO) -> zipfile.ZipFile:
    """Refuse what is no XLSX and what would unpack to something enormous."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError):
        raise BadInput.single(
            "文件", "不是有效的 .xlsx（可能只是改了扩展名，或设了密码），请在表格软件里另存为 .xlsx"
        ) from None
    for part in archive.infolist():
        swollen = part.file_size > _MOST_RATIO * max(part.compress_size, 4096)
        if part.file_size > _LARGEST_PART or swollen:
            raise BadInput.single("文件", "解压后异常巨大，没有接收。请重新导出后再上传")
    return archive


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part's bytes, then an empty piece: the end."""
    with archive.open(part) as file:
        while piece := file.read(_PIECE):
            yield piece
    yield b""


Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


def _parser(start: Start, end: End | None = None) -> expat.XMLParserType:
    """Calls ``start(local name, attributes)``: the strict and the usual format differ only in
    their namespaces, and some programs prefix every name."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(_local(name))
    parser.StartDoctypeDeclHandler = _no_document_type
    return parser


@lru_cache(maxsize=256)
def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _no_document_type(*_: object) -> None:
    raise _broken()


def _walk(archive: zipfile.ZipFile, part: str, start: Start, end: End | None = None) -> None:
    parser = _parser(start, end)
    for piece in _pieces(archive, part):
        parser.Parse(piece, not piece)


# --- what stands around the sheet --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Relation:
    """What belongs to the workbook: ``kind`` is the last word of its type."""

    kind: str
    part: str


def _relations(archive: zipfile.ZipFile) -> dict[str, _Relation]:
    found: dict[str, _Relation] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "").lstrip("/")
            found[attributes["Id"]] = _Relation(
                kind=attributes.get("Type", "").rpartition("/")[2],
                part=target if target.startswith("xl/") else f"xl/{target}",
            )

    _walk(archive, "xl/_rels/workbook.xml.rels", start)
    return found


def _part(relations: dict[str, _Relation], kind: str) -> str | None:
    return next((r.part for r in relations.values() if r.kind == kind), None)


def _sheets(
    archive: zipfile.ZipFile, relations: dict[str, _Relation]
) -> tuple[list[str], list[str], bool]:
    """Names of the sheets, their parts, and whether days are counted from 1904."""
    names: list[str] = []
    parts: list[str] = []
    since_1904 = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal since_1904
        if name == "sheet":
            relation = relations[next(v for k, v in attributes.items() if k.endswith(" id"))]
            if relation.kind == "worksheet":  # a sheet of nothing but a chart has no rows
                names.append(attributes.get("name", ""))
                parts.append(relation.part)
        elif name == "workbookPr":
            since_1904 = attributes.get("date1904", "0") in {"1", "true"}

    _walk(archive, "xl/workbook.xml", start)
    return names, parts, since_1904


def _date_styles(archive: zipfile.ZipFile, relations: dict[str, _Relation]) -> frozenset[str]:
    """Numbers of the cell styles that show a number as a date or time."""
    custom: set[str] = set()
    formats: list[str] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt" and _shows_a_date(attributes.get("formatCode", "")):
            custom.add(attributes.get("numFmtId", ""))
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            formats.append(attributes.get("numFmtId", "0"))

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    if part := _part(relations, "styles"):
        _walk(archive, part, start, end)
    known = {str(number) for number in _DATE_FORMATS}
    return frozenset(
        str(at) for at, number in enumerate(formats) if number in custom or number in known
    )


def _shows_a_date(code: str) -> bool:
    return re.search("[ymdhs]", _NOT_A_PLACEHOLDER.sub("", code).lower()) is not None


class _Strings:
    """The shared strings, in a file without a name; 8 bytes of memory for each."""

    def __init__(self, archive: zipfile.ZipFile, relations: dict[str, _Relation]) -> None:
        self._ends = array("Q", [0])
        self._file = TemporaryFile()  # noqa: SIM115 - closed by close()
        self.get = lru_cache(_CACHED_STRINGS)(self._get)
        try:
            if part := _part(relations, "sharedStrings"):
                self._read(archive, part)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._file.close()

    def _get(self, index: int) -> str:
        """Raises LookupError for a string that the file does not hold."""
        if index < 0:
            raise LookupError(index)
        begin, end = self._ends[index], self._ends[index + 1]
        self._file.seek(begin)
        return self._file.read(end - begin).decode()

    def _read(self, archive: zipfile.ZipFile, part: str) -> None:
        text = _Text()

        def end(name: str) -> None:
            text.end(name)
            if name == "si":
                self._ends.append(self._ends[-1] + self._file.write(text.take().encode()))

        parser = _parser(text.start, end)
        parser.CharacterDataHandler = text.more
        for piece in _pieces(archive, part):
            parser.Parse(piece, not piece)


class _Text:
    """Characters of one value: those in ``t`` (and ``v``), not the readings in ``rPh``."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._size = 0
        self._open = False
        self._reading = False

    def start(self, name: str, _: dict[str, str]) -> None:
        if name in {"t", "v"}:
            self._open = not self._reading
        elif name == "rPh":
            self._reading = True

    def end(self, name: str) -> None:
        if name in {"t", "v"}:
            self._open = False
        elif name == "rPh":
            self._reading = False

    def more(self, data: str) -> None:
        if self._open:
            self._parts.append(data)
            self._size += len(data)
            if self._size > _LONGEST_CELL:
                raise BadInput.single("文件", f"有一格超过 {_LONGEST_CELL} 个字，请检查后再上传")

    def take(self) -> str:
        text = "".join(self._parts)
        self._parts.clear()
        self._size = 0
        return text


# --- the sheet -----------------------------------------------------------------------------------


class _Sheet:
    """Turns what expat says of a sheet into ``finished`` rows and ``formulas``.

    From the first row with a formula on nothing is finished any more.
    """

    def __init__(self, *, strings: _Strings, dates: frozenset[str], epoch: date) -> None:
        self.finished: deque[Row] = deque()
        self.formulas: list[str] = []
        self._strings, self._dates, self._epoch = strings, dates, epoch
        self._text = _Text()
        self._row = 0
        self._cells: list[str] = []
        self._column = 0
        self._in_cell = False
        self._kind = self._style = self._address = ""
        self.parser = _parser(self._start, self._end)
        self.parser.CharacterDataHandler = self._text.more

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._in_cell = True
            self._address = attributes.get("r", "")
            letters = self._address.rstrip("0123456789")
            self._column = _column(letters) if letters else self._column + 1
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
        elif self._in_cell:  # lists of allowed values have formulas too, but outside the cells
            if name == "f":
                self.formulas.append(self._address or f"第 {self._row} 行")
            self._text.start(name, attributes)
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._cells = []
            self._column = 0

    def _end(self, name: str) -> None:
        if name == "c":
            self._in_cell = False
            typed = self._text.take()
            text = self._value(typed) if typed else ""
            if text and self._column <= _MOST_COLUMNS:
                self._cells += [""] * (self._column - len(self._cells))
                self._cells[self._column - 1] = text
        elif name == "row":
            if not 0 < self._row <= _MOST_ROWS:
                raise ValueError(self._row)
            if self._cells and not self.formulas:
                self.finished.append((self._row, self._cells))
        else:
            self._text.end(name)

    def _value(self, text: str) -> str:
        match self._kind:
            case "s":
                return self._strings.get(int(text))
            case "n":
                return number_text(text, since=self._epoch if self._style in self._dates else None)
            case "b":
                return "TRUE" if text.strip() == "1" else "FALSE"
            case "d":
                return text.removesuffix("Z").removesuffix("T00:00:00")
            case _:
                return text


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    """``A`` is 1, ``AA`` 27. Raises ValueError for anything but letters A to Z."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        number = number * 26 + ord(letter) - 64
    return number


def number_text(text: str, *, since: date | None = None) -> str:
    """A numeric cell as a clerk would write it; with ``since``, days since then as a date.

    A whole number is written without a point; beyond 15 digits the spreadsheet has cut its
    end, and it is written as a power of ten, so that it passes for no ID number.
    """
    value = float(text)
    if since is not None and (shown := _date_text(value, since)):
        return shown
    return str(int(value)) if value.is_integer() and abs(value) < _CUT_NUMBER else repr(value)


def _date_text(days: float, since: date) -> str:
    """An ISO date (with the time, if there is one); empty for what no calendar holds."""
    # 1900 was no leap year, but spreadsheets count a 29 February in it.
    if since.year == 1899 and days < 60:
        days += 1
    try:
        at = datetime(since.year, since.month, since.day) + timedelta(  # noqa: DTZ001 - as shown
            seconds=round(days * 86400)
        )
    except OverflowError:
        return ""
    return at.date().isoformat() if days == int(days) else at.isoformat()
