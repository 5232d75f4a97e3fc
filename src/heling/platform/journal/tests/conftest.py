from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from heling.platform.journal import deliver, wake


@pytest.fixture(autouse=True)
def _own_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No handler of a context takes part; each test registers its own."""
    monkeypatch.setattr(deliver, "_readers", {})
    monkeypatch.setattr(wake, "wanted", set())


@pytest.fixture
def living_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test's own in which transactions really commit, for any thread."""
    from django.db import connection

    from heling.platform.testing.plugin import clone, ensure_template
    from heling.shell.settings import CONFIG

    name = f"heling_living_{os.getpid()}"
    with django_db_blocker.unblock():
        connection.close()
        before = connection.settings_dict["NAME"]
        clone(name, ensure_template())
        connection.settings_dict["NAME"] = name
        yield name
        connection.close()
        connection.settings_dict["NAME"] = before
        CONFIG.server.psql("postgres", f"drop database if exists {name} with (force)")
