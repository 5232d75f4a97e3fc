"""The door of assessment: levels with what they rest on, and the events about them."""

from __future__ import annotations

from heling.contexts.assessment.demo import PastAssessment, demo_appointments, demo_assessments
from heling.contexts.assessment.domain import GBT42195, LTC2021
from heling.contexts.assessment.events import (
    AssessmentCompleted,
    AssessmentDisputed,
    AssessmentSuperseded,
    AssessmentVoided,
    DisputeWithdrawn,
)
from heling.contexts.assessment.queries.levels import (
    LevelFact,
    assessed_between,
    due_between,
    level_on,
    levels_on,
)
from heling.contexts.assessment.queries.tasks import count_tasks, tasks_for

__all__ = [
    "GBT42195",
    "LTC2021",
    "AssessmentCompleted",
    "AssessmentDisputed",
    "AssessmentSuperseded",
    "AssessmentVoided",
    "DisputeWithdrawn",
    "LevelFact",
    "PastAssessment",
    "assessed_between",
    "count_tasks",
    "demo_appointments",
    "demo_assessments",
    "due_between",
    "level_on",
    "levels_on",
    "tasks_for",
]
