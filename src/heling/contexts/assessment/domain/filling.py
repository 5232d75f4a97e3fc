"""From what the form holds to what the grading takes: keys to answers, Table A to adjustments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from heling.contexts.assessment.domain.answers import (
    COMA,
    DIAGNOSES,
    RISK_EVENTS,
    Adjustments,
)
from heling.contexts.assessment.domain.process import RiskEvent, recent_risk_events
from heling.contexts.assessment.domain.scale import Field, FieldKind, Item, Option, Scale
from heling.kernel.errors import BadInput, Problem

NO_RISK_EVENTS = "no_risk_events"
"""Key in the facts: the assessors asked and were told of none in the window."""

_TEXT_LIMIT = 200


def option_of(scale: Scale, code: str, key: str) -> tuple[Item, Option]:
    """The item and option that a form names. BadInput for one that the scale does not have."""
    item = next((i for i in scale.items if i.code == code), None)
    if item is None:
        raise BadInput.single(code, f"《{scale.title}》没有这一项，请刷新页面后再填")
    option = next((o for o in item.options if o.key == key), None)
    if option is None:
        raise BadInput.single(item.title, "请在给出的选项中选一项")
    return item, option


def answers_of(stored: Mapping[str, str]) -> dict[str, int | str]:
    """Stored keys as answers: a score as a number, an option with a code of its own by it."""
    return {code: int(key) if key.isdigit() else key for code, key in stored.items()}


def asked_fields(scale: Scale) -> tuple[Field, ...]:
    """Fields of Table A that the assessors ask for on site.

    Who the elder is stands in the registry; coma is the answer to the consciousness item,
    asked once; risk events are dated rows of their own.
    """
    return tuple(f for f in scale.table_a if f.code and f.key not in (COMA, RISK_EVENTS))


def read_facts(scale: Scale, given: Mapping[str, object]) -> dict[str, Any]:
    """Table A as filled in, checked against the scale. Absent means not stated.

    ``given`` maps field key → code (single), list of codes (multi) or text; besides
    ``no_risk_events`` → bool. Raises BadInput with every problem.
    """
    fields = {f.key: f for f in asked_fields(scale)}
    facts: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in given.items():
        if key == NO_RISK_EVENTS and isinstance(value, bool):
            facts[key] = value
        elif key in fields:
            problems += _fact_problems(fields[key], value)
            facts[key] = value
        else:
            problems.append(Problem(key, f"《{scale.title}》没有这一项，请刷新页面后再填"))
    if problems:
        raise BadInput(*problems)
    return facts


def _fact_problems(field: Field, value: object) -> Iterator[Problem]:
    if field.kind is FieldKind.TEXT:
        if not isinstance(value, str) or len(value) > _TEXT_LIMIT:
            yield Problem(field.name, f"请填 {_TEXT_LIMIT} 字以内的文字")
        return
    codes = value if field.kind is FieldKind.MULTI else [value]
    if not isinstance(codes, list) or not all(c in field.codes for c in codes):
        yield Problem(field.name, "请在给出的选项中选择")
        return
    alone = {c.code for c in field.choices if c.alone}
    if len(codes) > 1 and alone.intersection(codes):
        yield Problem(field.name, "选了“无”就不能再选其他，请改正")


def adjustments_of(
    scale: Scale,
    answers: Mapping[str, str],
    facts: Mapping[str, Any],
    events: Iterable[RiskEvent],
    *,
    on: date,
) -> Adjustments:
    """What the 等级变更 rules ask for, as stated in the form. None where nobody stated it.

    ``on`` is the day of assessment. Raises BadInput where the form contradicts itself.
    """
    if scale.raises is None:
        return Adjustments()
    known = list(events)
    counts = recent_risk_events(scale, known, on=on)
    none_said = facts.get(NO_RISK_EVENTS) is True
    if none_said and any(counts.values()):
        raise BadInput.single(
            scale.field(RISK_EVENTS).name,
            "勾选了“没有发生”，却登记了事件，请取消勾选或删去事件",
        )
    diagnoses = facts.get(DIAGNOSES)
    return Adjustments(
        coma=_coma(scale, answers),
        diagnoses=None if diagnoses is None else frozenset(diagnoses),
        risk_events=counts if known or none_said else None,
    )


def _coma(scale: Scale, answers: Mapping[str, str]) -> bool | None:
    for item in scale.items:
        if any(o.code == COMA for o in item.options) and item.code in answers:
            return answers[item.code] == COMA
    return None


def adjustments_json(adjustments: Adjustments) -> dict[str, Any]:
    """The shape that ``score_json`` reads; not stated is left out."""
    stated = {
        "coma": adjustments.coma,
        "diagnoses": None if adjustments.diagnoses is None else sorted(adjustments.diagnoses),
        "risk_events": adjustments.risk_events and dict(adjustments.risk_events),
    }
    return {key: value for key, value in stated.items() if value is not None}
