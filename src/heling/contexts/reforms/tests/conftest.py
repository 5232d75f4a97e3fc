"""One city official with a browser, and files that go away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.reforms import studio
from heling.kernel.actor import Actor
from heling.kernel.identifiers import Territory


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.FILES_ROOT = tmp_path
    studio.empty()


def planner(code: str = "3302", role: RoleKey = RoleKey.CITY) -> tuple[Client, Actor]:
    """A browser and the actor behind it."""
    user = people.official(role, code)
    client = Client()
    people.sign_in(client, user)
    actor = people.acting(role, code)
    same = Actor(
        user_id=user.pk,
        name=user.name,
        role=role,
        permissions=actor.permissions,
        territory=Territory(code),
    )
    return client, same


@pytest.fixture
def city(db: None) -> tuple[Client, Actor]:
    return planner()
