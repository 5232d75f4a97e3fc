"""How long each step may take, as dated data of a jurisdiction.

Neither ordinance states these terms. Until a city enters its own document they come from
``procedures/default.yaml`` and carry the mark 待核实 wherever they decide something. A city
moves in by adding ``procedures/<code>.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from heling.contexts.entitlements.domain.days import Counting, Term, WorkCalendar
from heling.kernel.errors import BadInput, Problem
from heling.kernel.period import Period, gaps, overlapping

FOLDER = Path(__file__).resolve().parents[1] / "procedures"
TERMS = (
    "confirmation",
    "acceptance",
    "correction",
    "first_review",
    "second_review",
    "publication",
    "publicity",
    "objection",
    "decision",
    "redetermination",
    "sealing",
)
TERM_LABELS = {
    "confirmation": "确认免申即享",
    "acceptance": "受理",
    "correction": "补正",
    "first_review": "初审",
    "second_review": "复核",
    "publication": "列入公示",
    "publicity": "公示期",
    "objection": "处理异议",
    "decision": "作出决定",
    "redetermination": "重新认定",
    "sealing": "封存月度名册",
}


@dataclass(frozen=True, slots=True)
class Procedure:
    """The terms in force for a while. ``status`` is 待核实 until a document is named."""

    period: Period
    status: str
    source: str
    terms: Mapping[str, Term]

    @property
    def unverified(self) -> bool:
        return self.status == "待核实"


def parse_procedures(raw: Any, *, where: str) -> tuple[Procedure, ...]:
    """Read the versions of one file. Raises BadInput with everything that is wrong."""
    problems: list[Problem] = []
    versions = raw.get("versions") if isinstance(raw, dict) else None
    if not versions:
        raise BadInput.single(where, "应有“versions”，至少一个版本")
    found = [p for v in versions if (p := _version(v, where, problems)) is not None]
    periods = [p.period for p in found]
    problems += [
        Problem(where, f"{a.start} 起的版本与 {b.start} 起的版本重叠，请改正起止日期")
        for a, b in overlapping(periods)
    ]
    problems += [
        Problem(where, f"{g.start} 至 {g.end} 没有版本，请补上起止日期") for g in gaps(periods)
    ]
    if problems:
        raise BadInput(*problems)
    return tuple(sorted(found, key=lambda p: p.period.start))


def _version(raw: Any, where: str, problems: list[Problem]) -> Procedure | None:
    expected = {"from", "status", "source", *TERMS}
    missing = expected - set(raw)
    unknown = set(raw) - expected - {"to"}
    problems += [Problem(where, f"缺少“{name}”") for name in sorted(missing)]
    problems += [Problem(where, f"不认识的栏目“{name}”") for name in sorted(unknown)]
    if missing or unknown:
        return None
    terms = {name: _term(raw[name], f"{where} {name}", problems) for name in TERMS}
    return Procedure(
        period=Period(raw["from"], raw.get("to")),
        status=str(raw["status"]),
        source=str(raw["source"]),
        terms={name: term for name, term in terms.items() if term is not None},
    )


def _term(raw: Any, where: str, problems: list[Problem]) -> Term | None:
    days, counting = (raw.get("days"), raw.get("counting")) if isinstance(raw, dict) else (0, "")
    if type(days) is int and 1 <= days <= 365 and counting in list(Counting):
        return Term(days, Counting(str(counting)))
    problems.append(
        Problem(
            where, "应写成 {days: 7, counting: calendar}，天数 1 至 365，计法 calendar 或 working"
        )
    )
    return None


def procedure_on(city: str, day: date) -> Procedure:
    """The terms of a six-digit city on a day. Raises BadInput when none is in force."""
    for procedure in _load(city):
        if day in procedure.period:
            return procedure
    raise BadInput.single("办理期限", f"{day} 没有有效的办理期限，请先补充 {city} 的期限数据")


@lru_cache(maxsize=64)
def _load(city: str) -> tuple[Procedure, ...]:
    path = FOLDER / f"{city}.yaml"
    if not path.exists():
        path = FOLDER / "default.yaml"
    return parse_procedures(yaml.safe_load(path.read_text("utf-8")), where=path.name)


@lru_cache(maxsize=1)
def work_calendar() -> WorkCalendar:
    """The national plan of days off, for the years entered in ``procedures/holidays.yaml``."""
    raw = yaml.safe_load((FOLDER / "holidays.yaml").read_text("utf-8"))["years"]
    return WorkCalendar(
        off=frozenset(d for year in raw.values() for d in year["rest"]),
        work=frozenset(d for year in raw.values() for d in year["work"]),
        years=frozenset(raw),
    )


def due_on(city: str, term: str, start: date) -> date:
    """The last day for a step whose term starts running on ``start``."""
    return procedure_on(city, start).terms[term].last_day(start, work_calendar())
