"""How a form field becomes mark-up: one place that knows Django's widgets."""

from __future__ import annotations

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

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
    """(anchor, sentence) for everything wrong with a form, in the order of its fields."""
    lines = [("", str(message)) for message in form.non_field_errors()]
    for field in form:
        label = str(field.label or "")
        for message in field.errors:
            text = str(message)
            lines.append((field.auto_id, text if label in text else f"{label}：{text}"))
    return lines
