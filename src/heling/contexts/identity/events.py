"""What identity writes into the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from heling.platform.journal.record import AboutElder, Event


@dataclass(frozen=True)
class AccountOpened(Event):
    kind = "identity.AccountOpened"
    subject = "user"
    label = "开通账号"

    user_id: int
    username: str
    code: str


@dataclass(frozen=True)
class FirstPasswordIssued(Event):
    kind = "identity.FirstPasswordIssued"
    subject = "user"
    label = "重发一次性密码（原密码、两步验证和登录状态全部作废）"

    user_id: int
    username: str
    code: str
    elder_id: int | None = None


@dataclass(frozen=True)
class PostGranted(Event):
    kind = "identity.PostGranted"
    subject = "post"
    label = "任命岗位"

    post_id: int
    user_id: int
    name: str
    role: str
    code: str
    starts: date
    ends: date | None


@dataclass(frozen=True)
class PostEnded(Event):
    kind = "identity.PostEnded"
    subject = "post"
    label = "免去岗位"

    post_id: int
    user_id: int
    name: str
    role: str
    code: str
    reason: str


@dataclass(frozen=True)
class StaffSessionOpened(Event):
    kind = "identity.StaffSessionOpened"
    subject = "session"
    label = "平台人员进入"

    session_id: int
    code: str
    reason: str
    ends_at: datetime


@dataclass(frozen=True)
class StaffSessionClosed(Event):
    kind = "identity.StaffSessionClosed"
    subject = "session"
    label = "平台人员离开"

    session_id: int
    code: str


@dataclass(frozen=True)
class RepresentationGranted(AboutElder):
    kind = "identity.RepresentationGranted"
    subject = "representation"
    label = "登记代办关系"

    representation_id: int
    user_id: int
    name: str
    relation: str
    consent: str


@dataclass(frozen=True)
class RepresentationWithdrawn(AboutElder):
    kind = "identity.RepresentationWithdrawn"
    subject = "representation"
    label = "撤回代办关系"

    representation_id: int
    user_id: int
    name: str
    reason: str
