"""From what was filled in to what was chosen: every problem named at once, nothing guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from heling.contexts.assessment.domain.scale import Field, Item, Option, Scale
from heling.kernel.errors import BadInput, Problem

COMA = "coma"
RISK_EVENTS = "risk_events"
DIAGNOSES = "diagnoses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustments:
    """The facts of Table A that the 等级变更 rules ask for. ``None`` is *not stated*, not no.

    ``coma``: A.5.11. ``diagnoses``: Table A codes of confirmed diagnoses (F04-F99 only when
    a psychiatrist made it). ``risk_events``: kind → times in the last 30 days.
    """

    coma: bool | None = None
    diagnoses: frozenset[str] | None = None
    risk_events: Mapping[str, int] | None = None

    @property
    def events(self) -> int | None:
        return None if self.risk_events is None else sum(self.risk_events.values())


NOTHING_STATED = Adjustments()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The answer to one item. ``option`` is None where a bare score names two options."""

    item: Item
    score: int
    option: Option | None


def choose(
    scale: Scale, answers: Mapping[str, object], adjustments: Adjustments
) -> tuple[Chosen, ...]:
    """One Chosen per item, in the order of the scale.

    An answer is a score (int) or the code of an option that has one (``"coma"``). Raises
    BadInput with *every* problem: unanswered, unknown item, score not among the options,
    wrong type, facts that contradict each other.
    """
    problems: list[Problem] = []
    chosen: list[Chosen] = []
    known = {item.code for item in scale.items}
    for item in scale.items:
        found = _choice(item, answers, adjustments)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            chosen.append(found)
    problems += [
        Problem(str(code), f"《{scale.title}》没有这一项，请改正编号或删去")
        for code in answers
        if code not in known
    ]
    problems += _fact_problems(scale, adjustments)
    problems += _contradictions(chosen, adjustments)
    if problems:
        raise BadInput(*problems)
    return tuple(chosen)


def _choice(
    item: Item, answers: Mapping[str, object], adjustments: Adjustments
) -> Chosen | Problem:
    answer = answers.get(item.code)
    if answer is None or answer == "":
        return Problem(item.title, "还没有作答，请补上")
    if isinstance(answer, bool) or not isinstance(answer, int | str):
        return Problem(item.title, f"{_shown(answer)}不是分值，请填{_allowed(item)}")
    if isinstance(answer, str):
        found = [o for o in item.options if o.code == answer]
    else:
        found = [o for o in item.options if o.score == answer]
    if not found:
        return Problem(item.title, f"{_shown(answer)}不在可选范围内，请填{_allowed(item)}")
    return Chosen(item, found[0].score, _settle(found, adjustments))


def _shown(answer: object) -> str:
    """What was answered, short enough for a sentence."""
    if isinstance(answer, int) and not isinstance(answer, bool):
        return f"{answer} 分"
    text = str(answer)
    return f"“{text[:20]}{'…' if len(text) > 20 else ''}”"


def _allowed(item: Item) -> str:
    return "、".join(
        f"“{o.code}”（{o.score} 分，{o.text[:2]}）" if o.code else str(o.score)
        for o in item.options
    )


def _settle(found: list[Option], adjustments: Adjustments) -> Option | None:
    """A bare 0 for B.3.9 is 昏睡 or 昏迷: A.5.11 tells which, or nobody has said."""
    if len(found) == 1:
        return found[0]
    if adjustments.coma is None:
        return None
    return next((o for o in found if (o.code == COMA) == adjustments.coma), None)


def _contradictions(chosen: list[Chosen], adjustments: Adjustments) -> Iterator[Problem]:
    """A.5.11 and the consciousness item must say the same about coma."""
    if adjustments.coma is None:
        return
    for choice in chosen:
        if not any(o.code == COMA for o in choice.item.options):
            continue
        in_coma = choice.option is not None and choice.option.code == COMA
        if in_coma != adjustments.coma:
            stated = "有" if adjustments.coma else "无"
            yield Problem(
                choice.item.title, f"所选答案与“昏迷：{stated}”矛盾，请核对后改正其中一处"
            )


def _fact_problems(scale: Scale, adjustments: Adjustments) -> Iterator[Problem]:
    if scale.raises is None:
        if adjustments != NOTHING_STATED:
            yield Problem("等级变更", f"《{scale.title}》没有等级变更条款，请删去这些内容")
        return
    if adjustments.diagnoses is not None:
        field = scale.field(DIAGNOSES)
        for code in sorted(adjustments.diagnoses - field.codes):
            yield _unknown_choice(field, code)
    if adjustments.risk_events is not None:
        field = scale.field(RISK_EVENTS)
        for kind, times in adjustments.risk_events.items():
            if kind not in field.codes:
                yield _unknown_choice(field, kind)
            elif not _is_count(times):
                label = dict(field.pairs)[kind]
                yield Problem(f"{field.name}：{label}", "次数应是 0 或正整数，请改正")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _unknown_choice(field: Field, code: str) -> Problem:
    return Problem(field.name, f"没有“{code}”这一项，可填：{'、'.join(c for c, _ in field.pairs)}")
