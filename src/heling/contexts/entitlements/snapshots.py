"""人口快照: a city's facts as the engine's columns, taken whole or refreshed from what changed.

Rows stand by county, birth and elder, as :class:`BitStore` likes them. A refreshed snapshot equals
a full one of the same moment, column for column, as long as every change of a fact is in the
journal; what is written past the actions (levels of a demonstration) comes with the next full one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from heling.contexts.assessment import public as assessment
from heling.contexts.entitlements.models import Snapshot
from heling.contexts.entitlements.population import CERTIFIED, UNASKED, fact_columns
from heling.contexts.lawbook import public as lawbook
from heling.contexts.registry import public as registry
from heling.engines.law import FactColumn, RuleSet
from heling.kernel.actor import Actor
from heling.kernel.errors import Forbidden, NotFound, Refused
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.files.vault import forget, opened, store
from heling.platform.journal.record import Event
from heling.platform.journal.since import entries_since, position

Arrays: TypeAlias = dict[str, NDArray[Any]]
Say: TypeAlias = Callable[[int], object]

ELDER, DISTRICT, HOUSEHOLD, KNOWN = "elder_id", "区县", "户", ".known"
PAGE = 20_000
KEPT = 2
LARGEST = 4 << 30
"""Bytes: a file for some sixty million elders."""
_CITY_DIGITS = 4
_SOURCES = ("registry.", "assessment.")


@dataclass(frozen=True, slots=True, eq=False)
class CityFacts:
    """A snapshot without names or numbers of anybody. ``households`` counts from 0; of the words
    in ``certified`` only 是 is ever known: who has no certificate may have none, or not yet."""

    facts: dict[str, FactColumn]
    certified: frozenset[str]
    size: int
    districts: NDArray[np.int32]
    households: NDArray[np.int32]


def city_of(by: Actor) -> Territory:
    """The city that an actor acts for. Raises Forbidden for any other territory."""
    if by.territory is None or len(by.territory.prefix) != _CITY_DIGITS:
        raise Forbidden("请以市级岗位办理。", hint="人口快照是全市的，区县和街道岗位看不到。")
    return by.territory


def take(*, on: date, by: Actor, full: bool = False, say: Say = lambda done: None) -> Snapshot:
    """Today's snapshot of the actor's city: refreshed from the last one, or read whole.

    Short transactions, one a page. Raises Refused for a city without elders; whatever ``say``
    raises (Cancelled) leaves nothing behind.
    """
    city = city_of(by)
    rules = lawbook.rules_of(city.city, on=on)
    with scoped(by):
        last = None if full else latest(by)
        place = position()
    old = None if last is None else _arrays_or_none(last)
    if last is None or old is None or set(old) != set(_empty(rules)):
        arrays, reread = _joined(_pages(rules, on=on, by=by, say=say), rules), None
    else:
        with scoped(by):
            ids = _touched(last, old, on=on, by=by)
        fresh = _joined(_pages(rules, on=on, by=by, say=say, ids=ids), rules)
        arrays, reread = _replaced(old, fresh, ids), len(ids)
    if not len(arrays[ELDER]):
        raise Refused("本市还没有在册的老年人，没有生成快照。", hint="请先登记或导入老年人。")
    return _kept(arrays, by, as_of=on, place=place, reread=reread)


def latest(by: Actor) -> Snapshot | None:
    """The newest snapshot of the actor's city."""
    return Snapshot.objects.visible_to(by).order_by("-pk").first()


def read(snapshot: Snapshot) -> CityFacts:
    """The columns of a snapshot, for counting: nobody's id is among them."""
    return read_with_elders(snapshot)[1]


def read_with_elders(snapshot: Snapshot) -> tuple[NDArray[np.int64], CityFacts]:
    """The columns of a snapshot and whose rows they are; for this context only. Raises NotFound
    when the file is gone (a database that was restored without its files)."""
    arrays = _arrays_or_none(snapshot)
    if arrays is None:
        raise NotFound("人口快照的文件已经不在了，不能计数。", hint="请重新生成人口快照。")
    elders = arrays.pop(ELDER)
    districts = arrays.pop(DISTRICT)
    doors, households = np.unique(arrays.pop(HOUSEHOLD), return_inverse=True)
    del doors
    known = {w: arrays.pop(w) for w in list(arrays) if w.endswith(KNOWN)}
    facts = {w: FactColumn(values, known.get(w + KNOWN)) for w, values in arrays.items()}
    return elders, CityFacts(
        facts, CERTIFIED, len(districts), districts, households.astype(np.int32)
    )


# Reading the registry


def _pages(
    rules: RuleSet, *, on: date, by: Actor, say: Say, ids: Sequence[int] | None = None
) -> Iterator[Arrays]:
    """Pages of columns, each in a transaction of its own."""
    pages = registry.fact_pages(by=by, on=on, size=PAGE, ids=ids)
    done = 0
    while True:
        with scoped(by):
            page = next(pages, None)
            if page is None:
                return
            levels = _levels(page.elder_id, on=on, by=by)
        yield _columns(page, levels, rules)
        done += len(page)
        say(done)


def _levels(ids: NDArray[np.int64], *, on: date, by: Actor) -> NDArray[np.int8]:
    codes = np.full(len(ids), UNASKED, np.int8)
    found = assessment.levels_on(on=on, by=by, scale=assessment.GBT42195, ids=ids.tolist())
    for elder_id, fact in found:
        codes[int(np.searchsorted(ids, elder_id))] = fact.level
    return codes


def _columns(page: registry.FactPage, levels: NDArray[np.int8], rules: RuleSet) -> Arrays:
    arrays: Arrays = {
        ELDER: page.elder_id,
        DISTRICT: (page.code // 10**6).astype(np.int32),
        HOUSEHOLD: page.household_id,
    }
    for word, column in fact_columns(page, levels).items():
        if word in rules.facts:
            arrays[word] = _narrow(column.values)
            if column.known is not None:
                arrays[word + KNOWN] = column.known
    return arrays


def _narrow(values: NDArray[Any]) -> NDArray[Any]:
    """Days and city codes as four bytes; what hides behind ``known`` is 0."""
    if values.dtype.kind == "M":
        return values.astype("datetime64[D]").view(np.int64).astype(np.int32)
    return values.astype(np.int32) if values.dtype == np.int64 else values


def _empty(rules: RuleSet) -> Arrays:
    """No rows, all columns: what a file must hold to be refreshed under these rules."""
    page = registry.FactPage(
        **{name: np.empty(0, np.int64) for name in ("elder_id", "household_id", "code")},
        hukou_code=np.empty(0, np.int64),
        birth=np.empty(0, "datetime64[D]"),
        female=np.empty(0, np.bool_),
        living=np.empty(0, np.int8),
        support=np.empty(0, np.int8),
        status=np.empty(0, np.uint16),
        grade=np.empty(0, np.uint8),
    )
    return _columns(page, np.empty(0, np.int8), rules)


def _joined(pages: Iterable[Arrays], rules: RuleSet) -> Arrays:
    """Pages one below the other, in the order of a snapshot. Every column is joined and its
    parts dropped before the next, so that the peak is little more than the columns once."""
    parts: dict[str, list[NDArray[Any]]] = {w: [a] for w, a in _empty(rules).items()}
    for page in pages:
        for word, values in page.items():
            parts[word].append(values)
    joined = {word: np.concatenate(parts.pop(word)) for word in list(parts)}
    return _ordered(joined)


def _ordered(arrays: Arrays) -> Arrays:
    birth = arrays.get("出生日期", arrays[ELDER])
    order = np.lexsort((arrays[ELDER], birth, arrays[DISTRICT]))
    for word in list(arrays):
        arrays[word] = arrays[word][order]
    return arrays


# What changed


def _touched(last: Snapshot, old: Mapping[str, NDArray[Any]], *, on: date, by: Actor) -> list[int]:
    """Whoever may have other facts now than in a snapshot, in ascending order."""
    ids = _named(last.place)
    if on != last.as_of:
        days = {"since": last.as_of, "until": on}
        ids |= registry.statuses_turning(**days, by=by)
        ids |= assessment.assessed_between(**days, by=by)
    # The doors they have left since, and those that they live behind now.
    before = np.isin(old[ELDER], np.fromiter(ids, np.int64, len(ids)))
    doors = np.unique(old[HOUSEHOLD][before])
    beside = old[ELDER][np.isin(old[HOUSEHOLD], doors)]
    now = registry.elders_beside(sorted(ids), doors.tolist(), by=by)
    return sorted(now.union(beside.tolist()))


def _named(place: int) -> set[int]:
    """Elders named by the journal since a position; of whatever city they are now."""
    ids: set[int] = set()
    kinds = [kind for kind in Event.registry if kind.startswith(_SOURCES)]
    with scoped(EVERYTHING):
        for entry in entries_since(place, kinds):
            ids.update(_people(entry.elder_id, entry.payload))
    return ids


def _people(elder_id: int | None, payload: Mapping[str, Any]) -> Iterator[int]:
    if elder_id is not None:
        yield elder_id
    if "merged_id" in payload:
        yield payload["merged_id"]
    for first, last in payload.get("ids", ()):
        yield from range(first, last + 1)


def _replaced(old: Arrays, fresh: Arrays, ids: Sequence[int]) -> Arrays:
    """The old rows of everybody else, and the fresh rows; who is gone has none."""
    stay = ~np.isin(old[ELDER], np.array(ids, np.int64))
    joined: Arrays = {}
    for word in list(old):
        joined[word] = np.concatenate((old.pop(word)[stay], fresh[word]))
    return _ordered(joined)


# Keeping


def _kept(arrays: Arrays, by: Actor, *, as_of: date, place: int, reread: int | None) -> Snapshot:
    file = store(_file(arrays), limit=LARGEST)
    try:
        with scoped(by):
            snapshot = Snapshot.objects.create(
                code=city_of(by).prefix,
                as_of=as_of,
                place=place,
                people=len(arrays[ELDER]),
                reread=reread,
                file_key=file.key,
                file_size=file.size,
                sha256=file.sha256,
            )
            _drop_older(by)
    except BaseException:
        forget(file.key)
        raise
    return snapshot


def _drop_older(by: Actor) -> None:
    """Personal data is kept no longer than it is counted: the last two stay."""
    for old in Snapshot.objects.visible_to(by).order_by("-pk")[KEPT:]:
        key = old.file_key
        old.delete()
        transaction.on_commit(lambda key=key: forget(key))  # type: ignore[misc] # bound here


def _file(arrays: Arrays) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as plain:
        np.savez(plain, allow_pickle=False, **arrays)
        plain.seek(0)
        while chunk := plain.read(1 << 20):
            yield chunk


def _arrays_or_none(snapshot: Snapshot) -> Arrays | None:
    try:
        return _arrays(snapshot)
    except FileNotFoundError:
        return None


def _arrays(snapshot: Snapshot) -> Arrays:
    with opened(snapshot.file_key) as plain, np.load(plain, allow_pickle=False) as file:
        return {word: file[word] for word in file.files}
