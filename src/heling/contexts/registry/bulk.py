"""Many elders at once: the same rows as the actions write, streamed by COPY.

For rosters and load tests. Batches are read, sealed and written one after the other, so
memory is that of one batch; a caller that wants all or nothing opens its own transaction
around :func:`load`. COPY cannot write to a table under row-level security, so each batch
is copied into temporary tables and inserted from there, under the actor's scope and every
constraint.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import itemgetter
from typing import Any

from django.db import connection

from heling.contexts.places import public as places
from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.statuses import (
    Certificate,
    CheckedCertificate,
    read_certificate,
    status_columns,
)
from heling.contexts.registry.actions.supporters import (
    CheckedSupporter,
    SupporterInput,
    read_supporter,
    supporter_columns,
)
from heling.contexts.registry.domain.naming import address_key, tidy_address
from heling.contexts.registry.domain.particulars import Checked, Particulars, read
from heling.contexts.registry.domain.states import ElderState
from heling.contexts.registry.events import EldersLoaded
from heling.contexts.registry.models import Elder, ElderToken, Household, Status, Supporter
from heling.contexts.registry.queries.duplicates import refuse_same_number
from heling.contexts.registry.sealing import blind_id, columns, tokens
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Problem, Refused
from heling.kernel.identifiers import Territory
from heling.platform.access.copying import Table, new_ids
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.journal.record import record

BATCH = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewElder:
    """One elder to load, with supporters and statuses.

    ``key`` is the caller's own name for the row (a line number, a serial): errors begin
    with it and ids come back under it. Neighbouring rows with the same ``door`` share a
    new household; without one the address decides, as in :func:`actions.register_elder`.
    Each part may be as written, or read already: then it is not read a second time.
    """

    key: Hashable
    particulars: Particulars | Checked
    supporters: tuple[SupporterInput | CheckedSupporter, ...] = ()
    statuses: tuple[Certificate | CheckedCertificate, ...] = ()
    door: Hashable | None = None


class Taken(StrEnum):
    """What to do with a number that is registered already."""

    REFUSE = "refuse"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Rows written so far, and elders left out because their number was taken."""

    elders: int = 0
    households: int = 0
    supporters: int = 0
    statuses: int = 0
    skipped: int = 0

    def __add__(self, other: Loaded) -> Loaded:
        return Loaded(
            self.elders + other.elders,
            self.households + other.households,
            self.supporters + other.supporters,
            self.statuses + other.statuses,
            self.skipped + other.skipped,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch just written: elder ids by the caller's key, keys left out, the sum so far."""

    ids: Mapping[Hashable, int]
    skipped: tuple[Hashable, ...]
    total: Loaded


def load(
    drafts: Iterable[NewElder],
    *,
    source: str,
    today: date,
    by: Actor,
    taken: Taken = Taken.REFUSE,
    progress: Callable[[Batch], None] | None = None,
    size: int = BATCH,
) -> Loaded:
    """Load elders in batches of about ``size``, each in a transaction (or savepoint) of its own.

    ``source`` says in Chinese where they come from; it is kept in the journal, one entry a
    batch. Raises Forbidden, BadInput with all problems of the first bad batch (each
    ``where`` begins with the row's key), or Refused for a number that is registered;
    earlier batches stay unless the caller's transaction takes them back.
    """
    by.require(Perm.REGISTER)
    total = Loaded()
    for drafts_of_batch in _batches(drafts, size):
        with scoped(by), refusing():
            written, ids, skipped = _write(drafts_of_batch, today=today, by=by, taken=taken)
            if written.elders:
                record(
                    EldersLoaded(
                        source=source,
                        elders=written.elders,
                        households=written.households,
                        supporters=written.supporters,
                        statuses=written.statuses,
                        ids=_runs(ids.values()),
                    ),
                    by=by,
                )
        total += written
        if progress is not None:
            progress(Batch(ids, skipped, total))
    return total


def _runs(ids: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Neighbouring numbers as ``(first, last)``: one run unless others wrote meanwhile."""
    runs: list[tuple[int, int]] = []
    for n in sorted(ids):
        if runs and runs[-1][1] == n - 1:
            runs[-1] = (runs[-1][0], n)
        else:
            runs.append((n, n))
    return tuple(runs)


def _batches(drafts: Iterable[NewElder], size: int) -> Iterator[list[NewElder]]:
    """Lists of at least ``size``, never cut between two people behind one door."""
    batch: list[NewElder] = []
    for draft in drafts:
        if len(batch) >= size and (draft.door is None or draft.door != batch[-1].door):
            yield batch
            batch = []
        batch.append(draft)
    if batch:
        yield batch


@dataclass(slots=True)
class _Read:
    """A draft that has been checked: columns without household, id and sealed values."""

    draft: NewElder
    person: Checked
    supporters: list[CheckedSupporter]
    statuses: list[CheckedCertificate]
    blind: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.blind = blind_id(self.person.resident_id)


def _write(
    drafts: Sequence[NewElder], *, today: date, by: Actor, taken: Taken
) -> tuple[Loaded, dict[Hashable, int], tuple[Hashable, ...]]:
    _require(drafts, by=by)
    rows = _read_all(drafts, today=today)
    _check_places(rows, by=by)
    fresh, skipped = _without_taken(rows, by=by, taken=taken)
    homes, new_homes = _households(fresh)
    ids = new_ids(Elder, len(fresh))
    elders, supporters, statuses, index = [], [], [], []
    for row, elder_id, home in zip(fresh, ids, homes, strict=True):
        values = columns(row.person, uid=uuid.uuid4())
        whose = {"elder_id": elder_id, "code": row.person.code}
        elders.append(values | {"id": elder_id, "household_id": home})
        supporters += [_supporter(s) | whose for s in row.supporters]
        statuses += [status_columns(s) | whose for s in row.statuses]
        found_by = _tokens(row, id_tail=values["id_masked"][-4:])
        index += [(elder_id, token, row.person.code) for token in found_by]
    Table.of(Household).write(new_homes)
    Table.of(Elder).write(elders)
    Table.of(Supporter).write(_numbered(Supporter, supporters))
    Table.of(Status).write(_numbered(Status, statuses))
    # Columns as the model lists them; in the order of the search index, page by page.
    Table.of(ElderToken).write_lines(sorted(index, key=itemgetter(1)))
    return (
        Loaded(len(fresh), len(new_homes), len(supporters), len(statuses), len(skipped)),
        {row.draft.key: elder_id for row, elder_id in zip(fresh, ids, strict=True)},
        tuple(skipped),
    )


def _require(drafts: Sequence[NewElder], *, by: Actor) -> None:
    if any(d.supporters for d in drafts):
        by.require(Perm.EDIT)
    if any(d.statuses for d in drafts):
        by.require(Perm.CERTIFY)


def _read_all(drafts: Sequence[NewElder], *, today: date) -> list[_Read]:
    """Every draft read. Raises BadInput with the problems of all of them."""
    rows, problems = [], []
    for draft in drafts:
        try:
            rows.append(_read(draft, today=today))
        except BadInput as error:
            problems += [Problem(f"{draft.key} {p.where}", p.message) for p in error.problems]
    if problems:
        raise BadInput(*problems)
    return rows


def _read(draft: NewElder, *, today: date) -> _Read:
    person = read(draft.particulars, today=today)
    if draft.supporters and person.no_supporters:
        raise BadInput.single("赡养人", "既写了赡养人，又写了经核实无赡养人，请核对")
    return _Read(
        draft,
        person,
        [read_supporter(s) for s in draft.supporters],
        [read_certificate(s, today=today) for s in draft.statuses],
    )


def _supporter(supporter: CheckedSupporter) -> dict[str, Any]:
    uid = uuid.uuid4()
    return {"uid": uid, **supporter_columns(supporter, uid=uid)}


def _check_places(rows: Sequence[_Read], *, by: Actor) -> None:
    """Every community exists and lies in the actor's territory."""
    known = places.names({row.person.code for row in rows})
    problems = []
    for row in rows:
        code, where = row.person.code, f"{row.draft.key} 居住社区（村）"
        if by.territory is not None and not by.territory.contains(Territory(code)):
            problems.append(Problem(where, "不在您的辖区内，请由当地社区（村）登记"))
        elif code not in known:
            problems.append(Problem(where, f"没有区划 {code}，请从列表中选择"))
    if problems:
        raise BadInput(*problems)


def _without_taken(
    rows: Sequence[_Read], *, by: Actor, taken: Taken
) -> tuple[list[_Read], list[Hashable]]:
    """Rows whose number is free, and the keys of the others. Raises Refused or BadInput."""
    registered = _registered([row.blind for row in rows])
    seen: dict[bytes, Hashable] = {}
    fresh, skipped = [], []
    for row in rows:
        if row.blind not in registered and row.blind not in seen:
            seen[row.blind] = row.draft.key
            fresh.append(row)
        elif taken is Taken.SKIP:
            skipped.append(row.draft.key)
        else:
            _refuse(row, seen, by=by)
    return fresh, skipped


def _registered(blinds: list[bytes]) -> set[bytes]:
    """Those of the blind indexes that a registration holds, wherever it lies."""
    with scoped(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(
            "select id_blind from registry_elder where not state = %s and id_blind = any(%s)",
            [ElderState.MERGED.value, blinds],
        )
        return {bytes(blind) for (blind,) in cursor.fetchall()}


def _refuse(row: _Read, seen: Mapping[bytes, Hashable], *, by: Actor) -> None:
    if row.blind in seen:
        raise BadInput.single(
            f"{row.draft.key} 身份证号", f"与 {seen[row.blind]} 相同，同一个人只能登记一次"
        )
    try:
        refuse_same_number(row.person.resident_id, by=by)
    except Refused as error:
        raise Refused(f"{row.draft.key}：{error.message}", hint=error.hint) from None


def _households(rows: Sequence[_Read]) -> tuple[list[int], list[dict[str, Any]]]:
    """The household id of each row, and the households that are new."""
    doors = [_door(row) for row in rows]
    known: dict[tuple[Hashable, ...], int] = _known_doors(rows)
    missing = [door for door in dict.fromkeys(doors) if door not in known]
    known |= dict(zip(missing, new_ids(Household, len(missing)), strict=True))
    first = {door: row.person for door, row in zip(reversed(doors), reversed(rows), strict=True)}
    new = [
        {
            "id": known[door],
            "code": first[door].code,
            "address": tidy_address(first[door].address),
            "address_key": address_key(first[door].address),
            "demo": first[door].demo,
        }
        for door in missing
    ]
    return [known[door] for door in doors], new


def _door(row: _Read) -> tuple[Hashable, ...]:
    """What makes two rows one household: the given door, the address, or nothing at all."""
    if row.draft.door is not None:
        return ("door", row.person.code, row.draft.door)
    key = address_key(row.person.address)
    return ("address", row.person.code, key) if key else ("alone", row.blind)


def _known_doors(rows: Sequence[_Read]) -> dict[tuple[Hashable, ...], int]:
    """Households that stand already behind an address of the batch (the oldest of each)."""
    by_address = [r.person for r in rows if r.draft.door is None]
    found = Household.objects.filter(
        code__in={p.code for p in by_address},
        address_key__in={k for p in by_address if (k := address_key(p.address))},
    ).order_by("-pk")
    return {
        ("address", code, key): pk
        for code, key, pk in found.values_list("code", "address_key", "pk")
    }


def _tokens(row: _Read, *, id_tail: str) -> set[bytes]:
    phones = (row.person.phone, *(s.phone for s in row.supporters))
    return tokens(row.person.name, id_tail=id_tail, phones=[p for p in phones if p])


def _numbered(model: type[Supporter | Status], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"id": n} for row, n in zip(rows, new_ids(model, len(rows)), strict=True)]
