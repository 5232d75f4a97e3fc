"""Who acts is decided anew at every request: posts, days in office, consent, time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from heling.contexts.identity.access import Perm
from heling.contexts.identity.acting import actor_again, home
from heling.contexts.identity.jobs import clear_sessions
from heling.contexts.identity.login import BEGAN, SEEN
from heling.contexts.identity.models import Post, Relation, Representation, User
from heling.contexts.identity.roles import (
    FAMILY_LIMITS,
    ROLES,
    STAFF_LIMITS,
    RoleKey,
    all_permissions,
    permissions_of,
)
from heling.contexts.identity.testing import family, official, person, post, represent, sign_in
from heling.contexts.places.testing import small_country
from heling.kernel.actor import ANONYMOUS, Actor, system
from heling.kernel.errors import Forbidden
from heling.kernel.identifiers import Territory
from heling.platform.access.refusals import sentence
from heling.platform.jobs.work import Progress

HATS = "/accounts/posts/"
ACCOUNTS = "/console/accounts/"
VILLAGE = "990103001001"

pytestmark = pytest.mark.django_db


def actor(client: Client, path: str = HATS) -> Actor:
    """The actor that the middleware builds for a request of this client."""
    return client.get(path).wsgi_request.actor


def today() -> date:
    return timezone.localdate()


# --- posts -------------------------------------------------------------------------
def test_a_post_gives_role_territory_and_permissions(client: Client) -> None:
    sign_in(client, official(RoleKey.COUNTY, "990103"))
    found = actor(client)
    assert (found.role, found.territory) == ("county_official", Territory("990103"))
    assert found.permissions == permissions_of(RoleKey.COUNTY)
    assert found.may(Perm.POSTS)


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [(0, 0, True), (1, 2, False), (-2, -1, False), (-1, 0, True), (0, 1, True), (-9, None, True)],
)
def test_a_post_counts_on_its_days_both_included(
    client: Client, starts: int, ends: int | None, *, holds: bool
) -> None:
    user = person()
    last = None if ends is None else today() + timedelta(days=ends)
    post(user, RoleKey.COUNTY, "990103", starts=today() + timedelta(days=starts), ends=last)
    sign_in(client, user)
    assert actor(client).may(Perm.POSTS) is holds


def test_a_post_taken_away_is_gone_at_the_next_request(client: Client) -> None:
    user = official(RoleKey.COUNTY, "990103")
    sign_in(client, user)
    assert client.get(ACCOUNTS).status_code == 200
    Post.objects.filter(user=user).update(ended_at=timezone.now())
    assert client.get(ACCOUNTS).status_code == 403


def test_an_account_switched_off_is_out_at_the_next_request(client: Client) -> None:
    user = official(RoleKey.COUNTY, "990103")
    sign_in(client, user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(ACCOUNTS)["Location"].startswith("/accounts/login/")


def test_a_person_wears_one_post_at_a_time_and_changes_by_a_click(client: Client) -> None:
    small_country()
    user = person()
    first = post(user, RoleKey.COUNTY, "990103")
    second = post(user, RoleKey.STREET, "990103002")
    sign_in(client, user)
    assert actor(client).territory == Territory(first.code)
    assert client.post(HATS, {"hat": str(second.pk)}).status_code == 302
    changed = actor(client)
    assert (changed.role, changed.territory) == (RoleKey.STREET, Territory(second.code))
    assert not changed.may(Perm.POSTS)


def test_a_hat_of_somebody_else_or_from_yesterday_is_refused(client: Client) -> None:
    user, other = official(RoleKey.COUNTY, "990103"), official(RoleKey.CITY, "9901")
    yesterday = today() - timedelta(days=1)
    past = post(user, RoleKey.CITY, "9901", ends=yesterday)
    sign_in(client, user)
    for hat in (Post.objects.get(user=other).pk, past.pk, 0, "family", "nonsense"):
        assert client.post(HATS, {"hat": str(hat)}).status_code == 409
    assert actor(client).role == RoleKey.COUNTY


def test_a_worn_post_that_ends_falls_back_to_another(client: Client) -> None:
    user = official(RoleKey.STREET, "990103001")
    worn = post(user, RoleKey.COUNTY, "990103")
    sign_in(client, user, hat=worn)
    assert actor(client).role == RoleKey.COUNTY
    Post.objects.filter(pk=worn.pk).update(ended_at=timezone.now())
    assert actor(client).role == RoleKey.STREET


def test_an_official_may_put_on_the_family_hat(client: Client) -> None:
    user = official(RoleKey.COUNTY, "990103")
    represent(user, 7, VILLAGE)
    sign_in(client, user)
    assert actor(client).elder_ids == ()
    client.post(HATS, {"hat": "family"})
    found = actor(client)
    assert (found.role, found.elder_ids, found.territory) == (RoleKey.FAMILY, (7,), None)
    assert client.get(ACCOUNTS).status_code == 403


def test_a_family_hat_still_needs_the_officials_second_factor(client: Client) -> None:
    user = official(RoleKey.COUNTY, "990103")
    represent(user, 7, VILLAGE)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["hat"] = "family"
    session.save()
    response = client.get(HATS)
    assert response["Location"].startswith("/accounts/2fa/")
    assert response.wsgi_request.actor.elder_ids == ()


# --- families ------------------------------------------------------------------------
def test_a_family_sees_the_elders_that_agreed(client: Client) -> None:
    user = family(7, VILLAGE)
    represent(user, 9, VILLAGE)
    sign_in(client, user)
    assert (actor(client).role, actor(client).elder_ids) == (RoleKey.FAMILY, (7, 9))


def test_an_elder_is_known_as_the_elder(client: Client) -> None:
    sign_in(client, family(7, VILLAGE, relation=Relation.SELF))
    assert (actor(client).role, actor(client).elder_ids) == (RoleKey.ELDER, (7,))


def test_consent_withdrawn_counts_at_the_next_request(client: Client) -> None:
    user = family(7, VILLAGE)
    sign_in(client, user)
    assert actor(client).elder_ids == (7,)
    Representation.objects.filter(user=user).update(withdrawn_at=timezone.now())
    found = actor(client)
    assert (found.elder_ids, found.permissions) == ((), frozenset())


@pytest.mark.parametrize(
    ("starts", "ends", "speaks"), [(0, 0, True), (1, 2, False), (-2, -1, False), (0, None, True)]
)
def test_consent_counts_on_its_days_both_included(
    client: Client, starts: int, ends: int | None, *, speaks: bool
) -> None:
    user = family(7, VILLAGE)
    Representation.objects.filter(user=user).update(
        starts=today() + timedelta(days=starts),
        ends=None if ends is None else today() + timedelta(days=ends),
    )
    sign_in(client, user)
    assert bool(actor(client).elder_ids) is speaks


def test_an_account_with_nothing_may_nothing(client: Client) -> None:
    sign_in(client, person())
    found = actor(client)
    assert (found.permissions, found.territory, found.elder_ids) == (frozenset(), None, ())


def test_nobody_is_anonymous(client: Client) -> None:
    found = client.get("/accounts/login/").wsgi_request.actor
    assert (found.user_id, found.role, found.permissions) == (None, ANONYMOUS.role, frozenset())


# --- faces ---------------------------------------------------------------------------
def test_the_console_is_closed_to_families_and_asks_strangers_to_log_in(client: Client) -> None:
    stranger = client.get("/console/accounts/?q=x")
    assert stranger["Location"] == "/accounts/login/?next=/console/accounts/%3Fq%3Dx"
    fragment = client.get(ACCOUNTS, headers={"HX-Request": "true"})
    assert fragment["HX-Redirect"].startswith("/accounts/login/")
    sign_in(client, family(7, VILLAGE))
    closed = client.get(ACCOUNTS)
    assert closed.status_code == 403
    assert "这一页不属于您现在的身份" in closed.content.decode()


def test_a_face_without_a_first_page_sends_home() -> None:
    assert home("no-such-face") == home("another")


# --- how long a login lasts --------------------------------------------------------------
def wind(client: Client, *, idle: timedelta, age: timedelta) -> None:
    """As if the last click were ``idle`` ago and the login ``age`` ago."""
    session, now = client.session, timezone.now().timestamp()
    session[SEEN], session[BEGAN] = int(now - idle.total_seconds()), int(now - age.total_seconds())
    session.save()


SECOND = timedelta(seconds=1)
SLACK = 5 * SECOND  # the requests of a test take time themselves


@pytest.mark.parametrize("kind", ["official", "family"])
@pytest.mark.parametrize(
    ("idle", "age", "inside"),
    [(-SLACK, -SLACK, True), (SECOND, -SLACK, False), (-SLACK, SECOND, False)],
)
def test_a_login_ends_when_idle_or_old(
    client: Client, kind: str, idle: timedelta, age: timedelta, *, inside: bool
) -> None:
    user = official(RoleKey.CITY, "9901") if kind == "official" else family(7, VILLAGE)
    limits = STAFF_LIMITS if kind == "official" else FAMILY_LIMITS
    sign_in(client, user)
    assert client.get(HATS).status_code == 200
    wind(client, idle=limits.idle + idle, age=limits.absolute + age)
    assert (client.get(HATS).status_code == 200) is inside


def test_a_login_run_out_is_over_for_good_and_says_why(client: Client) -> None:
    sign_in(client, official(RoleKey.CITY, "9901"))
    client.get(HATS)
    wind(client, idle=STAFF_LIMITS.idle, age=SECOND)
    login_page = client.get(ACCOUNTS, follow=True)
    assert "已自动退出，请重新登录" in login_page.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_public_page_stays_open_when_a_login_has_run_out(client: Client) -> None:
    sign_in(client, official(RoleKey.CITY, "9901"))
    client.get(HATS)
    wind(client, idle=STAFF_LIMITS.idle, age=SECOND)
    assert client.get("/accounts/password/forgotten/").status_code == 200


def test_clicking_keeps_a_login_awake(client: Client) -> None:
    sign_in(client, official(RoleKey.CITY, "9901"))
    client.get(HATS)
    wind(client, idle=timedelta(minutes=14), age=timedelta(hours=7))
    client.get(HATS)
    assert timezone.now().timestamp() - client.session[SEEN] < 5
    assert timezone.now().timestamp() - client.session[BEGAN] > 7 * 3600


def test_limits_are_those_of_the_house() -> None:
    assert STAFF_LIMITS.idle == timedelta(minutes=15)
    assert STAFF_LIMITS.absolute == timedelta(hours=8)
    assert FAMILY_LIMITS.idle == timedelta(days=30)
    assert FAMILY_LIMITS.absolute == timedelta(days=90)
    assert {r.key for r in ROLES.values() if not r.second_factor} == {"elder", "family"}


# --- jobs act with the rights that their starter has then ---------------------------------
def stored(user: User, role: str, territory: str | None) -> dict[str, object]:
    return {"user_id": user.pk, "role": role, "territory": territory, "request_id": "r"}


def test_a_job_acts_with_the_starters_post() -> None:
    user = official(RoleKey.COUNTY, "990103")
    again = actor_again(stored(user, RoleKey.COUNTY, "990103"))
    assert (again.territory, again.request_id) == (Territory("990103"), "r")
    assert actor_again({"user_id": None, "territory": "9901"}).role == "system"


def test_a_job_of_a_family_acts_for_the_elders_it_has_now() -> None:
    user = family(7, VILLAGE)
    assert actor_again(stored(user, RoleKey.FAMILY, None)).elder_ids == (7,)


@pytest.mark.parametrize("change", ["ended", "inactive"])
def test_a_job_stops_when_its_starter_lost_the_post(change: str) -> None:
    user = official(RoleKey.COUNTY, "990103")
    if change == "ended":
        Post.objects.filter(user=user).update(ended_at=timezone.now())
    else:
        User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(Forbidden, match="岗位已经停用"):
        actor_again(stored(user, RoleKey.COUNTY, "990103"))


# --- roles -------------------------------------------------------------------------------
def test_every_permission_belongs_to_a_role_and_every_role_to_somebody() -> None:
    assert set(Perm) <= all_permissions()
    for role in ROLES.values():
        assert role.label
        assert role.description
        assert bool(role.levels) == bool(role.appointed_by) == (role.face == "console")


@pytest.mark.parametrize("second", [RoleKey.AUDITOR, RoleKey.STAFF])
def test_one_account_never_holds_two_duties(second: RoleKey) -> None:
    user = official(RoleKey.CITY, "9901")
    with pytest.raises(IntegrityError) as refused:
        post(user, second, "9901")
    assert sentence(refused.value) == "业务、审计和运维岗位不能由同一个账号同时担任"


def test_duties_may_follow_each_other(today_minus_one: date) -> None:
    user = person()
    post(user, RoleKey.CITY, "9901", ends=today_minus_one)
    assert post(user, RoleKey.AUDITOR, "9901", starts=today()).pk


def test_the_same_post_twice_is_refused_by_the_database() -> None:
    user = official(RoleKey.CITY, "9901")
    with pytest.raises(IntegrityError) as refused:
        post(user, RoleKey.CITY, "9901", starts=today())
    assert sentence(refused.value) == "这个账号在同一区划、同一时期已有相同岗位"


def test_back_to_work_leads_to_the_face_of_the_present_hat(client: Client) -> None:
    assert client.get("/accounts/")["Location"].startswith("/accounts/login/")
    user = official(RoleKey.COUNTY, "990103")
    represent(user, 7, VILLAGE)
    sign_in(client, user)
    assert client.get("/accounts/")["Location"] == home("console")
    client.post(HATS, {"hat": "family"})
    assert client.get("/accounts/")["Location"] == home("family")


def test_a_session_row_lapses_with_its_login_and_is_cleared(client: Client) -> None:
    sign_in(client, official(RoleKey.CITY, "9901"))
    client.get(HATS)
    row = Session.objects.get(session_key=client.session.session_key)
    kept = (row.expire_date - timezone.now()).total_seconds()
    assert STAFF_LIMITS.idle.total_seconds() <= kept <= STAFF_LIMITS.idle.total_seconds() + 61
    clear_sessions(Progress(0), system("定时任务"))
    assert Session.objects.filter(pk=row.pk).exists()
    Session.objects.filter(pk=row.pk).update(expire_date=timezone.now() - SECOND)
    clear_sessions(Progress(0), system("定时任务"))
    assert not Session.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(("kind", "most"), [("official", 9), ("family", 12)])
def test_the_way_to_an_actor_is_short(
    client: Client,
    kind: str,
    most: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    """Session, user, posts (and consents), the transaction and its scopes: nothing else."""
    sign_in(client, official(RoleKey.CITY, "9901") if kind == "official" else family(7, VILLAGE))
    client.get("/accounts/inactive/")
    with django_assert_max_num_queries(most):
        client.get("/accounts/inactive/")
