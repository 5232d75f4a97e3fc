from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from heling.platform.access.querysets import DivisionCodeField


class ElderRow(models.Model):
    """A row about one elder. The migration binds ``(elder_id, code)`` to the registry's row,
    so that the code follows when the elder moves."""

    elder_id = models.BigIntegerField("老年人")
    code = DivisionCodeField("居住社区（村）")

    class Meta:
        abstract = True


class Authored(models.Model):
    """Who wrote the row, in which role, and when."""

    user_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("姓名", max_length=80)
    role = models.CharField("岗位", max_length=40)
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        abstract = True
