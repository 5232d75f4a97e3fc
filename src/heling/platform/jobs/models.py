from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models.functions import Now

from heling.kernel.machine import Machine, Step


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


RUN = Machine(
    RunState,
    {
        RunState.WAITING: "排队中",
        RunState.RUNNING: "进行中",
        RunState.DONE: "已完成",
        RunState.FAILED: "未成功",
        RunState.CANCELLED: "已取消",
    },
    [
        Step("begin", (RunState.WAITING, RunState.RUNNING), RunState.RUNNING, "开始"),
        Step("finish", (RunState.RUNNING,), RunState.DONE, "完成"),
        Step("fail", (RunState.WAITING, RunState.RUNNING), RunState.FAILED, "记为未成功"),
        Step("cancel", (RunState.WAITING, RunState.RUNNING), RunState.CANCELLED, "取消"),
    ],
)


class Run(models.Model):
    """One execution of a job: what a progress page shows."""

    job = models.CharField("任务", max_length=80)
    title = models.CharField("名称", max_length=120)
    state = models.CharField(
        "状态",
        max_length=12,
        default=RunState.WAITING,
        choices=[(s, RUN.labels[s]) for s in RunState],
    )
    arguments = models.JSONField("参数", default=dict)
    done = models.BigIntegerField("已处理", default=0)
    total = models.BigIntegerField("总数", null=True)
    result = models.JSONField("结果", null=True)
    message = models.TextField("说明", blank=True)
    cancel_requested = models.BooleanField("要求取消", default=False)
    user_id = models.BigIntegerField("发起账号", null=True)
    actor = models.JSONField("发起身份")
    created_at = models.DateTimeField("发起时间", db_default=Now())
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "后台任务"
        indexes = [models.Index(fields=["user_id", "-created_at"], name="jobs_run_mine")]

    @property
    def percent(self) -> int | None:
        return None if not self.total else min(100, self.done * 100 // self.total)

    @property
    def over(self) -> bool:
        return self.state in {RunState.DONE, RunState.FAILED, RunState.CANCELLED}


class Slot(models.Model):
    """One day on which a scheduled job was to run, and its last run. See schedules.py."""

    job = models.CharField("任务", max_length=80)
    day = models.DateField("应运行日")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+")
    tries = models.PositiveSmallIntegerField("已试次数", default=0)

    class Meta:
        verbose_name = "定时任务"
        constraints = [models.UniqueConstraint(fields=["job", "day"], name="jobs_slot_once")]
