"""A read row against what is registered: new, the same, changed, or perhaps somebody known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from heling.contexts.registry.actions.changing import particulars_of
from heling.contexts.registry.domain.naming import address_key
from heling.contexts.registry.domain.particulars import Checked
from heling.contexts.registry.domain.rosters import Verdict
from heling.contexts.registry.domain.states import ELDER, ElderState
from heling.contexts.registry.imports.rows import RowRead
from heling.contexts.registry.imports.seen import Seen
from heling.contexts.registry.models import Elder, Status, Supporter
from heling.contexts.registry.queries.duplicates import ELSEWHERE
from heling.contexts.registry.sealing import blind_id
from heling.kernel.actor import Actor
from heling.kernel.errors import Problem
from heling.platform.access.scope import EVERYTHING, scoped

# Fields that a roster may change, with their labels. An empty cell changes nothing.
_FIELDS = {
    "name": "姓名",
    "hukou_code": "户籍地",
    "phone": "电话",
    "ethnicity": "民族",
    "education": "文化程度",
    "marital": "婚姻状况",
    "living": "居住情况",
}


@dataclass(slots=True)
class Compared:
    """What would happen to one row, and to whom."""

    verdict: Verdict
    blind: bytes | None = None
    elder_id: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    moves: bool = False
    statuses: tuple[int, ...] = ()  # places in the row's statuses that are not registered yet
    notes: tuple[str, ...] = ()


def compare(rows: Sequence[RowRead], *, seen: Seen, by: Actor) -> list[Compared]:
    """Compare a piece of a file; ``seen`` carries numbers met so far from piece to piece."""
    blinds = [blind_id(r.person.resident_id) if r.person else None for r in rows]
    known = _registered([b for b in blinds if b is not None], by=by)
    elsewhere = _elsewhere([b for b in blinds if b is not None], known)
    alike = _alike([r.person for r in rows if r.person], by=by)
    results = []
    for row, blind in zip(rows, blinds, strict=True):
        result = _one(row, blind, seen, known, elsewhere, alike)
        result.blind = blind
        results.append(result)
    return results


@dataclass(frozen=True, slots=True)
class _Known:
    elder: Elder
    address_key: str
    statuses: frozenset[tuple[str, str]]
    supporters: frozenset[str]


def _one(
    row: RowRead,
    blind: bytes | None,
    seen: Seen,
    known: Mapping[bytes, _Known],
    elsewhere: set[bytes],
    alike: Mapping[tuple[str, Any], int],
) -> Compared:
    if row.person is None or row.draft is None or blind is None:
        return Compared(Verdict.ERROR)
    if (line := seen.met(blind, row.number)) is not None:
        row.problems.append(Problem("身份证号", f"与第 {line} 行相同，同一个人只能写一行"))
        return Compared(Verdict.ERROR)
    if blind in elsewhere:
        row.problems.append(Problem("身份证号", ELSEWHERE))
        return Compared(Verdict.ERROR)
    if blind in known:
        return _against(row, row.person, known[blind])
    same_name = alike.get((row.person.name, row.person.birth))
    if same_name is not None:
        return Compared(
            Verdict.SIMILAR,
            elder_id=same_name,
            notes=("与一位已登记的老年人姓名、出生日期相同，但证件号不同",),
        )
    return Compared(Verdict.NEW)


def _against(row: RowRead, person: Checked, known: _Known) -> Compared:
    if known.elder.state != ElderState.ACTIVE:
        state = ELDER.labels[ElderState(known.elder.state)]
        row.problems.append(Problem("身份证号", f"此人已登记为“{state}”，如属误登记请先恢复在册"))
        return Compared(Verdict.ERROR, elder_id=known.elder.pk)
    now = particulars_of(known.elder)
    changes = {
        name: new
        for name in _FIELDS
        if (new := _written(person, name)) and new != getattr(now, name)
    }
    moves = person.code != known.elder.code or (
        bool(address_key(person.address)) and address_key(person.address) != known.address_key
    )
    missing = tuple(
        at
        for at, status in enumerate(row.draft.statuses if row.draft else ())
        if (str(status.kind), status.document) not in known.statuses
    )
    notes = [_FIELDS[name] for name in changes]
    notes += ["居住地址"] if moves else []
    notes += ["身份认定"] if missing else []
    return Compared(
        Verdict.CHANGED if notes else Verdict.SAME,
        elder_id=known.elder.pk,
        changes=changes,
        moves=moves,
        statuses=missing,
        notes=tuple(notes),
    )


def _written(person: Checked, name: str) -> str:
    value = getattr(person, name)
    return str(value.value) if hasattr(value, "value") else str(value or "")


def _registered(blinds: Iterable[bytes], *, by: Actor) -> dict[bytes, _Known]:
    elders = list(
        Elder.objects.visible_to(by)
        .filter(~Q(state=ElderState.MERGED), id_blind__in=list(blinds))
        .select_related("household")
        .order_by("pk")
    )
    ids = [e.pk for e in elders]
    statuses: dict[int, set[tuple[str, str]]] = {i: set() for i in ids}
    rows = Status.objects.filter(elder_id__in=ids, revoked_at=None).order_by("pk")
    for elder_id, kind, document in rows.values_list("elder_id", "kind", "document"):
        statuses[elder_id].add((kind, document))
    supporters: dict[int, set[str]] = {i: set() for i in ids}
    people = Supporter.objects.filter(elder_id__in=ids).order_by("pk")
    for elder_id, name in people.values_list("elder_id", "name"):
        supporters[elder_id].add(name)
    return {
        bytes(e.id_blind): _Known(
            e, e.household.address_key, frozenset(statuses[e.pk]), frozenset(supporters[e.pk])
        )
        for e in elders
    }


def _elsewhere(blinds: Sequence[bytes], known: Mapping[bytes, _Known]) -> set[bytes]:
    """Numbers registered outside the territory: said neutrally, naming nobody."""
    with scoped(EVERYTHING):
        found = Elder.objects.exclude(state=ElderState.MERGED).filter(id_blind__in=list(blinds))
        return {bytes(b) for b in found.values_list("id_blind", flat=True)} - known.keys()


def _alike(people: Sequence[Checked], *, by: Actor) -> dict[tuple[str, Any], int]:
    births = {p.birth for p in people}
    names = {p.name for p in people}
    found = (
        Elder.objects.visible_to(by)
        .filter(~Q(state=ElderState.MERGED), name__in=names, birth__in=births)
        .order_by("-pk")
    )
    return {(name, birth): pk for pk, name, birth in found.values_list("pk", "name", "birth")}
