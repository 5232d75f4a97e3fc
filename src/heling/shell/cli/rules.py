"""Commands that need rules and nothing else: no database, no Django."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import Any

from heling.kernel.errors import BadInput

_LARGEST_INPUT = 10 * 1024 * 1024
_LONGEST_PROOF = 3_600


def score(args: Namespace) -> int:
    """``heling assess score``: an answer sheet in, sums and level out."""
    from heling.contexts.assessment.domain.interchange import score_json

    return _print(score_json(args.scale, _read(args.file)))


def determine(args: Namespace) -> int:
    """``heling law determine``: one person's facts in, every grant with its reasons out."""
    from heling.engines.law.service import determine_json

    return _print(determine_json(args.city, _day(args.on), _read(args.file)))


def examine(args: Namespace) -> int:
    """``heling law examine``: one compound, facility or institution in, what the norms say out."""
    from heling.engines.law.service import examine_json

    found = examine_json(
        args.city, args.entity, _day(args.on), _read(args.file), measures=args.measures
    )
    return _print(found)


def check(args: Namespace) -> int:
    """``heling law check``: load packs, run the tests inside them; 1 when something is wrong."""
    from heling.engines.law.service import check_json

    report = check_json([Path(p) for p in args.packs], prove=args.prove)
    _print(report)
    return 0 if report["ok"] else 1


def sql(args: Namespace) -> int:
    """``heling law sql``: the rules as one SELECT of PostgreSQL or Spark."""
    from heling.engines.law.service import sql_text

    names = {"table": args.table, "key": args.key, "county": args.county}
    spark = args.engine == "spark"
    if args.totals and not spark:
        raise BadInput.single("--totals", "只用于 --engine spark；PostgreSQL 里请自己汇总")
    print(
        sql_text(
            args.city, _day(args.on), names, spark=spark, totals=args.totals, measures=args.measures
        )
    )
    return 0


def prove(args: Namespace) -> int:
    """``heling law prove``: the promises of packs, proved or broken by a person; 1 when broken."""
    from heling.engines.law.service import prove_json

    if not 1 <= args.seconds <= _LONGEST_PROOF:
        raise BadInput.single("--seconds", f"应在 1 至 {_LONGEST_PROOF} 之间")
    report, words = prove_json([Path(p) for p in args.packs], patience=args.seconds * 1_000)
    if args.json:
        _print(report)
    else:
        print(words)
    return 0 if report["ok"] else 1


def _read(file: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read(_LARGEST_INPUT + 1) if file == "-" else _text(Path(file))
    except OSError as error:
        raise BadInput.single(file, f"读不了这个文件（{error.strerror}），请检查路径") from None
    if len(text) > _LARGEST_INPUT:
        raise BadInput.single(file, "超过 10 MB，一个人的资料不会有这么多，请检查文件")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput.single(
            f"{file} 第 {error.lineno} 行", f"不是有效的 JSON（{error.msg}），请检查标点和引号"
        ) from None
    if not isinstance(value, dict):
        raise BadInput.single(file, "最外层应为一个 JSON 对象 {…}")
    return value


def _text(path: Path) -> str:
    if path.stat().st_size > _LARGEST_INPUT:
        raise BadInput.single(str(path), "超过 10 MB，一个人的资料不会有这么多，请检查文件")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput.single(str(path), "不是 UTF-8 文本，请另存为 UTF-8 后再试") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput.single("--on", f"“{text}”不是日期，请写成 2026-11-01 的样子") from None


def _print(value: Any) -> int:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
    return 0
