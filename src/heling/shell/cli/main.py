"""Parse the command, call one function, turn our errors into exit code 2 and a sentence."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from heling.kernel.errors import HelingError

SCHEMA_COMMANDS = {"migrate", "createcachetable", "lintmigrations", "sqlmigrate", "pgtrigger"}


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point. 0: done; 1: ran, and found something wrong; 2: the input was wrong."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["manage"]:
        return manage(arguments[1:])
    args = _parser().parse_args(arguments)
    try:
        return int(args.run(args) or 0)
    except HelingError as error:
        print(json.dumps({"error": error.message, "hint": error.hint}, ensure_ascii=False))
        print(f"heling: {error}", file=sys.stderr)
        return 2


def manage(arguments: Sequence[str]) -> int:
    """Django's own commands; those that change the schema connect as the owner role."""
    if arguments and arguments[0] in SCHEMA_COMMANDS:
        os.environ["HELING_DB_ROLE"] = "owner"
    setup_environment()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["heling manage", *arguments])
    return 0


def setup_environment() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heling.shell.settings")


def setup_django() -> None:
    setup_environment()
    import django

    django.setup()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="heling", description="鹤龄：居家社区养老服务平台")
    parser.add_subparsers(dest="command", required=True, metavar="命令")
    return parser
