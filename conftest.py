"""Fixtures for every test of the repository. conftest beats pytest-django's own database set-up."""

from collections.abc import Iterator

import pytest

from heling.platform.testing.plugin import (
    _no_n_plus_one,
    _platform_scope,
    django_db_setup,
)

__all__ = ["_no_n_plus_one", "_platform_scope", "django_db_setup"]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Names of divisions that one test planted are not the next one's."""
    yield
    from heling.contexts.places.memory import forget

    forget()
