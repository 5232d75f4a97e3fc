"""Filling in a draft: one answer, the whole form, the visit, Table A, risk events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from heling.contexts.assessment.domain.answers import RISK_EVENTS
from heling.contexts.assessment.domain.filling import option_of, read_facts
from heling.contexts.assessment.models import Answered, Assessment, RiskEvent
from heling.contexts.assessment.steps import author, lock_draft, scale_of, whose
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Conflict, NotFound, Problem, Refused
from heling.platform.access.refusals import refusing


@transaction.atomic
def save_answer(
    *, assessment_id: int, item: str, answer: str, version: int, by: Actor
) -> Assessment:
    """Save one answer. Sending it twice changes nothing the second time.

    ``answer`` is the key of an option; ``version`` the one that the screen was showing. A
    colleague who has answered this item differently since then makes it a Conflict. The
    trace is a row of its own, not a journal entry: 26 answers would drown what happened.
    """
    return save_answers(assessment_id=assessment_id, answers={item: answer}, version=version, by=by)


@transaction.atomic
def save_answers(
    *, assessment_id: int, answers: Mapping[str, str], version: int, by: Actor
) -> Assessment:
    """Save several answers, all or none of them. Items that are left out stay as they are."""
    assessment = lock_draft(assessment_id, by=by)
    scale = scale_of(assessment)
    problems: list[Problem] = []
    for code, key in answers.items():
        try:
            option_of(scale, code, key)
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(*problems)
    changed = {c: k for c, k in answers.items() if assessment.answers.get(c) != k}
    if not changed:
        return assessment
    _refuse_overwriting(assessment, changed, version, by=by)
    assessment.answers = {**assessment.answers, **changed}
    assessment.version += 1
    assessment.save(update_fields=["answers", "version"])
    Answered.objects.bulk_create(
        Answered(
            **whose(assessment),
            assessment=assessment,
            version=assessment.version,
            item=code,
            answer=key,
            **author(by),
        )
        for code, key in changed.items()
    )
    return assessment


def _refuse_overwriting(
    assessment: Assessment, changed: Mapping[str, str], version: int, *, by: Actor
) -> None:
    """Somebody else's answer is not overwritten unseen."""
    since = list(
        Answered.objects.filter(assessment=assessment, version__gt=version, item__in=list(changed))
        .exclude(user_id=by.user_id)
        .order_by("pk")
    )
    if not since:
        return
    titles = {i.code: i.title for i in scale_of(assessment).items}
    said = "；".join(
        f"{titles[code]}刚由{name}改为“{assessment.answers[code]}”"
        for code, name in {row.item: row.actor_name for row in since}.items()
    )
    raise Conflict(f"{said}。", hint="请两位商定后再改，您刚才的选择没有保存。")


@transaction.atomic
def set_visit(
    *, assessment_id: int, on: date, place: str, today: date, by: Actor, guardian: str = ""
) -> Assessment:
    """The day and place on site, and the guardian or agent who was present."""
    assessment = lock_draft(assessment_id, by=by)
    problems = []
    if on > today:
        problems.append(Problem("评估日期", f"{on} 还没有到，请填实际上门评估的日期"))
    if not place.strip():
        problems.append(Problem("评估地点", "请填实际评估的地点"))
    if problems:
        raise BadInput(*problems)
    assessment.assessed_on = on
    assessment.place = place.strip()
    assessment.guardian = guardian.strip()
    assessment.version += 1
    assessment.save(update_fields=["assessed_on", "place", "guardian", "version"])
    return assessment


@transaction.atomic
def set_adjustments(*, assessment_id: int, facts: Mapping[str, object], by: Actor) -> Assessment:
    """Table A as asked on site: diagnoses, health, informant, “no risk events”.

    Replaces what was there; see :func:`read_facts` for the shape. What is left out counts
    as not stated, and submission asks for what the 等级变更 rules need.
    """
    assessment = lock_draft(assessment_id, by=by)
    assessment.facts = read_facts(scale_of(assessment), facts)
    assessment.version += 1
    assessment.save(update_fields=["facts", "version"])
    return assessment


@transaction.atomic
def add_risk_event(
    *, assessment_id: int, kind: str, on: date, today: date, by: Actor, note: str = ""
) -> RiskEvent:
    """One 照护风险事件 with its day. Only those of the last 30 days count for the level."""
    assessment = lock_draft(assessment_id, by=by)
    scale = scale_of(assessment)
    if scale.raises is None:
        raise Refused(f"《{scale.title}》不考虑照护风险事件。", hint="请返回评估表。")
    if kind not in scale.field(RISK_EVENTS).codes:
        raise BadInput.single("事件", "请在给出的类别中选一项")
    if on > today:
        raise BadInput.single("发生日期", f"{on} 还没有到，请核对")
    same = assessment.risk_events.filter(kind=kind, on=on, note=note.strip())
    if same.exists():  # a second press of the button would raise the level
        raise Refused(
            "同一天已登记过同样的事件。", hint="确实发生了两次的，请在经过里写明不同的情形。"
        )
    with refusing():
        event = RiskEvent.objects.create(
            **whose(assessment), assessment=assessment, kind=kind, on=on, note=note.strip()
        )
    assessment.version += 1
    assessment.save(update_fields=["version"])
    return event


@transaction.atomic
def remove_risk_event(*, assessment_id: int, event_id: int, by: Actor) -> Assessment:
    """Take back a risk event that was entered by mistake."""
    assessment = lock_draft(assessment_id, by=by)
    event = assessment.risk_events.filter(pk=event_id).first()
    if event is None:
        raise NotFound("这条事件已经删去。", hint="请刷新页面。")
    event.delete()
    assessment.version += 1
    assessment.save(update_fields=["version"])
    return assessment
