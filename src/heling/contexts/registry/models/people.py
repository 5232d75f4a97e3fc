"""Households, elders and those who owe them support.

``code`` (the 12-digit community of residence) stands on every row about a person. In the
database it cannot drift: an elder's ``(household, code)`` and every other row's
``(elder, code)`` are foreign keys, and a move cascades (migration 0001).
"""

from __future__ import annotations

import uuid
from typing import Any, Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from heling.contexts.registry.domain.states import ELDER, ElderState
from heling.contexts.registry.domain.words import (
    Education,
    Lives,
    Living,
    Marital,
    Relation,
    Sex,
    choices,
)
from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet


class HouseholdQuerySet(TerritoryQuerySet["Household"]):
    elder_field = "elders__id"


class Household(models.Model):
    """The people behind one door. ``code`` never changes: who moves, gets another household."""

    code = DivisionCodeField("居住社区（村）")
    address = models.CharField("地址", max_length=200, blank=True)
    address_key = models.CharField("地址（比对用）", max_length=200, blank=True, db_collation="C")
    demo = models.BooleanField("演示数据", default=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "户"
        constraints = [
            models.UniqueConstraint(fields=["code", "id"], name="registry_household_place"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[1-9]\d{11}$"),
                name="registry_household_code",
                violation_error_message="居住地应精确到社区（村），区划代码为 12 位数字",
            ),
        ]
        indexes = [models.Index(fields=["code", "address_key"], name="registry_household_door")]


class ElderQuerySet(TerritoryQuerySet["Elder"]):
    """Elders. Remembers the bounds of division codes that it was narrowed to, by
    ``visible_to`` and by a filter for a division: a sub-query over another table needs the
    same bounds, or it reads the whole city's index for one street."""

    elder_field = "id"
    bounds: tuple[str, str] = ("", "~")

    def filter(self, *args: Any, **kwargs: Any) -> Self:
        rows = super().filter(*args, **kwargs)
        if "code__gte" in kwargs and "code__lt" in kwargs:
            low, high = self.bounds
            rows.bounds = (max(low, kwargs["code__gte"]), min(high, kwargs["code__lt"]))
        return rows

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc] # not in the stubs
        clone.bounds = self.bounds
        return clone


def same_bounds(rows: models.QuerySet[Elder]) -> Q:
    """The condition on ``code`` that puts a sub-query into the bounds of these elders."""
    low, high = getattr(rows, "bounds", ElderQuerySet.bounds)
    return Q(code__gte=low, code__lt=high)


@pghistory.track(
    pghistory.UpdateEvent("before", row="OLD"),
    pghistory.DeleteEvent("deleted"),
    context_field=None,  # type: ignore[arg-type] # None is documented: no context
)
class Elder(models.Model):
    """One elder. Numbers that identify or pay are sealed; only their masks are readable.

    ``uid`` binds the sealed values to this row. ``version`` counts saves: a form that was
    opened on an older version is refused.
    """

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        related_name="elders",
        verbose_name="户",
        db_constraint=False,  # the composite key with ``code`` stands in its place
        db_index=False,
    )
    code = DivisionCodeField("居住社区（村）")
    name = models.CharField("姓名", max_length=60)
    pinyin = models.CharField("拼音", max_length=200, blank=True, db_collation="C")
    initials = models.CharField("拼音首字母", max_length=40, blank=True, db_collation="C")
    sex = models.CharField("性别", max_length=6, choices=choices(Sex))
    birth = models.DateField("出生日期")
    id_sealed = models.BinaryField("证件号（密文）")
    id_blind = models.BinaryField("证件号（索引）")
    id_masked = models.CharField("证件号", max_length=18)
    phone_sealed = models.BinaryField("电话（密文）", null=True, blank=True)
    phone_masked = models.CharField("电话", max_length=20, blank=True)
    bank_sealed = models.BinaryField("银行卡（密文）", null=True, blank=True)
    bank_tail = models.CharField("银行卡尾号", max_length=4, blank=True)
    bank_name = models.CharField("开户银行", max_length=60, blank=True)
    hukou_code = DivisionCodeField("户籍地")
    hukou_name = models.CharField("户籍地名称", max_length=160, blank=True)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    religion = models.CharField("宗教信仰", max_length=20, blank=True)
    education = models.CharField("文化程度", max_length=12, blank=True, choices=choices(Education))
    marital = models.CharField("婚姻状况", max_length=10, blank=True, choices=choices(Marital))
    living = models.CharField("居住情况", max_length=14, blank=True, choices=choices(Living))
    medical = ArrayField(models.CharField(max_length=16), verbose_name="医疗支付", default=list)
    incomes = ArrayField(models.CharField(max_length=12), verbose_name="经济来源", default=list)
    diagnoses = ArrayField(models.CharField(max_length=12), verbose_name="疾病诊断", default=list)
    no_supporters = models.BooleanField("经核实无赡养人、扶养人", default=False)
    state = models.CharField(
        "状态", max_length=12, choices=choices(ElderState), default=ElderState.ACTIVE.value
    )
    died_on = models.DateField("去世日期", null=True, blank=True)
    left_on = models.DateField("迁出日期", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name="合并到"
    )
    version = models.PositiveIntegerField("版本", default=1)
    demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("登记时间", db_default=Now())

    objects = ElderQuerySet.as_manager()

    class Meta:
        verbose_name = "老年人"
        verbose_name_plural = "老年人"
        triggers = [
            pgtrigger.FSM(name="elder_state", field="state", transitions=list(ELDER.pairs()))
        ]
        constraints = [
            # Also the list page's index and the target of every other row's (elder, code).
            models.UniqueConstraint(fields=["code", "id"], name="registry_elder_place"),
            models.UniqueConstraint(
                fields=["id_blind"],
                condition=~Q(state=ElderState.MERGED.value),
                name="registry_elder_once",
                violation_error_message="该证件已在本市登记，请联系区县民政核实",
            ),
            models.CheckConstraint(
                condition=Q(hukou_code__regex=r"^[1-9]\d{11}$"),
                name="registry_elder_hukou",
                violation_error_message="户籍地区划代码应为 12 位数字（不足的补 0）",
            ),
            models.CheckConstraint(
                condition=Q(sex__in=[s.value for s in Sex]),
                name="registry_elder_sex",
                violation_error_message="性别应为男或女",
            ),
            models.CheckConstraint(
                condition=Q(state=ElderState.DECEASED.value, died_on__isnull=False)
                | (~Q(state=ElderState.DECEASED.value) & Q(died_on=None)),
                name="registry_elder_death",
                violation_error_message="登记去世须写明日期；在册的人不能有去世日期",
            ),
            models.CheckConstraint(
                condition=Q(died_on=None) | Q(died_on__gte=F("birth")),
                name="registry_elder_life",
                violation_error_message="去世日期不能早于出生日期",
            ),
            models.CheckConstraint(
                condition=~Q(state=ElderState.MOVED_AWAY.value) | Q(left_on__isnull=False),
                name="registry_elder_left",
                violation_error_message="登记迁出须写明日期",
            ),
            models.CheckConstraint(
                condition=Q(state=ElderState.MERGED.value, merged_into__isnull=False)
                | (~Q(state=ElderState.MERGED.value) & Q(merged_into=None)),
                name="registry_elder_merged",
                violation_error_message="已合并的登记须指明合并到哪一位",
            ),
        ]
        indexes = [
            models.Index(fields=["household"], name="registry_elder_household"),
            models.Index(fields=["pinyin", "id"], name="registry_elder_pinyin"),
        ]


# Made by pghistory from the class above: the row as it was before each change.
ElderEvent: Any = Elder.pgh_event_model  # type: ignore[attr-defined]


@pghistory.track(
    pghistory.UpdateEvent("before", row="OLD"),
    pghistory.DeleteEvent("deleted"),
    context_field=None,  # type: ignore[arg-type] # None is documented: no context
)
class Supporter(models.Model):
    """赡养人/扶养人. ``absent`` is 长期不在身边 (Ningbo art. 45(4)), None while 未核实."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    elder = models.ForeignKey(
        Elder,
        on_delete=models.PROTECT,
        related_name="supporters",
        db_constraint=False,
        db_index=False,
    )
    code = DivisionCodeField("居住社区（村）")
    name = models.CharField("姓名", max_length=60)
    relation = models.CharField("关系", max_length=12, choices=choices(Relation))
    phone_sealed = models.BinaryField("电话（密文）", null=True, blank=True)
    phone_masked = models.CharField("电话", max_length=20, blank=True)
    lives = models.CharField("居住地", max_length=10, choices=choices(Lives))
    absent = models.BooleanField("长期不在身边", null=True)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "赡养人、扶养人"
        indexes = [models.Index(fields=["elder", "code"], name="registry_supporter_elder")]
        constraints = [
            models.CheckConstraint(
                # IS FALSE, not NOT: a check passes on NULL.
                condition=~Q(lives=Lives.HOUSEHOLD.value) | Q(absent__isnull=False, absent=False),
                name="registry_supporter_absent",
                violation_error_message="同住的赡养人就在身边，不能登记为长期不在身边或者未核实",
            ),
        ]


SupporterEvent: Any = Supporter.pgh_event_model  # type: ignore[attr-defined]
