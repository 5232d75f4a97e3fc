"""How law texts number their items."""

from __future__ import annotations

from django import template

from heling.engines.law.text import chinese_numeral

register = template.Library()


@register.filter
def numeral(number: int) -> str:
    """4 → 四"""
    return chinese_numeral(number)
