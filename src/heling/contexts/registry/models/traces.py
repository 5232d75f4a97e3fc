"""What remains of changes, and the index by which people are found."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from heling.contexts.registry.domain.states import ElderState
from heling.contexts.registry.domain.words import choices
from heling.contexts.registry.models.people import Elder
from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet


class Transition(models.Model):
    """One change of an elder's state: who, when, from which day, why. Append-only."""

    elder = models.ForeignKey(
        Elder, on_delete=models.PROTECT, related_name="transitions", db_index=False
    )
    code = DivisionCodeField("当时的社区（村）")
    step = models.CharField("办理", max_length=20)
    state = models.CharField("之后的状态", max_length=12, choices=choices(ElderState))
    on = models.DateField("发生日期")
    reason = models.CharField("说明", max_length=200)
    at = models.DateTimeField("登记时间", db_default=Now())
    user_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("登记人", max_length=80)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "状态变更"
        indexes = [models.Index(fields=["elder", "-at"], name="registry_transition_elder")]


class Merge(models.Model):
    """Two registrations of one person became one. ``moved`` names the rows that changed hands."""

    kept = models.ForeignKey(Elder, on_delete=models.PROTECT, related_name="merges")
    merged = models.OneToOneField(Elder, on_delete=models.PROTECT, related_name="merge")
    code = DivisionCodeField("当时的社区（村）")
    reason = models.CharField("理由", max_length=200)
    moved = models.JSONField("转移的记录")
    at = models.DateTimeField("合并时间", db_default=Now())
    user_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("合并人", max_length=80)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "合并记录"


class TokenQuerySet(TerritoryQuerySet["ElderToken"]):
    pass


class ElderToken(models.Model):
    """One keyed fingerprint of a text under which an elder is found.

    A side table searched by equality keeps its index under row-level security, where a
    pattern search would not (shared/trust.md A3: 0.3–0.45 ms at every scope).
    """

    pk = models.CompositePrimaryKey("elder_id", "token")
    elder = models.ForeignKey(
        Elder, on_delete=models.CASCADE, related_name="tokens", db_constraint=False, db_index=False
    )
    token = models.BinaryField("索引值")
    code = DivisionCodeField("居住社区（村）")

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = "检索索引"
        indexes = [models.Index(fields=["token", "code", "elder"], name="registry_token_search")]
