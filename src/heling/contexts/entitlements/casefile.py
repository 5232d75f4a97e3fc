"""What a case holds: its items, the applicant's answers, and where they stand under the law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from heling.contexts.entitlements import law
from heling.contexts.entitlements.domain.objections import Cause
from heling.contexts.entitlements.domain.standing import Standing, standings, unchanged
from heling.contexts.entitlements.models import Application, Item
from heling.kernel.actor import Actor
from heling.kernel.errors import Conflict, Refused


def add_items(case: Application, items: Sequence[Standing], *, household_id: int) -> None:
    """Write the items of a new case; one that already runs elsewhere is refused by name, and so
    is a benefit of the household that somebody else behind the same door has."""
    taken = set(
        Item.objects.filter(
            elder_id=case.elder_id, live=True, grant__in=[i.grant for i in items]
        ).values_list("benefit", flat=True)
    )
    if taken:
        raise Refused(
            f"“{'”“'.join(sorted(taken))}”已有正在办理或正在享受的申请，不能重复申请。",
            hint="请在“办理进度”中查看。",
        )
    shared = Item.objects.filter(
        household_id=household_id,
        live=True,
        grant__in=[i.grant for i in items if i.of_household],
    )
    if names := sorted(set(shared.values_list("benefit", flat=True))):
        raise Refused(
            f"“{'”“'.join(names)}”按户享受，同住的老年人已有正在办理或正在享受的申请。",
            hint="一户只办一份，请在同住老年人的“办理进度”中查看。",
        )
    Item.objects.bulk_create(
        Item(
            application=case,
            code=case.code,
            elder_id=case.elder_id,
            grant=i.grant,
            benefit=i.benefit,
            plain=i.plain or i.benefit,
            cite=i.cite,
            unit=i.unit,
            household_id=household_id if i.of_household else None,
        )
        for i in items
    )


def take_answers(case: Application, answers: Mapping[str, Any], *, on: date, by: Actor) -> None:
    """Add the applicant's answers to the case and determine it by them. Not saved here."""
    case.declared = case.declared | law.check_declared(case.code, answers, on=on)
    said = {word for word, value in answers.items() if value is True}
    case.claimed = sorted(said.union(case.claimed))
    found = law.determine(case.elder_id, on=on, by=by, declared=case.declared)
    case.determination = law.store(found, cause=Cause.APPLICATION, by=by)


def current_standings(case: Application, *, on: date, by: Actor) -> tuple[Standing, ...]:
    """The items under the law today. Conflict when they differ from the determination that
    everybody has been reading: nobody signs for a result they have not seen."""
    grants = list(case.items.filter(live=True).order_by("pk").values_list("grant", flat=True))
    before = standings(law.read(case.determination), grants)
    found = law.determine(case.elder_id, on=on, by=by, declared=case.declared)
    now = standings(found.determination, grants)
    if not unchanged(before, now):
        raise Conflict(
            "登记的事实或年龄有了变化，认定结果与您看到的不同。",
            hint="请先“重新认定”，看过新的结果再办。",
        )
    return now
