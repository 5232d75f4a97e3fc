"""How a form field becomes mark-up: one place that knows Django's widgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

FEW = 2  # gaps of one part of a form that are still named one by one
_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def kind_of(field: BoundField) -> str:
    """``group`` (radio buttons, check boxes), ``check`` (one box), ``hidden`` or ``line``."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, _GROUPS):
        return "group"
    return "check" if isinstance(widget, forms.CheckboxInput) else "line"


def described_by(field: BoundField) -> str:
    """Ids of the hint and the error that belong to a field; empty when it has neither."""
    parts = []
    if field.help_text:
        parts.append(f"{field.auto_id}-hint")
    if field.errors:
        parts.append(f"{field.auto_id}-error")
    return " ".join(parts)


def control(field: BoundField) -> SafeString:
    """The input itself, with our class and everything a screen reader needs."""
    attrs: dict[str, str | bool] = {}
    if kind_of(field) == "line":
        attrs["class"] = f"h-input {field.field.widget.attrs.get('class', '')}".strip()
    if described := described_by(field):
        attrs["aria-describedby"] = described
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


def summary_of(form: forms.BaseForm) -> list[tuple[str, str]]:
    """(anchor, sentence) for everything wrong with a form, in the order of its fields.

    A form may have ``sections`` (field name → heading of its part). The same sentence at more
    than a few fields of one part is said once, with their number, and leads to the first.
    """
    sections: Mapping[str, str] = getattr(form, "sections", {})
    found = [
        (field, sections.get(field.name, ""), str(message))
        for field in form
        for message in field.errors
    ]
    counts = Counter((section, message) for _, section, message in found if section)
    lines = [("", str(message)) for message in form.non_field_errors()]
    said: set[tuple[str, str]] = set()
    for field, section, message in found:
        count, label = counts[section, message], str(field.label or "")
        if count <= FEW:
            text = message if label in message else f"{label}：{message}"
            lines.append((field.auto_id, text))
        elif (section, message) not in said:
            said.add((section, message))
            lines.append((field.auto_id, f"{section}：{count} 项{message}（从“{label}”起）"))
    return lines
