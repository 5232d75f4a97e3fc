"""One row of a roster, read: an elder, a contact, statuses, or a list of what to mend.

Full-width digits, spaces and the usual ways of writing a date are mended without asking;
everything that could change the meaning is a problem in words a clerk can act on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from heling.contexts.registry.actions.statuses import (
    Certificate,
    CheckedCertificate,
    read_certificate,
)
from heling.contexts.registry.actions.supporters import (
    CheckedSupporter,
    SupporterInput,
    read_supporter,
)
from heling.contexts.registry.bulk import NewElder
from heling.contexts.registry.domain.particulars import Checked, Particulars, read
from heling.contexts.registry.domain.words import Certifier, Lives, Relation, StatusKind
from heling.kernel.errors import BadInput, Problem
from heling.kernel.text import compact, half_width

REQUIRED = ("姓名", "身份证号", "居住村（社区）", "户籍所在村（社区）")
COLUMNS = (
    "姓名", "性别", "出生日期", "身份证号", "民族", "户籍所在村（社区）", "居住村（社区）", "居住地址",
    "联系电话", "居住情况", "婚姻状况", "文化程度", "紧急联系人", "紧急联系人电话", "与老人关系",
    "身份类别", "认定文件号", "认定日期",
)  # fmt: skip
_GRADED = re.compile(r"^残疾([一二三四1-4])级?$")
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
_CERTIFIERS = {
    StatusKind.YOUFU: Certifier.VETERANS,
    StatusKind.JIANYIYONGWEI: Certifier.GOVERNMENT,
    StatusKind.JISHENG: Certifier.HEALTH,
    StatusKind.DISABILITY: Certifier.DISABLED_FEDERATION,
    StatusKind.CHRONIC: Certifier.HOSPITAL,
}


class PlaceBook:
    """Names of communities as clerks write them → 12-digit codes; built once per import."""

    def __init__(self, full_names: Mapping[str, str]) -> None:
        """``full_names``: code → full name, for everything that a cell may name."""
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._full = dict(full_names)
        for code, full in full_names.items():
            self._by_name[_place_key(full)].append(code)

    @classmethod
    def of(cls, places: Iterable[tuple[str, str, str]]) -> PlaceBook:
        """``places``: (code, short name, full name); a place answers to both."""
        book = cls({code: full for code, _, full in places})
        for code, short, full in places:
            if _place_key(short) != _place_key(full):
                book._by_name[_place_key(short)].append(code)
        return book

    def find(self, text: str, *, where: str, within: str = "") -> str:
        """The code of a name or of a code itself. Raises BadInput: unknown, or several."""
        digits = compact(text)
        if re.fullmatch(r"\d{6}|\d{9}|\d{12}", digits):
            return self._coded(digits, where=where, within=within)
        found = [c for c in self._by_name.get(_place_key(text), []) if c.startswith(within)]
        if len(found) == 1:
            return found[0].ljust(12, "0")
        if not found:
            raise BadInput.single(
                where, f"没有找到“{text.strip()}”，请写全称（到街道、社区）或 12 位代码"
            )
        several = "、".join(self._full[c] for c in found[:4])
        raise BadInput.single(
            where, f"“{text.strip()}”有 {len(found)} 处同名（{several}），请写全称"
        )

    def _coded(self, digits: str, *, where: str, within: str) -> str:
        """A code as written. A hukou (``within`` empty) may lie outside every known place."""
        if within and not digits.startswith(within):
            raise BadInput.single(where, f"{digits} 不在您的辖区内，请由当地社区（村）登记")
        if within and digits not in self._full:
            raise BadInput.single(where, f"没有这个区划代码 {digits}，请核对")
        return digits.ljust(12, "0")


def _place_key(text: str) -> str:
    return re.sub(r"(居民委员会|村民委员会|居委会|村委会|\s)", "", half_width(text))


@dataclass(slots=True)
class RowRead:
    """What a row says. ``draft`` and ``person`` are None exactly when there are problems.

    The draft holds the checked person and parts, so that :func:`bulk.load` need not read
    them again.
    """

    number: int
    draft: NewElder | None = None
    person: Checked | None = None
    problems: list[Problem] = field(default_factory=list)


def read_row(
    number: int,
    cells: Mapping[str, str],
    *,
    book: PlaceBook,
    within: str,
    today: date,
    demo: bool,
) -> RowRead:
    """Read a whole row and collect everything wrong with it. ``within`` is the own territory."""
    row = RowRead(number)
    particulars = _particulars(cells, row.problems, book=book, within=within, demo=demo)
    try:
        person = read(particulars, today=today)
    except BadInput as error:
        # A place that was not found has been said already, with the name as written.
        said = {p.where for p in row.problems}
        row.problems += [p for p in error.problems if _column(p.where) not in said]
    certificates = _certificates(cells, row.problems, today=today, demo=demo)
    contacts = _contacts(cells, row.problems)
    if not row.problems:
        row.person = person
        row.draft = NewElder(
            key=f"第 {number} 行",
            particulars=person,
            supporters=contacts,
            statuses=tuple(certificates),
        )
    return row


def _particulars(
    cells: Mapping[str, str],
    problems: list[Problem],
    *,
    book: PlaceBook,
    within: str,
    demo: bool,
) -> Particulars:
    code = _place(cells, "居住村（社区）", book, problems, within=within)
    hukou = _place(cells, "户籍所在村（社区）", book, problems)
    return Particulars(
        name=cells.get("姓名", ""),
        resident_id=cells.get("身份证号", ""),
        code=code,
        hukou_code=hukou,
        sex=half_width(cells.get("性别", "")),
        birth=_date(cells.get("出生日期", ""), "出生日期", problems),
        phone=cells.get("联系电话", ""),
        address=cells.get("居住地址", ""),
        ethnicity=half_width(cells.get("民族", "")),
        education=half_width(cells.get("文化程度", "")),
        marital=half_width(cells.get("婚姻状况", "")),
        living=half_width(cells.get("居住情况", "")),
        demo=demo,
    )


def _column(where: str) -> str:
    """The roster's column for a field of the form: two of them have other names there."""
    return {"居住社区（村）": "居住村（社区）", "户籍地": "户籍所在村（社区）"}.get(where, where)


def _place(
    cells: Mapping[str, str],
    column: str,
    book: PlaceBook,
    problems: list[Problem],
    within: str = "",
) -> str:
    text = cells.get(column, "")
    if not text.strip():
        problems.append(Problem(column, "没有填写"))
        return ""
    try:
        return book.find(text, where=column, within=within)
    except BadInput as error:
        problems += error.problems
        return ""


def _date(text: str, where: str, problems: list[Problem]) -> date | None:
    """``1941-03-05``, ``1941/3/5``, ``1941年3月5日``, ``19410305``; blank is None."""
    raw = compact(text) if re.fullmatch(r"\s*\d{8}\s*", half_width(text)) else half_width(text)
    if not raw:
        return None
    match = _DATE.match(raw) or re.match(r"^(\d{4})(\d{2})(\d{2})$", raw)
    try:
        if match is None:
            raise ValueError
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        problems.append(Problem(where, f"“{text.strip()}”不是日期，请写成 1941-03-05 的样子"))
        return None


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[、；;]", half_width(text)) if part.strip()]


def _certificates(
    cells: Mapping[str, str], problems: list[Problem], *, today: date, demo: bool
) -> list[CheckedCertificate]:
    kinds, documents, days = (
        _split(cells.get(c, "")) for c in ("身份类别", "认定文件号", "认定日期")
    )
    if not kinds:
        return []
    if len(documents) != len(kinds) or len(days) != len(kinds):
        problems.append(
            Problem(
                "身份类别",
                f"写了 {len(kinds)} 类身份，但有 {len(documents)} 个认定文件号、{len(days)} 个认定日期；"
                "每类身份都要有文件号和日期，用顿号隔开、前后对应。没有认定文件不能登记",
            )
        )
        return []
    read_ones = []
    for kind, document, day in zip(kinds, documents, days, strict=True):
        try:
            certificate = _certificate(kind, document, _date(day, "认定日期", problems), demo=demo)
            read_ones.append(read_certificate(certificate, today=today))
        except BadInput as error:
            problems += [Problem(f"身份类别“{kind}”", str(p)) for p in error.problems]
    return read_ones


def _certificate(kind: str, document: str, starts: date | None, *, demo: bool) -> Certificate:
    graded = _GRADED.match(kind)
    grade = "一二三四".find(graded[1]) + 1 or int(graded[1]) if graded else None
    word = "残疾" if graded else kind
    known = next((k for k in StatusKind if word in (k.value, k.label)), None)
    certifier = (
        _CERTIFIERS.get(known, Certifier.CIVIL_AFFAIRS) if known else Certifier.CIVIL_AFFAIRS
    )
    return Certificate(
        kind=word,
        certifier=certifier.value,
        certified_by=certifier.label,
        document=document,
        starts=starts,
        grade=grade,
        demo=demo,
    )


def _contacts(cells: Mapping[str, str], problems: list[Problem]) -> tuple[CheckedSupporter, ...]:
    """The emergency contact as a supporter, if the row names one.

    A roster does not say where the contact lives or whether they are long away: unless it
    says 同住, both stay open, and no right is founded on them before somebody has asked.
    """
    name, phone = cells.get("紧急联系人", "").strip(), cells.get("紧急联系人电话", "").strip()
    relation = half_width(cells.get("与老人关系", ""))
    if not name and not phone:
        return ()
    kind = next((r for r in Relation if relation in (r.value, r.label)), Relation.OTHER)
    lives = Lives.HOUSEHOLD if relation.startswith("同住") else Lives.UNKNOWN
    contact = SupporterInput(name=name, relation=kind.value, lives=lives.value, phone=phone)
    try:
        return (read_supporter(contact),)
    except BadInput as error:
        names = {"姓名": "紧急联系人", "电话": "紧急联系人电话"}
        problems += [Problem(names.get(p.where, p.where), p.message) for p in error.problems]
        return ()
