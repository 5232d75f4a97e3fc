"""Fixtures for every test of the repository. conftest beats pytest-django's own database set-up."""

from heling.platform.testing.plugin import (
    _no_n_plus_one,
    _platform_scope,
    django_db_setup,
)

__all__ = ["_no_n_plus_one", "_platform_scope", "django_db_setup"]
