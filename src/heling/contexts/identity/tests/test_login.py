"""Logging in through the real pages: password, one-time code, what stands in between."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from heling.contexts.identity.models import User
from heling.contexts.identity.roles import RoleKey
from heling.contexts.identity.testing import PASSWORD, family, official, person, sign_in

LOGIN = "/accounts/login/"
CODE = "/accounts/2fa/authenticate/"
CONSOLE = "/console/accounts/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_throttles(db: None) -> None:
    cache.clear()


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def with_totp(user: User) -> str:
    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    return secret


def enter(client: Client, username: str, password: str = PASSWORD, **extra: str):
    return client.post(LOGIN, {"login": username, "password": password, **extra})


def sentences(response) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_an_official_logs_in_with_password_and_code(client: Client) -> None:
    user = official(RoleKey.CITY, "9901")
    secret = with_totp(user)
    first = enter(client, user.username, next=CONSOLE)
    assert (first.status_code, first["Location"]) == (302, CODE)
    assert client.get(CONSOLE).status_code == 302, "the password alone opens nothing"
    assert "第二步" in sentences(client.get(CODE))
    second = client.post(CODE, {"code": code_of(secret)})
    assert (second.status_code, second["Location"]) == (302, CONSOLE)
    assert client.get(CONSOLE).status_code == 200


def test_a_wrong_code_says_so_and_opens_nothing(client: Client) -> None:
    user = official(RoleKey.CITY, "9901")
    secret = with_totp(user)
    enter(client, user.username)
    wrong = str((int(code_of(secret)) + 1) % 1_000_000).zfill(6)
    response = client.post(CODE, {"code": wrong})
    assert response.status_code == 200
    assert "验证码不对或已经用过" in sentences(response)
    assert client.get(CONSOLE).status_code == 302


def test_a_code_serves_once(client: Client) -> None:
    user = official(RoleKey.CITY, "9901")
    code = code_of(with_totp(user))
    enter(client, user.username)
    client.post(CODE, {"code": code})
    other = Client()
    enter(other, user.username)
    assert "已经用过" in sentences(other.post(CODE, {"code": code}))


def test_a_recovery_code_stands_in_for_the_phone(client: Client) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    user = official(RoleKey.CITY, "9901")
    with_totp(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    enter(client, user.username)
    assert client.post(CODE, {"code": code}).status_code == 302
    assert client.get(CONSOLE).status_code == 200


def test_a_family_logs_in_with_the_password(client: Client) -> None:
    user = family(7, "990103001001")
    assert enter(client, user.username).status_code == 302
    assert client.get("/accounts/posts/").status_code == 200


def test_secrets_are_sealed_in_the_database(client: Client) -> None:
    user = official(RoleKey.CITY, "9901")
    secret = with_totp(user)
    stored = Authenticator.objects.get(user=user).data["secret"]
    assert secret not in stored


# --- nothing tells who has an account ------------------------------------------------
def test_unknown_wrong_and_switched_off_answer_alike(client: Client) -> None:
    known, off = person(), person()
    User.objects.filter(pk=off.pk).update(is_active=False)
    answers = {
        (r.status_code, re.sub(r'value="[^"]*"|csrf[^ ]*|nonce-\S+', "", sentences(r)))
        for r in (
            enter(Client(), "nobody-at-all", "wrong password"),
            enter(Client(), known.username, "wrong password"),
            enter(Client(), off.username, "wrong password"),
        )
    }
    assert len(answers) == 1
    assert "用户名或密码不对" in next(iter(answers))[1]


def test_an_unknown_name_costs_as_much_hashing_as_a_known_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    user, calls = person(), []
    real = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        calls.append(password)
        return str(real(self, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    counts = []
    for username in (user.username, "nobody-at-all"):
        calls.clear()
        enter(client, username, "wrong password")
        counts.append(len(calls))
    assert counts[0] == counts[1] == 1


def test_a_switched_off_account_is_told_only_after_the_right_password(client: Client) -> None:
    user = person()
    User.objects.filter(pk=user.pk).update(is_active=False)
    response = enter(client, user.username)
    assert response["Location"] == "/accounts/inactive/"
    assert "账号已停用" in sentences(client.get("/accounts/inactive/"))


def test_a_demonstration_account_cannot_enter_production(client: Client, settings) -> None:
    user = User.objects.create_user("demo-x", PASSWORD, name="演示", demo=True)
    settings.DEMO = False
    assert enter(client, user.username)["Location"] == "/accounts/inactive/"


# --- throttling ----------------------------------------------------------------------
@pytest.mark.parametrize("exists", [True, False])
def test_the_sixth_failure_locks_for_everybody_alike(client: Client, *, exists: bool) -> None:
    username = person().username if exists else "nobody-at-all"
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert enter(client, username, "wrong password").status_code == 200
    locked = enter(client, username, "wrong password")
    assert locked.status_code == 429
    assert "失败次数太多，暂时不能登录" in sentences(locked)
    assert enter(client, username).status_code == 429, "the right password is locked out too"


def test_a_lock_holds_for_one_address_only(client: Client) -> None:
    user = person()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        enter(client, user.username, "wrong password")
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert enter(elsewhere, user.username).status_code == 302


def test_guessing_one_account_from_many_addresses_is_stopped(client: Client) -> None:
    user = person()
    answers = [
        sentences(enter(Client(REMOTE_ADDR=f"10.0.0.{n}"), user.username, "wrong password"))
        for n in range(11)
    ]
    assert "失败次数太多" not in answers[9]
    assert "失败次数太多，请 5 分钟后再试" in answers[10]


def test_guessing_codes_is_stopped(client: Client) -> None:
    user = official(RoleKey.CITY, "9901")
    secret = with_totp(user)
    wrong = str((int(code_of(secret)) + 1) % 1_000_000).zfill(6)
    enter(client, user.username)
    for _ in range(10):
        client.post(CODE, {"code": wrong})
    assert "失败次数太多" in sentences(client.post(CODE, {"code": code_of(secret)}))


# --- gates ---------------------------------------------------------------------------
def test_an_official_without_second_factor_can_do_nothing_but_set_one_up(client: Client) -> None:
    user = official(RoleKey.CITY, "9901")
    enter(client, user.username)
    for path in (CONSOLE, "/accounts/posts/", "/", "/console/journal/"):
        assert client.get(path)["Location"].startswith("/accounts/2fa/?next="), path
    assert client.post("/accounts/posts/", {"hat": "1"})["Location"].startswith("/accounts/2fa/")
    assert "请先设置" in sentences(client.get("/accounts/2fa/"))

    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert secret in sentences(page)
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    assert "还有 10 个没有用过" in sentences(client.get(done["Location"]))
    assert client.get(CONSOLE).status_code == 200, "setting it up has shown possession"


def test_a_login_from_before_the_second_factor_must_show_it(client: Client) -> None:
    user = official(RoleKey.CITY, "9901")
    enter(client, user.username)
    secret = with_totp(user)  # set up elsewhere in the meantime
    assert client.get(CONSOLE)["Location"].startswith("/accounts/2fa/reauthenticate/?next=")
    client.post(f"/accounts/2fa/reauthenticate/?next={CONSOLE}", {"code": code_of(secret)})
    assert client.get(CONSOLE).status_code == 200


def test_a_one_time_password_must_be_changed_first(client: Client, soon) -> None:
    user = family(7, "990103001001")
    User.objects.filter(pk=user.pk).update(initial_until=soon)
    enter(client, user.username)
    blocked = client.get("/accounts/posts/")
    assert blocked["Location"].startswith("/accounts/password/change/?next=")
    new = "another quite long one"
    fields = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    same = client.post("/accounts/password/change/", fields)
    assert "新密码不能与现在的密码相同" in sentences(same)
    client.post("/accounts/password/change/", fields | {"password1": new, "password2": new})
    assert client.get("/accounts/posts/").status_code == 200
    assert User.objects.get(pk=user.pk).initial_until is None


def test_a_lapsed_one_time_password_opens_nothing(client: Client, just_past) -> None:
    user = family(7, "990103001001")
    User.objects.filter(pk=user.pk).update(initial_until=just_past)
    assert enter(client, user.username)["Location"] == "/accounts/inactive/"
    assert client.get("/accounts/posts/")["Location"].startswith(LOGIN)


def test_an_official_keeps_the_last_second_factor(client: Client) -> None:
    user = official(RoleKey.CITY, "9901")
    with_totp(user)
    sign_in(client, user)
    response = client.post("/accounts/2fa/totp/deactivate/")
    assert "不能停用最后一种方式" in sentences(response)
    assert Authenticator.objects.filter(user=user).exists()


def test_a_sensitive_step_asks_for_a_fresh_code(client: Client) -> None:
    user = official(RoleKey.CITY, "9901")
    secret = with_totp(user)
    sign_in(client, user)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    page = client.get("/accounts/2fa/recovery-codes/generate/")
    assert page["Location"].startswith("/accounts/2fa/reauthenticate/")
    client.post(page["Location"], {"code": code_of(secret)})
    assert client.get("/accounts/2fa/recovery-codes/generate/").status_code == 200


# --- what is closed ------------------------------------------------------------------
@pytest.mark.parametrize(
    "path",
    [
        "/accounts/signup/",
        "/accounts/email/",
        "/accounts/password/reset/",
        "/accounts/password/set/",
        "/accounts/confirm-email/",
        "/accounts/login/code/confirm/",
        "/accounts/2fa/webauthn/signup/",
    ],
)
def test_unused_pages_of_the_library_do_not_exist(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_lost_password_leads_to_a_counter(client: Client) -> None:
    page = client.get(reverse("account_reset_password"))
    assert "当面核对" in sentences(page)
    assert "<form" not in page.content.decode().split("<main")[1].split("</main>")[0]


def test_an_address_of_another_site_is_not_followed(client: Client) -> None:
    user = family(7, "990103001001")
    response = enter(client, user.username, next="https://evil.example/")
    assert "evil.example" not in response["Location"]
