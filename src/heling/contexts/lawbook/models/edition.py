from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from heling.contexts.lawbook.domain.states import ORIGIN_LABELS, Origin


def _is_its_hash(content: str) -> models.Func:
    """Holds when the column ``sha256`` is that of ``content``: not even a restored dump may
    give a version another text."""
    return models.Func(
        template=f"sha256 = encode(sha256(convert_to({content}, 'UTF8')), 'hex')",
        output_field=models.BooleanField(),
    )


def _approved_by_another() -> models.Func:
    return models.Func(
        template="approver_id <> author_id and not (approver_id = any (writers))",
        output_field=models.BooleanField(),
    )


class Text(models.Model):
    """法规原文, as it was when a rule was built on it. Append-only."""

    sha256 = models.CharField("指纹", max_length=64, primary_key=True)
    name = models.CharField("文件名", max_length=200)
    title = models.CharField("名称", max_length=200)
    content = models.TextField("原文")
    kept_at = models.DateTimeField("存档时间", db_default=Now())

    class Meta:
        verbose_name = "法规原文"
        constraints = [
            models.CheckConstraint(
                condition=_is_its_hash("content"),
                name="lawbook_text_hash",
                violation_error_message="法规原文与指纹不一致",
            )
        ]


class Edition(models.Model):
    """规则版本: one pack as it was released with the software, or published by its city.

    Public law: no row-level security, readable by all, changed by nobody (append-only).
    ``effective_from``: it applies to determinations for this day and later. ``known_from``: when
    the system learned it. ``city`` is empty for a national pack. ``writers`` are all accounts
    that ever saved its draft; ``report`` what was checked and proved when it was approved.
    """

    pack = models.CharField("规则包", max_length=100)
    number = models.PositiveIntegerField("版次")
    kind = models.CharField("种类", max_length=12)
    city = models.CharField("城市", max_length=6, blank=True)
    title = models.CharField("法规", max_length=200)
    content = models.TextField("内容")
    sha256 = models.CharField("指纹", max_length=64)
    text = models.ForeignKey(
        Text, on_delete=models.PROTECT, null=True, related_name="editions", verbose_name="法规原文"
    )
    text_name = models.CharField("原文文件名", max_length=200, blank=True)
    origin = models.CharField(
        "来源", max_length=10, choices=[(str(k), v) for k, v in ORIGIN_LABELS.items()]
    )
    effective_from = models.DateField("适用起始日")
    known_from = models.DateTimeField("知悉时间")
    author_id = models.BigIntegerField("起草账号", null=True)
    author_name = models.CharField("起草人", max_length=80, blank=True)
    approver_id = models.BigIntegerField("审定账号", null=True)
    approver_name = models.CharField("审定人", max_length=80, blank=True)
    writers = ArrayField(models.BigIntegerField(), verbose_name="修改过草稿的账号", default=list)
    reason = models.TextField("理由", blank=True)
    report = models.JSONField("检查与证明", default=dict)

    class Meta:
        verbose_name = "规则版本"
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "number"],
                name="lawbook_edition_number",
                violation_error_message="刚才有人登记了这个规则包的同一版次",
            ),
            models.UniqueConstraint(
                fields=["pack", "known_from"],
                name="lawbook_edition_known_once",
                violation_error_message="同一规则包的两个版本不能同时知悉",
            ),
            models.CheckConstraint(
                condition=_is_its_hash("content"),
                name="lawbook_edition_hash",
                violation_error_message="规则版本的内容与指纹不一致",
            ),
            models.CheckConstraint(
                condition=models.Q(origin=Origin.RELEASED)
                | models.Q(author_id__isnull=False, approver_id__isnull=False, reason__regex=r"\S"),
                name="lawbook_edition_signed",
                violation_error_message="发布规则版本要有起草人、审定人和理由",
            ),
            models.CheckConstraint(
                condition=models.Q(origin=Origin.RELEASED) | models.Q(_approved_by_another()),
                name="lawbook_edition_four_eyes",
                violation_error_message="起草或者修改过这份草稿的人不能审定它",
            ),
        ]
        indexes = [
            models.Index(fields=["city", "origin", "known_from"], name="lawbook_edition_city"),
            models.Index(fields=["sha256"], name="lawbook_edition_sha"),
        ]

    @property
    def by_city(self) -> bool:
        return self.origin == Origin.PUBLISHED

    @property
    def raw(self) -> bytes:
        return self.content.encode()
