from __future__ import annotations

import pgtrigger
from django.db import models

from heling.contexts.entitlements.domain.months import CYCLE, CycleState
from heling.contexts.entitlements.models.base import ElderRow, Signed, choices
from heling.contexts.entitlements.models.outcome import Award
from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet


class CycleQuerySet(TerritoryQuerySet["Cycle"]):
    elder_field = None


class Cycle(Signed):
    """月度名册: who enjoyed what in one month in one territory. Sealed, it never changes."""

    month = models.DateField("月份（首日）")
    code = DivisionCodeField("范围")
    state = models.CharField(
        "状态", max_length=8, default=CycleState.OPEN, choices=choices(CYCLE.labels)
    )
    size = models.PositiveIntegerField("条数", default=0)
    digest = models.CharField("内容指纹", max_length=64, blank=True)
    drawn_at = models.DateTimeField("最近编制时间", null=True)
    closed_at = models.DateTimeField("封存时间", null=True)
    closed_by = models.CharField("封存人", max_length=80, blank=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = "月度名册"
        verbose_name_plural = "月度名册"
        ordering = ["-month", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "code"],
                name="entitlements_cycle_once",
                violation_error_message="这个月的名册已经编制",
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1),
                name="entitlements_cycle_month",
                violation_error_message="月份应为当月首日",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="cycle_states", field="state", transitions=list(CYCLE.pairs()))
        ]


class Line(ElderRow):
    """One award in one month, copied: nothing here is looked up later."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="lines")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="+")
    decision_id = models.BigIntegerField("决定")
    determination_id = models.BigIntegerField("认定")
    grant = models.CharField("项目", max_length=60)
    benefit = models.CharField("待遇", max_length=120)
    cite = models.CharField("依据", max_length=120)
    amount = models.BigIntegerField("数额", null=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    starts = models.DateField("当月起")
    ends = models.DateField("当月止")

    class Meta:
        verbose_name = "月度名册条目"
        verbose_name_plural = "月度名册条目"
        ordering = ["code", "elder_id", "grant", "starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "award"],
                name="entitlements_line_once",
                violation_error_message="这项待遇在本月名册中已有一条",
            )
        ]
        indexes = [models.Index(fields=["cycle", "code"], name="entitlements_line_place")]
