"""Values of entitlements as words. Load with ``{% load entitlements %}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from heling.contexts.entitlements.domain.standing import amount_text

register = template.Library()


@register.filter
def amount(row: Any) -> str:
    """The amount of an award or a line with its unit; a dash without one."""
    return amount_text(row.amount, row.unit) or "—"


@register.filter
def fact_value(fact: Mapping[str, Any]) -> str:
    """是, 否, or the value itself."""
    value = fact["value"]
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


@register.filter
def fact_days(fact: Mapping[str, Any]) -> str:
    """自 … 至 …; a dash for a fact without days."""
    starts, ends = fact.get("starts"), fact.get("ends")
    if not starts and not ends:
        return "—"
    return f"{starts or ''} 至 {ends or '今'}"


@register.filter
def fact_notes(fact: Mapping[str, Any]) -> list[str]:
    """What is 待核实 about the fact."""
    return list(fact.get("notes", []))
