from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from heling.contexts.assessment.access import Perm
from heling.contexts.assessment.domain.process import REASON_LABELS, Reason
from heling.contexts.assessment.domain.states import ASSESSMENT, State
from heling.contexts.assessment.models import guards
from heling.contexts.assessment.models.base import ElderRow
from heling.kernel.actor import Actor
from heling.platform.access.querysets import TerritoryQuerySet

OPEN = (State.DRAFT.value, State.AWAITING_SIGNATURE.value)
GRADED = (State.COMPLETED.value, State.DISPUTED.value, State.SUPERSEDED.value)


class AssessmentQuerySet(TerritoryQuerySet["Assessment"]):
    def visible_to(self, actor: Actor) -> AssessmentQuerySet:
        """The actor's territory; an assessor only what it takes part in; a family only results."""
        rows = self.in_scope(actor)
        if actor.may(Perm.VIEW) or actor.may(Perm.VIEW_LEVEL) or actor.role == "system":
            return rows
        if actor.may(Perm.PERFORM):
            return rows.filter(team__user_id=actor.user_id or 0)  # once per assessment: no doubles
        return rows.filter(state__in=GRADED) if actor.may(Perm.OWN) else rows.none()

    def in_scope(self, actor: Actor) -> AssessmentQuerySet:
        """The territory rule alone: for levels, which other contexts ask for."""
        return super().visible_to(actor)

    def graded(self) -> AssessmentQuerySet:
        return self.filter(state__in=GRADED)


class Assessment(ElderRow):
    """One assessment of one elder under one scale in one version.

    ``answers``: item code → key of the chosen option. ``facts``: Table A as filled in.
    ``adjustments`` and ``result`` are written at submission and are exactly what
    ``score_json`` takes and gives. ``version`` counts changes of the contents.
    ``in_force``: the latest valid one of this elder under this scale. ``stopped_on``: no
    further assessment is expected (death, moving away). The ``*_at_least`` numbers are the
    scale's, so that the database can hold the team to them.
    """

    scale = models.CharField("量表", max_length=40)
    scale_version = models.CharField("量表版本", max_length=20)
    scale_sha256 = models.CharField("量表指纹", max_length=64)
    team_at_least = models.PositiveSmallIntegerField("至少评估人员")
    medical_at_least = models.PositiveSmallIntegerField("至少医护背景人员")
    expert_at_least = models.PositiveSmallIntegerField("至少评估专家")
    reason = models.CharField(
        "评估原因", max_length=12, choices=[(r.value, label) for r, label in REASON_LABELS.items()]
    )
    reason_note = models.CharField("原因说明", max_length=200, blank=True)
    state = models.CharField(
        "状态",
        max_length=20,
        choices=[(s.value, label) for s, label in ASSESSMENT.labels.items()],
        default=State.DRAFT.value,
    )
    planned_on = models.DateField("约定日期", null=True, blank=True)
    assessed_on = models.DateField("评估日期", null=True, blank=True)
    place = models.CharField("评估地点", max_length=200, blank=True)
    guardian = models.CharField("在场监护人或代理人", max_length=80, blank=True)
    answers = models.JSONField("作答", default=dict)
    facts = models.JSONField("基本情况", default=dict)
    adjustments = models.JSONField("等级变更依据", null=True)
    result = models.JSONField("结果", null=True)
    result_sha256 = models.CharField("结果指纹", max_length=64, blank=True)
    unverified = ArrayField(models.TextField(), verbose_name="待核实", default=list)
    level = models.PositiveSmallIntegerField("等级", null=True)
    level_label = models.CharField("等级名称", max_length=60, blank=True)
    due_on = models.DateField("下次评估最迟", null=True)
    completed_at = models.DateTimeField("完成时间", null=True)
    in_force = models.BooleanField("现行有效", default=False)
    stopped_on = models.DateField("不再评估", null=True)
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )
    reviews = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reviewed_by"
    )
    version = models.PositiveIntegerField("版本", default=0)
    demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("建立时间", db_default=Now())

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "能力评估"
        verbose_name_plural = "能力评估"
        triggers = [
            guards.states(),
            guards.begins_open(),
            guards.frozen(),
            guards.signed_by_enough(),
        ]
        indexes = [
            models.Index(fields=["elder_id", "-assessed_on", "-id"], name="assessment_of_elder"),
            models.Index(
                fields=["due_on", "code"],
                condition=Q(in_force=True, stopped_on=None),
                name="assessment_due",
            ),
            models.Index(fields=["code", "state"], name="assessment_in_territory"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["elder_id", "scale"],
                condition=Q(state__in=OPEN),
                name="assessment_one_open",
                violation_error_message="这位老年人按同一量表已有一次评估正在进行，请先完成或作废那一次",
            ),
            models.UniqueConstraint(
                fields=["elder_id", "scale"],
                condition=Q(in_force=True),
                name="assessment_one_in_force",
                violation_error_message="这位老年人按同一量表已有现行有效的评估，请刷新后再试",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*OPEN[:1], State.VOIDED.value])
                | Q(
                    result__isnull=False,
                    adjustments__isnull=False,
                    result_sha256__regex="^[0-9a-f]{64}$",
                    level__isnull=False,
                    assessed_on__isnull=False,
                    due_on__isnull=False,
                ),
                name="assessment_graded",
                violation_error_message="提交签字前须有评估日期、结果和等级",
            ),
            models.CheckConstraint(
                # Superseded, too: when the one that took its place was voided.
                condition=Q(in_force=False) | Q(state__in=GRADED),
                name="assessment_in_force_state",
                violation_error_message="只有已完成的评估才现行有效",
            ),
            models.CheckConstraint(
                condition=(Q(reason=Reason.REVIEW.value) & Q(reviews__isnull=False))
                | (~Q(reason=Reason.REVIEW.value) & Q(reviews=None)),
                name="assessment_review_of",
                violation_error_message="复评须指明有异议的原评估",
            ),
            models.CheckConstraint(
                condition=~Q(reason=Reason.OTHER.value) | Q(reason_note__regex=r"\S"),
                name="assessment_other_reason",
                violation_error_message="评估原因选“其他”时须写明",
            ),
            models.CheckConstraint(
                condition=Q(team_at_least__gte=2),
                name="assessment_two_assessors",
                violation_error_message="评估须由至少两名评估人员进行",
            ),
        ]
