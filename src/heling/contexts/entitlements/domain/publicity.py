"""What a public notice may show, and when it runs.

Ningbo art. 23 has 服务对象、照护等级和服务标准 made public. A name with a level of
disability beside it is sensitive personal information (PIPL art. 28), so the notice shows
*who* (masked, by community) receives *which kind* of service, and states levels and
standards as a general table that names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from heling.contexts.entitlements.domain.procedure import procedure_on, work_calendar


def masked(name: str) -> str:
    """王秀兰 → 王*兰, 王兰 → 王*, 欧阳秀兰 → 欧**兰: only the ends of a name are shown."""
    name = name.strip()
    if len(name) <= 2:
        return f"{name[:1]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


@dataclass(frozen=True, slots=True)
class Span:
    """A publicity period (both days included; a decision may follow on the day after) and
    its length or its holidays are still 待核实."""

    starts: date
    ends: date
    term: str
    unverified: bool
    source: str


def publicity_span(city: str, published_on: date) -> Span:
    """The period of a notice put up on a day: it starts on the next day (民法典 201)."""
    procedure, calendar = procedure_on(city, published_on), work_calendar()
    term = procedure.terms["publicity"]
    end = term.last_day(published_on, calendar)
    return Span(
        starts=published_on + timedelta(days=1),
        ends=end,
        term=str(term),
        unverified=procedure.unverified or not calendar.knows(end),
        source=procedure.source,
    )
