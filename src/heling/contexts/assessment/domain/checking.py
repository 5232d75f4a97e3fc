"""Does a scale make sense? Each check yields Problems; a scale with any is not loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from heling.contexts.assessment.domain.scale import (
    Band,
    FieldKind,
    Group,
    Item,
    Method,
    RaiseRule,
    Scale,
)
from heling.kernel.errors import Problem


def problems_of(scale: Scale) -> tuple[Problem, ...]:
    """Everything wrong with the scale, in file order; empty when it may be used."""
    checks = (_codes, _levels, _items, _groups, _total, _combination, _raises, _table_a)
    return tuple(problem for check in checks for problem in check(scale))


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def _codes(scale: Scale) -> Iterator[Problem]:
    if not scale.groups:
        yield Problem(scale.id, "没有任何指标")
    for code in _twice([g.code for g in scale.groups] + [i.code for i in scale.items]):
        yield Problem(f"{scale.id} {code}", "编号写了两次")


def _levels(scale: Scale) -> Iterator[Problem]:
    if [level.number for level in scale.levels] != list(
        range(len(scale.levels))
    ) or not scale.levels:
        yield Problem(f"{scale.id} 等级", "等级编号应从 0 起逐一递增，由好到差")


def _items(scale: Scale) -> Iterator[Problem]:
    for item in scale.items:
        yield from _options(item)


def _options(item: Item) -> Iterator[Problem]:
    if len(item.options) < 2:
        yield Problem(item.title, "至少要有两个选项")
        return
    if min(o.score for o in item.options) != 0:
        yield Problem(item.title, "最低分应是 0 分")
    for key in _twice(o.key for o in item.options):
        yield Problem(item.title, f"选项“{key}”写了两次；同分的选项要各有 code")
    shared = Counter(o.score for o in item.options)
    for option in item.options:
        if shared[option.score] > 1 and not option.code:
            yield Problem(item.title, f"{option.score} 分有多个选项，每个都要有 code")
        if not option.text:
            yield Problem(item.title, f"{option.score} 分没有文字")


def _groups(scale: Scale) -> Iterator[Problem]:
    for group in scale.groups:
        total = sum(item.max for item in group.items if item.options)
        if total != group.max:
            yield Problem(group.title, f"各项最高分之和是 {total}，应为 {group.max}")
        yield from _steps(group)
        if scale.method is Method.COMBINATION:
            yield from band_problems(
                f"{group.title} 分级", group.bands, group.max, group.step, len(scale.grades)
            )


def _steps(group: Group) -> Iterator[Problem]:
    for item in group.items:
        for option in item.options:
            if option.score % group.step:
                yield Problem(item.title, f"{option.score} 分不是 {group.step} 的倍数")


def _total(scale: Scale) -> Iterator[Problem]:
    if scale.method is not Method.SUM:
        return
    total = sum(group.max for group in scale.groups)
    if scale.max != total:
        yield Problem(f"{scale.id} 总分", f"各指标满分之和是 {total}，应为 {scale.max}")
        return
    yield from band_problems(f"{scale.id} 等级划分", scale.bands, total, 1, len(scale.levels))


def band_problems(
    where: str, bands: tuple[Band, ...], top: int, step: int, values: int
) -> Iterator[Problem]:
    """Every sum from 0 to ``top`` must lie in exactly one band; fewer points, never better."""
    for total in range(0, top + 1, step):
        found = [band for band in bands if total in band]
        if len(found) != 1:
            what = "不属于任何一档" if not found else "同时属于多档"
            yield Problem(where, f"{total} 分{what}")
            return
    for band in bands:
        if band.low < 0 or band.high > top or band.low > band.high:
            yield Problem(where, f"{band.span} 超出 0–{top} 分")
        if not 0 <= band.value < values:
            yield Problem(where, f"{band.span} 指向不存在的等级 {band.value}")
    ordered = [band.value for band in sorted(bands, key=lambda b: -b.low)]
    if ordered != sorted(ordered):
        yield Problem(where, "分数越低等级应越差，次序不对")


def _combination(scale: Scale) -> Iterator[Problem]:
    if scale.method is not Method.COMBINATION:
        return
    where, table = f"{scale.id} 组合表", scale.combination
    if table is None:
        yield Problem(where, "按组合法定级的量表缺少组合表")
        return
    size = len(scale.grades)
    if len(table.table) != size or any(len(row) != size for row in table.table):
        yield Problem(where, f"应是 {size} 行 {size} 列")
        return
    numbers = {level.number for level in scale.levels}
    if any(cell not in numbers for row in table.table for cell in row):
        yield Problem(where, "有的格子指向不存在的等级")
        return
    if {table.row, *table.columns} != {group.code for group in scale.groups}:
        yield Problem(where, "行、列所用的指标与量表的指标不一致")
    columns = [list(column) for column in zip(*table.table, strict=True)]
    if any(list(line) != sorted(line) for line in [*table.table, *columns]):
        yield Problem(where, "往右、往下等级只能更差，次序不对")


def _raises(scale: Scale) -> Iterator[Problem]:
    if scale.raises is None:
        return
    if scale.raises.choice not in ("once", "each"):
        yield Problem(f"{scale.id} 等级变更", "together.choice 应是 once 或 each")
    for rule in scale.raises.rules:
        yield from _raise_rule(scale, rule)


def _raise_rule(scale: Scale, rule: RaiseRule) -> Iterator[Problem]:
    where = f"{scale.id} {rule.code}"
    if [rule.coma, bool(rule.diagnoses), rule.events_at_least > 0].count(True) != 1:
        yield Problem(where, "应有且只有一个条件（昏迷、诊断、照护风险事件）")
    if (rule.set_level is not None) == (rule.worsen > 0):
        yield Problem(where, "应有且只有一个后果（直接评定或加重）")
    if rule.set_level is not None and rule.set_level not in {v.number for v in scale.levels}:
        yield Problem(where, f"没有等级 {rule.set_level}")
    known = {c.code for f in scale.table_a if f.key == "diagnoses" for c in f.choices}
    for code in rule.diagnoses:
        if code not in known:
            yield Problem(where, f"诊断 {code} 不在疾病诊断一栏里")


def _table_a(scale: Scale) -> Iterator[Problem]:
    for key in _twice(field.key for field in scale.table_a):
        yield Problem(f"{scale.id} {key}", "基本信息的键写了两次")
    for field in scale.table_a:
        where = f"{scale.id} {field.name}"
        if bool(field.choices) == (field.kind in (FieldKind.TEXT, FieldKind.DATE)):
            yield Problem(where, "选择类的字段要有选项，文字和日期不要")
        for code in _twice(c.code for c in field.choices):
            yield Problem(where, f"选项“{code}”写了两次")
