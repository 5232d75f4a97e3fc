"""Platform staff see nothing, but for an hour, for a reason, before witnesses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from heling.contexts.identity import queries
from heling.contexts.identity.access import Perm
from heling.contexts.identity.actions.staff_sessions import (
    close_staff_session,
    open_staff_session,
)
from heling.contexts.identity.models import Post, StaffSession, User
from heling.contexts.identity.roles import RoleKey
from heling.contexts.identity.testing import acting, official, post, sign_in
from heling.contexts.places.testing import small_country
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import scoped
from heling.platform.journal.models import Entry

PAGE = "/console/staff-sessions/"
REASON = "工单 2026-118：名单导入中断"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _country(db: None) -> None:
    small_country()


def enter(by: Actor, at: datetime, **changes: Any) -> StaffSession:
    fields: dict[str, Any] = {"code": "990103", "reason": REASON, "minutes": 30}
    with scoped(by):
        return open_staff_session(**fields | changes, at=at, by=by)


def actor(client: Client) -> Actor:
    return client.get(PAGE).wsgi_request.actor


def test_without_a_session_staff_have_no_territory_and_one_permission(client: Client) -> None:
    sign_in(client, official(RoleKey.STAFF, "9901"))
    found = actor(client)
    assert found.territory is None
    assert found.permissions == {Perm.STAFF_SESSION}
    with scoped(found):
        assert Post.objects.count() == 0
    assert client.get("/console/accounts/").status_code == 403
    assert client.get("/console/journal/").status_code == 403


def test_a_session_opens_one_territory_and_closes_it(client: Client) -> None:
    user = official(RoleKey.STAFF, "9901")
    sign_in(client, user)
    answer = client.post(PAGE, {"code": "990103", "reason": REASON, "minutes": "30"})
    assert answer.status_code == 302
    inside = actor(client)
    session = StaffSession.objects.get(user=user)
    assert (inside.territory, inside.staff_session) == (Territory("990103"), session.pk)
    assert "正在 市901县103 的会话中" in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}{session.pk}/close/").status_code == 302
    outside = actor(client)
    assert (outside.territory, outside.staff_session) == (None, None)
    kinds = Entry.objects.order_by("id").values_list("kind", "code", "user_id")
    assert list(kinds) == [
        ("identity.StaffSessionOpened", "990103", user.pk),
        ("identity.StaffSessionClosed", "990103", user.pk),
    ]


@pytest.mark.parametrize(("left", "inside"), [(5, True), (0, False), (-1, False)])
def test_a_session_ends_by_itself(client: Client, left: int, *, inside: bool) -> None:
    user = official(RoleKey.STAFF, "9901")
    now = timezone.now()
    StaffSession.objects.create(
        user=user,
        code="990103",
        reason=REASON,
        started_at=now - timedelta(minutes=30),
        ends_at=now + timedelta(seconds=left),
    )
    sign_in(client, user)
    assert (actor(client).staff_session is not None) is inside


def test_a_session_does_not_outlive_the_post(client: Client, now: datetime) -> None:
    by = acting(RoleKey.STAFF, "9901")
    enter(by, now)
    user = User.objects.get(pk=by.user_id)
    sign_in(client, user)
    assert actor(client).staff_session is not None
    Post.objects.filter(user=user).update(ended_at=now)
    post(user, RoleKey.STAFF, "9801")
    assert (actor(client).staff_session, actor(client).territory) == (None, None)


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"reason": "修一下吧"}, BadInput, "至少 10 个字"),
        ({"reason": " " * 20}, BadInput, "至少 10 个字"),
        ({"minutes": 61}, BadInput, "最长 60 分钟"),
        ({"code": "990199"}, BadInput, "没有代码为 990199 的区划"),
        ({"code": "980103"}, Forbidden, "不在您的运维岗位范围内"),
    ],
)
def test_what_a_session_needs(
    now: datetime, changes: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        enter(acting(RoleKey.STAFF, "9901"), now, **changes)
    assert (StaffSession.objects.count(), Entry.objects.count()) == (0, 0)


def test_only_platform_staff_open_sessions(now: datetime) -> None:
    for role, code in ((RoleKey.CITY, "9901"), (RoleKey.AUDITOR, "9901")):
        with pytest.raises(Forbidden):
            enter(acting(role, code), now)


def test_one_at_a_time_but_a_lapsed_one_is_no_hindrance(now: datetime) -> None:
    by = acting(RoleKey.STAFF, "9901")
    first = enter(by, now - timedelta(minutes=31))
    second = enter(by, now)
    first.refresh_from_db()
    assert first.ended_at == first.ends_at
    with pytest.raises(Refused, match="没有结束的会话"):
        enter(by, now)
    assert StaffSession.objects.filter(ended_at=None).get() == second


def test_the_database_itself_boxes_a_session_in(now: datetime) -> None:
    from django.db import IntegrityError, transaction

    by = acting(RoleKey.STAFF, "9901")
    for reason, minutes in (("短", 30), (REASON, 61), (REASON, 0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffSession.objects.create(
                user_id=by.user_id,
                code="990103",
                reason=reason,
                started_at=now,
                ends_at=now + timedelta(minutes=minutes),
            )


def test_every_session_is_seen_by_those_whose_data_it_is(now: datetime) -> None:
    enter(acting(RoleKey.STAFF, "9901", name="运维甲"), now)
    enter(acting(RoleKey.STAFF, "9801", name="运维乙"), now, code="980103")
    for role, code, names in (
        (RoleKey.CITY, "9901", {"运维甲"}),
        (RoleKey.AUDITOR, "990103", {"运维甲"}),
        (RoleKey.AUDITOR, "990105", set()),
        (RoleKey.CITY, "9801", {"运维乙"}),
    ):
        by = acting(role, code)
        with scoped(by):
            assert {r.name for r in queries.staff_sessions(by=by, now=now)[0]} == names
            assert StaffSession.objects.count() == len(names), "row-level security agrees"
    county = acting(RoleKey.COUNTY, "990103")
    with scoped(county), pytest.raises(Forbidden):
        queries.staff_sessions(by=county, now=now)


def test_the_city_may_show_staff_out_and_nobody_else(now: datetime) -> None:
    session = enter(acting(RoleKey.STAFF, "9901"), now)
    strangers = (
        acting(RoleKey.CITY, "9801"),
        acting(RoleKey.AUDITOR, "9901"),
        acting(RoleKey.COUNTY, "990103"),
        acting(RoleKey.STAFF, "9901"),
    )
    for by in strangers:
        with scoped(by), pytest.raises(NotFound):
            close_staff_session(session_id=session.pk, at=now, by=by)
    city = acting(RoleKey.CITY, "9901")
    with scoped(city):
        close_staff_session(session_id=session.pk, at=now, by=city)
    session.refresh_from_db()
    assert session.ended_at == now
    with scoped(city), pytest.raises(Refused, match="已经结束"):
        close_staff_session(session_id=session.pk, at=now, by=city)


def test_the_page_refuses_bad_input_in_words(client: Client) -> None:
    sign_in(client, official(RoleKey.STAFF, "9901"))
    answer = client.post(PAGE, {"code": "990103", "reason": "太短", "minutes": "30"})
    assert answer.status_code == 422
    assert "至少 10 个字" in answer.content.decode()
    assert "太短</textarea>" in answer.content.decode()


def test_the_city_reads_the_list_but_opens_nothing(client: Client, now: datetime) -> None:
    enter(acting(RoleKey.STAFF, "9901", name="运维甲"), now)
    sign_in(client, official(RoleKey.CITY, "9901"))
    page = client.get(PAGE).content.decode()
    assert REASON in page
    assert "立即结束" in page
    assert "<textarea" not in page
    fields = {"code": "990103", "reason": REASON, "minutes": "30"}
    assert client.post(PAGE, fields).status_code == 403
