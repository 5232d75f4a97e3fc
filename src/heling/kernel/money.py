"""Money is integer fen (分). There is no float anywhere near it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from heling.kernel.errors import BadInput
from heling.kernel.text import half_width

# A comma may only group thousands: "12,50" is not guessed to be 1250 yuan.
_YUAN = re.compile(r"([+-]?)([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in fen. Adds and subtracts with Money, multiplies with int only."""

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(f"money is whole fen, not {type(self.fen).__name__}")

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read yuan as a person writes them: ``12``, ``12.5``, ``1,200.00``. Raises BadInput."""
        match = _YUAN.fullmatch(half_width(text).removesuffix("元").strip())
        if match is None:
            raise BadInput.single(
                "金额", f"“{text}”不是金额，请写成 12 或 12.50 的样子（最多两位小数）"
            )
        sign, yuan, cents = match.groups()
        fen = int(yuan.replace(",", "")) * 100 + int((cents or "0").ljust(2, "0"))
        return cls(-fen if sign == "-" else fen)

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __mul__(self, factor: int) -> Money:
        return Money(self.fen * factor)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __str__(self) -> str:
        yuan, cents = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}{yuan:,}.{cents:02d} 元"
