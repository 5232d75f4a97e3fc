"""The demonstration's people: there in a demonstration, nowhere else."""

from __future__ import annotations

import io
import re

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from heling.contexts.identity.demo import (
    DEMO_PASSWORD,
    demo_accounts,
    demo_code,
    demo_family,
    demo_table,
    seconds_left,
)
from heling.contexts.identity.models import Post, Relation, Representation, User
from heling.contexts.identity.roles import RoleKey
from heling.contexts.places.testing import VILLAGE, small_country
from heling.kernel.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _country(db: None) -> None:
    cache.clear()
    small_country()


def test_one_account_per_role_along_one_chain() -> None:
    usernames = demo_accounts(["9901"])
    posts = {p.user.username: p for p in Post.objects.select_related("user")}
    assert set(posts) == set(usernames)
    assert {p.role for p in posts.values()} == {k for k in RoleKey if k not in {"elder", "family"}}
    assert {p.code for p in posts.values()} == {"9901", "990103", "990103001", VILLAGE}
    for role in (RoleKey.CITY, RoleKey.COUNTY):
        assert sum(p.role == role for p in posts.values()) == 2, "four eyes"
    assessors = [p for p in posts.values() if p.role == RoleKey.ASSESSOR]
    assert sorted(p.medical for p in assessors) == [False, True]
    assert all(u.demo for u in User.objects.filter(username__in=usernames))


def test_a_home_may_be_a_village_and_twice_is_harmless() -> None:
    first = demo_accounts(["990105001001", "9801"])
    assert Post.objects.filter(code="990105").exists()
    again = demo_accounts(["990105001001", "9801"])
    assert first == again
    assert Post.objects.count() == User.objects.count() == len(first) == 20


def test_an_elder_and_a_daughter() -> None:
    elder, daughter = demo_family(elder_id=7, code=VILLAGE, elder_name="覃奶奶")
    assert demo_family(elder_id=7, code=VILLAGE, elder_name="覃奶奶") == (elder, daughter)
    rows = {r.user.username: r for r in Representation.objects.select_related("user")}
    assert (rows[elder].relation, rows[daughter].relation) == (Relation.SELF, Relation.CHILD)
    assert rows[daughter].document


def test_the_table_lets_a_visitor_in(client: Client) -> None:
    demo_accounts(["9901"])
    demo_family(elder_id=7, code=VILLAGE, elder_name="覃奶奶")
    page = client.get("/demo/").content.decode()
    for account in demo_table():
        assert account.username in page
        fields = {"login": account.username, "password": account.password}
        visitor = Client()
        visitor.post("/accounts/login/", fields)
        if account.code:
            visitor.post("/accounts/2fa/authenticate/", {"code": demo_code(account.username)})
        answer = visitor.get("/accounts/posts/")
        assert answer.status_code == 200, account.username
        assert account.role in answer.content.decode()
    assert 0 < seconds_left() <= 30


def test_two_visitors_may_use_the_same_code() -> None:
    usernames = demo_accounts(["9901"])
    for visitor in (Client(), Client()):
        visitor.post("/accounts/login/", {"login": usernames[0], "password": DEMO_PASSWORD})
        code = demo_code(usernames[0])
        assert visitor.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302


def test_a_code_is_six_digits_and_differs_by_account() -> None:
    assert re.fullmatch(r"\d{6}", demo_code("a"))
    assert len({demo_code(name) for name in "abcdefgh"}) > 6


def test_production_has_no_demonstration(client: Client, settings) -> None:
    settings.DEMO = False
    for call in (
        lambda: demo_accounts(["9901"]),
        lambda: demo_family(elder_id=7, code=VILLAGE, elder_name="覃奶奶"),
        demo_table,
        lambda: demo_code("x"),
    ):
        with pytest.raises(Refused, match="正式环境没有演示账号"):
            call()
    assert User.objects.count() == 0
    assert client.get("/demo/").status_code == 404
    assert "演示账号" not in client.get("/accounts/login/").content.decode()


# --- the first real account -----------------------------------------------------------------
def test_the_machine_opens_the_first_official(client: Client) -> None:
    out = io.StringIO()
    call_command("open_account", "lu.mingyuan", "陆明远", "9901", stdout=out)
    match = re.search(r"一次性密码 (\S+)", out.getvalue())
    assert match is not None
    client.post("/accounts/login/", {"login": "lu.mingyuan", "password": match[1]})
    assert client.get("/accounts/posts/")["Location"].startswith("/accounts/password/change/")


def test_the_machine_refuses_bad_input_with_a_sentence() -> None:
    with pytest.raises(CommandError, match="的区划应为市级"):
        call_command("open_account", "lu.mingyuan", "陆明远", "990103", stdout=io.StringIO())
    assert User.objects.count() == 0
