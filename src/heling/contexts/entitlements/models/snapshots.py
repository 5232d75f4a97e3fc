from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet


class SnapshotQuerySet(TerritoryQuerySet["Snapshot"]):
    elder_field = None


class Snapshot(models.Model):
    """人口快照: the facts of a city's elders on one day, as columns in a sealed file.

    ``code`` is the city's (four digits, so that nobody below the city sees it). ``place`` is the
    position in the journal: every change that an older transaction recorded is in it.
    ``reread``: how many elders were read anew, of a refreshed one; None of a full one.
    """

    code = DivisionCodeField("城市")
    as_of = models.DateField("事实日")
    place = models.BigIntegerField("业务日志位置")
    people = models.PositiveIntegerField("人数")
    reread = models.PositiveIntegerField("重新读取", null=True)
    file_key = models.CharField("文件", max_length=32)
    file_size = models.BigIntegerField("字节")
    sha256 = models.CharField("指纹", max_length=64)
    created_at = models.DateTimeField("生成时间", db_default=Now())

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = "人口快照"
        verbose_name_plural = "人口快照"
        ordering = ["code", "-pk"]
        indexes = [models.Index(fields=["code", "-id"], name="entitlements_snapshot_latest")]
