"""A reform: changes laid over packs in memory, read with the packs' own strictness.

    reform: 重度六十小时
    city: "330200"
    reason: 家庭照护负担过重
    changes:
      重度时数: {versions: [{from: 2027-01-01, value: 60}]}
      困难或优待家庭: {is: 计划生育特殊家庭 or 低保 or 低保边缘 or 残疾}
      高龄免费服务: {when: 本市居家老年人 and 年龄 >= 服务起始年龄, reason: …}

A constant gets other values from a day on (an open term gets its first ones), a definition another
``is``, a grant another ``when`` or ``amount``. What it would do is a rule set like any other; no
file and no decision is touched. Whatever a pack is refused for, a reform is refused for, with file,
line, word and article; and it may leave no branch that nobody can reach.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from dataclasses import dataclass
from datetime import date, timedelta

from heling.engines.law.assemble import assemble
from heling.engines.law.claims import promises, properties_of
from heling.engines.law.fields import FieldReader
from heling.engines.law.model import (
    Constant,
    Definition,
    Fill,
    Formula,
    Grant,
    Pack,
    Table,
    Version,
)
from heling.engines.law.receipt import digest
from heling.engines.law.ruleset import RuleSet
from heling.engines.law.source import Cursor, read_yaml
from heling.engines.law.text import Citation, chinese_numeral
from heling.engines.law.trouble import Findings, Spot
from heling.engines.law.units import BOOL, Type
from heling.engines.law.wording import quantity
from heling.kernel.period import Period, overlapping

Item = Constant | Definition | Grant
_NUMERALS = re.compile("[零一二三四五六七八九十百]+")


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What becomes of one word. ``versions`` for a constant; the rest, where not empty, for a
    definition (``formula``) or a grant (``when``, ``amount``)."""

    word: str
    versions: tuple[Version, ...]
    formula: Formula
    when: str
    amount: Formula
    reason: str
    spot: Spot


@dataclass(frozen=True, slots=True, eq=False)
class Reform:
    """Read, but not yet held against any packs. ``sha256`` is of what it says."""

    name: str
    city: str
    reason: str
    changes: tuple[Change, ...]
    sha256: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Draft:
    """How the text would have to read. ``quote`` is what stands there now; ``pieces`` are
    (same | gone | new, text) in order; ``sentence`` says the change in one sentence."""

    word: str
    article: str
    quote: str
    pieces: tuple[tuple[str, str], ...]
    sentence: str
    reason: str


def read_reform(raw: bytes, file: str) -> Reform:
    """Read a reform (YAML). Raises PackError with everything that is wrong in the file."""
    findings = Findings()
    cursor = read_yaml(raw, file, findings)
    found = None if cursor is None else _ReformReader(cursor, findings).read(raw)
    findings.settle()
    assert found is not None  # noqa: S101 - nothing was found wrong
    return found


class _ReformReader(FieldReader):
    def read(self, raw: bytes) -> Reform | None:
        fields = self._cursor.fields("reform city changes", "reason")
        if not {"reform", "city", "changes"} <= fields.keys():
            return None
        changes = self._each(fields["changes"], self._change)
        if not changes:
            fields["changes"].complain("方案里没有任何改动，请在 changes 里写要改的词")
        return Reform(
            name=fields["reform"].text(),
            city=fields["city"].text(),
            reason=self._word(fields, "reason"),
            changes=changes,
            sha256=digest(raw.decode("utf-8")),
            spot=self._cursor.spot,
        )

    def _change(self, word: str, cursor: Cursor, order: int) -> Change:
        del order
        fields = cursor.fields("", "versions is when amount reason")
        if not fields.keys() & {"versions", "is", "when", "amount"}:
            cursor.complain("要写 versions（数）、is（定义）、when 或 amount（项目）中的一样")
        return Change(
            word=word,
            versions=self._versions(fields.get("versions")),
            formula=self._formula(fields.get("is")),
            when=self._word(fields, "when"),
            amount=self._formula(fields.get("amount")),
            reason=self._word(fields, "reason"),
            spot=cursor.spot.on(word),
        )

    def _versions(self, cursor: Cursor | None) -> tuple[Version, ...]:
        found = []
        for item in self._list(cursor):
            fields = item.fields("from value", "to")
            period = self._span(fields, item)
            if period is not None and "value" in fields:
                found.append(Version(period, self._value(fields["value"])))
        if cursor is not None:
            for _ in overlapping([v.period for v in found]):
                cursor.complain("两个版本的日期重叠，起止两天都算在内，请改正")
        return tuple(sorted(found, key=lambda v: v.period.start))

    @staticmethod
    def _value(cursor: Cursor) -> int:
        """A number, or true/false for a condition; which of them fits is judged later."""
        if cursor.text() in ("true", "false"):
            return int(cursor.truth())
        value = cursor.integer()
        if value < 0:
            cursor.complain("不能是负数")
        return value

    def _formula(self, cursor: Cursor | None) -> Formula:
        if cursor is None:
            return ""
        if not cursor.is_map:
            return cursor.text()
        fields = cursor.fields("table rows", "else")
        rows = fields["rows"].entries() if "rows" in fields else {}
        return Table(
            key=self._word(fields, "table"),
            rows={level: row.text() for level, row in rows.items()},
            otherwise=self._word(fields, "else"),
            spot=cursor.spot,
        )


def apply(rules: RuleSet, reform: Reform, *, thorough: bool = True) -> RuleSet:
    """The rules as they would be. Raises PackError for what does not link, type or compute.

    ``thorough`` also refuses properties that no longer make sense and branches that nobody could
    reach any more (asked of Z3, which takes some hundreds of milliseconds; leave it out while a
    slider moves).
    """
    reformed = overlay(rules.packs, rules.city, reform)
    if thorough:
        findings = Findings()
        promises(reformed.assembly, properties_of(reformed.packs), findings)
        _settle(findings, reform)
        _refuse_dead_ends(rules, reformed, {c.word: c for c in reform.changes})
    return reformed


def overlay(packs: tuple[Pack, ...], city: str, reform: Reform) -> RuleSet:
    """Packs as they were read, linked with a reform laid over them. Raises PackError."""
    findings = Findings()
    if reform.city != city:
        findings.add(reform.spot, f"方案是城市 {reform.city} 的，不能用于 {city} 的规则")
    items = _items(packs)
    for change in reform.changes:
        _check(change, items.get(change.word), findings)
    findings.settle()
    changes = {c.word: c for c in reform.changes}
    laid = tuple(_overlaid(p, changes, reform) for p in packs)
    assembly = assemble(laid, city, findings)
    _settle(findings, reform)
    return RuleSet(assembly)


def _settle(findings: Findings, reform: Reform) -> None:
    """Raise what was found, each where the reform has said it: a change may break a word that it
    does not touch, and that word's place in a pack would mislead."""
    moved = Findings()
    for finding in findings.all():
        spot = finding.spot
        if spot.file != reform.spot.file:
            change = next((c for c in reform.changes if c.word == spot.word), reform.changes[0])
            spot = change.spot.on(spot.word, spot.article)
        moved.add(spot, finding.message)
    moved.settle()


def _items(packs: tuple[Pack, ...]) -> dict[str, Item]:
    """Everything that a reform may change, by word."""
    found: dict[str, Item] = {}
    for pack in packs:
        found |= {item.word: item for item in _changeable(pack)}
    return found


def _changeable(pack: Pack) -> list[Item]:
    return [*pack.constants, *pack.definitions, *pack.grants]


_KINDS: dict[type[Item], tuple[str, str]] = {
    Constant: ("versions", "是法规里的数，要写 versions（从哪天起是多少）"),
    Definition: ("is", "是法规定义的词，要写 is（新的条件）"),
    Grant: ("when amount", "是应当给付的项目，要写 when（给谁）或 amount（给多少）"),
}


def _check(change: Change, item: Item | None, findings: Findings) -> None:
    if item is None:
        findings.add(change.spot, f"没有“{change.word}”这个数、词或项目，方案不能改它")
        return
    spot = change.spot.on(article=item.cite.label)
    allowed, says = _KINDS[type(item)]
    given = [
        name
        for name, value in (
            ("versions", change.versions),
            ("is", change.formula),
            ("when", change.when),
            ("amount", change.amount),
        )
        if value
    ]
    if any(name not in allowed.split() for name in given):
        findings.add(spot, f"“{change.word}”{says}")
    if (
        isinstance(item, Constant)
        and item.type is BOOL
        and any(v.value > 1 for v in change.versions)
    ):
        findings.add(spot, f"“{change.word}”是条件，只可写 true 或 false")


def _overlaid(pack: Pack, changes: dict[str, Change], reform: Reform) -> Pack:
    """The pack with its changed items; its hash says that it is not the pack it was."""
    filled = {f.target for f in pack.fills} & changes.keys()
    words = {item.word for item in _changeable(pack)} & changes.keys()
    if not words and not filled:
        return pack
    return dataclasses.replace(
        pack,
        constants=tuple(_constant(c, changes.get(c.word), reform) for c in pack.constants),
        definitions=tuple(_definition(d, changes.get(d.word)) for d in pack.definitions),
        grants=tuple(_grant(g, changes.get(g.word)) for g in pack.grants),
        fills=tuple(_fill(f, changes.get(f.target), reform) for f in pack.fills),
        sha256=digest([pack.sha256, reform.sha256]),
    )


def _constant(item: Constant, change: Change | None, reform: Reform) -> Constant:
    if change is None:
        return item
    return dataclasses.replace(
        item,
        versions=merged(item.versions, change.versions),
        source=f"改革方案“{reform.name}”",
        spot=change.spot.on(article=item.cite.label),
    )


def _fill(item: Fill, change: Change | None, reform: Reform) -> Fill:
    if change is None:
        return item
    return dataclasses.replace(
        item,
        versions=merged(item.versions, change.versions),
        source=f"改革方案“{reform.name}”",
        spot=change.spot,
    )


def _definition(item: Definition, change: Change | None) -> Definition:
    if change is None:
        return item
    spot = change.spot.on(article=item.cite.label)
    return dataclasses.replace(item, formula=change.formula, spot=spot)


def _grant(item: Grant, change: Change | None) -> Grant:
    if change is None:
        return item
    return dataclasses.replace(
        item,
        when=change.when or item.when,
        amount=change.amount or item.amount,
        spot=change.spot.on(article=item.cite.label),
    )


def merged(old: tuple[Version, ...], new: tuple[Version, ...]) -> tuple[Version, ...]:
    """On the days of the new versions their values, on all others what it was."""
    kept = list(old)
    for version in new:
        kept = [piece for v in kept for piece in _around(v, version.period)]
    return tuple(sorted([*kept, *new], key=lambda v: v.period.start))


def _around(version: Version, hole: Period) -> list[Version]:
    """What is left of a version outside a period."""
    if not version.period.overlaps(hole):
        return [version]
    left = []
    start, end = version.period.start, version.period.end
    if start < hole.start:
        left.append(Version(Period(start, hole.start - timedelta(days=1)), version.value))
    if hole.end is not None and (end is None or hole.end < end):
        left.append(Version(Period(hole.end + timedelta(days=1), end), version.value))
    return left


def _refuse_dead_ends(before: RuleSet, after: RuleSet, changes: dict[str, Change]) -> None:
    """Branches that the reform leaves without anybody; what was so before is not its doing."""
    from heling.engines.law.branches import dead_branches  # Z3 takes its time to load

    findings = Findings()
    known = {(f.spot.word, f.message) for f in dead_branches(before.assembly)}
    for finding in dead_branches(after.assembly):
        if (finding.spot.word, finding.message) not in known:
            change = changes.get(finding.spot.word) or next(iter(changes.values()))
            findings.add(change.spot.on(finding.spot.word, finding.spot.article), finding.message)
    findings.settle()


# The text


def drafts(rules: RuleSet, reform: Reform, on: date) -> tuple[Draft, ...]:
    """The drafted difference of every change, beside the law's own words on a day."""
    items = _items(rules.packs)
    values = {f.target: f.versions for p in rules.packs for f in p.fills}
    return tuple(_draft(c, items[c.word], values.get(c.word), on) for c in reform.changes)


def _draft(change: Change, item: Item, filled: tuple[Version, ...] | None, on: date) -> Draft:
    cite = item.cite
    if isinstance(item, Constant):
        pieces, sentence = _number(change, item, item.versions if filled is None else filled, on)
    else:
        pairs = [p for p in _formulas(change, item) if p[1]]
        pieces = tuple(p for old, new in pairs for p in _difference(old, new))
        sentence = "；".join(f"将“{change.word}”由“{old}”改为“{new}”" for old, new in pairs)
    return Draft(change.word, cite.label, cite.quote, pieces, sentence, change.reason)


def _formulas(change: Change, item: Definition | Grant) -> list[tuple[str, str]]:
    if isinstance(item, Definition):
        return [(_written(item.formula), _written(change.formula))]
    return [(item.when, change.when), (_written(item.amount), _written(change.amount))]


def _written(formula: Formula) -> str:
    if isinstance(formula, str):
        return formula
    rows = "，".join(f"{level}：{text}" for level, text in formula.rows.items())
    return f"按{formula.key}（{rows}{f'，其他：{formula.otherwise}' if formula.otherwise else ''}）"


def _number(
    change: Change, item: Constant, versions: tuple[Version, ...], on: date
) -> tuple[tuple[tuple[str, str], ...], str]:
    """In the law's own numerals where the number stands there exactly once."""
    old = next((v.value for v in versions if on in v.period), None)
    says = "，".join(
        f"自 {v.period.start} 起{_shown(v.value, item.type)}"
        + (f"（至 {v.period.end}）" if v.period.end else "")
        for v in change.versions
    )
    before = "尚待规定" if old is None else _shown(old, item.type)
    sentence = f"将“{item.word}”由{before}改为：{says}"
    return _redrafted(item.cite, old, change.versions[-1].value), sentence


def _shown(value: int, type_: Type) -> str:
    return ("是" if value else "否") if type_ is BOOL else quantity(value, type_.unit)


def _redrafted(cite: Citation, old: int | None, new: int) -> tuple[tuple[str, str], ...]:
    """The quote with the old numeral replaced; nothing when it cannot be told which one."""
    if old is None or not (0 < old < 1000 and 0 < new < 1000):
        return ()
    places = [m for m in _NUMERALS.finditer(cite.quote) if m[0] == chinese_numeral(old)]
    if len(places) != 1:
        return ()
    start, end = places[0].span()
    return (
        ("same", cite.quote[:start]),
        ("gone", cite.quote[start:end]),
        ("new", chinese_numeral(new)),
        ("same", cite.quote[end:]),
    )


def _difference(old: str, new: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            found.append(("same", old[a:b]))
        else:
            found += [p for p in (("gone", old[a:b]), ("new", new[c:d])) if p[1]]
    return tuple(found)
