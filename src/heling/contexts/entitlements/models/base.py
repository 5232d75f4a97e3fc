from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from django.db import models
from django.db.models.functions import Now

from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet

E = TypeVar("E", bound=StrEnum)


class ElderRow(models.Model):
    """A row about one elder: ``code`` is the village or community of residence, today's.

    Keys in the database let every such row follow a move (migrations 0001 and 0003), but for
    the lines of a month: those stay in the territory that enjoyed and paid it.
    """

    code = DivisionCodeField("居住地区划")
    elder_id = models.BigIntegerField("老年人")

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        abstract = True


class Signed(models.Model):
    """Who wrote the row, in which role, and when: columns of everything append-only."""

    user_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("姓名", max_length=80)
    role = models.CharField("岗位", max_length=40)
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        abstract = True


def choices(labels: Mapping[E, str]) -> list[tuple[str, str]]:
    """A domain's labels as Django writes them into migrations: plain strings."""
    return [(str(key), label) for key, label in labels.items()]
