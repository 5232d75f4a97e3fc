from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from heling.contexts.lawbook.domain.states import DRAFT, OPEN, DraftState
from heling.contexts.lawbook.models.edition import Edition
from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet


class DraftQuerySet(TerritoryQuerySet["Draft"]):
    elder_field = None


class Draft(models.Model):
    """草稿: the text of one pack of one city while it is being changed.

    ``code`` is the city's division (four digits and zeros): row-level security hides a city's
    drafts from everybody else, its own counties among them. ``version`` grows with every change:
    a form opened before somebody else's is refused. ``checked_sha256`` is the text that was
    submitted; ``report`` what was found then.
    """

    code = DivisionCodeField("城市区划")
    city = models.CharField("城市", max_length=6)
    pack = models.CharField("规则包", max_length=100)
    kind = models.CharField("种类", max_length=12)
    title = models.CharField("法规", max_length=200)
    text = models.TextField("内容")
    base = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="+", verbose_name="起草所依据的版本"
    )
    state = models.CharField(
        "状态",
        max_length=10,
        default=DraftState.DRAFT,
        choices=[(str(k), v) for k, v in DRAFT.labels.items()],
    )
    version = models.PositiveIntegerField("修改次数", default=1)
    author_id = models.BigIntegerField("起草账号")
    author_name = models.CharField("起草人", max_length=80)
    writers = ArrayField(models.BigIntegerField(), verbose_name="修改过的账号", default=list)
    last_name = models.CharField("最后修改人", max_length=80)
    note = models.TextField("修改说明", blank=True)
    checked_sha256 = models.CharField("提交时的指纹", max_length=64, blank=True)
    report = models.JSONField("检查与证明", default=dict)
    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="发布的版本"
    )
    created_at = models.DateTimeField("建立时间", db_default=Now())
    changed_at = models.DateTimeField("修改时间", db_default=Now())

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "规则草稿"
        constraints = [
            models.UniqueConstraint(
                fields=["pack"],
                condition=models.Q(state__in=[str(s) for s in OPEN]),
                name="lawbook_draft_once",
                violation_error_message="这个规则包已有一份没有办完的草稿",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DraftState.SUBMITTED) | ~models.Q(checked_sha256=""),
                name="lawbook_draft_checked",
                violation_error_message="没有检查过的草稿不能提交审定",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DraftState.PUBLISHED) | models.Q(edition__isnull=False),
                name="lawbook_draft_published",
            ),
        ]
        indexes = [models.Index(fields=["code", "state"], name="lawbook_draft_place")]
        triggers = [
            pgtrigger.FSM(name="draft_states", field="state", transitions=list(DRAFT.pairs()))
        ]


class DraftStep(models.Model):
    """One step of a draft: who, when, why, and with which text. Append-only."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="steps")
    code = DivisionCodeField("城市区划")
    step = models.CharField("步骤", max_length=12)
    state = models.CharField("状态", max_length=10)
    version = models.PositiveIntegerField("修改次数")
    sha256 = models.CharField("指纹", max_length=64)
    reason = models.TextField("说明", blank=True)
    user_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("姓名", max_length=80)
    role = models.CharField("岗位", max_length=40)
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "草稿经过"
        indexes = [models.Index(fields=["draft", "id"], name="lawbook_draftstep_of")]
