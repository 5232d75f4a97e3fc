from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class SavedView(models.Model):
    """A person's own name for a query string of a list. Seen by its owner only."""

    user_id = models.BigIntegerField("账号")
    list = models.CharField("列表", max_length=80)
    name = models.CharField("名称", max_length=30)
    query = models.TextField("条件", blank=True)
    created_at = models.DateTimeField("保存时间", db_default=Now())

    class Meta:
        verbose_name = "常用视图"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "list", "name"],
                name="lists_view_once",
                violation_error_message="您已有同名的常用视图",
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""),
                name="lists_view_named",
                violation_error_message="请给常用视图起个名字",
            ),
        ]
