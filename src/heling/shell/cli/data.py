"""Commands that work on the database: seed, city, worker, database, audit, import."""

from __future__ import annotations

from argparse import Namespace

from heling.shell.cli.hosting import database_ready


def seed(args: Namespace) -> int:
    """``heling seed``: a population of any size, all of it marked as demonstration data."""
    with database_ready():
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
