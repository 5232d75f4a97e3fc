"""How figures are written on the studio's pages."""

from __future__ import annotations

from django import template

from heling.contexts.reforms import showing
from heling.contexts.reforms.domain.figures import Figures, GrantRow
from heling.contexts.reforms.domain.levers import Lever

register = template.Library()


@register.filter
def wan(fen: int | None) -> str:
    """万元 with two places; 说不出 where there is no price."""
    return "说不出" if not isinstance(fen, int) else showing.wan(fen)


@register.filter
def more(value: int | None) -> str:
    """A difference with its sign, in 万元."""
    if not isinstance(value, int):
        return "说不出"
    return f"+{showing.wan(value)}" if value > 0 else showing.wan(value)


@register.filter
def signed(value: int) -> str:
    return f"{value:+,}" if value else "0"


@register.filter
def before(row: GrantRow) -> str:
    return showing.amount(row, 0)


@register.filter
def after(row: GrantRow) -> str:
    return showing.amount(row, 1)


@register.filter
def lost(figures: Figures) -> str:
    return showing.lost(figures)


@register.filter
def today_of(lever: Lever) -> str:
    """Today's value as the field shows it."""
    if lever.today is None:
        return ""
    return ("是" if lever.today else "否") if lever.truth else str(lever.shown(lever.today))
