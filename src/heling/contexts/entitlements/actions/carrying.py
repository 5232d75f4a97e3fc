"""合并与恢复: what entitlements make of two registrations that were one person, and of a death or
departure that was none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Now

from heling.contexts.entitlements import law
from heling.contexts.entitlements.actions.ending import end_case
from heling.contexts.entitlements.casework import note, take
from heling.contexts.entitlements.decisions import end_awards
from heling.contexts.entitlements.domain.objections import (
    CANDIDATE,
    LIVE_CANDIDATES,
    CandidateState,
    Cause,
    Outcome,
)
from heling.contexts.entitlements.domain.states import (
    ENDING_LABELS,
    LIVE,
    REVIVABLE,
    UNDECIDED,
    Ending,
    State,
)
from heling.contexts.entitlements.models import (
    Application,
    Award,
    Candidate,
    Decision,
    Determination,
    Due,
    Entry,
    Item,
    Objection,
    Review,
    StatusRow,
)
from heling.contexts.registry import public as registry
from heling.kernel.actor import Actor

DAY = timedelta(days=1)
REVIVED_WITHIN = timedelta(days=366)  # as far back as a decision may let an award begin
_CARRIED = "登记合并：转到保留的登记下办理"
_HISTORY: tuple[type[Model], ...] = (
    Application,
    Item,
    StatusRow,
    Review,
    Determination,
    Decision,
    Entry,
    Objection,
    Candidate,
    Due,
)


@transaction.atomic
def carry_over(*, kept_id: int, merged_id: int, on: date, by: Actor) -> None:
    """Two registrations became one: what the merged one has, the kept one has from now on.

    Of two cases for one grant the one that is further goes on (of equals the kept one's), the
    other ends; awards change hands without a day between and without a day twice. Only an
    award whose days the kept registration has too stays behind: it was enjoyed there, once
    too often, and says so. Does nothing a second time.
    """
    kept = registry.elder_cards([kept_id], by=by)[kept_id]
    cases = _locked(kept_id, merged_id)
    coming = [case for case in cases if case.elder_id == merged_id]
    doubled = _doubled(cases, kept_id=kept_id, on=on)
    _drop(doubled, cases, on=on, by=by)
    _tidy_candidates(kept_id, merged_id)
    _tidy_dues(kept_id, merged_id)
    for model in _HISTORY:
        rows = model._default_manager.filter(elder_id=merged_id)  # noqa: SLF001 - Django's API
        rows.update(elder_id=kept_id, code=kept.code)
    _carry_awards(kept, merged_id, on=on)
    for case in coming:
        case.refresh_from_db()
        if case.state in LIVE:
            case.version += 1
            case.save(update_fields=["version"])
            note(case, "merge", before=case.state, by=by, reason=_CARRIED)


def _locked(*elder_ids: int) -> list[Application]:
    return list(
        Application.objects.select_for_update(of=("self",))
        .filter(elder_id__in=elder_ids, state__in=LIVE)
        .order_by("pk")
    )


def _doubled(
    cases: Sequence[Application], *, kept_id: int, on: date
) -> list[tuple[Item, Application]]:
    """Items that another case of the same person goes on with, and that case."""
    by_pk = {case.pk: case for case in cases}
    items = list(Item.objects.filter(application__in=by_pk, live=True).order_by("pk"))
    running = Award.objects.filter(application__in=by_pk, ends=None)
    begins = dict(running.values_list("item_id", "starts"))

    def strength(item: Item) -> tuple[bool, bool, int, bool]:
        case = by_pk[item.application_id]
        road = [*UNDECIDED, State.GRANTED]
        begun = item.pk in begins and begins[item.pk] <= on
        return begun, item.pk in begins, road.index(State(case.state)), item.elder_id == kept_id

    best: dict[str, Item] = {}
    for item in sorted(items, key=strength):
        best[item.grant] = item
    return [(i, by_pk[best[i.grant].application_id]) for i in items if best[i.grant] is not i]


def _drop(
    doubled: Iterable[tuple[Item, Application]],
    cases: Sequence[Application],
    *,
    on: date,
    by: Actor,
) -> None:
    """What goes on elsewhere ends here, on the day before; a case of which nothing is left, too."""
    lost: dict[int, list[tuple[Item, Application]]] = {}
    for item, other in doubled:
        lost.setdefault(item.application_id, []).append((item, other))
        item.live = False
        item.save(update_fields=["live"])
    for case in cases:
        if case.pk not in lost:
            continue
        why = "；".join(f"“{i.benefit}”由第 {o.pk} 号申请继续办理" for i, o in lost[case.pk])
        reason = f"重复登记合并，{why}"
        if case.items.filter(live=True).exists():
            running = Award.objects.filter(item__in=[i.pk for i, _ in lost[case.pk]], ends=None)
            end_awards(list(running.order_by("pk")), last_day=on - DAY, ending=Ending.MERGED)
            note(case, "merge", before=case.state, by=by, reason=reason)
        else:
            end_case(case, Ending.MERGED, on - DAY, reason, on=on, by=by)


def _tidy_candidates(kept_id: int, merged_id: int) -> None:
    """Nobody is listed twice, or for something that a case is about already."""
    elders = (kept_id, merged_id)
    live = Item.objects.filter(elder_id__in=elders, live=True)
    holders = dict(live.values_list("grant", "application_id"))
    rows = Candidate.objects.filter(elder_id__in=elders, state__in=LIVE_CANDIDATES)
    seen: set[str] = set()
    for row in sorted(rows.order_by("pk"), key=lambda c: c.elder_id != kept_id):
        other = row.grant in holders and holders[row.grant] != row.application_id
        if other or row.grant in seen:
            row.state = CANDIDATE.next("dismiss", row.state)
            row.note = ENDING_LABELS[Ending.MERGED]
            row.save(update_fields=["state", "note"])
        else:
            seen.add(row.grant)


def _tidy_dues(kept_id: int, merged_id: int) -> None:
    open_ = Due.objects.filter(done_at=None)
    causes = open_.filter(elder_id=kept_id).values("cause")
    open_.filter(elder_id=merged_id, cause__in=list(causes.values_list("cause", flat=True))).update(
        done_at=Now(), note=ENDING_LABELS[Ending.MERGED]
    )


def _carry_awards(kept: registry.ElderCard, merged_id: int, *, on: date) -> None:
    """Awards follow their cases; one whose past days the kept registration had as well is cut
    on the day of the merge, and goes on as a new one."""
    own = list(Award.objects.filter(elder_id=kept.id).order_by("pk"))
    for award in Award.objects.filter(elder_id=merged_id).order_by("pk"):
        if not any(_overlap(award, mine) for mine in own):
            Award.objects.filter(pk=award.pk).update(elder_id=kept.id, code=kept.code)
        elif award.ends is None:
            end_awards([award], last_day=on - DAY, ending=Ending.MERGED)
            starts = max(on, award.starts)
            award.pk, award.elder_id, award.code = None, kept.id, kept.code
            award.starts, award.ends, award.ending = starts, None, ""
            award.save(force_insert=True)


def _overlap(a: Award, b: Award) -> bool:
    """As the database's exclusion: one grant, and a day in common."""
    begins = max(a.starts, b.starts)
    ends = min(a.ends or date.max, b.ends or date.max)
    return a.grant == b.grant and begins <= ends


@transaction.atomic
def revive(*, elder_id: int, on: date, by: Actor) -> int:
    """恢复在册: what a death or a departure ended goes back to the beginning of its review.

    Nothing is paid again by itself: the law is applied to today's facts, officials review,
    publish and decide, and may let an award go on from the day after it ended. For cases that
    ended within a year and that nobody has applied for anew. Returns how many; does nothing a
    second time.
    """
    ended = (
        Application.objects.visible_to(by)
        .select_for_update(of=("self",))
        .filter(
            elder_id=elder_id,
            state=State.TERMINATED,
            ending__in=REVIVABLE,
            last_day__gte=on - REVIVED_WITHIN,
            submitted_on__isnull=False,
        )
        .order_by("pk")
    )
    revived = sum(_revive(case, on=on, by=by) for case in ended)
    _relist(elder_id, by=by)
    return revived


def _revive(case: Application, *, on: date, by: Actor) -> bool:
    live = Item.objects.filter(elder_id=case.elder_id, live=True)
    taken = set(live.values_list("grant", flat=True))
    doors = case.items.exclude(household_id=None).values("household_id")
    behind = Item.objects.filter(household_id__in=doors, live=True)
    taken |= set(behind.values_list("grant", flat=True))  # somebody else's there by now
    items = case.items.exclude(outcome=Outcome.DENIED).exclude(grant__in=taken)
    if not items.exists():
        return False
    until = case.awards.order_by("-ends").values_list("ends", flat=True).first()
    enjoyed = f"；原待遇享受到 {until}，如系误登记，决定时可自次日起" if until else ""
    items.update(live=True, outcome=Outcome.PENDING, amount=None)
    found = law.determine(case.elder_id, on=on, by=by, declared=case.declared)
    case.determination = law.store(found, cause=Cause.FACTS, by=by)
    case.round += 1
    case.notice_id, case.publicity_ends, case.decided_on = None, None, None
    case.ending, case.last_day = "", None
    take(case, "revive", by=by, on=on, reason=f"老年人恢复在册，重新审核{enjoyed}")
    return True


def _relist(elder_id: int, *, by: Actor) -> None:
    """Rights that a death or departure took off the list may be found again."""
    live = Item.objects.filter(elder_id=elder_id, live=True).values_list("grant", flat=True)
    rows = Candidate.objects.visible_to(by).filter(elder_id=elder_id)
    taken = {*live, *rows.filter(state__in=LIVE_CANDIDATES).values_list("grant", flat=True)}
    notes = [ENDING_LABELS[ending] for ending in REVIVABLE]
    listed = Candidate.objects.filter(state__in=LIVE_CANDIDATES).exclude(household_id=None)
    doors = set(listed.values_list("household_id", "grant"))
    for row in rows.filter(state=CandidateState.DISMISSED, note__in=notes).order_by("-pk"):
        if row.grant not in taken and (row.household_id, row.grant) not in doors:
            taken.add(row.grant)
            row.state = CANDIDATE.next("restore", row.state)
            row.note, row.application_id = "", None
            row.save(update_fields=["state", "note", "application_id"])
