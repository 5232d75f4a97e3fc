"""The form as far as it is filled in: what the desk page, the phone and the totals show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from heling.contexts.assessment.domain import Item, RiskEvent, Scale, ScaleResult, score
from heling.contexts.assessment.domain.filling import adjustments_of, answers_of
from heling.contexts.assessment.domain.scale import Group
from heling.contexts.assessment.models import Assessment
from heling.contexts.assessment.queries.finding import get, scale_of
from heling.contexts.registry.public import ElderCard, elder_card
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, NotFound


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item; ``number`` counts from 1; ``chosen`` is the stored key or empty."""

    number: int
    item: Item
    chosen: str

    @property
    def points(self) -> int | None:
        found = next((o for o in self.item.options if o.key == self.chosen), None)
        return found.score if found else None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A first-level indicator with the points so far."""

    group: Group
    lines: tuple[ItemLine, ...]

    @property
    def points(self) -> int:
        return sum(line.points or 0 for line in self.lines)

    @property
    def answered(self) -> int:
        return sum(1 for line in self.lines if line.chosen)


@dataclass(frozen=True, slots=True)
class Event:
    """One risk event in words; ``counts``: it lies in the window before the assessment."""

    id: int
    label: str
    on: date
    note: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A draft: who, which scale, what is answered, and what it would come to.

    ``preview`` is the result as it stands, or None while items are unanswered.
    """

    row: Assessment
    elder: ElderCard
    scale: Scale
    groups: tuple[GroupLine, ...]
    events: tuple[Event, ...]
    preview: ScaleResult | None

    @property
    def lines(self) -> tuple[ItemLine, ...]:
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def answered(self) -> int:
        return sum(group.answered for group in self.groups)

    @property
    def total(self) -> int:
        return sum(group.points for group in self.groups)

    @property
    def missing(self) -> tuple[ItemLine, ...]:
        return tuple(line for line in self.lines if not line.chosen)

    def line(self, code: str) -> ItemLine:
        found = next((line for line in self.lines if line.item.code == code), None)
        if found is None:
            raise NotFound(f"《{self.scale.title}》没有“{code}”这一项。", hint="请返回评估表。")
        return found


def sheet(assessment_id: int, *, today: date, by: Actor) -> Sheet:
    """The form of one assessment. NotFound for who may not see it."""
    row = get(assessment_id, by=by)
    scale = scale_of(row)
    number = 0
    groups = []
    for group in scale.groups:
        lines = []
        for item in group.items:
            number += 1
            lines.append(ItemLine(number, item, row.answers.get(item.code, "")))
        groups.append(GroupLine(group, tuple(lines)))
    return Sheet(
        row=row,
        elder=elder_card(row.elder_id, by=by),
        scale=scale,
        groups=tuple(groups),
        events=events_of(row, scale),
        preview=_preview(row, scale, today),
    )


def events_of(row: Assessment, scale: Scale) -> tuple[Event, ...]:
    labels = dict(scale.field("risk_events").pairs) if scale.raises else {}
    return tuple(
        Event(e.pk, labels.get(e.kind, e.kind), e.on, e.note) for e in row.risk_events.all()
    )


def _preview(row: Assessment, scale: Scale, today: date) -> ScaleResult | None:
    events = [RiskEvent(kind=e.kind, on=e.on) for e in row.risk_events.all()]
    try:
        adjustments = adjustments_of(
            scale, row.answers, row.facts, events, on=row.assessed_on or today
        )
        return score(scale, answers_of(row.answers), adjustments=adjustments)
    except BadInput:
        return None
