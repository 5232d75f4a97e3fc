"""Text as people type it, brought to the one form that the rest of the code compares."""

from __future__ import annotations

import re
import unicodedata

_GAPS = re.compile(r"[\s\-–—\u200b\ufeff]")


def half_width(text: str) -> str:
    """Full-width letters, digits and punctuation (Chinese input methods) as ASCII (NFKC)."""
    return unicodedata.normalize("NFKC", text).strip()


def compact(text: str) -> str:
    """:func:`half_width` without spaces, dashes and invisible marks: for numbers and codes."""
    return _GAPS.sub("", half_width(text))
