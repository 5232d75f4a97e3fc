"""What a reform would do: cost, winners and losers, examples, the worst-off loser.

Reads bitmaps of the rules as they are and as they would be over the same people; decides nothing
about anybody and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

from heling.engines.law import masks, planes
from heling.engines.law.bits import GrantBits, Totals, same
from heling.engines.law.bitstore import BitStore
from heling.engines.law.determination import Json
from heling.engines.law.masks import Mask
from heling.engines.law.planes import Arithmetic, Planes
from heling.engines.law.reform import Draft, Reform, drafts
from heling.engines.law.ruleset import RuleSet
from heling.engines.law.units import Bounds
from heling.kernel.errors import BadInput

MOST_SCENARIOS = 4
MOST_EXAMPLES = 8
_RIGHTS = 64
"""More than any city has grants: a loss of money outweighs any number of rights without a price."""

Grants = Mapping[str, GrantBits]


@dataclass(frozen=True, slots=True)
class Movement:
    """People per district: who only gains, who only loses, who does both; and of whom it cannot
    be said, because a grant that changes is 待查明 for them before or after."""

    winners: tuple[int, ...]
    losers: tuple[int, ...]
    mixed: tuple[int, ...]
    unknown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One elder as JSON facts, and the grants that differ: {status, amount, effect} before and
    after. ``change`` names the grant and what becomes of it."""

    change: str
    district: int
    facts: dict[str, object]
    before: dict[str, Json]
    after: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One reform against the rules as they are. ``examples`` and ``worst_off`` are of the last
    month; ``lost`` is what the worst-off loses in 分 a month (grants without a price count by
    their number), None when nobody loses."""

    reform: str
    reason: str
    drafts: tuple[Draft, ...]
    months: tuple[Totals, ...]
    movements: tuple[Movement, ...]
    examples: tuple[Person, ...]
    worst_off: Person | None
    lost: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The baseline month by month, and up to four scenarios."""

    city: str
    city_name: str
    people: int
    districts: tuple[int, ...]
    baseline: tuple[Totals, ...]
    scenarios: tuple[Scenario, ...]

    def to_json(self) -> Json:
        """Plain JSON data; ``docs/schemas/law-reform.schema.json`` describes it."""
        return {
            "city": self.city,
            "city_name": self.city_name,
            "people": self.people,
            "districts": [f"{code:06d}" for code in self.districts],
            "baseline": [_dump_totals(t) for t in self.baseline],
            "scenarios": [_dump_scenario(s, self.baseline) for s in self.scenarios],
        }


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """The rules as they are, month by month over one population: kept for many comparisons."""

    months: tuple[date, ...]
    found: tuple[dict[str, GrantBits], ...]
    totals: tuple[Totals, ...]


def before(rules: RuleSet, store: BitStore, months: Sequence[date]) -> Before:
    """What a comparison starts from. ``months``: days, one a month, ascending."""
    found = tuple(rules.bits.run(store, on) for on in months)
    counted = (rules.bits.count(store, b, on) for b, on in zip(found, months, strict=True))
    return Before(tuple(months), found, tuple(counted))


def compare(
    baseline: RuleSet,
    scenarios: Sequence[tuple[Reform, RuleSet]],
    store: BitStore,
    months: Sequence[date],
    standing: Before | None = None,
) -> Comparison:
    """Every reform (with the rules it makes, from :func:`reform.apply`) over the same people.

    ``months``: days, one a month, ascending; ``standing``: :func:`before` of the same baseline,
    store and months, if it is at hand. Raises BadInput for more than four scenarios or no month
    at all.
    """
    if not 1 <= len(scenarios) <= MOST_SCENARIOS:
        raise BadInput.single(
            "方案", f"一次可以比较 1 至 {MOST_SCENARIOS} 个，这里有 {len(scenarios)} 个"
        )
    if not months:
        raise BadInput.single("月份", "至少要有一个月")
    if standing is None:
        standing = before(baseline, store, months)
    return Comparison(
        city=baseline.city,
        city_name=baseline.city_name,
        people=store.size,
        districts=tuple(store.codes.tolist()),
        baseline=standing.totals,
        scenarios=tuple(
            _scenario(baseline, reform, rules, store, standing) for reform, rules in scenarios
        ),
    )


def _scenario(
    baseline: RuleSet, reform: Reform, rules: RuleSet, store: BitStore, standing: Before
) -> Scenario:
    totals, movements = [], []
    for on, found, counted in zip(standing.months, standing.found, standing.totals, strict=True):
        after = rules.bits.run(store, on)
        totals.append(rules.bits.count(store, after, on, (found, counted)))
        difference = _Difference(store, found, after)
        movements.append(difference.movement())
    worst, lost = difference.worst(_weights(baseline, on))
    return Scenario(
        reform=reform.name,
        reason=reform.reason,
        drafts=drafts(baseline, reform, on),
        months=tuple(totals),
        movements=tuple(movements),
        examples=tuple(
            _person(store, row, change, (baseline, rules), on)
            for change, row in difference.examples()
        ),
        worst_off=None
        if worst is None
        else _person(store, worst, "失去最多的人", (baseline, rules), on),
        lost=lost,
    )


def _weights(rules: RuleSet, on: date) -> dict[str, int]:
    """分 a month for one unit of each grant; 1 where there is no price."""
    return {r.grant.word: rules.bits.price(r, on) or 1 for r in rules.assembly.rights}


class _Difference:
    """Two results over the same people, grant by grant."""

    def __init__(self, store: BitStore, before: Grants, after: Grants) -> None:
        self._store = store
        self._sums = Arithmetic(store.every)
        both = ((w, (before[w], after[w])) for w in before.keys() & after.keys())
        self._pairs = {w: pair for w, pair in both if not same(*pair)}
        self._turns = {w: dict(self._turn(*pair)) for w, pair in sorted(self._pairs.items())}
        turns = self._turns.values()
        self._up = masks.either(*(t[k] for t in turns for k in ("新增", "增加")))
        self._down = masks.either(*(t[k] for t in turns for k in ("失去", "减少")))

    def _turn(self, before: GrantBits, after: GrantBits) -> Iterator[tuple[str, Mask | None]]:
        """Who gets the grant, loses it, gets more of it, gets less; not who may or may not."""
        had, has = before.enjoyed, after.enjoyed
        yield "新增", _some(masks.without(masks.without(has, had), _doubt(before)))
        yield "失去", _some(masks.without(masks.without(had, has), _doubt(after)))
        both, more, less = masks.both(had, has), None, None
        if before.amount is not None and after.amount is not None and both is not None:
            more = _some(both & self._sums.less(before.amount, after.amount))
            less = _some(both & self._sums.less(after.amount, before.amount))
        yield "增加", more
        yield "减少", less

    def movement(self) -> Movement:
        counts = self._store.counts
        moved = masks.either(self._up, self._down)
        unsaid = masks.either(*(_doubt(g) for pair in self._pairs.values() for g in pair))
        return Movement(
            winners=tuple(counts(masks.without(self._up, self._down)).tolist()),
            losers=tuple(counts(masks.without(self._down, self._up)).tolist()),
            mixed=tuple(counts(masks.both(self._up, self._down)).tolist()),
            unknown=tuple(counts(masks.without(unsaid, moved)).tolist()),
        )

    def examples(self) -> list[tuple[str, int]]:
        """One person for each thing that happens to somebody."""
        found = []
        for word, turns in self._turns.items():
            for turn, mask in turns.items():
                row = None if mask is None else self._store.first(mask)
                if row is not None:
                    found.append((f"{turn}：{word}", row))
        return found[:MOST_EXAMPLES]

    def worst(self, weights: Mapping[str, int]) -> tuple[int | None, int | None]:
        """(row, loss) of the greatest loss on balance; of equals the one who loses more rights."""
        if self._down is None:
            return None, None
        most = 1 + sum(
            weights[w] * (1 << len(g.amount.bits))
            for w, pair in self._pairs.items()
            for g in pair
            if g.amount is not None
        )
        room = planes.width(Bounds(-most * _RIGHTS, most * _RIGHTS))
        terms = [t for w in self._pairs for t in self._losses(w, weights[w], room)]
        loss = reduce(lambda a, b: self._sums.add(a, b, room), terms, planes.constant(0))
        found = self._sums.greatest(loss, self._down)
        row = self._store.first(found)
        return row, None if row is None else self._sums.value(loss, found) // _RIGHTS

    def _losses(self, word: str, weight: int, room: int) -> Iterator[Planes]:
        """What is lost under one grant: its amount, and a little for the right itself."""
        before, after = self._pairs[word]
        for bits, sign in ((before, 1), (after, -1)):
            if bits.amount is not None and bits.enjoyed is not None:
                enjoyed = self._sums.select(bits.enjoyed, bits.amount, planes.constant(0))
                yield self._sums.multiply(enjoyed, planes.constant(sign * weight * _RIGHTS), room)
        lost = self._turns[word]["失去"]
        if lost is not None:
            yield Planes((lost, False))


def _doubt(bits: GrantBits) -> Mask | None:
    """Of whom a missing fact leaves open whether they have the grant, or may keep it."""
    return masks.either(bits.unknown, bits.unsure)


def _some(mask: Mask | None) -> Mask | None:
    return mask if mask is not None and mask.any() else None


def _person(
    store: BitStore, row: int, change: str, rules: tuple[RuleSet, RuleSet], on: date
) -> Person:
    facts: Any = store.person(row)
    before, after = ({g.id: g for g in r.determine(facts, on, outlook=False).grants} for r in rules)
    dumped = [
        {
            w: {"status": g.status.value, "amount": g.amount, "effect": g.effect.value}
            for w, g in x.items()
        }
        for x in (before, after)
    ]
    differ = [w for w in dumped[0] if dumped[0][w] != dumped[1].get(w)]
    return Person(
        change,
        store.district(row),
        facts,
        {w: dumped[0][w] for w in differ},
        {w: dumped[1][w] for w in differ if w in dumped[1]},
    )


# JSON


def _dump_totals(totals: Totals) -> Json:
    return {
        "on": totals.on.isoformat(),
        "cost": sum(totals.cost),
        "cost_by_district": list(totals.cost),
        "grants": {
            word: {
                "granted": sum(g.granted),
                "unknown": sum(g.unknown),
                "open": sum(g.open),
                "enjoyed": sum(g.enjoyed),
                "amount": None if g.amount is None else sum(g.amount),
                "unit": g.unit,
                "price": g.price,
                "cost": None if g.cost is None else sum(g.cost),
                "counted": "户" if g.per_household else "人",
                "enjoyed_by_district": list(g.enjoyed),
                "amount_by_district": None if g.amount is None else list(g.amount),
            }
            for word, g in totals.grants.items()
        },
    }


def _dump_scenario(scenario: Scenario, baseline: tuple[Totals, ...]) -> Json:
    return {
        "reform": scenario.reform,
        "reason": scenario.reason,
        "drafts": [_dump_draft(d) for d in scenario.drafts],
        "months": [
            {
                **_dump_totals(totals),
                "cost_difference": sum(totals.cost) - sum(base.cost),
                "winners": list(move.winners),
                "losers": list(move.losers),
                "mixed": list(move.mixed),
                "unclear": list(move.unknown),
            }
            for totals, move, base in zip(
                scenario.months, scenario.movements, baseline, strict=True
            )
        ],
        "examples": [_dump_person(p) for p in scenario.examples],
        "worst_off": None if scenario.worst_off is None else _dump_person(scenario.worst_off),
        "lost": scenario.lost,
    }


def _dump_draft(draft: Draft) -> Json:
    return {
        "word": draft.word,
        "article": draft.article,
        "quote": draft.quote,
        "pieces": [{"kind": kind, "text": text} for kind, text in draft.pieces],
        "sentence": draft.sentence,
        "reason": draft.reason,
    }


def _dump_person(person: Person) -> Json:
    return {
        "change": person.change,
        "district": f"{person.district:06d}",
        "facts": person.facts,
        "before": person.before,
        "after": person.after,
    }
