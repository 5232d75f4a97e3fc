"""Identifiers that the state issues: resident ID, unified credit code, division code.

Each is a value object that can only exist when its check digit is right, so code
that holds one never checks again. ``parse`` raises BadInput with a sentence that
says which part is wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from heling.kernel.errors import BadInput
from heling.kernel.text import compact

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_RESIDENT_ID = re.compile(r"[0-9]{17}[0-9X]")
_EARLIEST_BIRTH = date(1880, 1, 1)


def resident_id_check_digit(first17: str) -> str:
    """Check character of GB 11643-1999 for the first 17 digits."""
    return _ID_CHECKS[sum(w * int(c) for w, c in zip(_ID_WEIGHTS, first17, strict=True)) % 11]


@dataclass(frozen=True, slots=True)
class ResidentId:
    """公民身份号码, GB 11643-1999. Always 18 characters, upper-case X.

    The six leading digits are *not* checked against today's divisions: elders carry
    codes of counties that no longer exist.
    """

    value: str

    def __post_init__(self) -> None:
        if not _RESIDENT_ID.fullmatch(self.value) or (
            resident_id_check_digit(self.value[:17]) != self.value[17]
        ):
            raise ValueError("not a resident ID: read it with ResidentId.parse")

    @classmethod
    def parse(cls, text: str, *, today: date) -> ResidentId:
        """Read an 18-digit number or an old 15-digit card (which is upgraded)."""
        raw = compact(text).upper()
        if re.fullmatch(r"[0-9]{15}", raw):
            first17 = f"{raw[:6]}19{raw[6:]}"
            raw = first17 + resident_id_check_digit(first17)
        if len(raw) != 18:
            raise BadInput.single(
                "身份证号", f"应为 18 位（末位可为 X），这里有 {len(raw)} 位，请对照证件重新录入"
            )
        if not _RESIDENT_ID.fullmatch(raw):
            raise BadInput.single(
                "身份证号", "只能由数字组成（末位可为 X），这里有别的字符，请对照证件重新录入"
            )
        birth = _birth_in(raw)
        if birth > today:
            raise BadInput.single("身份证号", f"出生日期 {birth} 在今天之后，请核对第 7 至 14 位")
        if resident_id_check_digit(raw[:17]) != raw[17]:
            raise BadInput.single("身份证号", "校验位不对，多半是抄错了一位，请对照证件逐位核对")
        return cls(raw)

    @property
    def birth(self) -> date:
        return _birth_in(self.value)

    @property
    def female(self) -> bool:
        return int(self.value[16]) % 2 == 0

    @property
    def masked(self) -> str:
        """First three and last four characters; the rest is stars (ASVS 14.2.6)."""
        return f"{self.value[:3]}***********{self.value[-4:]}"

    def __str__(self) -> str:
        return self.masked


def _birth_in(raw: str) -> date:
    try:
        birth = date(int(raw[6:10]), int(raw[10:12]), int(raw[12:14]))
    except ValueError:
        raise BadInput.single(
            "身份证号", f"第 7 至 14 位 {raw[6:14]} 不是有效的日期，请对照证件核对"
        ) from None
    if birth < _EARLIEST_BIRTH:
        raise BadInput.single("身份证号", f"出生年份 {birth.year} 太早，请核对第 7 至 10 位")
    return birth


def credit_code_check_character(first17: str) -> str:
    """Check character of GB 32100-2015 for the first 17 characters."""
    total = sum(w * _USCC_ALPHABET.index(c) for w, c in zip(_USCC_WEIGHTS, first17, strict=True))
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def _credit_code_shaped(raw: str) -> bool:
    return len(raw) == 18 and all(c in _USCC_ALPHABET for c in raw)


@dataclass(frozen=True, slots=True)
class CreditCode:
    """统一社会信用代码, GB 32100-2015."""

    value: str

    def __post_init__(self) -> None:
        if not _credit_code_shaped(self.value) or (
            credit_code_check_character(self.value[:17]) != self.value[17]
        ):
            raise ValueError("not a credit code: read it with CreditCode.parse")

    @classmethod
    def parse(cls, text: str) -> CreditCode:
        raw = compact(text).upper()
        if not _credit_code_shaped(raw):
            raise BadInput.single(
                "统一社会信用代码",
                "应为 18 位数字和大写字母（不含 I、O、S、V、Z），请对照证照核对",
            )
        if credit_code_check_character(raw[:17]) != raw[17]:
            raise BadInput.single("统一社会信用代码", "校验位不对，请对照证照核对")
        return cls(raw)

    @property
    def registry_kind(self) -> str:
        """First two characters: 52 民办非企业单位, 91 企业, 12 事业单位 …"""
        return self.value[:2]

    def __str__(self) -> str:
        return self.value


_LEVEL_BY_LENGTH = {2: "省", 4: "市", 6: "县", 9: "乡", 12: "村"}
_DIVISION = re.compile(r"[1-9][0-9]+")


@dataclass(frozen=True, slots=True, order=True)
class Territory:
    """A node of the division tree as its significant digits: the path is the code.

    ``4501`` (Nanning) contains ``450103`` contains ``450103002`` contains
    ``450103002001``. Scope is a prefix test; in SQL it is the half-open range
    ``[lo, hi)`` under ``COLLATE "C"``, which a plain btree serves (shared/trust.md A3).
    """

    prefix: str

    def __post_init__(self) -> None:
        if len(self.prefix) not in _LEVEL_BY_LENGTH or not _DIVISION.fullmatch(self.prefix):
            raise ValueError(f"not a division prefix: {self.prefix!r}")

    @classmethod
    def parse(cls, text: str) -> Territory:
        """Read a 6-digit city/county, 9-digit town, 12-digit village or zero-padded code."""
        raw = compact(text)
        if len(raw) not in _LEVEL_BY_LENGTH or not _DIVISION.fullmatch(raw):
            raise BadInput.single(
                "区划代码", f"“{text}”应为 2、4、6、9 或 12 位数字，且不以 0 开头，请核对"
            )
        if len(raw) == 12 and raw.endswith("000"):
            raw = raw[:9]
        if len(raw) == 9 and raw.endswith("000"):
            raw = raw[:6]
        if len(raw) == 6 and raw.endswith("00"):
            raw = raw[:4]
        if len(raw) == 4 and raw.endswith("00"):
            raw = raw[:2]
        return cls(raw)

    @property
    def level(self) -> str:
        """省, 市, 县, 乡 or 村."""
        return _LEVEL_BY_LENGTH[len(self.prefix)]

    @property
    def code(self) -> str:
        """The national 12-digit code (zero-padded)."""
        return self.prefix.ljust(12, "0")

    @property
    def city(self) -> str:
        """Six-digit code of the city (地级市) that this lies in, e.g. ``450100``."""
        return self.prefix[:4].ljust(6, "0")

    @property
    def lo(self) -> str:
        return self.prefix

    @property
    def hi(self) -> str:
        """First string after every code below this node: ``:`` follows ``9`` in ASCII."""
        return self.prefix + ":"

    @property
    def parent(self) -> Territory | None:
        lengths = sorted(_LEVEL_BY_LENGTH)
        at = lengths.index(len(self.prefix))
        return Territory(self.prefix[: lengths[at - 1]]) if at else None

    def contains(self, other: Territory) -> bool:
        return other.prefix.startswith(self.prefix)

    def __str__(self) -> str:
        return self.prefix
