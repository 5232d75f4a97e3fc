"""What a comparison says, as a page, a table or a letter would say it. Integers only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from heling.engines.law import RuleSet
from heling.engines.law.bits import GrantTotals, Totals
from heling.engines.law.compare import Comparison, Person, Scenario
from heling.engines.law.model import Entity, Fact
from heling.engines.law.reform import Draft
from heling.engines.law.units import Kind
from heling.engines.law.wording import quantity
from heling.kernel.period import age_on


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant in the last month, before and after. ``cost``: 分 a month, None where no price
    is there; ``unpriced``: it has an amount a month that nobody can price."""

    word: str
    benefit: str
    counted: str
    unit: str
    enjoyed: tuple[int, int]
    unknown: tuple[int, int]
    open: tuple[int, int]
    amount: tuple[int | None, int | None]
    cost: tuple[int | None, int | None]
    unpriced: bool

    @property
    def moved(self) -> int:
        return self.enjoyed[1] - self.enjoyed[0]

    @property
    def changed(self) -> bool:
        return any(a != b for a, b in (self.enjoyed, self.open, self.amount, self.cost))


@dataclass(frozen=True, slots=True)
class CountyRow:
    """One county in the last month: people, cost before and after, who moves."""

    code: str
    people: int
    before: int | None
    after: int | None
    winners: int
    losers: int
    mixed: int
    unknown: int

    @property
    def difference(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Counts:
    winners: int
    losers: int
    mixed: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Somebody:
    """An exemplary person as facts in words: age in years, no day of birth, no name, no number."""

    change: str
    code: str
    facts: tuple[str, ...]
    turns: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """One scenario against the rules as they are. Costs are 分 a month, None: cannot be said.

    ``valued``: today's amounts are priced with the scenario's price, because today has none.
    """

    name: str
    reason: str
    people: int
    months: tuple[date, ...]
    before: tuple[int | None, ...]
    after: tuple[int | None, ...]
    valued: bool
    grants: tuple[GrantRow, ...]
    counties: tuple[CountyRow, ...]
    counts: tuple[Counts, ...]
    examples: tuple[Somebody, ...]
    worst: Somebody | None
    lost: int | None
    priced: bool
    drafts: tuple[Draft, ...]
    waiting: tuple[str, ...]
    """Grants for which today's cost cannot be said, because people wait for a measure."""

    @property
    def last(self) -> Counts:
        return self.counts[-1]

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Grants that no cost can be said of."""
        return tuple(g.word for g in self.grants if g.unpriced)

    @property
    def total(self) -> tuple[int | None, int | None]:
        """The sum over all months, before and after."""
        return _sum(self.before), _sum(self.after)

    @property
    def changed(self) -> tuple[GrantRow, ...]:
        return tuple(g for g in self.grants if g.changed)


def figures(rules: RuleSet, comparison: Comparison, scenario: Scenario) -> Figures:
    """Everything that is shown of one scenario of a comparison."""
    benefits = {r.grant.word: r.grant.benefit for r in rules.assembly.rights}
    pairs = list(zip(comparison.baseline, scenario.months, strict=True))
    old, new = pairs[-1]
    before = tuple(_cost(b, a) for b, a in pairs)
    grants = tuple(_grant(w, benefits.get(w, w), old.grants[w], g) for w, g in new.grants.items())
    on = new.on
    return Figures(
        name=scenario.reform,
        reason=scenario.reason,
        people=comparison.people,
        months=tuple(t.on for t in scenario.months),
        before=tuple(None if c is None else sum(c) for c in before),
        after=tuple(None if (c := _cost(a, a)) is None else sum(c) for _, a in pairs),
        valued=any(_valued(b.grants[w], a.grants[w]) for b, a in pairs for w in a.grants),
        grants=grants,
        counties=tuple(_counties(comparison, scenario, old, new)),
        counts=tuple(
            Counts(sum(m.winners), sum(m.losers), sum(m.mixed), sum(m.unknown))
            for m in scenario.movements
        ),
        examples=tuple(_somebody(p, rules, on) for p in scenario.examples),
        worst=None if scenario.worst_off is None else _somebody(scenario.worst_off, rules, on),
        lost=scenario.lost,
        priced=any(g.price is not None for g in old.grants.values()),
        drafts=scenario.drafts,
        waiting=tuple(w for w, g in old.grants.items() if _waits(g, new.grants[w])),
    )


def _sum(costs: tuple[int | None, ...]) -> int | None:
    known = [c for c in costs if c is not None]
    return sum(known) if len(known) == len(costs) else None


def _valued(before: GrantTotals, after: GrantTotals) -> bool:
    return before.price is None and after.price is not None and before.amount is not None


def _priced(before: GrantTotals, after: GrantTotals) -> tuple[int, ...] | None:
    """What a grant costs, with the later price where it has none of its own."""
    if before.cost is not None:
        return before.cost
    if before.amount is None or after.price is None:
        return None
    return tuple(a * after.price for a in before.amount)


def _waits(before: GrantTotals, after: GrantTotals) -> bool:
    """Whether people wait for a measure to say how much a month, who are paid afterwards."""
    return _monthly(before.unit) and sum(before.open) > sum(after.open)


def _cost(before: Totals, after: Totals) -> tuple[int, ...] | None:
    """Per district, of every grant that has a price; None when none has, or when what waits for a
    measure today would be paid later: that is not nothing."""
    if any(_waits(g, after.grants[w]) for w, g in before.grants.items()):
        return None
    found = [_priced(g, after.grants[w]) for w, g in before.grants.items()]
    known = [c for c in found if c is not None]
    return tuple(sum(each) for each in zip(*known, strict=True)) if known else None


def _monthly(unit: str) -> bool:
    return unit.endswith("/月")


def _grant(word: str, benefit: str, before: GrantTotals, after: GrantTotals) -> GrantRow:
    costs = (_priced(before, after), after.cost)
    return GrantRow(
        word=word,
        benefit=benefit,
        counted="户" if after.per_household else "人",
        unit=after.unit,
        enjoyed=(sum(before.enjoyed), sum(after.enjoyed)),
        unknown=(sum(before.unknown), sum(after.unknown)),
        open=(sum(before.open), sum(after.open)),
        amount=(_total(before.amount), _total(after.amount)),
        cost=(_total(costs[0]), _total(costs[1])),
        unpriced=after.cost is None and _monthly(after.unit),
    )


def _total(values: tuple[int, ...] | None) -> int | None:
    return None if values is None else sum(values)


def _counties(
    comparison: Comparison, scenario: Scenario, old: Totals, new: Totals
) -> Iterator[CountyRow]:
    move = scenario.movements[-1]
    before, after = _cost(old, new) or (), _cost(new, new) or ()
    rows = zip_longest(
        comparison.districts, new.people, before, after,
        move.winners, move.losers, move.mixed, move.unknown,
    )  # fmt: skip
    for code, *rest in rows:
        yield CountyRow(f"{code:06d}", *rest)


# People as facts


def _somebody(person: Person, rules: RuleSet, on: date) -> Somebody:
    grants = {r.grant.word: r.grant for r in rules.assembly.rights}
    turns = []
    for word in person.before:
        unit = grants[word].unit if word in grants else None
        said = [_result(x.get(word), str(unit or "")) for x in (person.before, person.after)]
        turns.append((word, said[0], said[1]))
    return Somebody(
        change=person.change,
        code=f"{person.district:06d}",
        facts=tuple(_facts(person.facts, rules, on)),
        turns=tuple(turns),
    )


_STATUSES = {"granted": "应享受", "denied": "不符合", "unknown": "待查明", "open": "尚待实施办法"}
_EFFECTS = {
    "yields": "让位给另一项待遇",
    "unknown": "能否与另一项同享待查明",
    "open": "能否与另一项同享尚待规定",
}


def _result(found: object, unit: str) -> str:
    if not isinstance(found, Mapping):
        return "没有这一项"
    said = _STATUSES[str(found["status"])]
    amount = found["amount"]
    if isinstance(amount, int) and found["status"] == "granted":
        said = f"{said}，{quantity(amount, unit)}"
    effect = _EFFECTS.get(str(found["effect"]))
    return f"{said}（{effect}）" if effect else said


def _facts(facts: Mapping[str, object], rules: RuleSet, on: date) -> Iterator[str]:
    """What is true of them; what is false or nothing is left out, and a birthday is an age."""
    unknown = []
    for word, fact in rules.facts.items():
        if fact.of is not Entity.PERSON:
            continue
        if word not in facts:
            unknown.append(word)
        elif said := _fact(fact, facts[word], rules, on):
            yield said
    if unknown:
        yield f"不知道：{'、'.join(unknown)}"


def _fact(fact: Fact, value: object, rules: RuleSet, on: date) -> str:
    kind = fact.type.kind
    if kind is Kind.DATE:
        return f"{age_on(date.fromisoformat(str(value)), on)} 周岁"
    if kind is Kind.CITY:
        return f"{fact.word}在{rules.city_name if value == rules.city else '外地'}"
    if kind is Kind.ENUM:
        return f"{fact.word}：{value}" if value != fact.type.levels[0] else ""
    if kind is Kind.NUMBER:
        return f"{fact.word}{quantity(int(str(value)), fact.type.unit)}" if value else ""
    return (fact.yes or fact.word) if value else ""
