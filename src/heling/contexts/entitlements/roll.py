"""应享名册: what the law gives everybody in a city, kept up to date by writing only what changed.

Facts come from the snapshot (:mod:`snapshots`), the law is applied to all of them at once, and each
situation is explained and stored once. An elder's row says which situation the elder is in; it is
written when that changes, so a day on which nothing happens writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from heling.contexts.entitlements import snapshots
from heling.contexts.entitlements.actions.redetermining import raise_due
from heling.contexts.entitlements.domain.objections import Cause
from heling.contexts.entitlements.domain.standing import outcome_of
from heling.contexts.entitlements.domain.states import LIVE
from heling.contexts.entitlements.models import (
    Application,
    Explanation,
    Roll,
    RollRow,
    Situation,
)
from heling.contexts.entitlements.queries.roll import told_in
from heling.contexts.lawbook import public as lawbook
from heling.engines.law import GrantResult, RuleSet
from heling.engines.law.codec import dump_grant
from heling.engines.law.receipt import digest
from heling.engines.law.situations import Explained
from heling.kernel.actor import Actor
from heling.kernel.errors import Conflict
from heling.platform.access.scope import scoped

_BATCH = 20_000
Ids = NDArray[np.int64]

# The elder's place is read where the row is written: who moved since the snapshot is not lost.
_WRITE = """
insert into entitlements_rollrow (elder_id, code, situation_id, since)
select e.id, e.code, n.situation_id, %s
  from unnest(%s::bigint[], %s::bigint[]) n (elder_id, situation_id)
  join registry_elder e on e.id = n.elder_id
    on conflict (elder_id) do update set situation_id = excluded.situation_id, since = excluded.since
"""


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Everybody, in ascending order of ``elder``, with the stored situation of each."""

    elder: Ids
    situation: Ids


@dataclass(frozen=True, slots=True, eq=False)
class _Change:
    """Whose rows were written: the situation before (0: not on the roll) and after."""

    elder: Ids
    before: Ids
    after: Ids
    gone: int


def draw(*, on: date, by: Actor, say: snapshots.Say = lambda done: None) -> Roll:
    """Bring the roll of the actor's city up to date. Raises Refused for a city without elders,
    Conflict while somebody else does it; all or nothing."""
    city = snapshots.city_of(by)
    snapshot = snapshots.take(on=on, by=by, say=say)
    elders, facts = snapshots.read_with_elders(snapshot)
    rules = lawbook.rules_of(city.city, on=on)
    explained = rules.explain_all(facts.facts, facts.size, on)
    with scoped(by), transaction.atomic():
        _alone(city.city)
        stored = _stored(explained, rules)
        order = np.argsort(elders)
        situation = stored[explained.situations.of[order]]
        change = _write(_Found(elders[order], situation), on=on, by=by, say=say)
        last = Roll.objects.filter(city=city.city).order_by("-pk").first()
        packs = [[p.id, p.sha256] for p in rules.stamps]
        if last is not None and last.packs != packs:
            _raise_dues(change, on=on, by=by)
        return Roll.objects.create(
            city=city.city,
            on=on,
            snapshot_id=snapshot.pk,
            people=facts.size,
            changed=len(change.elder),
            gone=change.gone,
            situations=len(explained.situations),
            packs=packs,
        )


def _alone(city: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_try_advisory_xact_lock(hashtext('entitlements_roll'), %s)", [int(city)]
        )
        if cursor.fetchone() != (True,):
            raise Conflict("本市的应享名册正在更新。", hint="请等它完成后再看。")


# Situations and their explanations, each once


def _stored(explained: Explained, rules: RuleSet) -> Ids:
    """The stored situation of each of the engine's, new ones written first."""
    ages = list(explained.births)
    texts = _Texts()
    parts = [[texts.of(g) for g in each.grants] for each in explained.each]
    known = _explanations(rules.city, texts)
    rows = {}
    for digests in parts:
        key = digest([ages, digests])
        rows[key] = Situation(
            city=rules.city,
            digest=key,
            explanations=[known[d] for d in digests],
            ages=ages,
        )
    ids = _once(Situation, rules.city, rows)
    return np.array([ids[digest([ages, digests])] for digests in parts], np.int64)


class _Texts:
    """Results by the fingerprint of what they say; one object is read once."""

    def __init__(self) -> None:
        self.results: dict[str, tuple[GrantResult, dict[str, Any]]] = {}

    def of(self, result: GrantResult) -> str:
        data = dump_grant(result)
        key = digest(data)
        self.results.setdefault(key, (result, data))
        return key


def _explanations(city: str, texts: _Texts) -> dict[str, int]:
    rows = {
        key: Explanation(
            city=city, digest=key, grant=result.id, outcome=outcome_of(result), law=data
        )
        for key, (result, data) in texts.results.items()
    }
    return _once(Explanation, city, rows)


def _once(
    model: type[Explanation] | type[Situation], city: str, rows: dict[str, Any]
) -> dict[str, int]:
    """Ids by fingerprint; what is not there yet is written."""
    there = model._default_manager.filter(city=city)  # noqa: SLF001 - Django's API
    known = set(there.values_list("digest", flat=True))
    new = [row for key, row in rows.items() if key not in known]
    model._default_manager.bulk_create(new, batch_size=500, ignore_conflicts=True)  # noqa: SLF001
    found = there.values_list("digest", "pk")
    return {key: pk for key, pk in found if key in rows}


# Rows: only what changed


def _write(found: _Found, *, on: date, by: Actor, say: snapshots.Say) -> _Change:
    there = _there(by)
    before = np.zeros(len(found.elder), np.int64)
    if len(there.elder):
        at = np.minimum(np.searchsorted(there.elder, found.elder), len(there.elder) - 1)
        before = np.where(there.elder[at] == found.elder, there.situation[at], 0)
    changed = np.flatnonzero(before != found.situation)
    for first in range(0, len(changed), _BATCH):
        rows = changed[first : first + _BATCH]
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [on, found.elder[rows].tolist(), found.situation[rows].tolist()])
        say(first + len(rows))
    gone = np.setdiff1d(there.elder, found.elder, assume_unique=True)
    for ids in _batches(gone.tolist()):
        RollRow.objects.visible_to(by).filter(elder_id__in=ids).delete()
    return _Change(found.elder[changed], before[changed], found.situation[changed], len(gone))


def _there(by: Actor) -> _Found:
    """The roll as it stands."""
    rows = RollRow.objects.visible_to(by).order_by("elder_id").values_list("elder_id", "situation")
    flat = np.fromiter(
        (number for row in rows.iterator(chunk_size=_BATCH) for number in row), np.int64
    )
    pairs = flat.reshape(-1, 2)
    return _Found(pairs[:, 0], pairs[:, 1])


# The law changed


def _raise_dues(change: _Change, *, on: date, by: Actor) -> None:
    """重新认定 for everybody with a case to whom other rules say something else: another outcome
    or another amount of any right. Who has no case is found as 应享未享."""
    says = told_in(np.union1d(change.before, change.after).tolist())
    pairs = zip(change.elder.tolist(), change.before.tolist(), change.after.tolist(), strict=True)
    told = [elder for elder, before, after in pairs if before and says[before] != says[after]]
    for ids in _batches(told):
        cases = Application.objects.visible_to(by).filter(elder_id__in=ids, state__in=LIVE)
        for elder_id in sorted(set(cases.values_list("elder_id", flat=True))):
            raise_due(elder_id=elder_id, cause=Cause.LAW, since=on, on=on, by=by)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), _BATCH):
        yield ids[first : first + _BATCH]
