"""``heling reform``: what reforms would cost and whom they would reach. Needs no database."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import date
from pathlib import Path

import numpy as np

from heling.contexts.assessment.domain.store import GBT42195, load_scale
from heling.demo import ElderDraft, VillageRef, answers_for, generate
from heling.demo.codes import Lives, Living, StatusKind
from heling.engines.law import FactColumn, RuleSet, load_city
from heling.engines.law.bitstore import BitStore
from heling.engines.law.compare import compare
from heling.engines.law.model import Fact
from heling.engines.law.population import Population, read_population, write_population
from heling.engines.law.reform import Reform, apply, read_reform
from heling.engines.law.units import Kind
from heling.kernel.errors import BadInput

_LARGEST = 1 << 20
_MOST_MONTHS = 120
_MOST_ELDERS = 2_000_000
_COUNTIES = 8
_EPOCH = date(1970, 1, 1)
_WORDS = {kind: kind.label for kind in StatusKind} | {StatusKind.TEKUN: "分散特困供养"}


def run(args: Namespace) -> int:
    """Read reforms and people, compare, print JSON."""
    months = _months(args.month, args.months)
    reforms = [_reform(file) for file in args.files]
    rules = load_city(reforms[0].city, measures=args.measures)
    reformed = [(reform, apply(rules, reform)) for reform in reforms]
    people = _people(args, rules, months[0])
    store = BitStore(rules.facts, people.facts, people.size, people.districts)
    json.dump(
        compare(rules, reformed, store, months).to_json(), sys.stdout, ensure_ascii=False, indent=2
    )
    sys.stdout.write("\n")
    return 0


def _reform(file: str) -> Reform:
    path = Path(file)
    try:
        raw = sys.stdin.buffer.read(_LARGEST + 1) if file == "-" else path.read_bytes()
    except OSError as error:
        raise BadInput.single(file, f"读不了这个文件（{error.strerror}），请检查路径") from None
    return read_reform(raw, "标准输入" if file == "-" else path.name)


def _months(first: str, count: int) -> list[date]:
    """The first day of so many months."""
    try:
        start = date.fromisoformat(f"{first}-01")
    except ValueError:
        raise BadInput.single("--month", f"“{first}”不是月份，请写成 2026-11 的样子") from None
    if not 1 <= count <= _MOST_MONTHS:
        raise BadInput.single("--months", f"{count} 不行，请写 1 到 {_MOST_MONTHS} 之间的整数")
    turns = [divmod(start.month - 1 + n, 12) for n in range(count)]
    return [date(start.year + years, month + 1, 1) for years, month in turns]


def _people(args: Namespace, rules: RuleSet, on: date) -> Population:
    if (args.population is None) == (args.elders is None):
        raise BadInput.single("人口", "请写 --population FILE.npz 或 --elders N，写且只写一个")
    if args.population is not None:
        return read_population(Path(args.population), rules.facts)
    if not 1 <= args.elders <= _MOST_ELDERS:
        raise BadInput.single(
            "--elders", f"{args.elders} 不行，请写 1 到 {_MOST_ELDERS} 之间的整数"
        )
    people = demo_population(rules, args.elders, args.seed, on)
    if args.save is not None:
        write_population(Path(args.save), people)
    return people


def demo_population(rules: RuleSet, elders: int, seed: int, on: date) -> Population:
    """People who do not exist, as the columns that these rules understand. What nobody has
    certified is false here: a plan counts everybody."""
    villages = [
        VillageRef(f"{rules.city[:4]}{n:02d}001001", f"演示社区{n}", urban=n % 3 > 0)
        for n in range(1, _COUNTIES + 1)
    ]
    rows = [
        _row(elder, on)
        for household in generate(seed=seed, elders=elders, villages=villages, on=on)
        for elder in household.members
    ]
    facts = {
        word: FactColumn(np.array([row[word] for row in rows], dtype=_dtype(fact)))
        for word, fact in rules.facts.items()
        if word in rows[0]
    }
    return Population(facts, elders, np.array([row["区县"] for row in rows], dtype=np.int32))


def _row(elder: ElderDraft, on: date) -> dict[str, int]:
    held = {s.kind for s in elder.statuses if s.until is None or on <= s.until}
    near = any(s.lives is not Lives.ELSEWHERE for s in elder.supporters)
    statuses = {word: int(kind in held) for kind, word in _WORDS.items()}
    level = load_scale(GBT42195).band(sum(answers_for(elder).values()))
    return statuses | {
        "出生日期": (elder.birth - _EPOCH).days,
        "户籍地": _city(elder.hukou_code),
        "居住地": _city(elder.residence_code),
        "居住区县": int(elder.residence_code[:6]),
        "居家": int(elder.living is not Living.INSTITUTION),
        "独居": int(elder.living is Living.ALONE),
        "赡养扶养人": 0 if near else (1 if elder.supporters else 2),
        "失能等级": level.value,
        "其他经济困难": 0,
        "护理补贴": 0,
        "待遇选择": 0,
        "区县": int(elder.residence_code[:6]),
    }


def _city(code: str) -> int:
    return int(code[:4]) * 100


def _dtype(fact: Fact) -> type[np.generic]:
    return {Kind.BOOL: np.bool_, Kind.ENUM: np.uint8}.get(fact.type.kind, np.int32)
