"""``heling registry import``: a roster from the command line, with the rights of an account."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput
from heling.shell.cli.hosting import database_ready

_CHUNK = 1024 * 1024


def import_roster(args: Namespace) -> int:
    """Check a roster and, without ``--dry-run``, write it. 1 when rows have problems."""
    path = Path(args.file)
    if not path.is_file():
        raise BadInput.single(args.file, "没有这个文件，请检查路径")
    with database_ready():
        from heling.contexts.identity.public import actor_of_account

        by = actor_of_account(args.account)
        report = _dry_run(path, by) if args.dry_run else _import(path, by)
    print(json.dumps(report, ensure_ascii=False, indent=2))
    return 1 if report["counts"]["error"] else 0


def _dry_run(path: Path, by: Actor) -> dict[str, Any]:
    from heling.contexts.registry.public import look_at_roster
    from heling.platform.access.scope import scoped

    counts: Counter[str] = Counter()
    problems: list[dict[str, Any]] = []
    with scoped(by):
        for number, verdict, said in look_at_roster(path, by=by):
            counts[verdict] += 1
            problems += [{"row": number, "where": p.where, "message": p.message} for p in said]
    kinds = ("new", "same", "changed", "similar", "error")
    return {
        "file": path.name,
        "written": False,
        "counts": {k: counts[k] for k in kinds},
        "problems": problems,
    }


def _import(path: Path, by: Actor) -> dict[str, Any]:
    from heling.contexts.registry.public import bring_in_roster

    return bring_in_roster(name=path.name, chunks=_chunks(path), by=by)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
