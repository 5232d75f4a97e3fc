"""Who of the population has been assessed, when, and with which answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from heling.contexts.assessment.public import PastAssessment
from heling.demo import ElderDraft, answers_for
from heling.kernel.period import age_on
from heling.shell.city.hardship import POOR

SPREAD = 425  # days back: results last twelve months, so the oldest are overdue
_DEMENTIA = "F00-F03"


def past_assessments(
    people: Iterable[tuple[ElderDraft, int]], *, today: date
) -> Iterator[PastAssessment]:
    """Assessments of a plausible share of ``(draft, elder id)``: the old, the frail, the poor."""
    for draft, elder_id in people:
        if _assessed(draft, today):
            yield _assessment(draft, elder_id, today)


def new_and_oldest(
    people: Iterable[tuple[ElderDraft, int]], *, today: date
) -> tuple[list[PastAssessment], list[int]]:
    """Three elders who were never assessed, the eldest first, and the two assessed longest ago."""
    ordered = sorted(people, key=lambda pair: (pair[0].birth, pair[1]))
    new = [_assessment(d, i, today) for d, i in ordered if not _assessed(d, today)]
    done = [_assessment(d, i, today) for d, i in ordered if _assessed(d, today)]
    done.sort(key=lambda assessment: assessment.on)
    return new[:3], [assessment.elder_id for assessment in done[:2]]


def _assessment(draft: ElderDraft, elder_id: int, today: date) -> PastAssessment:
    return PastAssessment(
        elder_id=elder_id,
        on=today - timedelta(days=3 + draft.answer_seed // 100 % SPREAD),
        answers=answers_for(draft),
        diagnoses=(_DEMENTIA,) if draft.dementia else (),
        falls=min(draft.falls_30d, 3),
    )


def _assessed(draft: ElderDraft, today: date) -> bool:
    return draft.answer_seed % 100 < _chance(draft, today)


def _chance(draft: ElderDraft, today: date) -> int:
    """Percent. People are assessed because benefits ask for it, or they are ill or old."""
    if any(s.kind in POOR for s in draft.statuses):
        return 90
    if draft.ability.body < 700 or draft.dementia:
        return 75
    if age_on(draft.birth, today) >= 80 or draft.statuses:
        return 40
    return 6
