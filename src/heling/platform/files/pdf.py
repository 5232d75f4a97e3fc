"""The Chinese font that every reader of PDF files has, and none has to embed."""

from __future__ import annotations

FONT = "STSong-Light"


def chinese_font() -> str:
    """The name of the font, known to reportlab from now on (which takes a while to import)."""
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont

    if FONT not in getRegisteredFontNames():
        registerFont(UnicodeCIDFont(FONT))
    return FONT
