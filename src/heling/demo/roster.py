"""A roster as a street clerk keeps it: Chinese headings, one elder a line, CSV or XLSX.

Both writers stream: memory does not grow with the number of rows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import xlsxwriter

from heling.demo.codes import Lives
from heling.demo.drafts import ElderDraft, HouseholdDraft, StatusDraft, Supporter

ROSTER_COLUMNS = (
    "姓名",
    "性别",
    "出生日期",
    "身份证号",
    "民族",
    "户籍所在村（社区）",
    "居住村（社区）",
    "居住地址",
    "联系电话",
    "居住情况",
    "婚姻状况",
    "文化程度",
    "紧急联系人",
    "紧急联系人电话",
    "与老人关系",
    "身份类别",
    "认定文件号",
    "认定日期",
)
"""Headings in order. The last three hold several values in step, joined by ``、``."""

SEPARATOR = "、"
SHEET = "老年人名册"
_NEAREST = (Lives.HOUSEHOLD, Lives.COMMUNITY, Lives.CITY, Lives.ELSEWHERE)

Row = tuple[str, ...]


def roster_rows(households: Iterable[HouseholdDraft]) -> Iterator[Row]:
    """One row of texts for each elder, in the order of ``ROSTER_COLUMNS``."""
    for household in households:
        for elder in household.members:
            yield _row(household, elder)


def _row(household: HouseholdDraft, elder: ElderDraft) -> Row:
    contact = _contact(household, elder)
    statuses = elder.statuses
    return (
        elder.name,
        elder.sex.label,
        elder.birth.isoformat(),
        elder.resident_id,
        elder.ethnicity,
        elder.hukou_name,
        household.village_name,
        household.address,
        _local(elder.phone),
        elder.living.label,
        elder.marital.label,
        elder.education.label,
        *contact,
        SEPARATOR.join(_status_name(s) for s in statuses),
        SEPARATOR.join(s.document for s in statuses),
        SEPARATOR.join(s.since.isoformat() for s in statuses),
    )


def _status_name(status: StatusDraft) -> str:
    """``残疾二级`` for a graded status, else the plain word."""
    grade = f"{'一二三四'[status.grade - 1]}级" if status.grade else ""
    return status.kind.label + grade


def _local(phone: str) -> str:
    """The number as people write it, without the country code."""
    return phone.removeprefix("+86")


def _contact(household: HouseholdDraft, elder: ElderDraft) -> tuple[str, str, str]:
    """Name, telephone and relation of the nearest supporter, else of who lives there too."""
    if elder.supporters:
        nearest: Supporter = min(elder.supporters, key=lambda s: _NEAREST.index(s.lives))
        return nearest.name, _local(nearest.phone), nearest.relation.label
    for other in household.members:
        if other is not elder and other.phone:
            return other.name, _local(other.phone), "同住家属"
    return "", "", ""


def write_csv(path: Path, rows: Iterable[Row]) -> int:
    """Write headings and rows as Excel in China opens them (UTF-8 with BOM); rows written."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ROSTER_COLUMNS)
        written = 0
        for row in rows:
            writer.writerow(row)
            written += 1
        return written


def write_xlsx(path: Path, rows: Iterable[Row]) -> int:
    """Write one sheet of texts (an ID number stays a text); returns the rows written."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    try:
        sheet = book.add_worksheet(SHEET)
        for column, heading in enumerate(ROSTER_COLUMNS):
            sheet.write_string(0, column, heading)
        written = 0
        for written, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if value:
                    sheet.write_string(written, column, value)
        return written
    finally:
        book.close()
