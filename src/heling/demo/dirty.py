"""Rosters as they really arrive: a small share of rows with mistakes, made on purpose.

For demonstrating and testing the import. Clean rows pass through; every damaged row says
what was done to it, so that a test can hold the importer's words against it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from heling.demo.roster import ROSTER_COLUMNS, Row
from heling.kernel.identifiers import resident_id_check_digit

_AT = {name: n for n, name in enumerate(ROSTER_COLUMNS)}
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


class Dirt(StrEnum):
    """What was done to a row."""

    CHECKSUM = "wrong_checksum"
    FUTURE_BIRTH = "future_birth"
    DUPLICATE = "duplicate"
    NO_DOCUMENT = "missing_document"
    NO_NAME = "missing_name"
    BIRTH_MISMATCH = "birth_differs_from_id"
    SHORT_ID = "short_id"
    BAD_PHONE = "bad_phone"
    FULL_WIDTH = "full_width_digits"
    SPACES = "spaces_around"
    DATE_STYLE = "date_in_other_style"


HARMLESS = frozenset({Dirt.FULL_WIDTH, Dirt.SPACES, Dirt.DATE_STYLE})
"""Mistakes of the keyboard that an import should mend without asking."""


@dataclass(frozen=True, slots=True)
class DirtyRow:
    """A row as it would stand in the file; ``dirt`` is ``None`` for an untouched one."""

    row: Row
    dirt: Dirt | None


def dirty_roster_rows(
    rows: Iterable[Row], *, seed: int, on: date, share: float = 0.05
) -> Iterator[DirtyRow]:
    """Damage about ``share`` of the rows, every kind in turn; a duplicate is one row more.

    Repeatable for a seed. A kind that a row cannot take (no status, so no document to
    lose) is given to the next row instead. Memory does not grow.
    """
    dice = random.Random(seed)  # noqa: S311 - a demonstration, not a secret
    waiting = list(Dirt)
    for row in rows:
        if dice.random() >= share:
            yield DirtyRow(row, None)
            continue
        dirt = next((kind for kind in waiting if _suits(row, kind)), None)
        if dirt is None:
            yield DirtyRow(row, None)
            continue
        waiting.remove(dirt)
        waiting.append(dirt)
        if dirt is Dirt.DUPLICATE:
            yield DirtyRow(row, None)
        yield DirtyRow(_DAMAGE[dirt](row, on), dirt)


def _suits(row: Row, dirt: Dirt) -> bool:
    if dirt is Dirt.NO_DOCUMENT:
        return bool(row[_AT["认定文件号"]])
    return dirt is not Dirt.BAD_PHONE or bool(row[_AT["联系电话"]])


def _with(row: Row, **changes: str) -> Row:
    return tuple(changes.get(name, value) for name, value in zip(ROSTER_COLUMNS, row, strict=True))


def _wrong_checksum(row: Row, _: date) -> Row:
    number = row[_AT["身份证号"]]
    return _with(row, 身份证号=number[:-1] + ("0" if number[-1] != "0" else "1"))


def _future_birth(row: Row, on: date) -> Row:
    """Born in the coming year, number and date agreeing: only the calendar is wrong."""
    birth = on + timedelta(days=200)
    number = row[_AT["身份证号"]]
    first17 = f"{number[:6]}{birth:%Y%m%d}{number[14:17]}"
    return _with(
        row, 身份证号=first17 + resident_id_check_digit(first17), 出生日期=birth.isoformat()
    )


def _birth_mismatch(row: Row, _: date) -> Row:
    birth = date.fromisoformat(row[_AT["出生日期"]]) + timedelta(days=31)
    return _with(row, 出生日期=birth.isoformat())


def _other_date_style(row: Row, _: date) -> Row:
    birth = date.fromisoformat(row[_AT["出生日期"]])
    return _with(row, 出生日期=f"{birth.year}年{birth.month}月{birth.day}日")


def _full_width(row: Row, _: date) -> Row:
    return _with(
        row,
        身份证号=row[_AT["身份证号"]].translate(_FULL_WIDTH),
        联系电话=row[_AT["联系电话"]].translate(_FULL_WIDTH),
    )


def _spaces(row: Row, _: date) -> Row:
    return _with(
        row,
        姓名=f" {row[_AT['姓名']]}　",
        身份证号=f"{row[_AT['身份证号']]} ",
        联系电话=f"{row[_AT['联系电话']]}  ",
    )


_DAMAGE: dict[Dirt, Callable[[Row, date], Row]] = {
    Dirt.CHECKSUM: _wrong_checksum,
    Dirt.FUTURE_BIRTH: _future_birth,
    Dirt.DUPLICATE: lambda row, _: row,
    Dirt.NO_DOCUMENT: lambda row, _: _with(row, 认定文件号=""),
    Dirt.NO_NAME: lambda row, _: _with(row, 姓名=""),
    Dirt.BIRTH_MISMATCH: _birth_mismatch,
    Dirt.SHORT_ID: lambda row, _: _with(row, 身份证号=row[_AT["身份证号"]][:17]),
    Dirt.BAD_PHONE: lambda row, _: _with(row, 联系电话=row[_AT["联系电话"]][:-1]),
    Dirt.FULL_WIDTH: _full_width,
    Dirt.SPACES: _spaces,
    Dirt.DATE_STYLE: _other_date_style,
}
