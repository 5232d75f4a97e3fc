"""Template filters and tags of the house. Loaded everywhere (``builtins`` in settings)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from html import escape
from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from heling.kernel.money import Money
from heling.platform.web import assets, controls
from heling.platform.web.icons import ICONS

register = template.Library()

NOTHING = "—"  # filters meet None, and "" for a variable that is not there


# --- numbers and dates ----------------------------------------------------------
@register.filter
def money(value: Any) -> str:
    """Fen (or Money) as ``1,200.00 元``; an unknown amount is a dash, never zero."""
    if value is None or value == "":
        return NOTHING
    return str(value if isinstance(value, Money) else Money(value))


@register.filter
def minutes(value: Any) -> str:
    """Whole minutes as ``2 小时 30 分钟``."""
    if value is None or value == "":
        return NOTHING
    hours, rest = divmod(abs(value), 60)
    parts = [f"{hours} 小时"] if hours else []
    parts += [f"{rest} 分钟"] if rest or not hours else []
    return ("-" if value < 0 else "") + " ".join(parts)


@register.filter
def cn_date(value: Any) -> str:
    """``2026年11月1日``; a moment is taken in Shanghai time."""
    if value is None or value == "":
        return NOTHING
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def short_date(value: Any) -> str:
    """``2026-11-01``, for tables."""
    if value is None or value == "":
        return NOTHING
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return day.isoformat()


@register.filter
def cn_time(value: Any) -> str:
    """``2026-11-01 09:05`` in Shanghai time."""
    if value is None or value == "":
        return NOTHING
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")


@register.filter
def or_dash(value: Any) -> Any:
    """The value, or a dash for nothing. Zero is something."""
    return NOTHING if value is None or value == "" else value


# --- mark-up ----------------------------------------------------------------------
@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An inline icon, hidden from screen readers. An unknown name draws nothing."""
    drawing = ICONS.get(name)
    if drawing is None:
        return SafeString("")
    return format_html(
        '<svg class="h-icon" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(drawing),  # noqa: S308  our own constants
    )


@register.simple_tag
def asset(name: str) -> str:
    return assets.asset(name)


@register.simple_tag
def rest(attrs: Mapping[str, Any]) -> SafeString:
    """Attributes that a component did not declare, escaped.

    Cotton's own ``{{ attrs }}`` trusts dynamic values; ours trusts nothing.
    """
    hidden: set[str] = getattr(attrs, "_exclude_from_str", set())
    parts = []
    for key, value in attrs.items():
        if key in hidden or value is False or value is None:
            continue
        parts.append(key if value is True else f'{key}="{conditional_escape(value)}"')
    return mark_safe(" ".join(parts))  # noqa: S308  keys are template text, values are escaped


@register.simple_tag
def url_or_none(name: str, *args: Any) -> str:
    """The address of a URL name, or nothing while that page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The present query string with some parameters changed (None takes one away)."""
    request: HttpRequest = context["request"]
    params = request.GET.copy()
    for key, value in changes.items():
        params.pop(key, None)
        if value is not None and value != "":
            params[key] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag
def options(pairs: Iterable[tuple[Any, Any]], chosen: Any) -> SafeString:
    """``<option>``s of (value, label) pairs. A loop in a template costs five times as much."""
    return SafeString(
        "".join(
            f'<option value="{escape(str(value))}"{" selected" if value == chosen else ""}>'
            f"{escape(str(label))}</option>"
            for value, label in pairs
        )
    )


# --- forms ------------------------------------------------------------------------
@register.filter
def control(field: BoundField) -> SafeString:
    return controls.control(field)


@register.filter
def kind_of(field: BoundField) -> str:
    return controls.kind_of(field)


@register.filter
def described_by(field: BoundField) -> str:
    return controls.described_by(field)


@register.filter
def problems_of(source: Any) -> list[tuple[str, str]]:
    """(anchor, sentence) pairs of a form, or of a BadInput's problems; of nothing, none."""
    if source is None or source == "":
        return []
    if isinstance(source, BaseForm):
        return controls.summary_of(source)
    return [("", str(problem)) for problem in source]


# --- explanations -------------------------------------------------------------------
_TRUTHS = {
    True: ("true", "✓", "符合"),
    False: ("false", "✗", "不符合"),
    None: ("unknown", "？", "尚不清楚"),
}


@register.filter
def truth(value: bool | str | None) -> dict[str, str]:  # noqa: FBT001  a template filter
    """Class, mark and word for a truth value (True, False, None, or those words)."""
    named = {"true": True, "false": False, "yes": True, "no": False}
    known = named.get(value.lower()) if isinstance(value, str) else value
    style, mark, word = _TRUTHS[known]
    return {"style": style, "mark": mark, "word": word}


@register.filter
def part(node: Any, name: str) -> Any:
    """``node[name]`` or ``node.name``; None when it has neither."""
    if isinstance(node, Mapping):
        return node.get(name)
    return getattr(node, name, None)


@register.filter
def when(value: date) -> str:
    """A moment as ``2026-11-01 09:05``, a day as ``2026-11-01``."""
    return cn_time(value) if isinstance(value, datetime) else short_date(value)


@register.filter
def iso(value: date) -> str:
    return value.isoformat()


_KINDS = {"success": "good", "warning": "warn", "error": "bad"}


@register.filter
def notice_kind(level: str) -> str:
    """Kind of notice for a Django message level."""
    return _KINDS.get(level, "info")


_RUNS = {"running": "info", "done": "good", "failed": "bad", "cancelled": "warn"}


@register.filter
def run_kind(state: str) -> str:
    """Kind of tag for the state of a background job."""
    return _RUNS.get(state, "plain")


@register.filter
def grouped(value: int) -> str:
    """``12,345``"""
    return f"{value:,}"


@register.simple_tag
def url_to(name: str, args: tuple[Any, ...] = ()) -> str:
    """An address from a name and arguments that came as values (a task's, a row's)."""
    return reverse(name, args=args)
