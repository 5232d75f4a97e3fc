"""Telephone numbers, normalised to E.164 so that one number has one blind index."""

from __future__ import annotations

import re

from heling.kernel.errors import BadInput
from heling.kernel.text import compact

_COUNTRY = re.compile(r"(?:\+|00)86|86(?=1[3-9][0-9]{9}$)")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[1-9][0-9]{1,2}[2-9][0-9]{6,7}")


def parse_phone(text: str) -> str:
    """Normalise a mainland mobile or landline number to ``+86…``. Raises BadInput."""
    raw = re.sub(r"[()]", "", compact(text))
    country = _COUNTRY.match(raw)
    digits = raw[country.end() :] if country else raw
    if _MOBILE.fullmatch(digits):
        return f"+86{digits}"
    # Behind +86 a landline is written without its leading 0: our own form reads back.
    if _LANDLINE.fullmatch(digits if digits.startswith("0") or not country else f"0{digits}"):
        return f"+86{digits.removeprefix('0')}"
    raise BadInput.single("电话", f"“{text}”不是手机号（11 位）或带区号的固定电话，请核对")


def mask_phone(e164: str) -> str:
    """``+8613812345678`` → ``138****5678``; landlines keep the last four digits."""
    local = e164.removeprefix("+86")
    return f"{local[:3]}****{local[-4:]}"
