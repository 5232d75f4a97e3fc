from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from heling.platform.lists.tests import world


@pytest.fixture
def client(db: None, settings: Any, tmp_path: Any) -> Iterator[Client]:
    """A browser of the official; ``X-Who: powerless`` is somebody without rights."""
    settings.ROOT_URLCONF = "heling.platform.lists.tests.world"
    settings.ACTOR_LOADER = "heling.platform.lists.tests.world.actor_for"
    settings.FILES_ROOT = tmp_path
    world.acted.clear()
    return Client(headers={"x-who": "official"})
