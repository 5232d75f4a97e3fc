"""Giving and ending posts, opening accounts, new one-time passwords."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from heling.contexts.identity import passwords, queries
from heling.contexts.identity.access import Perm, appointable
from heling.contexts.identity.actions.posts import (
    Granted,
    end_post,
    grant_post,
    issue_first_password,
)
from heling.contexts.identity.models import Post, User
from heling.contexts.identity.roles import ROLES, RoleKey
from heling.contexts.identity.testing import (
    acting,
    family,
    official,
    person,
    post,
    sign_in,
)
from heling.contexts.places.testing import small_country
from heling.kernel.actor import Actor, system
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.platform.access.scope import scoped
from heling.platform.journal.models import Entry

NEW = "/console/accounts/new/"


@pytest.fixture(autouse=True)
def _country(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames:
        small_country()


def give(by: Actor, now: datetime, **changes: Any) -> Granted:
    fields: dict[str, Any] = {
        "username": "new.person",
        "name": "王小明",
        "role": RoleKey.STREET,
        "code": "990103001",
        "starts": timezone.localdate(now),
    }
    with scoped(by):
        return grant_post(**fields | changes, at=now, by=by)


def test_a_new_account_gets_a_one_time_password(db: None, now: datetime) -> None:
    by = acting(RoleKey.COUNTY, "990103")
    granted = give(by, now)
    user = User.objects.get(username="new.person")
    assert granted.first_password
    assert user.check_password(granted.first_password)
    assert user.initial_until == now + timedelta(hours=72)
    assert user.name == "王小明"
    given_post = Post.objects.get(user=user)
    assert (given_post.role, given_post.code, given_post.granted_by_id) == (
        "street_official",
        "990103001",
        by.user_id,
    )
    kinds = list(Entry.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["identity.AccountOpened", "identity.PostGranted"]
    assert granted.first_password not in str(list(Entry.objects.values()))


def test_an_existing_account_keeps_its_password(db: None, now: datetime) -> None:
    person("old.hand", name="王小明")
    granted = give(acting(RoleKey.COUNTY, "990103"), now, username=" Old.Hand ")
    assert granted.first_password is None
    assert User.objects.filter(username__iexact="old.hand").count() == 1


def test_a_slip_of_the_pen_gives_nobody_else_the_post(db: None, now: datetime) -> None:
    person("old.hand", name="李四")
    with pytest.raises(BadInput, match="已被别人使用"):
        give(acting(RoleKey.COUNTY, "990103"), now, username="old.hand")
    assert Post.objects.filter(user__username="old.hand").count() == 0


@pytest.mark.parametrize(
    ("by", "home", "role", "code", "may"),
    [
        (RoleKey.CITY, "9901", RoleKey.CITY, "9901", True),
        (RoleKey.CITY, "9901", RoleKey.COUNTY, "990105", True),
        (RoleKey.CITY, "9901", RoleKey.AUDITOR, "9901", True),
        (RoleKey.CITY, "9901", RoleKey.STAFF, "9901", True),
        (RoleKey.CITY, "9901", RoleKey.COMMITTEE, "990103001001", True),
        (RoleKey.CITY, "9901", RoleKey.CITY, "9801", False),
        (RoleKey.COUNTY, "990103", RoleKey.COUNTY, "990103", True),
        (RoleKey.COUNTY, "990103", RoleKey.ASSESSOR, "990103", True),
        (RoleKey.COUNTY, "990103", RoleKey.COMMITTEE, "990103001", True),
        (RoleKey.COUNTY, "990103", RoleKey.COUNTY, "990105", False),
        (RoleKey.COUNTY, "990103", RoleKey.CITY, "9901", False),
        (RoleKey.COUNTY, "990103", RoleKey.ASSESSOR, "9901", False),
        (RoleKey.COUNTY, "990103", RoleKey.STAFF, "9901", False),
        (RoleKey.STREET, "990103001", RoleKey.COMMITTEE, "990103001001", False),
        (RoleKey.AUDITOR, "9901", RoleKey.AUDITOR, "9901", False),
        (RoleKey.STAFF, "9901", RoleKey.STAFF, "9901", False),
    ],
)
def test_who_may_give_which_post(
    db: None, now: datetime, by: RoleKey, home: str, role: RoleKey, code: str, *, may: bool
) -> None:
    actor = acting(by, home)
    if may:
        assert give(actor, now, role=role, code=code).post_id
        return
    with pytest.raises(Forbidden):
        give(actor, now, role=role, code=code)
    assert not User.objects.filter(username="new.person").exists()


def test_an_auditor_is_appointed_by_the_city_alone(db: None, now: datetime) -> None:
    with pytest.raises(Forbidden, match="审计员"):
        give(acting(RoleKey.COUNTY, "990103"), now, role=RoleKey.AUDITOR, code="990103")


def test_nobody_gives_posts_to_oneself(db: None, now: datetime) -> None:
    by = acting(RoleKey.COUNTY, "990103", name="王小明")
    username = User.objects.get(pk=by.user_id).username
    with pytest.raises(Forbidden, match="不能给自己"):
        give(by, now, username=username)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"username": "王"}, "由 3 至 40 个字母"),
        ({"username": "ab"}, "由 3 至 40 个字母"),
        ({"username": "11010519491231002X"}, "不要用身份证号"),
        ({"name": " "}, "请填写证件上的姓名"),
        ({"role": "emperor"}, "请从列表中选择岗位"),
        ({"role": RoleKey.FAMILY}, "请从列表中选择岗位"),
        ({"code": "990103001001"}, "的区划应为乡级"),
        ({"code": "990103009"}, "没有代码为 990103009 的区划"),
        ({"code": "abc"}, "2、4、6、9 或 12 位数字"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(
    db: None, now: datetime, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        give(acting(RoleKey.COUNTY, "990103"), now, **changes)
    assert not User.objects.filter(username="new.person").exists()
    assert Entry.objects.count() == 0


def test_a_post_may_last_one_day_but_not_less(db: None, now: datetime) -> None:
    by = acting(RoleKey.COUNTY, "990103")
    assert give(by, now, ends=timezone.localdate(now)).post_id
    with pytest.raises(BadInput, match="结束日期不能早于开始日期"):
        give(by, now, username="second", ends=timezone.localdate(now) - timedelta(days=1))


def test_the_same_post_twice_is_refused_and_leaves_nothing(db: None, now: datetime) -> None:
    by = acting(RoleKey.COUNTY, "990103")
    give(by, now)
    before = Entry.objects.count()
    with pytest.raises(Refused, match="已有相同岗位"):
        give(by, now)
    assert Entry.objects.count() == before


def test_a_second_duty_is_refused_in_words(db: None, now: datetime) -> None:
    user = official(RoleKey.CITY, "9901", name="王小明")
    with pytest.raises(Refused, match="不能由同一个账号同时担任"):
        give(
            acting(RoleKey.CITY, "9901"),
            now,
            username=user.username,
            role=RoleKey.AUDITOR,
            code="9901",
        )


def test_ending_a_post_works_at_once_and_is_written_down(db: None, now: datetime) -> None:
    by, user = acting(RoleKey.COUNTY, "990103"), person(name="张三")
    held = post(user, RoleKey.STREET, "990103001")
    with scoped(by):
        end_post(post_id=held.pk, reason=" 调离 ", at=now, by=by)
    held.refresh_from_db()
    assert held.ended_at == now
    entry = Entry.objects.get(kind="identity.PostEnded")
    assert (entry.subject, entry.subject_id, entry.payload["reason"]) == ("post", held.pk, "调离")
    with scoped(by), pytest.raises(Refused, match="已经结束"):
        end_post(post_id=held.pk, reason="调离", at=now, by=by)


def test_ending_posts_out_of_reach(db: None, now: datetime) -> None:
    by = acting(RoleKey.COUNTY, "990103")
    elsewhere = post(person(), RoleKey.STREET, "980103001")
    above = post(person(), RoleKey.AUDITOR, "990103")
    own = Post.objects.get(user_id=by.user_id)
    for held, error in ((elsewhere, NotFound), (above, Forbidden), (own, Forbidden)):
        with scoped(by), pytest.raises(error):
            end_post(post_id=held.pk, reason="调离", at=now, by=by)
    mine = post(person(), RoleKey.STREET, "990103001")
    with scoped(by), pytest.raises(BadInput, match="请写明为什么"):
        end_post(post_id=mine.pk, reason=" ", at=now, by=by)


def test_a_new_first_password_ends_everything_old(db: None, now: datetime) -> None:
    by, client = acting(RoleKey.COUNTY, "990103"), Client()
    user = official(RoleKey.STREET, "990103001")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    sign_in(client, user)
    assert client.get("/accounts/posts/").status_code == 200
    with scoped(by):
        granted = issue_first_password(user_id=user.pk, at=now, by=by)
    user.refresh_from_db()
    assert granted.first_password
    assert user.check_password(granted.first_password)
    assert user.initial_until == now + passwords.LASTS
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get("/accounts/posts/")["Location"].startswith("/accounts/login/")


def test_first_passwords_out_of_reach(db: None, now: datetime) -> None:
    by = acting(RoleKey.COUNTY, "990103")
    above, two_hats = official(RoleKey.CITY, "9901"), official(RoleKey.STREET, "990103001")
    post(two_hats, RoleKey.STREET, "980103001")
    cases = [
        (above.pk, Forbidden),
        (two_hats.pk, Forbidden),
        (by.user_id, Forbidden),
        (person().pk, NotFound),
        (family(7, "980103001001").pk, NotFound),
        (0, NotFound),
    ]
    for user_id, error in cases:
        with scoped(by), pytest.raises(error):
            issue_first_password(user_id=user_id, at=now, by=by)


def test_a_clerk_gives_a_family_of_the_village_a_new_password(db: None, now: datetime) -> None:
    by, user = acting(RoleKey.COMMITTEE, "990103001001"), family(7, "990103001001")
    with scoped(by):
        assert issue_first_password(user_id=user.pk, at=now, by=by).first_password
    entry = Entry.objects.get(kind="identity.FirstPasswordIssued")
    assert (entry.elder_id, entry.code) == (7, "990103001001")


def test_the_platform_itself_opens_the_first_account(db: None, now: datetime) -> None:
    by = system("命令行", Perm.POSTS)
    assert set(appointable(by)) == {r.key for r in ROLES.values() if r.levels}
    assert give(by, now, role=RoleKey.CITY, code="9901").first_password


# --- the list ----------------------------------------------------------------------------
def test_the_list_shows_the_territory_alone(db: None) -> None:
    by = acting(RoleKey.COUNTY, "990103")
    post(person("inside"), RoleKey.STREET, "990103001")
    post(person("beside"), RoleKey.STREET, "990105001")
    post(person("above"), RoleKey.CITY, "9901")
    with scoped(by):
        rows, more = queries.posts(by=by)
    names = {r.username for r in rows}
    assert "inside" in names
    assert names.isdisjoint({"beside", "above"})
    assert not more
    by_name = {r.username: r for r in rows}
    assert by_name["inside"].mine_to_change
    own = User.objects.get(pk=by.user_id).username
    assert not by_name[own].mine_to_change


def test_row_security_hides_foreign_posts_even_without_the_filter(db: None) -> None:
    by = acting(RoleKey.COUNTY, "990103")
    post(person("beside"), RoleKey.STREET, "990105001")
    with scoped(by):
        assert {p.code[:6] for p in Post.objects.all()} == {"990103"}


def test_past_posts_are_listed_on_request(db: None, today_minus_one: date) -> None:
    by = acting(RoleKey.COUNTY, "990103")
    post(person("gone"), RoleKey.STREET, "990103001", ends=today_minus_one)
    with scoped(by):
        assert "gone" not in {r.username for r in queries.posts(by=by)[0]}
        row = next(r for r in queries.posts(by=by, past=True)[0] if r.username == "gone")
    assert not row.current


def test_the_list_goes_on_page_by_page(db: None) -> None:
    by = acting(RoleKey.COUNTY, "990103")
    for n in range(queries.PAGE):
        post(person(f"many{n}"), RoleKey.STREET, "990103001")
    with scoped(by):
        first, more = queries.posts(by=by)
        second, end = queries.posts(by=by, page=2)
    assert (len(first), more, len(second), end) == (50, True, 1, False)
    assert not {r.post_id for r in first} & {r.post_id for r in second}


# --- the pages -----------------------------------------------------------------------------
@pytest.fixture
def county(client: Client, db: None) -> Client:
    sign_in(client, official(RoleKey.COUNTY, "990103"))
    return client


def test_walking_through_the_pages(county: Client) -> None:
    asked = county.get(NEW).content.decode()
    assert "街道（乡镇）" in asked
    assert "市级民政" not in asked.split("<main")[1]
    form = county.get(f"{NEW}street_official/").content.decode()
    assert 'value="990103001"' in form
    assert 'value="990105001"' not in form
    answer = county.post(
        f"{NEW}street_official/",
        {
            "username": "zhang.san",
            "name": "张三",
            "code": "990103001",
            "starts": "2026-01-01",
            "ends": "",
        },
    )
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    user = User.objects.get(username="zhang.san")
    shown = answer.context["granted"].first_password
    assert shown in answer.content.decode()
    assert user.check_password(shown)
    held = Post.objects.get(user=user)
    listed = county.get("/console/accounts/?q=张三").content.decode()
    assert "zhang.san" in listed
    again = county.post(f"/console/accounts/{held.pk}/password/")
    assert again.context["granted"].first_password in again.content.decode()
    assert county.post(f"/console/accounts/{held.pk}/end/", {"reason": ""}).status_code == 422
    ended = county.post(f"/console/accounts/{held.pk}/end/", {"reason": "调离"}, follow=True)
    assert "已免去 张三" in ended.content.decode()


def test_bad_input_keeps_everything_typed(county: Client) -> None:
    answer = county.post(
        f"{NEW}street_official/",
        {"username": "王", "name": "张三", "code": "990103001", "starts": "2026-01-01"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "由 3 至 40 个字母" in page
    assert 'value="张三"' in page


def test_giving_a_post_needs_a_fresh_factor_and_then_goes_on(county: Client) -> None:
    user = User.objects.get(pk=county.session["_auth_user_id"])
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    session = county.session
    session["account_authentication_methods"][0]["at"] -= 301
    session.save()
    url = f"{NEW}street_official/"
    fields = {"username": "z.s", "name": "张三", "code": "990103001", "starts": "2026-01-01"}
    asked = county.post(url, fields)
    assert asked["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert not User.objects.filter(username="z.s").exists()
    cache.clear()
    code = format_hotp_value(hotp_value("JBSWY3DPEHPK3PXP", int(time.time()) // 30))
    county.post(asked["Location"], {"code": code})
    assert User.objects.filter(username="z.s").exists()


def test_a_role_that_is_not_mine_to_give(county: Client) -> None:
    assert county.get(f"{NEW}auditor/").status_code == 403
    assert county.get(f"{NEW}family/").status_code == 404


def test_a_county_outside_the_city_cannot_be_listed(client: Client, db: None) -> None:
    sign_in(client, official(RoleKey.CITY, "9901"))
    assert client.get(f"{NEW}committee_clerk/?under=990103").status_code == 200
    assert client.get(f"{NEW}committee_clerk/?under=980103").status_code == 404
    assert client.get(f"{NEW}committee_clerk/?under=nonsense").status_code == 422


# --- one-time passwords ---------------------------------------------------------------------
def test_one_time_passwords_are_fresh_and_easy_to_copy() -> None:
    made = {passwords.fresh() for _ in range(200)}
    assert len(made) == 200
    for one in made:
        assert len(one) == 14
        assert not set(one) & set("01ilo")


@given(st.text(max_size=60))
def test_a_username_is_either_refused_or_stored_in_one_form(text: str) -> None:
    try:
        username = passwords.read_username(text)
    except BadInput:
        return
    assert username == passwords.read_username(username.upper())
    assert 3 <= len(username) <= 40
