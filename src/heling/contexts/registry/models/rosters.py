"""One roster on its way in: the batch, and its rows as they were read.

Rows hold people's numbers as typed, so they are sealed; the problems quote what was typed
and are sealed with them. When a batch is over, its rows and its file are forgotten.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from heling.contexts.registry.domain.rosters import BATCH, VERDICTS, BatchState
from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet


class RosterBatch(models.Model):
    """An uploaded roster. ``code`` is the acting territory of the clerk, zero-padded."""

    code = DivisionCodeField("区划")
    file_name = models.CharField("文件名", max_length=200)
    file_key = models.CharField("文件", max_length=32)
    sha256 = models.CharField("文件指纹", max_length=64)
    state = models.CharField(
        "状态",
        max_length=12,
        default=BatchState.CHECKING.value,
        choices=[(s.value, BATCH.labels[s]) for s in BatchState],
    )
    run_id = models.BigIntegerField("任务", null=True)
    counts = models.JSONField("结果", default=dict)
    problem = models.TextField("文件的问题", blank=True)
    user_id = models.BigIntegerField("上传账号", null=True)
    actor_name = models.CharField("上传人", max_length=80)
    created_at = models.DateTimeField("上传时间", db_default=Now())
    written_at = models.DateTimeField("写入时间", null=True)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        db_table = "registry_import_batch"
        verbose_name = "名册导入"
        indexes = [models.Index(fields=["code", "-created_at"], name="registry_batch_recent")]


class RosterRow(models.Model):
    """One line of the file. ``number`` is the line as the clerk sees it."""

    batch = models.ForeignKey(
        RosterBatch, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    code = DivisionCodeField("区划")
    number = models.PositiveIntegerField("行号")
    verdict = models.CharField("结论", max_length=8, choices=list(VERDICTS.items()))
    id_blind = models.BinaryField("证件号（索引）", null=True)
    elder_id = models.BigIntegerField("已有登记", null=True)
    sealed = models.BinaryField("内容（密文）")

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        db_table = "registry_import_row"
        verbose_name = "名册的一行"
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="registry_import_row_once")
        ]
        indexes = [
            models.Index(fields=["batch", "verdict", "number"], name="registry_import_row_list")
        ]
