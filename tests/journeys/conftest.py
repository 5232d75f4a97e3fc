"""A living city under a real browser: its own database, server, worker and Chromium.

The seeded city is made once per session as a template database; every module walks its
own clone, so journeys can change what they like. axe looks at every page that is shown.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from heling.platform.embedded.postgres import APP, OWNER
from heling.platform.testing.plugin import clone, ensure_template

ELDERS = 240
SHOTS = Path(os.environ["HELING_SHOTS"]) if "HELING_SHOTS" in os.environ else None
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def _environment(database: str) -> dict[str, str]:
    server = settings.CONFIG.server
    return {
        **os.environ,
        "HELING_ENV": "test",
        "DATABASE_URL": server.url(database, APP),
        "DATABASE_OWNER_URL": server.url(database, OWNER),
    }


@pytest.fixture(scope="session")
def city_template(django_db_blocker: object) -> Iterator[str]:
    """Name of a database with the small demonstration city in it."""
    name = f"heling_city_{os.getpid()}"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        clone(name, ensure_template())
    command = [sys.executable, "-m", "heling", "city", "--elders", str(ELDERS)]
    done = subprocess.run(
        command, env=_environment(name), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    yield name
    settings.CONFIG.server.psql("postgres", f"drop database if exists {name} with (force)")


@dataclass
class City:
    """A served city: its address and the processes behind it."""

    url: str
    database: str
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)


@pytest.fixture(scope="module")
def city(city_template: str, request: pytest.FixtureRequest) -> Iterator[City]:
    name = f"{city_template}_{request.module.__name__.rsplit('.', 1)[-1]}"[:60]
    clone(name, city_template)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = _environment(name)
    serve = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
        *("--port", str(port), "--workers", "1", "--blocking-threads", "2"),
        *("--log-level", "warning", "--no-ws", "heling.shell.wsgi:application"),
    ]
    running = City(f"http://127.0.0.1:{port}", name)
    for command in (serve, [sys.executable, "-m", "heling", "worker"]):
        running.children.append(subprocess.Popen(command, env=environment))
    _wait(port)
    yield running
    for child in running.children:
        child.terminate()
    for child in running.children:
        child.wait(20)
    settings.CONFIG.server.psql("postgres", f"drop database if exists {name} with (force)")


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer within a minute")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("HELING_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    assert path, "no Chromium found; `make browser` says how to install one"
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--no-first-run", *quiet]
        )
        yield chromium
        chromium.close()


class Walker:
    """One person with one browser: walks pages, and has every page looked at by axe."""

    def __init__(self, page: Page, city: City) -> None:
        self.page, self.city = page, city
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)

    def go(self, path: str) -> Walker:
        response = self.page.goto(self.city.url + path)
        assert response is not None
        assert response.status < 400, f"{path}: {response.status}\n{self.page.inner_text('body')}"
        return self.look()

    def press(self, name: str, *, role: str = "button") -> Walker:
        """Press the one button (or link) with this name and look at what comes."""
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state()
        return self.look()

    def follow(self, name: str) -> Walker:
        return self.press(name, role="link")

    def fill(self, **values: str) -> Walker:
        """Fill fields by their form names."""
        for name, value in values.items():
            widget = self.page.locator(f"[name={name}]").first
            if widget.evaluate("e => e.tagName") == "SELECT":
                widget.select_option(value)
            else:
                widget.fill(value)
        return self

    def sees(self, *texts: str) -> Walker:
        for text in texts:
            assert text in self.page.inner_text("body"), f"{text!r} is not on {self.page.url}"
        return self

    def look(self) -> Walker:
        """axe on the page as it stands, no script errors, a screenshot when asked for."""
        assert not self.errors, f"{self.page.url}: {self.errors}"
        results = Axe().run(self.page)
        assert results.violations_count == 0, f"{self.page.url}\n{results.generate_report()}"
        if SHOTS:
            SHOTS.mkdir(parents=True, exist_ok=True)
            name = self.page.url.removeprefix(self.city.url).strip("/").replace("/", "-") or "home"
            self.page.screenshot(path=SHOTS / f"{name[:80]}.png", full_page=True)
        return self

    def log_in(self, username: str) -> Walker:
        from heling.contexts.identity.demo import DEMO_PASSWORD, demo_code

        self.go("/accounts/login/").fill(login=username, password=DEMO_PASSWORD)
        self.press("登录")
        if self.page.locator("[name=code]").count():
            self.fill(code=demo_code(username))
            self.press("登录")
        return self


@pytest.fixture
def walk(browser: Browser, city: City) -> Iterator[Walker]:
    context = browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    yield Walker(context.new_page(), city)
    context.close()


@pytest.fixture
def phone(browser: Browser, city: City) -> Iterator[Walker]:
    context = browser.new_context(  # type: ignore[misc]
        viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", has_touch=True, is_mobile=True
    )
    yield Walker(context.new_page(), city)
    context.close()
