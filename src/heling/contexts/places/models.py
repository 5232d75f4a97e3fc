from __future__ import annotations

from django.db import models

from heling.contexts.places.domain import BODY_LABELS, KIND_LABELS, BodyKind, Kind, Level
from heling.kernel.actor import Actor
from heling.kernel.identifiers import Territory
from heling.platform.access.querysets import DivisionCodeField


class DivisionQuerySet(models.QuerySet["Division"]):
    def within(self, territory: Territory) -> DivisionQuerySet:
        """The node itself and everything below it."""
        return self.filter(code__gte=territory.lo, code__lt=territory.hi)

    def visible_to(self, actor: Actor) -> DivisionQuerySet:
        """Divisions are public; an official is offered those of the acting territory."""
        return self.within(actor.territory) if actor.territory else self.all()


class Division(models.Model):
    """A node of the division tree. ``code`` is the path: 4, 6, 9 or 12 significant digits."""

    code = DivisionCodeField("区划代码", primary_key=True)
    name = models.CharField("名称", max_length=60)
    full_name = models.CharField("全称", max_length=160)
    pinyin = models.CharField("拼音", max_length=200, db_collation="C")
    level = models.CharField("层级", max_length=1, choices=[(v, v) for v in Level])
    kind = models.CharField("类别", max_length=10, choices=list(KIND_LABELS.items()))
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="children", verbose_name="上级"
    )
    source = models.CharField("来源", max_length=120)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = "行政区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$"),
                name="places_division_code",
                violation_error_message="区划代码应为 2、4、6、9 或 12 位数字",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=list(Kind)), name="places_division_kind"
            ),
        ]

    @property
    def territory(self) -> Territory:
        return Territory(self.code)


class Body(models.Model):
    """A body that works for a division: a bureau, a street office, a committee."""

    division = models.ForeignKey(Division, on_delete=models.PROTECT, verbose_name="区划")
    kind = models.CharField("类别", max_length=20, choices=list(BODY_LABELS.items()))
    name = models.CharField("名称", max_length=120)
    phone = models.CharField("电话", max_length=30, blank=True)
    demo = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = "机构"
        verbose_name_plural = "机构"
        ordering = ["division_id", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "kind"],
                name="places_body_once",
                violation_error_message="这个区划已有同类机构",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=list(BodyKind)), name="places_body_kind"
            ),
        ]
