"""The world of the matrix: a database of its own, built once; every request is undone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from tests.matrix.personas import PERSONAS
from tests.matrix.things import World, build


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, committed: sessions and objects outlive the single request."""
    from django.db import connection

    from heling.platform.access.scope import EVERYTHING, scoped
    from heling.platform.testing.plugin import clone, ensure_template
    from heling.shell.settings import CONFIG

    name = f"heling_matrix_{os.getpid()}"
    with django_db_blocker.unblock():
        connection.close()
        before = connection.settings_dict["NAME"]
        clone(name, ensure_template())
        connection.settings_dict["NAME"] = name
        try:
            with scoped(EVERYTHING):
                made = build()
            yield made
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
            CONFIG.server.psql("postgres", f"drop database if exists {name} with (force)")


@pytest.fixture(scope="module")
def keys(world: World) -> dict[str, str]:
    """Session cookie by persona. Proofs lie in the future, so step-up never interrupts."""
    from heling.contexts.identity.testing import sign_in

    made = {}
    for persona in PERSONAS.values():
        if not persona.logged_in:
            continue
        client = Client()
        sign_in(client, world.users[persona.name])
        session = client.session
        proofs = session["account_authentication_methods"]
        for proof in proofs:
            proof["at"] = time.time() + 86_400
            proof["method"] = "mfa" if persona.proved else "password"
        session["account_authentication_methods"] = proofs
        session.save()
        made[persona.name] = client.cookies["sessionid"].value
    return made
