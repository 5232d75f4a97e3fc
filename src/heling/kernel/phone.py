"""Telephone numbers, normalised to E.164 so that one number has one blind index."""

from __future__ import annotations

import re

from heling.kernel.errors import BadInput


def parse_phone(text: str) -> str:
    """Normalise a mainland mobile or landline number to ``+86…``. Raises BadInput."""
    digits = re.sub(r"[\s\-()（）]", "", text)
    digits = re.sub(r"^(\+|00)86", "", digits)
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return f"+86{digits}"
    if re.fullmatch(r"0\d{2,3}[2-9]\d{6,7}", digits):
        return f"+86{digits[1:]}"
    raise BadInput.single("电话", f"“{text}”不是手机号（11 位）或带区号的固定电话，请核对")


def mask_phone(e164: str) -> str:
    """``+8613812345678`` → ``138****5678``; landlines keep the last four digits."""
    local = e164.removeprefix("+86")
    return f"{local[:3]}****{local[-4:]}"
