"""The result page: level, why, by whom, compared with the one before, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from heling.contexts.assessment.access import Perm
from heling.contexts.assessment.domain import Scale
from heling.contexts.assessment.domain.filling import asked_fields
from heling.contexts.assessment.domain.scale import Field, FieldKind
from heling.contexts.assessment.fingerprint import fingerprint
from heling.contexts.assessment.models import Assessment, Assessor, Dispute, Transition
from heling.contexts.assessment.queries.finding import get, scale_of
from heling.contexts.assessment.queries.sheet import Event, events_of
from heling.contexts.registry.public import ElderCard, elder_card
from heling.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item whose answer differs from the assessment before."""

    title: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Compared with the assessment before. ``refusal``: why the two cannot be compared."""

    previous: Assessment
    changes: tuple[ItemChange, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One graded assessment. ``detailed`` is False for who may see the level only.

    ``whole``: the stored content still has the fingerprint that the assessors signed.
    """

    row: Assessment
    elder: ElderCard
    scale: Scale
    detailed: bool
    team: Sequence[Assessor]
    events: tuple[Event, ...]
    facts: tuple[tuple[str, str], ...]
    adjusted: tuple[dict[str, Any], ...]
    difference: Difference | None
    disputes: Sequence[Dispute]
    transitions: Sequence[Transition]
    whole: bool

    @property
    def graded(self) -> dict[str, Any]:
        """The stored result, in the shape of docs/schemas/assessment-result.schema.json."""
        return self.row.result or {}


def result(assessment_id: int, *, by: Actor) -> Result:
    """Everything about one submitted assessment. NotFound for who may not see it."""
    row = get(assessment_id, by=by)
    scale = scale_of(row)
    detailed = not by.may(Perm.VIEW_LEVEL) or by.may(Perm.VIEW)
    return Result(
        row=row,
        elder=elder_card(row.elder_id, by=by),
        scale=scale,
        detailed=detailed,
        team=list(row.team.all()),
        events=events_of(row, scale),
        facts=tuple(_facts(row, scale)),
        adjusted=tuple(_adjusted(row, scale)),
        difference=_difference(row, by=by),
        disputes=list(row.disputes.all()),
        transitions=list(row.transitions.all()) if detailed else (),
        whole=bool(row.result_sha256) and fingerprint(row) == row.result_sha256,
    )


def _adjusted(row: Assessment, scale: Scale) -> Iterator[dict[str, Any]]:
    """The 等级变更 rules that were met, with the levels in words."""
    for rule in (row.result or {}).get("adjustments", []):
        yield rule | {
            "from": str(scale.level(rule["before"])),
            "to": str(scale.level(rule["after"])),
            "effect": rule["before"] != rule["after"],
        }


def _facts(row: Assessment, scale: Scale) -> Iterator[tuple[str, str]]:
    """Table A as filled in, in the words of the standard."""
    for field in asked_fields(scale):
        if field.key in row.facts:
            yield field.name, said(field, row.facts[field.key])


def said(field: Field, value: Any) -> str:
    """A stored value of Table A in the words of the standard."""
    if field.kind is FieldKind.TEXT:
        return str(value)
    labels = dict(field.pairs)
    codes = value if isinstance(value, list) else [value]
    return "、".join(labels.get(str(code), str(code)) for code in codes) or "以上都没有"


def _difference(row: Assessment, *, by: Actor) -> Difference | None:
    """The assessment of the same scale before this one, and what changed since."""
    if row.assessed_on is None:
        return None
    previous = (
        Assessment.objects.in_scope(by)
        .graded()
        .filter(elder_id=row.elder_id, scale=row.scale, assessed_on__lte=row.assessed_on)
        .filter(pk__lt=row.pk)
        .order_by("-assessed_on", "-pk")
        .first()
    )
    if previous is None:
        return None
    if (previous.scale_version, previous.scale_sha256) != (row.scale_version, row.scale_sha256):
        return Difference(previous, refusal="两次所用量表的版本不同，结果不能比较")
    return Difference(previous, changes=tuple(_changes(previous, row)))


def _changes(previous: Assessment, row: Assessment) -> Iterator[ItemChange]:
    before = {i["code"]: i["score"] for i in (previous.result or {}).get("items", [])}
    for item in (row.result or {}).get("items", []):
        if item["code"] in before and before[item["code"]] != item["score"]:
            title = f"{item['code']} {item['name']}"
            yield ItemChange(title, before[item["code"]], item["score"])
