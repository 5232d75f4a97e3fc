"""A living city under a real browser: its own database, server, worker and Chromium.

The seeded city is made once per session as a template database; every module walks its
own clone, so journeys can change what they like. Each account logs in once per module.
axe looks at every page that is shown (``walker.py``).

``HELING_SHOTS=folder`` keeps screenshots. ``HELING_CITY=http://127.0.0.1:8200,database``
walks a city that is served already, while journeys are being written.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright
from tests.journeys.walker import DESK, PHONE, Walker

from heling.platform.embedded.postgres import APP, OWNER
from heling.platform.testing.plugin import clone, ensure_template

ELDERS = 240
As = Callable[..., Walker]


def _environment(database: str) -> dict[str, str]:
    server = settings.CONFIG.server
    return {
        **os.environ,
        "HELING_ENV": "test",
        "DATABASE_URL": server.url(database, APP),
        "DATABASE_OWNER_URL": server.url(database, OWNER),
    }


def _drop(database: str) -> None:
    settings.CONFIG.server.psql("postgres", f"drop database if exists {database} with (force)")


SERVED = os.environ.get("HELING_CITY", "")


@pytest.fixture(scope="session")
def city_template(django_db_blocker: Any) -> Iterator[str]:
    """Name of a database with the small demonstration city in it."""
    if SERVED:
        yield ""
        return
    name = f"heling_city_{os.getpid()}"
    with django_db_blocker.unblock():
        clone(name, ensure_template())
    command = [sys.executable, "-m", "heling", "city", "--elders", str(ELDERS)]
    done = subprocess.run(
        command, env=_environment(name), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    yield name
    _drop(name)


@dataclass
class City:
    """A served city: its address, the processes behind it, and who has logged in."""

    url: str
    database: str
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    sessions: dict[str, Any] = field(default_factory=dict)

    def psql(self, sql: str) -> str:
        """The database as its superuser: row-level security does not apply."""
        return str(settings.CONFIG.server.psql(self.database, sql)).strip()


@pytest.fixture(scope="module")
def city(city_template: str, request: pytest.FixtureRequest) -> Iterator[City]:
    if SERVED:
        yield City(*SERVED.split(","))
        return
    name = f"heling_j{os.getpid()}_{request.module.__name__.rsplit('.', 1)[-1]}"[:60]
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
    try:
        _wait(port)
        yield running
    finally:
        for child in running.children:
            child.terminate()
        for child in running.children:
            child.wait(20)
        _drop(name)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer within a minute")


@pytest.fixture(scope="module")
def browser(city: City) -> Iterator[Browser]:
    """One Chromium for a module, after its city: while Playwright is on, its event loop runs
    in this thread, and Django refuses to talk to the database, also in tests of others."""
    del city
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


@pytest.fixture
def as_(browser: Browser, city: City) -> Iterator[As]:
    """``as_("nb-street")`` is a browser in which that person is logged in; ``as_()`` is a
    stranger's. ``phone=True`` is a small touch screen, ``scripts=False`` has no JavaScript."""
    contexts = []

    def enter(username: str = "", *, phone: bool = False, scripts: bool = True) -> Walker:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            has_touch=phone,
            is_mobile=phone,
            java_script_enabled=scripts,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            storage_state=city.sessions.get(username),
        )
        contexts.append(context)
        walker = Walker(context.new_page(), city)
        if username and username not in city.sessions:
            walker.log_in(username)
            city.sessions[username] = context.storage_state()
        return walker

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def walk(as_: As) -> Walker:
    """A stranger at a desk."""
    return as_()


@pytest.fixture
def phone(as_: As) -> Walker:
    """A stranger with a phone."""
    return as_(phone=True)
