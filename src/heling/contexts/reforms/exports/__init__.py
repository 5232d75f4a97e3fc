"""A plan as a file: the same figures, the same words."""

from collections.abc import Callable

from heling.contexts.reforms.exports.pdf import to_pdf
from heling.contexts.reforms.exports.report import Report
from heling.contexts.reforms.exports.xlsx import to_xlsx

FORMS: dict[str, tuple[Callable[[Report], bytes], str]] = {
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": (to_pdf, "application/pdf"),
}

__all__ = ["FORMS", "Report", "to_pdf", "to_xlsx"]
