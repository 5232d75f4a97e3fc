"""Status facts with provenance: who certified what, from when to when, on which document."""

from __future__ import annotations

from typing import Any

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from heling.contexts.registry.domain.words import Certifier, DisabilityKind, StatusKind, choices
from heling.contexts.registry.models.people import Elder
from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet

_DISABILITY = StatusKind.DISABILITY.value


@pghistory.track(
    pghistory.UpdateEvent("before", row="OLD"),
    pghistory.DeleteEvent("deleted"),
    context_field=None,  # type: ignore[arg-type] # None is documented: no context
)
class Status(models.Model):
    """One certified fact. Both days are inclusive; ``ends`` empty means until further notice.

    A revoked row stays for ever and counts for nothing from then on; a status that simply
    ends gets an ``ends``.
    """

    elder = models.ForeignKey(
        Elder,
        on_delete=models.PROTECT,
        related_name="statuses",
        db_constraint=False,
        db_index=False,
    )
    code = DivisionCodeField("居住社区（村）")
    kind = models.CharField("类别", max_length=16, choices=choices(StatusKind))
    of_household = models.BooleanField("全家享有")
    grade = models.PositiveSmallIntegerField("残疾等级", null=True, blank=True)
    disability = models.CharField(
        "残疾类别", max_length=14, blank=True, choices=choices(DisabilityKind)
    )
    certifier = models.CharField("认定机关类别", max_length=20, choices=choices(Certifier))
    certified_by = models.CharField("认定机关", max_length=120)
    document = models.CharField("文号或证号", max_length=120)
    starts = models.DateField("起")
    ends = models.DateField("止", null=True, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    revoked_why = models.CharField("撤销理由", max_length=200, blank=True)
    demo = models.BooleanField("演示数据", default=False)
    recorded_at = models.DateTimeField("登记时间", db_default=Now())

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "身份认定"
        verbose_name_plural = "身份认定"
        indexes = [
            models.Index(fields=["elder", "code"], name="registry_status_elder"),
            models.Index(fields=["kind", "code", "elder"], name="registry_status_kind"),
        ]
        constraints = [
            ExclusionConstraint(
                name="registry_status_once",
                expressions=[
                    ("elder", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (
                        models.Func(
                            "starts",
                            "ends",
                            models.Value("[]"),
                            function="daterange",
                            output_field=models.DateField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(revoked_at=None),
                violation_error_message="这段时间里已有同类认定，请先结束或撤销原来的一条",
            ),
            models.CheckConstraint(
                condition=Q(document__regex=r"\S"),
                name="registry_status_document",
                violation_error_message="须写明认定文件的文号或证号，没有文件不能登记",
            ),
            models.CheckConstraint(
                condition=Q(certified_by__regex=r"\S"),
                name="registry_status_certifier",
                violation_error_message="须写明由哪个机关认定",
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
                name="registry_status_dates",
                violation_error_message="认定的结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                condition=Q(kind=_DISABILITY, grade__gte=1, grade__lte=4)
                | (~Q(kind=_DISABILITY) & Q(grade=None, disability="")),
                name="registry_status_grade",
                violation_error_message="残疾须写明等级（一至四级），其他类别没有等级",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_why="")
                | (Q(revoked_at__isnull=False) & Q(revoked_why__regex=r"\S")),
                name="registry_status_revoked",
                violation_error_message="撤销认定须写明理由",
            ),
        ]


StatusEvent: Any = Status.pgh_event_model  # type: ignore[attr-defined]
