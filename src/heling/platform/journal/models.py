from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet


class Who(models.Model):
    """Who did it, in which role, for which territory: columns shared by both logs."""

    at = models.DateTimeField("时间", db_default=Now())
    user_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("姓名", max_length=80)
    role = models.CharField("岗位", max_length=40)
    staff_session = models.BigIntegerField("平台人员会话", null=True)
    request_id = models.CharField("请求号", max_length=32, blank=True)
    code = DivisionCodeField("区划", blank=True)
    elder_id = models.BigIntegerField("老年人", null=True)

    class Meta:
        abstract = True


class Entry(Who):
    """One thing that happened. Never changed, never deleted (trigger and grants).

    ``xid`` orders delivery: a reader takes only rows of transactions older than every
    running one, so a late committer is never skipped (shared/emergency.md, verdict 8).
    """

    xid = models.BigIntegerField(
        db_default=models.Func(
            function="pg_current_xact_id",
            template="(%(function)s()::text::bigint)",
            output_field=models.BigIntegerField(),
        )
    )
    kind = models.CharField("事件", max_length=80)
    subject = models.CharField("对象", max_length=60, blank=True)
    subject_id = models.BigIntegerField("对象编号", null=True)
    payload = models.JSONField("内容")

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "业务日志"
        indexes = [
            models.Index(fields=["xid", "id"], name="journal_entry_delivery"),
            models.Index(fields=["elder_id", "-at"], name="journal_entry_elder"),
            models.Index(fields=["subject", "subject_id", "-at"], name="journal_entry_subject"),
            models.Index(fields=["code", "-at"], name="journal_entry_territory"),
        ]


class Reading(Who):
    """Somebody looked at sensitive fields of somebody: what, and for what purpose."""

    purpose = models.CharField("目的", max_length=200)
    fields = models.JSONField("查看的字段")

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "查看记录"
        indexes = [
            models.Index(fields=["elder_id", "-at"], name="journal_reading_elder"),
            models.Index(fields=["user_id", "-at"], name="journal_reading_user"),
        ]


class Subscription(models.Model):
    """How far one handler has read. One row per handler, locked while it works."""

    name = models.CharField(max_length=120, primary_key=True)
    xid = models.BigIntegerField(default=0)
    entry_id = models.BigIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)

    class Meta:
        verbose_name = "订阅进度"
