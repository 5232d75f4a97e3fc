from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from heling.contexts.entitlements.domain.objections import (
    CANDIDATE,
    CAUSE_LABELS,
    LIVE_CANDIDATES,
    CandidateState,
)
from heling.contexts.entitlements.models.base import ElderRow, Signed, choices


class Determination(ElderRow, Signed):
    """认定: what the law of one city gave one elder on one day. Never changed.

    ``law`` is the engine's own JSON (grants, reasons, receipt); ``provenance`` says who
    certified each fact. From the receipt inside ``law`` the answer is computed again and
    must have the same ``digest``.
    """

    city = models.CharField("城市", max_length=6)
    on = models.DateField("认定日")
    cause = models.CharField("起因", max_length=12, choices=choices(CAUSE_LABELS))
    law = models.JSONField("认定结果")
    provenance = models.JSONField("事实来源")
    engine = models.CharField("规则引擎", max_length=60)
    digest = models.CharField("结果指纹", max_length=64)

    class Meta:
        verbose_name = "认定"
        verbose_name_plural = "认定"
        indexes = [models.Index(fields=["elder_id", "-on"], name="entitlements_determination_of")]


class Due(ElderRow):
    """重新认定待办: something changed (or an age is reached) that may change the result.

    One open row per elder and cause; ``entry_id`` is the last journal entry that asked.
    """

    cause = models.CharField("起因", max_length=12, choices=choices(CAUSE_LABELS))
    since = models.DateField("变化日")
    due_on = models.DateField("最迟办理日")
    entry_id = models.BigIntegerField("业务日志", null=True)
    determination = models.ForeignKey(
        Determination, on_delete=models.PROTECT, null=True, verbose_name="新的认定"
    )
    done_at = models.DateTimeField("办结时间", null=True)
    note = models.CharField("结果", max_length=200, blank=True)

    class Meta:
        verbose_name = "重新认定待办"
        constraints = [
            models.UniqueConstraint(
                fields=["elder_id", "cause"],
                condition=models.Q(done_at=None),
                name="entitlements_due_once",
                violation_error_message="这位老年人已有同样起因的重新认定待办",
            ),
            models.UniqueConstraint(
                fields=["entry_id"],
                condition=models.Q(entry_id__isnull=False),
                name="entitlements_due_entry_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["code", "due_on"],
                condition=models.Q(done_at=None),
                name="entitlements_due_open",
            ),
            models.Index(fields=["elder_id"], name="entitlements_due_elder"),
        ]


class Candidate(ElderRow):
    """免申即享: registered facts say that this elder has a right that nobody has claimed yet."""

    city = models.CharField("城市", max_length=6)
    grant = models.CharField("项目", max_length=60)
    benefit = models.CharField("待遇", max_length=120)
    amount = models.BigIntegerField("数额", null=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    on = models.DateField("认定日")
    run_id = models.BigIntegerField("发现任务", null=True)
    state = models.CharField(
        "状态", max_length=12, default=CandidateState.FOUND, choices=choices(CANDIDATE.labels)
    )
    application_id = models.BigIntegerField("申请", null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    found_at = models.DateTimeField("发现时间", db_default=Now())
    household_id = models.BigIntegerField("户", null=True)

    class Meta:
        verbose_name = "免申即享对象"
        verbose_name_plural = "免申即享对象"
        constraints = [
            models.UniqueConstraint(
                fields=["elder_id", "grant"],
                condition=models.Q(state__in=[str(s) for s in LIVE_CANDIDATES]),
                name="entitlements_candidate_once",
                violation_error_message="这位老年人的这个项目已在名单中",
            ),
            models.UniqueConstraint(
                fields=["household_id", "grant"],
                condition=models.Q(state__in=[str(s) for s in LIVE_CANDIDATES]),
                name="entitlements_candidate_once_a_household",
                violation_error_message="这一户的这个项目已在名单中",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=CandidateState.DISMISSED) | ~models.Q(note=""),
                name="entitlements_candidate_dismissed_reason",
                violation_error_message="移出名单要写明原因",
            ),
        ]
        indexes = [
            models.Index(fields=["code", "state", "grant"], name="entitlements_candidate_list"),
            models.Index(fields=["elder_id"], name="entitlements_candidate_elder"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="candidate_states", field="state", transitions=list(CANDIDATE.pairs())
            )
        ]
