"""What remains of every change: states with their reasons, answers with their authors."""

from __future__ import annotations

from django.db import models

from heling.contexts.assessment.domain.states import ASSESSMENT
from heling.contexts.assessment.models import guards
from heling.contexts.assessment.models.assessment import Assessment
from heling.contexts.assessment.models.base import Authored, ElderRow
from heling.platform.access.querysets import TerritoryQuerySet


class Transition(ElderRow, Authored):
    """One step of an assessment's life. Append-only."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField("办理", max_length=20)
    state = models.CharField(
        "之后的状态",
        max_length=20,
        choices=[(s.value, label) for s, label in ASSESSMENT.labels.items()],
    )
    reason = models.CharField("说明", max_length=400, blank=True)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "评估办理记录"
        ordering = ["id"]
        triggers = [guards.kept()]
        indexes = [models.Index(fields=["elder_id"], name="assessment_transition_elder")]

    @property
    def label(self) -> str:
        """What was done, in the words of the state table."""
        known = ASSESSMENT.steps.get(self.step)
        return known.label if known else "安排评估"


class Answered(ElderRow, Authored):
    """One answer given or changed: ``version`` of the assessment after it. Append-only."""

    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="answered", db_index=False
    )
    version = models.PositiveIntegerField("版本")
    item = models.CharField("项目", max_length=20)
    answer = models.CharField("作答", max_length=20)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "作答记录"
        ordering = ["id"]
        triggers = [guards.kept()]
        indexes = [
            models.Index(fields=["assessment", "version"], name="assessment_answered_since"),
            models.Index(fields=["elder_id"], name="assessment_answered_elder"),
        ]
