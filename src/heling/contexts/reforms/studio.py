"""The engine room: snapshots as bitmaps and the rules as they are, kept in this process.

Opening a snapshot of 1.5 million takes a few seconds and about 130 MB; then a slider is answered
within the second. A few are kept, the least recently used go first. One question at a time: a
:class:`BitStore` fills its masks while it is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils import timezone

from heling.contexts.entitlements import public as entitlements
from heling.contexts.lawbook import public as lawbook
from heling.contexts.reforms.domain.figures import Figures, figures
from heling.contexts.reforms.domain.writing import in_words
from heling.engines.law import FactColumn, RuleSet
from heling.engines.law.bitstore import BitStore
from heling.engines.law.compare import Before, before, compare
from heling.engines.law.model import Entity, Fact
from heling.engines.law.recent import Recent
from heling.engines.law.reform import Reform, apply
from heling.engines.law.trouble import PackError
from heling.engines.law.units import Kind
from heling.kernel.actor import Actor

STORES, BASELINES, ANSWERS = 2, 4, 64


@dataclass(frozen=True, slots=True)
class Setting:
    """Whom and when a plan counts. ``certain``: what nobody has certified counts as not there;
    ``measures``: open terms are filled with the assumed measures of the packs (待核实)."""

    snapshot: entitlements.SnapshotCard
    city: str
    months: tuple[date, ...]
    certain: bool
    measures: bool


_room = threading.RLock()
_stores: Recent[BitStore] = Recent(STORES)
_baselines: Recent[Before] = Recent(BASELINES)
_answers: Recent[Figures] = Recent(ANSWERS)


def rules_of(city: str, *, measures: bool) -> RuleSet:
    """The rules that a plan starts from: today's, with the city's own editions."""
    return lawbook.rules_of(city, on=timezone.localdate(), measures=measures)


def check(rules: RuleSet, reform: Reform, *, thorough: bool = False) -> RuleSet:
    """The rules as they would be. Raises BadInput, by the words that the planner moved;
    ``thorough`` also refuses branches that nobody could reach (some tenths of a second)."""
    try:
        return apply(rules, reform, thorough=thorough)
    except PackError as error:
        raise in_words(error) from None


def answer(setting: Setting, reform: Reform, *, by: Actor) -> Figures:
    """What a reform would do. Raises BadInput for one that does not compute, NotFound when the
    snapshot is gone."""
    rules = rules_of(setting.city, measures=setting.measures)
    reformed = check(rules, reform)
    with _room:
        store = _store(setting, rules, by)
        ground = (_whom(setting), setting.months, rules.stamps)
        standing = _baselines.once(ground, lambda: before(rules, store, setting.months))
        return _answers.once(
            (ground, reform.sha256),
            lambda: _figures(rules, reform, reformed, store, standing),
        )


def warm(setting: Setting, *, by: Actor) -> int:
    """Open the snapshot and count the rules as they are; how many people stand in it."""
    rules = rules_of(setting.city, measures=setting.measures)
    with _room:
        store = _store(setting, rules, by)
        ground = (_whom(setting), setting.months, rules.stamps)
        _baselines.once(ground, lambda: before(rules, store, setting.months))
        return store.size


def empty() -> None:
    """Forget everything (tests, benchmarks)."""
    with _room:
        for kept in (_stores, _baselines, _answers):
            kept.clear()


def _figures(
    rules: RuleSet, reform: Reform, reformed: RuleSet, store: BitStore, standing: Before
) -> Figures:
    found = compare(rules, [(reform, reformed)], store, standing.months, standing)
    return figures(rules, found, found.scenarios[0])


def _whom(setting: Setting) -> Hashable:
    return setting.snapshot.id, setting.snapshot.sha256, setting.certain


def _store(setting: Setting, rules: RuleSet, by: Actor) -> BitStore:
    words = tuple(rules.facts)

    def opened() -> BitStore:
        people = entitlements.read_snapshot(setting.snapshot.id, by=by)
        facts = {w: c for w, c in people.facts.items() if w in rules.facts}
        if setting.certain:
            facts = _certain(facts, rules, people)
        return BitStore(rules.facts, facts, people.size, people.districts, people.households)

    return _stores.once((_whom(setting), words), opened)


def _certain(
    facts: dict[str, FactColumn], rules: RuleSet, people: entitlements.CityFacts
) -> dict[str, FactColumn]:
    """What nobody has certified, and what the registry does not ask, counts as not there."""
    facts = {w: FactColumn(c.values) if w in people.certified else c for w, c in facts.items()}
    for word in absent(rules, people):
        facts[word] = FactColumn(np.zeros(people.size, _DTYPES[rules.facts[word].type.kind]))
    return facts


_DTYPES = {Kind.BOOL: np.bool_, Kind.ENUM: np.uint8, Kind.NUMBER: np.int32}


def absent(rules: RuleSet, people: entitlements.CityFacts) -> tuple[str, ...]:
    """Facts about persons that a snapshot does not have."""
    return tuple(w for w, f in rules.facts.items() if w not in people.facts and _plain(f))


def _plain(fact: Fact) -> bool:
    return fact.of is Entity.PERSON and fact.type.kind in _DTYPES
