"""One roster on its way in: the batch, and its rows as they were read.

Rows hold people's numbers as typed, so they are sealed; the problems quote what was typed
and are sealed with them. When a batch is over, its rows and its file are forgotten.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models.functions import Now

from heling.kernel.machine import Machine, Step
from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet


class BatchState(StrEnum):
    CHECKING = "checking"
    CHECKED = "checked"
    UNREADABLE = "unreadable"
    WRITING = "writing"
    WRITTEN = "written"
    DROPPED = "dropped"


BATCH = Machine(
    BatchState,
    {
        BatchState.CHECKING: "正在检查",
        BatchState.CHECKED: "已检查，等待确认",
        BatchState.UNREADABLE: "文件读不了",
        BatchState.WRITING: "正在写入",
        BatchState.WRITTEN: "已写入",
        BatchState.DROPPED: "已放弃",
    },
    [
        Step("checked", (BatchState.CHECKING,), BatchState.CHECKED, "记为已检查"),
        Step("unreadable", (BatchState.CHECKING,), BatchState.UNREADABLE, "记为读不了"),
        Step("write", (BatchState.CHECKED,), BatchState.WRITING, "写入"),
        Step("written", (BatchState.WRITING,), BatchState.WRITTEN, "记为已写入"),
        Step("back", (BatchState.WRITING,), BatchState.CHECKED, "退回"),
        Step(
            "drop",
            (BatchState.CHECKING, BatchState.CHECKED, BatchState.UNREADABLE),
            BatchState.DROPPED,
            "放弃",
        ),
    ],
)


class Verdict(StrEnum):
    """What would happen to a row."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    SIMILAR = "similar"
    ERROR = "error"


VERDICTS = {
    Verdict.NEW: "新登记",
    Verdict.SAME: "已登记，内容相同",
    Verdict.CHANGED: "已登记，内容有变化",
    Verdict.SIMILAR: "可能与已有登记是同一人",
    Verdict.ERROR: "有问题，需要改正",
}


class Batch(models.Model):
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
        app_label = "registry"
        db_table = "registry_import_batch"
        verbose_name = "名册导入"
        indexes = [models.Index(fields=["code", "-created_at"], name="registry_batch_recent")]


class Row(models.Model):
    """One line of the file. ``number`` is the line as the clerk sees it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    code = DivisionCodeField("区划")
    number = models.PositiveIntegerField("行号")
    verdict = models.CharField("结论", max_length=8, choices=list(VERDICTS.items()))
    id_blind = models.BinaryField("证件号（索引）", null=True)
    elder_id = models.BigIntegerField("已有登记", null=True)
    sealed = models.BinaryField("内容（密文）")

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        app_label = "registry"
        db_table = "registry_import_row"
        verbose_name = "名册的一行"
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="registry_import_row_once")
        ]
        indexes = [
            models.Index(fields=["batch", "verdict", "number"], name="registry_import_row_list")
        ]
