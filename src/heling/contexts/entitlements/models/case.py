from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from heling.contexts.entitlements.domain.objections import OUTCOME_LABELS, Outcome
from heling.contexts.entitlements.domain.states import (
    CASE,
    CHANNEL_LABELS,
    ENDING_LABELS,
    OWNER_LABELS,
    Channel,
    State,
)
from heling.contexts.entitlements.models.base import ElderRow, Signed, choices
from heling.contexts.entitlements.models.finding import Determination


class Application(ElderRow):
    """申请: one case of one elder, for one or more grants.

    ``round`` starts again when a review is sent back or an objection is upheld; within a
    round nobody signs twice. ``version`` grows with every step, so that a form opened
    before somebody else's step is refused as a conflict.
    """

    city = models.CharField("城市", max_length=6)
    channel = models.CharField("渠道", max_length=10, choices=choices(CHANNEL_LABELS))
    state = models.CharField(
        "状态", max_length=20, default=State.DRAFT, choices=choices(CASE.labels)
    )
    round = models.PositiveSmallIntegerField("审核轮次", default=1)
    version = models.PositiveIntegerField("版本", default=1)
    owner = models.CharField("轮到谁", max_length=10, choices=choices(OWNER_LABELS))
    due_on = models.DateField("最迟办理日", null=True)
    applied_by = models.BigIntegerField("申请账号", null=True)
    applicant_name = models.CharField("申请人", max_length=80)
    relation = models.CharField("与老年人的关系", max_length=20, blank=True)
    consent = models.CharField("同意方式", max_length=40, blank=True)
    consent_document = models.CharField("同意的凭据", max_length=200, blank=True)
    statement = models.TextField("情况说明", blank=True)
    declared = models.JSONField("申请人说明的事实", default=dict)
    claimed = models.JSONField("申请人自称、待核实的身份", default=list)
    determination = models.ForeignKey(
        Determination, on_delete=models.PROTECT, related_name="+", verbose_name="当前认定"
    )
    notice_id = models.BigIntegerField("公示", null=True)
    publicity_ends = models.DateField("公示截止日", null=True)
    created_at = models.DateTimeField("建立时间", db_default=Now())
    submitted_on = models.DateField("提交日", null=True)
    decided_on = models.DateField("决定日", null=True)
    ending = models.CharField(
        "终止原因", max_length=12, blank=True, db_default="", choices=choices(ENDING_LABELS)
    )
    last_day = models.DateField("终止时的最后一天", null=True)

    class Meta:
        verbose_name = "申请"
        verbose_name_plural = "申请"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel=Channel.SELF) | ~models.Q(consent=""),
                name="entitlements_application_consent",
                violation_error_message="代办申请要写明老年人同意的方式",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[State.DRAFT, State.WITHDRAWN, State.TERMINATED])
                | models.Q(submitted_on__isnull=False),
                name="entitlements_application_submitted",
            ),
        ]
        indexes = [
            models.Index(fields=["code", "state", "due_on"], name="entitlements_app_tasks"),
            models.Index(fields=["elder_id", "-id"], name="entitlements_app_elder"),
            models.Index(fields=["notice_id"], name="entitlements_app_notice"),
        ]
        triggers = [
            pgtrigger.FSM(name="case_states", field="state", transitions=list(CASE.pairs()))
        ]


class Item(ElderRow):
    """One grant applied for. ``live`` while the case runs or the award does.

    ``household_id`` where the benefit is the household's: the door behind which it is given, and
    stays when the elder moves.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="items")
    grant = models.CharField("项目", max_length=60)
    benefit = models.CharField("待遇", max_length=120)
    plain = models.CharField("通俗说法", max_length=120)
    cite = models.CharField("依据", max_length=120)
    outcome = models.CharField(
        "结果", max_length=10, default=Outcome.PENDING, choices=choices(OUTCOME_LABELS)
    )
    amount = models.BigIntegerField("数额", null=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    live = models.BooleanField("有效", default=True)
    household_id = models.BigIntegerField("户", null=True)

    class Meta:
        verbose_name = "申请项目"
        verbose_name_plural = "申请项目"
        ordering = ["id"]
        indexes = [models.Index(fields=["elder_id"], name="entitlements_item_elder")]
        constraints = [
            models.UniqueConstraint(
                fields=["elder_id", "grant"],
                condition=models.Q(live=True),
                name="entitlements_item_once",
                violation_error_message="这位老年人的这个项目已有正在办理或正在享受的申请",
            ),
            models.UniqueConstraint(
                fields=["household_id", "grant"],
                condition=models.Q(live=True),
                name="entitlements_item_once_a_household",
                violation_error_message="这一户的这个项目已有正在办理或正在享受的申请，同住的老年人只办一份",
            ),
        ]


class StatusRow(ElderRow, Signed):
    """Every step of a case: from where to where, who, when, why. Append-only."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField("步骤", max_length=24)
    before = models.CharField("原状态", max_length=20, blank=True)
    after = models.CharField("新状态", max_length=20)
    reason = models.TextField("理由", blank=True)

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["application", "id"], name="entitlements_status_of"),
            models.Index(fields=["elder_id"], name="entitlements_status_elder"),
        ]


class Stage(models.TextChoices):
    FIRST = "first", "初审"
    SECOND = "second", "复核"


class Verdict(models.TextChoices):
    PASS = "pass", "通过"
    FAIL = "fail", "建议不予"
    RETURN = "return", "退回"


class Review(ElderRow, Signed):
    """One signature under a case. Four eyes are a constraint, not a habit: in one round
    each stage is signed once, and no account signs two stages."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField("审核轮次")
    stage = models.CharField("环节", max_length=8, choices=Stage.choices)
    verdict = models.CharField("意见", max_length=8, choices=Verdict.choices)
    reason = models.TextField("理由", blank=True)
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT)

    class Meta:
        verbose_name = "审核签字"
        verbose_name_plural = "审核签字"
        ordering = ["id"]
        indexes = [models.Index(fields=["elder_id"], name="entitlements_review_elder")]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "round", "stage"],
                name="entitlements_review_stage_once",
                violation_error_message="这一环节已经有人签字",
            ),
            models.UniqueConstraint(
                fields=["application", "round", "user_id"],
                name="entitlements_review_four_eyes",
                violation_error_message="初审和复核不能是同一人",
            ),
            models.CheckConstraint(
                condition=models.Q(user_id__isnull=False),
                name="entitlements_review_signed",
                violation_error_message="审核必须由有账号的工作人员签字",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict=Verdict.PASS) | models.Q(reason__regex=r"\S"),
                name="entitlements_review_reason",
                violation_error_message="不通过要写明理由",
            ),
        ]
