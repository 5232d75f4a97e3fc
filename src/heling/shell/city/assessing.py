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
        if draft.answer_seed % 100 < _chance(draft, today):
            yield PastAssessment(
                elder_id=elder_id,
                on=today - timedelta(days=3 + draft.answer_seed // 100 % SPREAD),
                answers=answers_for(draft),
                diagnoses=(_DEMENTIA,) if draft.dementia else (),
                falls=min(draft.falls_30d, 3),
            )


def _chance(draft: ElderDraft, today: date) -> int:
    """Percent. People are assessed because benefits ask for it, or they are ill or old."""
    if any(s.kind in POOR for s in draft.statuses):
        return 90
    if draft.ability.body < 700 or draft.dementia:
        return 75
    if age_on(draft.birth, today) >= 80 or draft.statuses:
        return 40
    return 6
