"""The facts of a whole territory as columns, page by page, for monthly cycles.

The same facts as :func:`queries.facts.facts_of`, with codes in place of words; a test
compares the two. Memory stays flat: one page of elders, plus one number per household
that has a family-wide status.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.contrib.postgres.aggregates import BoolAnd, BoolOr
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from heling.contexts.registry.domain.states import ElderState
from heling.contexts.registry.domain.words import Living, Sex, StatusKind
from heling.contexts.registry.models import Elder, Status, Supporter
from heling.contexts.registry.queries.facts import status_valid_on
from heling.kernel.actor import Actor

LIVING = {living.value: code for code, living in enumerate(Living)}
STATUS_BIT = {kind.value: 1 << place for place, kind in enumerate(StatusKind)}
UNKNOWN = -1
NEAR, AWAY, NONE = 0, 1, 2
"""赡养扶养人: 在身边, 长期不在身边, 无 (the order of the levels in packs/cn/elder.yaml)."""

_INSTITUTION = LIVING[Living.INSTITUTION.value]
_TEKUN = STATUS_BIT[StatusKind.TEKUN.value]

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FactPage:
    """Facts of up to a page of active elders, row by row in ascending ``elder_id``.

    ``code`` and ``hukou_code`` are the 12 digits as integers; ``birth`` is datetime64[D];
    ``living`` codes of :data:`LIVING` and ``support`` NEAR, AWAY, NONE, both UNKNOWN where
    nobody has asked or verified; ``status`` bits of :data:`STATUS_BIT` (own and the household's);
    ``grade`` the disability grade, 0 where there is none.
    """

    elder_id: Int64
    household_id: Int64
    code: Int64
    hukou_code: Int64
    birth: NDArray[np.datetime64]
    female: NDArray[np.bool_]
    living: NDArray[np.int8]
    support: NDArray[np.int8]
    status: NDArray[np.uint16]
    grade: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.elder_id)

    def has(self, kind: StatusKind) -> NDArray[np.bool_]:
        """Rows where a status is certified."""
        return np.not_equal(np.bitwise_and(self.status, np.uint16(STATUS_BIT[kind.value])), 0)

    @property
    def at_home(self) -> NDArray[np.bool_]:
        """居家; where ``living`` is UNKNOWN the value means nothing."""
        return np.not_equal(self.living, _INSTITUTION)

    @property
    def alone(self) -> NDArray[np.bool_]:
        """独居; where ``living`` is UNKNOWN the value means nothing."""
        return np.equal(self.living, LIVING[Living.ALONE.value])


def fact_pages(
    *, by: Actor, on: date, size: int = 50_000, ids: Sequence[int] | None = None
) -> Iterator[FactPage]:
    """Pages of facts as of ``on`` for all active elders in scope, or for those of ``ids``."""
    if ids is None:
        households = _household_statuses(by, on)
        after = 0
        while rows := _page(by, after, size):
            first, after = rows[0][0], rows[-1][0]
            yield _filled(
                rows, households, by, on, {"elder_id__gte": first, "elder_id__lte": after}
            )
        return
    for start in range(0, len(ids), size):
        some = ids[start : start + size]
        if rows := list(_rows(by).filter(pk__in=some)):
            households = _household_statuses(by, on, {row[1] for row in rows})
            yield _filled(rows, households, by, on, {"elder_id__in": some})


def _filled(
    rows: list[_Row],
    households: tuple[Int64, NDArray[np.uint16]],
    by: Actor,
    on: date,
    within: dict[str, object],
) -> FactPage:
    page = _columns(rows)
    valid = Status.objects.visible_to(by).filter(status_valid_on(on), **within)
    _scatter_statuses(page, valid.order_by())
    _add_household_statuses(page, *households)
    supporters = Supporter.objects.visible_to(by).filter(**within).order_by()
    _scatter_support(page, supporters)
    page.status[page.living == _INSTITUTION] &= np.uint16(0xFFFF ^ _TEKUN)
    return page


def elders_beside(ids: Sequence[int], households: Sequence[int], *, by: Actor) -> set[int]:
    """These elders, everybody in their households of today, and in these households."""
    doors = set(households)
    own = Elder.objects.visible_to(by).filter(pk__in=ids).order_by()
    doors.update(own.values_list("household_id", flat=True))
    members = Elder.objects.visible_to(by).filter(household_id__in=doors).order_by()
    return {*ids, *members.values_list("pk", flat=True)}


def statuses_turning(*, since: date, until: date, by: Actor) -> set[int]:
    """Elders with a status that holds on one of the two days and not on the other."""
    before, after = sorted((since, until))
    turning = Q(starts__gt=before, starts__lte=after) | Q(ends__gte=before, ends__lt=after)
    rows = Status.objects.visible_to(by).filter(turning, revoked_at=None).order_by()
    return set(rows.values_list("elder_id", flat=True))


_Row = tuple[int, int, str, str, date, str, str, bool]


def _page(by: Actor, after: int, size: int) -> list[_Row]:
    return list(_rows(by).filter(pk__gt=after)[:size])


def _rows(by: Actor) -> Any:
    """Rows of active elders, in the columns of :data:`_Row`."""
    active = Elder.objects.visible_to(by).filter(state=ElderState.ACTIVE).order_by("pk")
    return active.values_list(
        "pk", "household_id", "code", "hukou_code", "birth", "sex", "living", "no_supporters"
    )


def _columns(rows: list[_Row]) -> FactPage:
    ids, homes, codes, hukou, births, sexes, living, none = zip(*rows, strict=True)
    n = len(rows)
    return FactPage(
        elder_id=np.fromiter(ids, np.int64, n),
        household_id=np.fromiter(homes, np.int64, n),
        code=np.fromiter(map(int, codes), np.int64, n),
        hukou_code=np.fromiter(map(int, hukou), np.int64, n),
        birth=np.array(births, dtype="datetime64[D]"),
        female=np.fromiter((s == Sex.FEMALE.value for s in sexes), np.bool_, n),
        living=np.fromiter((LIVING.get(v, UNKNOWN) for v in living), np.int8, n),
        support=np.where(np.fromiter(none, np.bool_, n), NONE, UNKNOWN).astype(np.int8),
        status=np.zeros(n, np.uint16),
        grade=np.zeros(n, np.uint8),
    )


def _scatter_statuses(page: FactPage, valid: QuerySet[Status]) -> None:
    for elder_id, kind, grade in valid.values_list("elder_id", "kind", "grade").iterator():
        at = int(np.searchsorted(page.elder_id, elder_id))
        if at < len(page) and page.elder_id[at] == elder_id:
            page.status[at] |= np.uint16(STATUS_BIT[kind])
            if grade:
                page.grade[at] = grade


def _household_statuses(
    by: Actor, on: date, doors: set[int] | None = None
) -> tuple[Int64, NDArray[np.uint16]]:
    """Households (all, or of ``doors``) with a family-wide status, sorted by id, and the bits
    of each."""
    bits: dict[int, int] = {}
    valid = Status.objects.visible_to(by).filter(status_valid_on(on), of_household=True)
    if doors is not None:
        valid = valid.filter(elder__household_id__in=doors)
    for household_id, kind in (
        valid.order_by().values_list("elder__household_id", "kind").iterator()
    ):
        bits[household_id] = bits.get(household_id, 0) | STATUS_BIT[kind]
    ordered = sorted(bits)
    return (
        np.array(ordered, np.int64),
        np.array([bits[h] for h in ordered], np.uint16),
    )


def _add_household_statuses(page: FactPage, ids: Int64, bits: NDArray[np.uint16]) -> None:
    if not len(ids):
        return
    at = np.minimum(np.searchsorted(ids, page.household_id), len(ids) - 1)
    page.status[:] |= np.where(ids[at] == page.household_id, bits[at], 0).astype(np.uint16)


def _scatter_support(page: FactPage, supporters: QuerySet[Supporter]) -> None:
    """The rule of :func:`domain.derived.unsupported`, one row an elder."""
    summed = supporters.values("elder_id").annotate(
        away=BoolAnd("absent"), open=BoolOr(Q(absent=None))
    )
    for elder_id, away, unverified in summed.values_list("elder_id", "away", "open").iterator():
        at = int(np.searchsorted(page.elder_id, elder_id))
        if at < len(page) and page.elder_id[at] == elder_id:
            page.support[at] = NEAR if away is False else UNKNOWN if unverified else AWAY
