"""Plans and their scenarios: texts and settings only. Nothing here is a decision."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from heling.contexts.reforms.domain.months import MOST_MONTHS
from heling.kernel.actor import Actor
from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet

MOST_SCENARIOS = 4


class PlanQuerySet(TerritoryQuerySet["Plan"]):
    elder_field = None

    def visible_to(self, actor: Actor) -> Self:
        """One's own plans, and those that colleagues of the same city share."""
        return super().visible_to(actor).filter(Q(user_id=actor.user_id) | Q(shared=True))


class Plan(models.Model):
    """推演: up to four scenarios over the same people and months.

    ``code`` is the city's (four digits: nobody below the city sees it), ``user_id`` the owner.
    ``certain``: what nobody has certified counts as not there. ``measures``: open terms are
    filled with the assumed measures. ``version`` counts saves, of the scenarios too.
    """

    code = DivisionCodeField("城市")
    user_id = models.BigIntegerField("所有人")
    owner = models.CharField("所有人", max_length=80)
    title = models.CharField("名称", max_length=60)
    first_month = models.DateField("起始月份")
    months = models.PositiveSmallIntegerField("月数", default=12)
    shared = models.BooleanField("与本市同事共享", default=False)
    certain = models.BooleanField("没有认定记录的按没有计", default=True)
    measures = models.BooleanField("用假定的实施办法补齐", default=False)
    version = models.PositiveIntegerField("版本", default=1)
    created_at = models.DateTimeField("新建时间", db_default=Now())
    updated_at = models.DateTimeField("修改时间", db_default=Now())
    updated_by = models.CharField("修改人", max_length=80)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "改革推演"
        verbose_name_plural = "改革推演"
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=MOST_MONTHS),
                name="reforms_plan_months",
                violation_error_message="月数应在 1 到 24 之间",
            ),
            models.CheckConstraint(
                condition=Q(first_month__day=1),
                name="reforms_plan_first",
                violation_error_message="起始月份应为当月首日",
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="reforms_plan_title",
                violation_error_message="请写推演的名称",
            ),
        ]
        indexes = [models.Index(fields=["code", "-updated_at"], name="reforms_plan_list")]


class Scenario(models.Model):
    """方案: one reform. ``text`` is its canonical form (docs/law/reforms.md), empty while
    nothing has been moved yet."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="scenarios")
    code = DivisionCodeField("城市")
    position = models.PositiveSmallIntegerField("序号")
    title = models.CharField("名称", max_length=40)
    text = models.TextField("方案原文", blank=True)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "方案"
        verbose_name_plural = "方案"
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "position"],
                name="reforms_scenario_once",
                violation_error_message="这个位置已有方案",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_SCENARIOS),
                name="reforms_scenario_four",
                violation_error_message="一个推演最多四个方案",
            ),
        ]
