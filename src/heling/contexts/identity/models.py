from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from heling.contexts.identity.roles import ROLES
from heling.platform.access.querysets import DivisionCodeField, TerritoryQuerySet


class UserManager(BaseUserManager["User"]):
    def create_user(
        self,
        username: str,
        password: str | None,
        *,
        name: str,
        demo: bool = False,
        initial_until: datetime | None = None,
    ) -> User:
        user = self.model(username=username, name=name, demo=demo, initial_until=initial_until)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account: a person who can log in. What it may do hangs on its posts.

    There is no superuser and no staff flag: nobody browses everything (house.md §4).
    """

    username = models.CharField("用户名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=40)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    demo = models.BooleanField("演示数据", default=False)
    date_joined = models.DateTimeField("开通时间", default=timezone.now)
    initial_until = models.DateTimeField(
        "一次性密码有效期至",
        null=True,
        blank=True,
        help_text="空：密码由本人设定；有值：还在用柜台交付的一次性密码，登录后必须先改",
    )

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"


def _current(day: date) -> models.Q:
    return models.Q(starts__lte=day) & (models.Q(ends=None) | models.Q(ends__gte=day))


def _days() -> models.Func:
    return models.Func(
        "starts",
        "ends",
        models.Value("[]"),
        function="daterange",
        output_field=models.DateField(),
    )


def _duty() -> models.Case:
    """The duty of a post's role, as the database sees it (roles.py, Role.duty)."""
    others = [r for r in ROLES.values() if r.duty != "业务"]
    return models.Case(
        *(models.When(role=r.key.value, then=models.Value(r.duty)) for r in others),
        default=models.Value("业务"),
        output_field=models.CharField(),
    )


class PostQuerySet(TerritoryQuerySet["Post"]):
    elder_field: ClassVar[str | None] = None

    def current(self, on: date) -> PostQuerySet:
        return self.filter(_current(on), ended_at=None)


class Post(models.Model):
    """岗位: one role for one territory, for a time. An actor wears one at a time.

    ``starts`` and ``ends`` are days in office, both included; ``ended_at`` is the moment
    somebody ended the post at once.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(
        "岗位", max_length=40, choices=[(r.key.value, r.label) for r in ROLES.values()]
    )
    code = DivisionCodeField("区划")
    body_id = models.BigIntegerField("单位", null=True)
    body_name = models.CharField("单位名称", max_length=120, blank=True)
    medical = models.BooleanField("医护专业背景", default=False)
    starts = models.DateField("起")
    ends = models.DateField("止", null=True, blank=True)
    ended_at = models.DateTimeField("提前结束时间", null=True, blank=True)
    granted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="任命人"
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends=None) | models.Q(ends__gte=models.F("starts")),
                name="identity_post_dates",
                violation_error_message="岗位结束日期不能早于开始日期",
            ),
            ExclusionConstraint(
                name="identity_post_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(ended_at=None),
                violation_error_message="这个账号在同一区划、同一时期已有相同岗位",
            ),
            ExclusionConstraint(
                name="identity_post_one_duty",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (_duty(), RangeOperators.NOT_EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(ended_at=None),
                violation_error_message="业务、审计和运维岗位不能由同一个账号同时担任",
            ),
        ]


class Relation(models.TextChoices):
    SELF = "self", "本人"
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    GRANDCHILD = "grandchild", "孙辈"
    GUARDIAN = "guardian", "监护人"
    OTHER = "other", "其他亲友"


class Consent(models.TextChoices):
    """How the elder agreed that this person acts for them."""

    SELF = "self", "本人"
    WRITTEN = "written", "书面委托"
    ORAL = "oral", "口头同意（工作人员在场记录）"
    COURT = "court", "法院指定监护"


class RepresentationQuerySet(TerritoryQuerySet["Representation"]):
    def current(self, on: date) -> RepresentationQuerySet:
        return self.filter(_current(on), withdrawn_at=None)


class Representation(models.Model):
    """An account that is, or with recorded consent acts for, an elder.

    ``elder_id`` and ``code`` (where the elder lives) point up a floor: registry's migration
    lays the foreign key, which also carries a move over.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="representations")
    elder_id = models.BigIntegerField("老年人")
    code = DivisionCodeField("区划")
    relation = models.CharField("关系", max_length=12, choices=Relation.choices)
    consent = models.CharField("同意方式", max_length=10, choices=Consent.choices)
    document = models.CharField("同意的凭据", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="记录人"
    )
    starts = models.DateField("起")
    ends = models.DateField("止", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        verbose_name = "代办关系"
        indexes = [
            models.Index(fields=["elder_id"], name="identity_repr_elder_idx"),
            models.Index(fields=["code"], name="identity_repr_code_idx"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends=None) | models.Q(ends__gte=models.F("starts")),
                name="identity_representation_dates",
                violation_error_message="代办的结束日期不能早于开始日期",
            ),
            ExclusionConstraint(
                name="identity_representation_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("elder_id", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(withdrawn_at=None),
                violation_error_message="这个账号已经可以代办这位老年人的事项",
            ),
            models.CheckConstraint(
                condition=models.Q(relation="self", consent="self")
                | (~models.Q(relation="self") & ~models.Q(consent="self") & ~models.Q(document="")),
                name="identity_representation_consent",
                violation_error_message="代办必须写明老年人同意的方式和凭据",
            ),
        ]


class StaffSessionQuerySet(TerritoryQuerySet["StaffSession"]):
    elder_field: ClassVar[str | None] = None

    def open_at(self, now: datetime) -> StaffSessionQuerySet:
        return self.filter(ended_at=None, ends_at__gt=now)


class StaffSession(models.Model):
    """A platform operator's reasoned, time-boxed entry into one territory's data."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    code = DivisionCodeField("区划")
    reason = models.TextField("理由")
    started_at = models.DateTimeField("开始", db_default=Now())
    ends_at = models.DateTimeField("最迟结束")
    ended_at = models.DateTimeField("结束", null=True, blank=True)

    objects = StaffSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "平台人员会话"
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["code", "-started_at"], name="identity_session_code_idx")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(ended_at=None),
                name="identity_session_one_open",
                violation_error_message="您还有一个没有结束的会话，请先结束它",
            ),
            models.CheckConstraint(
                condition=models.Q(reason__regex=r"\S.{9,}"),
                name="identity_session_reason",
                violation_error_message="请写明理由（至少 10 个字）",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("started_at"))
                & models.Q(ends_at__lte=models.F("started_at") + timedelta(hours=1)),
                name="identity_session_box",
                violation_error_message="一次最长 1 小时，到时须重新说明理由",
            ),
        ]
