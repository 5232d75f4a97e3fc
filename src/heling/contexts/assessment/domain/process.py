"""How an assessment is done: who, why, how often. The numbers come from the scale's data."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from heling.contexts.assessment.domain.answers import RISK_EVENTS
from heling.contexts.assessment.domain.scale import Fact, Scale
from heling.contexts.assessment.domain.scoring import UNVERIFIED
from heling.kernel.errors import BadInput, Problem


class Reason(StrEnum):
    """Why this assessment is made (评估原因)."""

    FIRST = "first"
    ROUTINE = "routine"
    IMMEDIATE = "immediate"
    REVIEW = "review"
    OTHER = "other"


REASON_LABELS: dict[Reason, str] = {
    Reason.FIRST: "首次评估",
    Reason.ROUTINE: "常规评估",
    Reason.IMMEDIATE: "即时评估",
    Reason.REVIEW: "因对评估结果有疑问进行的复评",
    Reason.OTHER: "其他",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessor:
    """Somebody who assesses; ``medical`` means a medical or nursing background (医护背景)."""

    person_id: int
    name: str
    medical: bool = False
    expert: bool = False
    on_site: bool = True


def check_reason(reason: Reason, *, has_previous: bool, note: str = "") -> None:
    """首次 has nothing before it, 常规/即时/复评 have; 其他 says what. Raises BadInput."""
    label = REASON_LABELS[reason]
    if reason is Reason.FIRST and has_previous:
        raise BadInput.single(
            "评估原因", f"此人已有完成的评估，不能再选“{label}”，请选常规或即时评估"
        )
    if reason in (Reason.ROUTINE, Reason.IMMEDIATE, Reason.REVIEW) and not has_previous:
        raise BadInput.single("评估原因", f"此人还没有完成的评估，不能选“{label}”，请选首次评估")
    if reason is Reason.OTHER and not note.strip():
        raise BadInput.single("评估原因", "选“其他”时请写明原因")


def check_team(
    scale: Scale,
    team: Sequence[Assessor],
    *,
    reason: Reason,
    first_team: frozenset[int] | None = None,
    guardian_present: bool = False,
) -> tuple[str, ...]:
    """May this team do this assessment? Raises BadInput with every problem.

    ``first_team`` are the person ids that made the disputed assessment: required for 复评
    and none of them may come again. Returns the unverified rules that were applied.
    """
    problems = list(_team_problems(scale, team, reason, first_team))
    if _required(scale, "guardian_present") and not guardian_present:
        problems.append(Problem("监护人", f"{scale.process['guardian_present'].text}，请补上"))
    if problems:
        raise BadInput(*problems)
    return tuple(
        f"{fact.text}{UNVERIFIED}" for fact in _rules(scale, reason) if fact.certainty.unverified
    )


_ALWAYS = ("assessors_at_least", "medical_at_least", "expert_at_least", "guardian_present")
_ON_REVIEW = ("review_assessors_at_least", "review_experts_at_least")


def _rules(scale: Scale, reason: Reason) -> Iterator[Fact]:
    names = _ALWAYS + _ON_REVIEW if reason is Reason.REVIEW else _ALWAYS
    return (scale.process[name] for name in names if name in scale.process)


def _required(scale: Scale, name: str) -> int:
    return scale.process[name].value if name in scale.process else 0


def _team_problems(
    scale: Scale, team: Sequence[Assessor], reason: Reason, first_team: frozenset[int] | None
) -> Iterator[Problem]:
    # The same person twice, or somebody who stayed in the office, is not a second assessor.
    present = {a.person_id: a for a in team if a.on_site}
    if len({a.person_id for a in team}) < len(team):
        yield Problem("评估人员", "同一人写了两次，请换成不同的人")
    yield from _too_few(scale, reason, list(present.values()))
    if reason is not Reason.REVIEW:
        return
    if not first_team:
        yield Problem("评估人员", "复评要写明原评估由谁作出，请先选定有异议的评估")
        return
    for again in (a for a in team if a.person_id in first_team):
        yield Problem("评估人员", f"{again.name}参加过原评估，复评须由其他人员进行，请更换")


def _too_few(scale: Scale, reason: Reason, present: Sequence[Assessor]) -> Iterator[Problem]:
    experts = sum(a.expert for a in present)
    counts = {
        "assessors_at_least": len(present),
        "medical_at_least": sum(a.medical for a in present),
        "expert_at_least": experts,
    }
    if reason is Reason.REVIEW:
        counts["review_assessors_at_least"] = len(present)
        counts["review_experts_at_least"] = experts
    said = set()
    for name, count in counts.items():
        if count < _required(scale, name):
            said.add(f"{scale.process[name].text}，现有 {count} 名，请补足")
    for sentence in sorted(said):
        yield Problem("评估人员", sentence)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` calendar months later, or that month's last day if it has none.

    29 February plus twelve months is 28 February (civil code art. 202: 没有对应日的，月末日).
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Due:
    """Last day on which the next assessment is in time, and the rule that says so."""

    on: date
    rule: str
    unverified: tuple[str, ...]


def next_due(scale: Scale, assessed_on: date) -> Due:
    """When the next assessment under this scale is due at the latest."""
    fact = scale.process["valid_months"]
    unsure = (f"{fact.text}{UNVERIFIED}",) if fact.certainty.unverified else ()
    return Due(on=add_months(assessed_on, fact.value), rule=fact.text, unverified=unsure)


@dataclass(frozen=True, slots=True)
class RiskEvent:
    """One 照护风险事件; ``kind`` is a code of Table A's field ``risk_events``."""

    kind: str
    on: date


def recent_risk_events(scale: Scale, events: Iterable[RiskEvent], *, on: date) -> dict[str, int]:
    """Times per kind in the days before ``on``, for :class:`Adjustments`. Every kind appears.

    The day of assessment is not counted into the window (civil code art. 201), so with 30
    days the day ``on - 30`` is the first that counts; an event on the day itself counts too.
    Raises BadInput for a later date or an unknown kind.
    """
    field = scale.field(RISK_EVENTS)
    labels = dict(field.pairs)
    counts: Counter[str] = Counter(dict.fromkeys(labels, 0))
    problems = []
    opens = on - timedelta(days=_window(scale))
    for event in events:
        if event.kind not in labels:
            problems.append(Problem(field.name, f"没有“{event.kind}”这一类"))
        elif event.on > on:
            problems.append(
                Problem(field.name, f"{labels[event.kind]}的日期 {event.on} 在评估日之后，请核对")
            )
        elif event.on >= opens:
            counts[event.kind] += 1
    if problems:
        raise BadInput(*problems)
    return dict(counts)


def _window(scale: Scale) -> int:
    rules = scale.raises.rules if scale.raises else ()
    return max((rule.within_days for rule in rules), default=0)


_FRIDAY = 4


def dispute_deadline(scale: Scale, known_on: date) -> Due | None:
    """Last day to dispute a result that became known on ``known_on``, or None without a rule.

    Working days are Mondays to Fridays here: the yearly arrangement of public holidays is
    not this module's to know, and the note says so.
    """
    fact = scale.process.get("dispute_working_days")
    if fact is None:
        return None
    day, left = known_on, fact.value
    while left:
        day += timedelta(days=1)
        left -= day.weekday() <= _FRIDAY
    unsure = (f"{fact.text}{UNVERIFIED}",) if fact.certainty.unverified else ()
    return Due(on=day, rule=f"{fact.text}（未扣除法定节假日）", unverified=unsure)
