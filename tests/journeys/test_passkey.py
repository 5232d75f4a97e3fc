"""A passkey is registered, opens the door alone, and confirms a sensitive step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser
from tests.journeys.conftest import City
from tests.journeys.walker import DESK, Walker

pytestmark = pytest.mark.journey

# A device of our own: it has a fingerprint reader and says yes to every finger.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def walk(browser: Browser, city: City) -> Iterator[Walker]:
    """Somebody with such a device, at ``localhost``: passkeys are bound to a name, not a number."""
    context = browser.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield Walker(page, replace(city, url=city.url.replace("127.0.0.1", "localhost")))
    context.close()


def test_a_passkey_from_registration_to_removal(walk: Walker) -> None:
    walk.log_in("nb-street").go("/accounts/2fa/passkeys/add/")
    walk.fill(name="办公室电脑").choose("以后可以只用它登录，不输密码")
    walk.press("登记")
    walk.go("/accounts/2fa/passkeys/").sees("办公室电脑")
    walk.follow("改名办公室电脑").fill(name="窗口电脑").press("保存").sees("窗口电脑")

    walk.go("/accounts/logout/").press("退出")
    walk.go("/accounts/login/").press("用通行密钥登录")
    assert walk.path() == "/console/", "the passkey is both factors at once"
    walk.sees("梁志强")

    walk.go("/accounts/2fa/passkeys/").follow("删除窗口电脑").press("删除")
    walk.sees("还没有登记通行密钥", "通行密钥已删除")


def test_a_device_that_says_no_is_explained(walk: Walker) -> None:
    walk.go("/accounts/login/")
    walk.named("用通行密钥登录").click()
    walk.page.wait_for_selector("#h-live:not([hidden])")
    walk.sees("没有完成")
    assert walk.path() == "/accounts/login/"
