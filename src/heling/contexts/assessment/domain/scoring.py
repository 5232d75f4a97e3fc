"""From answers to a level, with every step and every unverified value written down.

One entrance, :func:`score`, for every scale; there is no function from one scale's
result to another's, and levels of different scales refuse to be compared. Only answers
that people gave are read: data of devices may be attached as evidence elsewhere, it
never grades.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from heling.contexts.assessment.domain.answers import (
    COMA,
    NOTHING_STATED,
    Adjustments,
    Chosen,
    choose,
)
from heling.contexts.assessment.domain.scale import (
    Band,
    Combination,
    Group,
    Level,
    RaiseRule,
    RaiseRules,
    Scale,
)
from heling.kernel.errors import BadInput, Problem

UNVERIFIED = "（待核实）"


@dataclass(frozen=True, slots=True)
class ItemScore:
    """``option`` is the stored key of the chosen option; empty where a score named two."""

    code: str
    name: str
    score: int
    option: str
    text: str


@dataclass(frozen=True, slots=True)
class GroupScore:
    """Sum of a group; ``grade`` (0 best) and its word only where the scale combines grades."""

    code: str
    name: str
    score: int
    max: int
    grade: int | None
    grade_name: str


@dataclass(frozen=True, slots=True)
class AppliedRule:
    """A 等级变更 rule whose condition is met; before == after where it had no effect."""

    code: str
    text: str
    reason: str
    before: Level
    after: Level


@dataclass(frozen=True, slots=True)
class ScaleResult:
    """Everything an assessment concludes, bound to scale id, version and hash of the values.

    ``total`` is None where the scale has no total. ``choices`` are readings of the text
    that were chosen *and* mattered; ``unverified`` names every 待核实 value that decided;
    ``not_stated`` names facts that the rules ask for and nobody gave.
    """

    scale_id: str
    scale_version: str
    scale_sha256: str
    scale_title: str
    items: tuple[ItemScore, ...]
    groups: tuple[GroupScore, ...]
    total: int | None
    preliminary: Level
    adjustments: tuple[AppliedRule, ...]
    final: Level
    choices: tuple[str, ...]
    unverified: tuple[str, ...]
    not_stated: tuple[str, ...]

    def worse_than(self, other: ScaleResult) -> bool:
        """Is this ability worse? IncomparableScales across scales or versions."""
        return self.final > other.final


def score(
    scale: Scale, answers: Mapping[str, object], *, adjustments: Adjustments = NOTHING_STATED
) -> ScaleResult:
    """Grade one set of answers. Raises BadInput listing every problem in them.

    ``answers`` maps item code → score or option code; ``adjustments`` are the Table A
    facts that the 等级变更 rules need.
    """
    chosen = choose(scale, answers, adjustments)
    unverified = [_option_note(c) for c in chosen if c.option and c.option.certainty.unverified]
    groups, bands = _groups(scale, chosen)
    unverified += _band_notes(scale, bands)
    if scale.combination is None:
        total: int | None = sum(g.score for g in groups)
        preliminary = _by_total(scale, sum(g.score for g in groups), unverified)
    else:
        total = None
        preliminary = _by_grades(scale, scale.combination, groups, unverified)
    raised = _raise(scale, chosen, preliminary, adjustments)
    return ScaleResult(
        scale_id=scale.id,
        scale_version=scale.version,
        scale_sha256=scale.sha256,
        scale_title=scale.title,
        items=tuple(_item_score(c) for c in chosen),
        groups=tuple(groups),
        total=total,
        preliminary=preliminary,
        adjustments=raised.applied,
        final=raised.final,
        choices=raised.choices,
        unverified=(*unverified, *raised.unverified),
        not_stated=raised.not_stated,
    )


def _item_score(choice: Chosen) -> ItemScore:
    option = choice.option
    return ItemScore(
        code=choice.item.code,
        name=choice.item.name,
        score=choice.score,
        option=option.key if option else "",
        text=option.text if option else "未注明是同分选项中的哪一个",
    )


def _option_note(choice: Chosen) -> str:
    return f"{choice.item.title}：{choice.score} 分的分值{UNVERIFIED}"


def _groups(
    scale: Scale, chosen: Sequence[Chosen]
) -> tuple[list[GroupScore], list[tuple[Group, Band]]]:
    scored, bands = [], []
    points = {c.item.code: c.score for c in chosen}
    for group in scale.groups:
        total = sum(points[item.code] for item in group.items)
        grade: int | None = None
        if group.bands:
            band = next(b for b in group.bands if total in b)
            bands.append((group, band))
            grade = band.value
        name = scale.grades[grade] if grade is not None else ""
        scored.append(GroupScore(group.code, group.name, total, group.max, grade, name))
    return scored, bands


def _band_notes(scale: Scale, bands: list[tuple[Group, Band]]) -> list[str]:
    return [
        f"{group.name}分级：{band.span}为{scale.grades[band.value]}{UNVERIFIED}"
        for group, band in bands
        if band.certainty.unverified
    ]


def _by_total(scale: Scale, total: int, unverified: list[str]) -> Level:
    band = scale.band(total)
    level = scale.level(band.value)
    if band.certainty.unverified:
        unverified.append(f"等级划分：{band.span}为{level}{UNVERIFIED}")
    return level


def _by_grades(
    scale: Scale, table: Combination, groups: Sequence[GroupScore], unverified: list[str]
) -> Level:
    """Row = grade of the first group; column = the worse of the others (组合法)."""
    grades = {g.code: g.grade or 0 for g in groups}
    row, column = grades[table.row], max(grades[code] for code in table.columns)
    level = scale.level(table.table[row][column])
    if table.certainty.unverified:
        others = "、".join(scale.group(code).name for code in table.columns)
        unverified.append(
            f"组合表：{scale.group(table.row).name}“{scale.grades[row]}”、"
            f"{others}中较差的一项“{scale.grades[column]}”为{level}{UNVERIFIED}"
        )
    return level


@dataclass(frozen=True, slots=True)
class _Raised:
    final: Level
    applied: tuple[AppliedRule, ...] = ()
    choices: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    not_stated: tuple[str, ...] = ()


def _raise(
    scale: Scale, chosen: Sequence[Chosen], preliminary: Level, adjustments: Adjustments
) -> _Raised:
    """Apply the 等级变更 rules: never better than before, never beyond the worst level."""
    rules = scale.raises
    if rules is None:
        return _Raised(preliminary)
    in_coma = _in_coma(scale, chosen, preliminary, adjustments)
    facts = {r.code: _condition(r, adjustments, in_coma=in_coma) for r in rules.rules}
    met = [rule for rule in rules.rules if facts[rule.code][0]]
    final, applied = _apply(scale, rules, met, preliminary, facts)
    decided = final.number != _other_reading(rules, met, preliminary, scale.levels[-1])
    unsure = [f"{rule.code}：{rule.text}{UNVERIFIED}" for rule in met if rule.certainty.unverified]
    if decided and rules.choice_certainty.unverified:
        unsure.append(f"等级变更：{rules.choice_text}{UNVERIFIED}")
    return _Raised(
        final=final,
        applied=tuple(applied),
        choices=(rules.choice_text,) if sum(rule.worsen > 0 for rule in met) > 1 else (),
        unverified=tuple(unsure),
        not_stated=tuple(
            f"{rule.code}：没有提供所需的情况，未作考虑（{rule.text}）"
            for rule in rules.rules
            if facts[rule.code][0] is None
        ),
    )


def _apply(
    scale: Scale,
    rules: RaiseRules,
    met: Sequence[RaiseRule],
    preliminary: Level,
    facts: Mapping[str, tuple[bool | None, str]],
) -> tuple[Level, list[AppliedRule]]:
    """The final level and the met rules with their effect, in the order of the scale."""
    level, worst, raised = preliminary, scale.levels[-1], False
    applied = []
    for rule in met:
        if rule.set_level is not None:
            after = max(level, scale.level(rule.set_level))
        elif raised and rules.choice == "once":
            after = level
        else:
            after = scale.level(min(level.number + rule.worsen, worst.number))
            raised = True
        applied.append(AppliedRule(rule.code, rule.text, facts[rule.code][1], level, after))
        level = after
    return level, applied


def _other_reading(
    rules: RaiseRules, met: Sequence[RaiseRule], preliminary: Level, worst: Level
) -> int:
    """The level number had ``together.choice`` been the other word."""
    steps = [rule.worsen for rule in met if rule.worsen]
    raised = steps[:1] if rules.choice == "each" else steps
    fixed = [rule.set_level for rule in met if rule.set_level is not None]
    return min(max([preliminary.number, *fixed]) + sum(raised), worst.number)


def _in_coma(
    scale: Scale, chosen: Sequence[Chosen], preliminary: Level, adjustments: Adjustments
) -> bool | None:
    """In coma? Refuses a bare score that leaves it open while it would change the level."""
    for choice in chosen:
        codes = [o.code for o in choice.item.options]
        if COMA not in codes:
            continue
        if choice.option is not None:
            return choice.option.code == COMA
        if preliminary != scale.levels[-1]:
            raise BadInput(
                Problem(
                    choice.item.title,
                    f"{choice.score} 分有昏睡、昏迷两种，昏迷直接影响等级，"
                    "请写明“stupor”（昏睡）或“coma”（昏迷）",
                )
            )
    return adjustments.coma


def _condition(
    rule: RaiseRule, adjustments: Adjustments, *, in_coma: bool | None
) -> tuple[bool | None, str]:
    """Is the rule's condition met (None: not stated), and why."""
    if rule.coma:
        return in_coma, "处于昏迷状态"
    if rule.diagnoses:
        if adjustments.diagnoses is None:
            return None, ""
        found = sorted(adjustments.diagnoses.intersection(rule.diagnoses))
        return bool(found), f"已确诊：{'、'.join(found)}"
    events = adjustments.events
    if events is None:
        return None, ""
    return events >= rule.events_at_least, f"近 {rule.within_days} 天照护风险事件 {events} 次"
