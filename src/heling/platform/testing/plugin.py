"""pytest plugin (``-p heling.platform.testing.plugin``): a real PostgreSQL under every test.

The server is the embedded one with ``fsync`` off. All migrations run once, as the owner
role, into a template database named after their content; each session clones it in a
moment and connects as the *application* role, so row-level security is in force in
every test. A test's data is written under the platform's scope; requests set their own.
"""

from __future__ import annotations

import os

os.environ["HELING_ENV"] = "test"

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import pytest


def ensure_template() -> str:
    """Name of a fully migrated database to clone; made when it does not exist yet."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from heling.platform.embedded.postgres import OWNER
    from heling.platform.embedded.schema import fingerprint

    server, name = settings.CONFIG.server, f"heling_t_{fingerprint()}"
    server.start()
    if server.psql("postgres", f"select 1 from pg_database where datname='{name}'"):  # noqa: S608
        return name
    making = f"{name}_making_{os.getpid()}"
    server.ensure_database(making)
    with connected_as(connections["default"], making, OWNER):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
    server.psql("postgres", f"alter database {making} rename to {name}")
    return name


@contextmanager
def connected_as(connection: Any, name: str, user: str) -> Iterator[None]:
    """The connection leads to another database, as another role."""
    old = {key: connection.settings_dict[key] for key in ("NAME", "USER")}
    connection.close()
    connection.settings_dict.update({"NAME": name, "USER": user})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(old)


def clone(name: str, template: str) -> None:
    """Make database ``name`` a fresh copy of ``template``."""
    from django.conf import settings

    server = settings.CONFIG.server
    server.psql("postgres", f"drop database if exists {name} with (force)")
    server.psql("postgres", f"create database {name} template {template} strategy file_copy")
    server.psql("postgres", f"alter database {name} owner to heling_owner")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    from django.db import connection

    with django_db_blocker.unblock():
        name = f"heling_test_{os.getpid()}"
        clone(name, ensure_template())
        connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        from django.conf import settings

        connection.close()
        settings.CONFIG.server.psql("postgres", f"drop database if exists {name} with (force)")


@contextmanager
def living_database() -> Iterator[str]:
    """A database of the caller's own, in which transactions really commit, for any thread.

    Empty but for what migrations write; its name, for other processes. Whoever uses it has
    asked pytest-django for leave (``django_db_blocker``) and opens scopes by itself.
    """
    from django.conf import settings
    from django.db import connection

    mine = f"{connection.settings_dict['NAME']}_living"
    clone(mine, ensure_template())
    try:
        with connected_as(connection, mine, connection.settings_dict["USER"]):
            yield mine
    finally:
        settings.CONFIG.server.psql("postgres", f"drop database if exists {mine} with (force)")


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The same for one test: several connections at once (see :mod:`at_once`)."""
    del django_db_setup
    with django_db_blocker.unblock(), living_database() as name:
        yield name


@pytest.fixture
def migrate(own_database: str) -> Callable[[str, str], None]:
    """``migrate(app, migration)``: takes the test's own database there, forth or back, as the
    role that migrates. Rows are written and read between, as the application."""
    from django.core.management import call_command
    from django.db import connection

    from heling.platform.embedded.postgres import OWNER

    def run(app: str, migration: str) -> None:
        with connected_as(connection, own_database, OWNER):
            call_command("migrate", app, migration, verbosity=0)

    return run


def _uses_database(request: pytest.FixtureRequest) -> bool:
    marked = request.node.get_closest_marker("django_db") is not None
    return marked or "db" in request.fixturenames


@pytest.fixture(autouse=True)
def _platform_scope(request: pytest.FixtureRequest) -> Iterator[None]:
    """Database tests arrange their data as the platform itself; requests narrow the scope."""
    if not _uses_database(request):
        yield
        return
    request.getfixturevalue("db")
    from heling.platform.access.scope import EVERYTHING, scoped

    with scoped(EVERYTHING):
        yield


@pytest.fixture(autouse=True)
def _no_n_plus_one(request: pytest.FixtureRequest) -> Iterator[None]:
    if not _uses_database(request):
        yield
        return
    from zeal import zeal_context

    with zeal_context():
        yield


_SESSIONS = pytest.StashKey[IO[bytes]]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Say that a session is on the server, with a shared lock that ends with the process."""
    from django.conf import settings

    folder = settings.CONFIG.var
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "sessions.lock").open("wb")
    fcntl.flock(lock, fcntl.LOCK_SH)
    session.stash[_SESSIONS] = lock


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the server that the tests ran on, unless another session is still on it.

    Connections would not tell: a session has none while it starts, or between two journeys.
    """
    from django.conf import settings

    with session.stash[_SESSIONS] as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if settings.CONFIG.server.running():
            settings.CONFIG.server.stop()
