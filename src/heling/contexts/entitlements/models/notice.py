from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from heling.contexts.entitlements.domain.objections import (
    OBJECTION,
    OBJECTION_CHANNELS,
    ObjectionState,
)
from heling.contexts.entitlements.models.base import ElderRow, Signed, choices
from heling.contexts.entitlements.models.case import Application, Item
from heling.platform.access.querysets import DivisionCodeField


class Notice(Signed):
    """公示: one batch put before the public. Holds nothing about a single person."""

    number = models.CharField("编号", max_length=40, unique=True)
    code = DivisionCodeField("公示范围")
    place = models.CharField("地区", max_length=160)
    city = models.CharField("城市", max_length=6)
    published_on = models.DateField("发布日")
    starts = models.DateField("公示起")
    ends = models.DateField("公示止")
    term = models.CharField("公示期", max_length=20)
    unverified = models.BooleanField("期限待核实")
    source = models.CharField("期限来源", max_length=200)
    body_name = models.CharField("受理异议的机构", max_length=120)
    body_phone = models.CharField("电话", max_length=30, blank=True)
    size = models.PositiveIntegerField("人次")

    class Meta:
        verbose_name = "公示"
        verbose_name_plural = "公示"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__gte=models.F("starts")),
                name="entitlements_notice_days",
                violation_error_message="公示截止日不能早于起始日",
            )
        ]
        indexes = [models.Index(fields=["-starts"], name="entitlements_notice_recent")]


class NoticeLine(models.Model):
    """What the public reads about one item. By design there is no way from here to a person:
    the link is in :class:`Entry`, behind row-level security."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField("序号")
    name = models.CharField("姓名（隐去部分）", max_length=40)
    community = models.CharField("社区（村）", max_length=60)
    category = models.CharField("项目", max_length=60)

    class Meta:
        verbose_name = "公示名单"
        verbose_name_plural = "公示名单"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "position"], name="entitlements_notice_position"
            )
        ]


class Entry(ElderRow):
    """Which case stands behind a public line. Append-only."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="entries")
    line = models.OneToOneField(NoticeLine, on_delete=models.PROTECT, related_name="entry")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="entries")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "公示对应"
        verbose_name_plural = "公示对应"
        indexes = [models.Index(fields=["elder_id"], name="entitlements_entry_elder")]


class Objection(ElderRow):
    """异议. Who objects and what they say is sealed: it may name third persons and illness."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="objections"
    )
    channel = models.CharField("渠道", max_length=10, choices=choices(OBJECTION_CHANNELS))
    objector_sealed = models.BinaryField("提出人")
    contact_sealed = models.BinaryField("联系方式")
    content_sealed = models.BinaryField("内容")
    state = models.CharField(
        "状态",
        max_length=10,
        default=ObjectionState.OPEN,
        choices=choices(OBJECTION.labels),
    )
    raised_at = models.DateTimeField("提出时间", db_default=Now())
    due_on = models.DateField("最迟答复日")
    handled_by = models.BigIntegerField("处理账号", null=True)
    handler_name = models.CharField("处理人", max_length=80, blank=True)
    handled_at = models.DateTimeField("处理时间", null=True)
    reason = models.TextField("处理理由", blank=True)

    class Meta:
        verbose_name = "异议"
        verbose_name_plural = "异议"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=ObjectionState.OPEN) | models.Q(reason__regex=r"\S"),
                name="entitlements_objection_reason",
                violation_error_message="处理异议要写明理由",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ObjectionState.OPEN) | models.Q(handled_at__isnull=False),
                name="entitlements_objection_handled",
            ),
        ]
        indexes = [
            models.Index(fields=["code", "state", "due_on"], name="entitlements_objection_tasks"),
            models.Index(fields=["elder_id"], name="entitlements_objection_elder"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="objection_states", field="state", transitions=list(OBJECTION.pairs())
            )
        ]
