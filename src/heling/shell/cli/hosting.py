"""The database behind a command: started if it was not, its schema up to date."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from heling.kernel.errors import HelingError
from heling.shell.cli.environment import setup_django
from heling.shell.configuration import Configuration, read


def start_database(config: Configuration) -> bool:
    """Start the embedded server unless an outside one is named. True when we must stop it."""
    if config.database_url:
        return False
    was_running = config.server.running()
    config.server.start()
    config.server.ensure_database("heling")
    return not was_running


def update_schema(var: Path) -> None:
    """Apply migrations when any migration file changed since the last start."""
    from heling.platform.embedded.schema import fingerprint

    mark, now = var / "schema", fingerprint()
    if mark.exists() and mark.read_text() == now:
        return
    print("更新数据库结构 …", file=sys.stderr)
    for command in (["migrate", "-v", "0"], ["createcachetable"]):
        subprocess.run([sys.executable, "-m", "heling", "manage", *command], check=True)  # noqa: S603
    mark.write_text(now)


def archive_packs() -> None:
    """Put the packs of this release into the rule book, unless they are there already, and say
    so when a city's own edition does not fit them any more. Django is set up."""
    from django.utils import timezone

    from heling.contexts.lawbook.public import law_of, take_in
    from heling.engines.law.library import cities, default_root
    from heling.kernel.actor import system
    from heling.platform.access.scope import scoped

    by = system("软件启动")
    with scoped(by):
        if not take_in(at=timezone.now(), by=by):
            return
        for city in cities(default_root()):
            try:
                law_of(city, on=timezone.localdate())
            except HelingError as error:
                print(f"{city} 的规则不能用了，请修改本市版本：{error}", file=sys.stderr)


@contextmanager
def database_ready() -> Iterator[None]:
    """Django with a database behind it; an embedded server that we started is stopped again.

    An outside database (DATABASE_URL) is taken as it is: its schema is its owner's affair.
    """
    config = read()
    config.var.mkdir(parents=True, exist_ok=True)
    started = start_database(config)
    try:
        if not config.database_url:
            update_schema(config.var)
        setup_django()
        yield
    finally:
        if started:
            _leave()
            config.server.stop()


def _leave() -> None:
    from django.db import connections

    connections.close_all()
