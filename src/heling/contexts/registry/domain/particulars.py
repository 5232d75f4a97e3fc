"""What a clerk writes down about an elder, read and checked as a whole.

:func:`read` collects everything wrong at once, so that a form or a roster row shows all
its problems together; nothing below this line checks again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from heling.contexts.registry.domain.naming import tidy_address, tidy_name
from heling.contexts.registry.domain.words import (
    Diagnosis,
    Education,
    Income,
    Living,
    Marital,
    Medical,
    Sex,
    read_word,
    read_words,
)
from heling.kernel.errors import BadInput, Problem
from heling.kernel.identifiers import ResidentId, Territory
from heling.kernel.period import age_on
from heling.kernel.phone import parse_phone
from heling.kernel.text import compact

# 老年人 is 60 and over (老年人权益保障法 art. 2); a community may prepare a year ahead.
YOUNGEST = 59
_BANK = re.compile(r"[0-9]{12,21}")
_NAME = re.compile(r"[^\W\d_]+(?:[·][^\W\d_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """An elder as written: text from a form, a roster row or another department's answer.

    ``code`` is the community of residence, ``hukou_code`` any division code (6 digits and
    more); dates are dates; enumerations take the code or the Chinese label. ``sex`` and
    ``birth`` may be left out: the resident ID says them, and must agree where they are given.
    """

    name: str
    resident_id: str
    code: str
    hukou_code: str
    hukou_name: str = ""
    sex: str = ""
    birth: date | None = None
    phone: str = ""
    bank: str = ""
    bank_name: str = ""
    address: str = ""
    ethnicity: str = ""
    religion: str = ""
    education: str = ""
    marital: str = ""
    living: str = ""
    medical: tuple[str, ...] = ()
    incomes: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    no_supporters: bool = False
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The same, read: every value has its one form. Only :func:`read` makes these."""

    name: str
    resident_id: ResidentId
    sex: Sex
    birth: date
    code: str
    hukou_code: str
    hukou_name: str
    phone: str
    bank: str
    bank_name: str
    address: str
    ethnicity: str
    religion: str
    education: Education | None
    marital: Marital | None
    living: Living | None
    medical: tuple[Medical, ...]
    incomes: tuple[Income, ...]
    diagnoses: tuple[Diagnosis, ...]
    no_supporters: bool
    demo: bool


def read(raw: Particulars | Checked, *, today: date) -> Checked:
    """Check every field; what has been read already is not read again.

    Raises BadInput that lists all problems, each with its field's label.
    """
    if isinstance(raw, Checked):
        return raw
    problems: list[Problem] = []
    name = _name(raw.name, problems)
    number = _resident_id(raw.resident_id, problems, today)
    sex = read_word(Sex, raw.sex, where="性别", problems=problems)
    _agree(raw, sex, number, problems, today)
    checked: dict[str, Any] = {
        "code": residence_code(raw.code, problems),
        "hukou_code": _hukou(raw.hukou_code, problems),
        "phone": _phone(raw.phone, problems),
        "bank": _bank(raw.bank, problems),
    }
    words = _words(raw, problems)
    if problems or number is None:
        raise BadInput(*problems)
    return Checked(
        name=name,
        resident_id=number,
        sex=sex or (Sex.FEMALE if number.female else Sex.MALE),
        birth=number.birth,
        **checked,
        **words,
        hukou_name=raw.hukou_name.strip(),
        bank_name=raw.bank_name.strip(),
        address=tidy_address(raw.address),
        ethnicity=raw.ethnicity.strip(),
        religion=raw.religion.strip(),
        no_supporters=raw.no_supporters,
        demo=raw.demo,
    )


def _words(raw: Particulars, problems: list[Problem]) -> dict[str, Any]:
    return {
        "education": read_word(Education, raw.education, where="文化程度", problems=problems),
        "marital": read_word(Marital, raw.marital, where="婚姻状况", problems=problems),
        "living": read_word(Living, raw.living, where="居住情况", problems=problems),
        "medical": read_words(Medical, raw.medical, where="医疗支付方式", problems=problems),
        "incomes": read_words(Income, raw.incomes, where="经济来源", problems=problems),
        "diagnoses": read_words(Diagnosis, raw.diagnoses, where="疾病诊断", problems=problems),
    }


def _name(text: str, problems: list[Problem]) -> str:
    name = tidy_name(text)
    if not name:
        problems.append(Problem("姓名", "没有填写，请对照证件填写"))
    elif not _NAME.fullmatch(name):
        problems.append(Problem("姓名", f"“{name}”里有数字或符号，请对照证件填写"))
    return name


def _resident_id(text: str, problems: list[Problem], today: date) -> ResidentId | None:
    if not text.strip():
        problems.append(Problem("身份证号", "没有填写，请对照证件填写"))
        return None
    try:
        return ResidentId.parse(text, today=today)
    except BadInput as error:
        problems.extend(error.problems)
        return None


def _agree(
    raw: Particulars,
    sex: Sex | None,
    number: ResidentId | None,
    problems: list[Problem],
    today: date,
) -> None:
    """Birth and sex as written must be those of the number, and the person an elder."""
    if raw.birth is not None and raw.birth > today:
        problems.append(Problem("出生日期", f"{raw.birth} 在今天之后，请核对"))
    if number is None:
        return
    if raw.birth is not None and number.birth != raw.birth <= today:
        problems.append(
            Problem("出生日期", f"与证件号上的 {number.birth} 不一致，请核对证件号和出生日期")
        )
    if sex is not None and (sex is Sex.FEMALE) != number.female:
        problems.append(Problem("性别", "与证件号第 17 位不一致（单数为男，双数为女），请核对"))
    age = age_on(number.birth, today)
    if age < YOUNGEST:
        problems.append(
            Problem("身份证号", f"此人今年 {age} 周岁；这里登记 60 周岁以上的老年人（可提前一年）")
        )


def residence_code(text: str, problems: list[Problem]) -> str:
    """The 12 digits of a community or village; a coarser division is a problem."""
    if not compact(text):
        problems.append(Problem("居住社区（村）", "没有填写，请选择到社区（村）"))
        return ""
    try:
        territory = Territory.parse(text)
    except BadInput:
        problems.append(Problem("居住社区（村）", f"“{text}”不是区划代码，请从列表中选择"))
        return ""
    if territory.level != "村":
        problems.append(Problem("居住社区（村）", "只选到了上一级，请选择到社区（村）"))
    return territory.code


def _hukou(text: str, problems: list[Problem]) -> str:
    if not compact(text):
        problems.append(Problem("户籍地", "没有填写，请选择户籍所在地"))
        return ""
    try:
        return Territory.parse(text).code
    except BadInput:
        problems.append(Problem("户籍地", f"“{text}”不是区划代码，请从列表中选择"))
        return ""


def _phone(text: str, problems: list[Problem]) -> str:
    if not text.strip():
        return ""
    try:
        return parse_phone(text)
    except BadInput as error:
        problems.extend(error.problems)
        return ""


def _bank(text: str, problems: list[Problem]) -> str:
    digits = compact(text)
    if digits and not _BANK.fullmatch(digits):
        problems.append(Problem("银行卡号", "应为 12 至 21 位数字，请对照卡片或存折核对"))
        return ""
    return digits
