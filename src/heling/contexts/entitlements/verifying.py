"""Receipts are worth something only if somebody checks them: ``heling audit`` and a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from heling.contexts.entitlements import law
from heling.contexts.entitlements.digests import cycle_digest
from heling.contexts.entitlements.domain.months import CycleState
from heling.contexts.entitlements.models import Cycle, Determination
from heling.contexts.lawbook import public as lawbook
from heling.engines.law import Receipt
from heling.engines.law.determination import essence
from heling.kernel.actor import Actor
from heling.kernel.errors import HelingError, NotFound
from heling.platform.access.scope import scoped

PAGE = 500
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Report:
    """``superseded``: made under packs of which the rule book has kept no such version, so that
    they cannot be computed again here (their digests are still compared with their receipts)."""

    checked: int
    matching: int
    superseded: int
    mismatches: tuple[law.Recheck, ...]
    months_checked: int
    months_wrong: tuple[str, ...]

    @property
    def clean(self) -> bool:
        return not self.mismatches and not self.months_wrong


def verify_receipts(
    *, by: Actor, progress: Callable[[int, int | None], None] | None = None
) -> Report:
    """Compute every stored determination in scope again and compare; hash every sealed month.

    Streams in pages, each in a scope of its own; nothing is written.
    """
    say = progress or (lambda done, total: None)
    checked = matching = superseded = after = 0
    wrong: list[law.Recheck] = []
    with scoped(by):
        total = Determination.objects.visible_to(by).count()
    while True:
        with scoped(by):
            page = list(
                Determination.objects.visible_to(by).filter(pk__gt=after).order_by("pk")[:PAGE]
            )
        if not page:
            break
        for stored in page:
            outcome = _check(stored)
            if outcome is None:
                superseded += 1
            elif outcome.matches:
                matching += 1
            elif len(wrong) < MOST_LISTED:
                wrong.append(outcome)
        checked += len(page)
        after = page[-1].pk
        say(checked, total)
    months, wrong_months = _months(by)
    return Report(checked, matching, superseded, tuple(wrong), months, wrong_months)


def _check(stored: Determination) -> law.Recheck | None:
    """None when the packs of the time were never kept here and the archive itself is sound."""
    try:
        receipt = Receipt.from_json(stored.law["receipt"])
        if _kept(receipt):
            return law.recheck(stored)
    except (HelingError, KeyError) as error:
        return law.Recheck(stored.pk, matches=False, message=str(error))
    if receipt.result != stored.digest or essence(law.read(stored).grants) != stored.digest:
        return law.Recheck(stored.pk, matches=False, message="存档内容与结果指纹不一致。")
    return None


def _kept(receipt: Receipt) -> bool:
    try:
        lawbook.rules_of_receipt(receipt)
    except NotFound:
        return False
    return True


def _months(by: Actor) -> tuple[int, tuple[str, ...]]:
    with scoped(by):
        closed = list(Cycle.objects.visible_to(by).filter(state=CycleState.CLOSED).order_by("pk"))
        wrong = [
            f"{cycle.month:%Y-%m} {cycle.code}"
            for cycle in closed
            if cycle_digest(cycle.pk) != (cycle.digest, cycle.size)
        ]
    return len(closed), tuple(wrong)
