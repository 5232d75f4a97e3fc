from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from heling.contexts.entitlements.domain.objections import OUTCOME_LABELS
from heling.contexts.entitlements.models.base import ElderRow, choices


class Roll(models.Model):
    """应享名册: one bringing up to date of what the law gives everybody in a city. Append-only.

    ``changed``: rows written, of ``people``; ``gone``: rows of those who are no longer on the
    register; ``packs``: id and hash of the rules.
    """

    city = models.CharField("城市", max_length=6)
    on = models.DateField("认定日")
    snapshot_id = models.BigIntegerField("人口快照")
    people = models.PositiveIntegerField("人数")
    changed = models.PositiveIntegerField("变化")
    gone = models.PositiveIntegerField("移出")
    situations = models.PositiveIntegerField("情形")
    packs = models.JSONField("规则包")
    made_at = models.DateTimeField("生成时间", db_default=Now())

    class Meta:
        verbose_name = "应享名册"
        verbose_name_plural = "应享名册"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["city", "-id"], name="entitlements_roll_latest")]


class Explanation(models.Model):
    """One right explained, for everybody whom the law tells the same: no person's data.

    ``law`` is the engine's result, with a mark where a reason names an age. Append-only.
    """

    city = models.CharField("城市", max_length=6)
    digest = models.CharField("指纹", max_length=64)
    grant = models.CharField("项目", max_length=60)
    outcome = models.CharField("结果", max_length=10, choices=choices(OUTCOME_LABELS))
    law = models.JSONField("认定结果")

    class Meta:
        verbose_name = "认定说明"
        verbose_name_plural = "认定说明"
        constraints = [
            models.UniqueConstraint(fields=["city", "digest"], name="entitlements_explanation_once")
        ]
        indexes = [models.Index(fields=["city", "grant", "outcome"], name="entitlements_explained")]


class Situation(models.Model):
    """What the law tells everybody in one situation: an explanation for each right, in the order
    of the packs. ``ages`` names the dates whose ages they leave blank. Append-only."""

    city = models.CharField("城市", max_length=6)
    digest = models.CharField("指纹", max_length=64)
    explanations = ArrayField(models.BigIntegerField(), verbose_name="说明")
    ages = ArrayField(models.CharField(max_length=60), verbose_name="年龄")

    class Meta:
        verbose_name = "认定情形"
        verbose_name_plural = "认定情形"
        constraints = [
            models.UniqueConstraint(fields=["city", "digest"], name="entitlements_situation_once")
        ]
        indexes = [GinIndex(fields=["explanations"], name="entitlements_situation_of")]


class RollRow(ElderRow):
    """The situation that an elder is in, and since which day of reckoning."""

    situation = models.ForeignKey(Situation, on_delete=models.PROTECT, related_name="rows")
    since = models.DateField("自")

    class Meta:
        verbose_name = "应享名册行"
        verbose_name_plural = "应享名册行"
        constraints = [
            models.UniqueConstraint(
                fields=["elder_id"],
                name="entitlements_roll_elder",
                violation_error_message="这位老年人已在名册中",
            )
        ]
        indexes = [
            models.Index(fields=["code", "id"], name="entitlements_roll_place"),
            models.Index(fields=["code", "situation"], name="entitlements_roll_counts"),
        ]
