from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from heling.contexts.entitlements.domain.objections import DECISION_LABELS, DecisionKind
from heling.contexts.entitlements.domain.states import ENDING_LABELS
from heling.contexts.entitlements.models.base import ElderRow, Signed, choices
from heling.contexts.entitlements.models.case import Application, Item
from heling.contexts.entitlements.models.finding import Determination


class Decision(ElderRow, Signed):
    """决定: what was decided, in the words of the letter. Append-only.

    ``lines`` freezes each item: grant, benefit, plain, cite, outcome, amount, unit, starts,
    reasons (official) and why (plain words).
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    number = models.CharField("文号", max_length=60, unique=True)
    kind = models.CharField("种类", max_length=8, choices=choices(DECISION_LABELS))
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT)
    lines = models.JSONField("各项结果")
    reason = models.TextField("理由", blank=True)
    body_name = models.CharField("作出机关", max_length=120)
    body_phone = models.CharField("电话", max_length=30, blank=True)
    decided_on = models.DateField("决定日")

    class Meta:
        verbose_name = "决定"
        verbose_name_plural = "决定"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=DecisionKind.GRANT) | models.Q(reason__regex=r"\S"),
                name="entitlements_decision_reason",
                violation_error_message="不予、变更或终止的决定要写明理由",
            )
        ]
        indexes = [models.Index(fields=["elder_id", "-id"], name="entitlements_decision_elder")]


def _days() -> models.Func:
    """Both days included; empty for an award that ended before it began (``ends`` is the day
    before ``starts``)."""
    return models.Func(
        template="daterange(starts, ends + 1, '[)')", output_field=models.DateField()
    )


class Award(ElderRow):
    """待遇: what an elder enjoys from a day on. Only its end is ever written, once.

    A changed amount ends one award and starts the next, so what somebody had on a past day
    can always be read.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="awards")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="awards")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="awards")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT)
    grant = models.CharField("项目", max_length=60)
    benefit = models.CharField("待遇", max_length=120)
    plain = models.CharField("通俗说法", max_length=120)
    cite = models.CharField("依据", max_length=120)
    amount = models.BigIntegerField("数额", null=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    starts = models.DateField("起")
    ends = models.DateField("止", null=True)
    ending = models.CharField("终止原因", max_length=12, blank=True, choices=choices(ENDING_LABELS))

    class Meta:
        verbose_name = "待遇"
        verbose_name_plural = "待遇"
        constraints = [
            ExclusionConstraint(
                name="entitlements_award_once",
                expressions=[
                    ("elder_id", RangeOperators.EQUAL),
                    ("grant", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message="这位老年人在同一段时间已经享受这个项目",
            ),
            models.CheckConstraint(
                condition=models.Q(ends=None)
                | models.Q(ends__gte=models.F("starts") - timedelta(days=1)),
                name="entitlements_award_dates",
                violation_error_message="待遇的结束日期不能早于开始日期",
            ),
        ]
        indexes = [
            models.Index(fields=["code", "starts"], name="entitlements_award_place"),
            models.Index(fields=["elder_id", "starts"], name="entitlements_award_elder"),
        ]
