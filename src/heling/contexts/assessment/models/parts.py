"""What belongs to one assessment: who assessed, what happened before, who disagrees."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from heling.contexts.assessment.models import guards
from heling.contexts.assessment.models.assessment import Assessment
from heling.contexts.assessment.models.base import Authored, ElderRow
from heling.platform.access.querysets import TerritoryQuerySet


class Assessor(ElderRow):
    """One member of the team, with the qualification held that day and the own signature.

    ``signed_sha256`` is the fingerprint of the result that was on the screen when signing.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="team")
    user_id = models.BigIntegerField("账号")
    name = models.CharField("姓名", max_length=40)
    medical = models.BooleanField("医护专业背景")
    expert = models.BooleanField("评估专家", default=False)
    on_site = models.BooleanField("在现场", default=True)
    signed_at = models.DateTimeField("签字时间", null=True)
    signed_name = models.CharField("签名", max_length=40, blank=True)
    signed_sha256 = models.CharField("所签结果指纹", max_length=64, blank=True)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "评估人员"
        verbose_name_plural = "评估人员"
        ordering = ["id"]
        triggers = [
            guards.follows_assessment(while_signing="'signed_at', 'signed_name', 'signed_sha256'")
        ]
        indexes = [
            models.Index(fields=["user_id", "assessment"], name="assessment_assessor_user"),
            models.Index(fields=["elder_id"], name="assessment_assessor_elder"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "user_id"],
                name="assessment_assessor_once",
                violation_error_message="同一人不能作为两名评估人员，请换成不同的人",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_name="", signed_sha256="")
                | Q(signed_at__isnull=False, signed_name=models.F("name"), signed_sha256__gt=""),
                name="assessment_assessor_signature",
                violation_error_message="签名须与评估人员姓名一致",
            ),
        ]


class RiskEvent(ElderRow):
    """One 照护风险事件 that the assessors were told of. ``kind``: a code of Table A."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="risk_events")
    kind = models.CharField("事件", max_length=20)
    on = models.DateField("发生日期")
    note = models.CharField("经过", max_length=200, blank=True)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "照护风险事件"
        verbose_name_plural = "照护风险事件"
        ordering = ["on", "id"]
        triggers = [guards.follows_assessment()]
        indexes = [models.Index(fields=["elder_id"], name="assessment_risk_elder")]


class Dispute(ElderRow, Authored):
    """Somebody doubts a result. ``deadline``: until when it could be raised, if a rule says so."""

    class Outcome(models.TextChoices):
        WITHDRAWN = "withdrawn", "已撤回"
        REASSESSED = "reassessed", "已由他人重新评估"
        VOIDED = "voided", "原评估已作废"

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="disputes")
    raised_by = models.CharField("提出人", max_length=80)
    relation = models.CharField("与老年人的关系", max_length=40)
    reason = models.TextField("理由")
    on = models.DateField("提出日期")
    deadline = models.DateField("提出期限", null=True)
    outcome = models.CharField("处理结果", max_length=12, choices=Outcome.choices, blank=True)
    outcome_note = models.CharField("处理说明", max_length=200, blank=True)
    closed_at = models.DateTimeField("处理时间", null=True)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "评估异议"
        verbose_name_plural = "评估异议"
        ordering = ["id"]
        indexes = [models.Index(fields=["elder_id", "-on"], name="assessment_dispute_elder")]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment"],
                condition=Q(closed_at=None),
                name="assessment_dispute_once",
                violation_error_message="这次评估已有一条异议正在处理",
            ),
            models.CheckConstraint(
                condition=Q(reason__regex=r"\S"),
                name="assessment_dispute_reason",
                violation_error_message="提出异议须写明理由",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="")
                | Q(closed_at__isnull=False, outcome__gt=""),
                name="assessment_dispute_outcome",
                violation_error_message="处理完的异议须写明结果",
            ),
        ]
