"""Getting Django ready, once, only for the commands that need it."""

from __future__ import annotations

import os


def setup_environment() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heling.shell.settings")


def setup_django() -> None:
    setup_environment()
    import django

    django.setup()
