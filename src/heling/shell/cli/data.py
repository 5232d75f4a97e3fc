"""Commands that work on the database: seed, city, worker, database, audit, import."""

from __future__ import annotations

import json
import signal
import sys
from argparse import Namespace
from pathlib import Path

from heling.kernel.errors import BadInput
from heling.shell.cli.hosting import archive_packs, database_ready


def seed(args: Namespace) -> int:
    """``heling seed``: a population of any size, all of it marked as demonstration data."""
    if (args.elders is None) == (args.roster is None):
        raise BadInput.single("参数", "请写明 --elders 登记多少人，或 --roster 写成哪个花名册文件")
    with database_ready():
        return _write_roster(args) if args.roster else _register(args)


def _register(args: Namespace) -> int:
    from django.utils import timezone

    from heling.shell.city import seed_population

    loaded = seed_population(
        elders=args.elders,
        divisions=args.division or (),
        seed=args.seed,
        today=timezone.localdate(),
        say=_say,
    )
    _say(
        f"登记了 {loaded.elders:,} 位老年人、{loaded.households:,} 户、"
        f"{loaded.supporters:,} 位赡养人和扶养人、{loaded.statuses:,} 条身份认定"
        + (f"；{loaded.skipped:,} 人的证件号已经登记，跳过" if loaded.skipped else "")
    )
    return 0


def _write_roster(args: Namespace) -> int:
    from django.utils import timezone

    from heling.shell.city import write_roster

    rows = write_roster(
        Path(args.roster),
        rows=args.rows,
        divisions=args.division or (),
        seed=args.seed,
        today=timezone.localdate(),
        dirty=args.dirty,
    )
    _say(f"写了 {rows:,} 行到 {args.roster}，均为虚构的人。")
    return 0


def city(args: Namespace) -> int:
    """``heling city``: the demonstration city in the database that the environment names."""
    with database_ready():
        from django.utils import timezone

        from heling.shell.city import ensure_demonstration_city

        archive_packs()
        made = ensure_demonstration_city(elders=args.elders, today=timezone.localdate(), say=_say)
    _say("演示城市已就绪。" if made else "演示城市已经有了，没有改动。")
    return 0


def worker(args: Namespace) -> int:
    """``heling worker``: background tasks and the journal's delivery, until SIGTERM or Ctrl-C.

    A task that runs is given half a minute to end; what is not finished by then is taken up
    by the next worker.
    """
    del args
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the worker takes over
    from heling.shell.cli.environment import setup_django

    setup_django()
    archive_packs()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    assert isinstance(connector, DjangoConnector)  # noqa: S101 - narrows the type
    with app.replace_connector(connector.get_worker_connector()):
        app.run_worker(concurrency=2, shutdown_graceful_timeout=30, delete_jobs="successful")
    return 0


def audit(args: Namespace) -> int:
    """``heling audit``: compute every stored decision again; 1 when something differs."""
    with database_ready():
        from heling.shell.audit import audit_city

        report = audit_city(args.city)
    json.dump(report, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return 0 if report["clean"] else 1


def database(args: Namespace) -> int:
    """``heling database start|stop``: the embedded server alone."""
    from heling.kernel.errors import Refused
    from heling.shell.cli.hosting import start_database, update_schema
    from heling.shell.configuration import read

    config = read()
    if config.database_url:
        raise Refused(
            "现在用的是外部数据库（DATABASE_URL），不由这个命令启动或停止。",
            hint="请用它自己的工具管理。",
        )
    if args.action == "stop":
        config.server.stop()
        _say("数据库已停止。")
        return 0
    config.var.mkdir(parents=True, exist_ok=True)
    start_database(config)
    update_schema(config.var)
    _say(f"数据库已启动，套接字在 {config.server.socket_dir}。")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)
