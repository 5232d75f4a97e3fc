"""A whole territory under the law at once: registry pages and levels as engine columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from heling.contexts.assessment import public as assessment
from heling.contexts.entitlements.law import LEVEL
from heling.contexts.registry.public import FactPage, StatusKind, fact_pages
from heling.engines.law import Effect, RuleSet, Status
from heling.engines.law.columns import FactColumn, GrantColumn
from heling.kernel.actor import Actor

UNASKED = -1
_STATUS_WORDS = {kind: kind.label for kind in StatusKind} | {StatusKind.TEKUN: "分散特困供养"}
CERTIFIED = frozenset(_STATUS_WORDS.values())
_GRANTED = list(Status).index(Status.GRANTED)
_EFFECTS = list(Effect)
_STANDS = [_EFFECTS.index(effect) for effect in (Effect.NONE, Effect.KEEPS, Effect.UNKNOWN)]
_DOUBTFUL = _EFFECTS.index(Effect.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Judged:
    """One page of elders and, per grant, who has the right and how much (0 without amount).

    ``doubtful``: entitled by the grant's own article, but whether a rival benefit takes its
    place is not known yet.
    """

    elder_id: NDArray[np.int64]
    code: NDArray[np.int64]
    household_id: NDArray[np.int64]
    entitled: dict[str, NDArray[np.bool_]]
    doubtful: dict[str, NDArray[np.bool_]]
    amount: dict[str, NDArray[np.int64]]


def judge(rules: RuleSet, *, on: date, by: Actor, size: int = 50_000) -> Iterator[Judged]:
    """Every active elder in scope, page by page in flat memory. Opens no transaction.

    Agrees with :func:`law.determine` without declared answers, elder by elder: what nobody
    has certified is unknown and gives nothing.
    """
    levels = iter(assessment.levels_on(on=on, by=by, scale=assessment.GBT42195))
    pending = next(levels, None)
    for page in fact_pages(by=by, on=on, size=size):
        codes = np.full(len(page), UNASKED, np.int8)
        last = int(page.elder_id[-1])
        while pending is not None and pending[0] <= last:
            at = int(np.searchsorted(page.elder_id, pending[0]))
            if page.elder_id[at] == pending[0]:
                codes[at] = pending[1].level
            pending = next(levels, None)
        columns = {w: c for w, c in fact_columns(page, codes).items() if w in rules.facts}
        yield _judged(page, rules.columns(columns, len(page), on))


def fact_columns(page: FactPage, levels: NDArray[np.int8]) -> dict[str, FactColumn]:
    """The registry's page in the words of ``packs/cn``."""
    asked = page.living != UNASKED
    columns = {
        "出生日期": FactColumn(page.birth),
        "户籍地": FactColumn(_city(page.hukou_code)),
        "居住地": FactColumn(_city(page.code)),
        "居住区县": FactColumn(page.code // 10**6),
        "居家": FactColumn(page.at_home, asked),
        "独居": FactColumn(page.alone, asked),
        "赡养扶养人": FactColumn(_codes(page.support), page.support != UNASKED),
        LEVEL: FactColumn(_codes(levels), levels != UNASKED),
    }
    for kind, word in _STATUS_WORDS.items():
        has = page.has(kind)
        columns[word] = FactColumn(has, has)
    return columns


def _city(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """330203001001 → 330200."""
    return codes // 10**8 * 100


def _codes(values: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Level codes; where nothing is known, any valid code (``known`` hides it)."""
    return np.maximum(values, 0).astype(np.uint8)


def _judged(page: FactPage, grants: dict[str, GrantColumn]) -> Judged:
    judged = Judged(page.elder_id, page.code, page.household_id, {}, {}, {})
    for grant, column in grants.items():
        granted = column.status == _GRANTED
        effect = np.zeros(len(page), np.uint8) if column.effect is None else column.effect
        judged.entitled[grant] = granted & np.isin(effect, _STANDS)
        judged.doubtful[grant] = granted & (effect == _DOUBTFUL)
        judged.amount[grant] = (
            np.zeros(len(page), np.int64)
            if column.amount is None
            else column.amount.astype(np.int64)
        )
    return judged
