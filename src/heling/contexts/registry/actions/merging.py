"""Two registrations of one person become one; nothing is lost."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from heling.contexts.identity.public import (
    CONSENTS,
    RELATIONS,
    grant_representation,
    representations_of,
    withdraw_representation,
)
from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.changing import take_over
from heling.contexts.registry.actions.common import locked, refresh_tokens
from heling.contexts.registry.actions.leaving import note_transition
from heling.contexts.registry.domain.states import ELDER, ElderState
from heling.contexts.registry.events import ElderMerged
from heling.contexts.registry.models import Elder, Merge, Status, Supporter
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record

# The number stays that of the kept registration: who has the right one is the one to keep.
TAKEABLE = (
    "name", "phone", "bank", "bank_name", "hukou_code", "ethnicity", "religion", "education",
    "marital", "living", "medical", "incomes", "diagnoses",
)  # fmt: skip


@transaction.atomic
def merge_elders(
    *, keep_id: int, merge_id: int, take: tuple[str, ...], reason: str, at: datetime, by: Actor
) -> None:
    """``merge_id`` becomes 已合并 and points to ``keep_id``.

    Supporters move over, and statuses unless the kept one has the same kind at that time
    (those stay readable on the merged row). ``take`` names particulars to copy over.
    """
    by.require(Perm.MERGE)
    _check(keep_id, merge_id, take, reason)
    today = timezone.localdate(at)
    first, second = (locked(i, by=by) for i in sorted((keep_id, merge_id)))
    kept, merged = (first, second) if first.pk == keep_id else (second, first)
    if kept.state != ElderState.ACTIVE:
        raise Refused("要保留的登记不是“在册”，不能并入。", hint="请先恢复在册，或换一个保留。")
    merged.state = ELDER.next("merge", merged.state).value
    take = (*take, "hukou_name") if "hukou_code" in take else take
    take_over(kept, merged, take, today=today, by=by)
    moved = {"supporters": _move_supporters(kept, merged), "statuses": _move_statuses(kept, merged)}
    _hand_over_representations(kept, merged, reason=reason.strip(), at=at, by=by)
    merged.merged_into = kept
    merged.version += 1
    with refusing():
        merged.save(update_fields=["state", "merged_into", "version"])
    refresh_tokens(merged)
    refresh_tokens(kept)
    Merge.objects.create(
        kept=kept,
        merged=merged,
        code=kept.code,
        reason=reason.strip(),
        moved={**moved, "taken": list(take)},
        user_id=by.user_id,
        actor_name=by.name,
    )
    note_transition(merged, "merge", on=today, reason=reason.strip(), by=by)
    record(ElderMerged(elder_id=kept.pk, code=kept.code, merged_id=merged.pk), by=by)


def _check(keep_id: int, merge_id: int, take: tuple[str, ...], reason: str) -> None:
    if keep_id == merge_id:
        raise Refused("不能把一条登记合并到它自己。", hint="请选择两条不同的登记。")
    if not reason.strip():
        raise BadInput.single("理由", "没有填写，请写明怎样确认是同一个人")
    if unknown := set(take) - set(TAKEABLE):
        raise BadInput.single("采用的内容", f"不能采用 {'、'.join(sorted(unknown))}")


def _hand_over_representations(
    kept: Elder, merged: Elder, *, reason: str, at: datetime, by: Actor
) -> None:
    """Whoever spoke for the merged registration speaks for the kept one, on the same consent."""
    mine = {r.user_id for r in representations_of(kept.pk, by=by) if r.current}
    relations = {label: value for value, label in RELATIONS}
    consents = {label: value for value, label in CONSENTS}
    for row in representations_of(merged.pk, by=by):
        if not row.current:
            continue
        withdraw_representation(
            representation_id=row.representation_id, reason=f"合并登记：{reason}", at=at, by=by
        )
        if row.user_id not in mine:
            grant_representation(
                elder_id=kept.pk,
                code=kept.code,
                username=row.username,
                name=row.name,
                relation=relations[row.relation],
                consent=consents[row.consent],
                document=row.document,
                ends=row.ends,
                at=at,
                by=by,
            )


def _move_supporters(kept: Elder, merged: Elder) -> list[int]:
    rows = Supporter.objects.filter(elder_id=merged.pk).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    rows.update(elder_id=kept.pk, code=kept.code)
    return ids


def _move_statuses(kept: Elder, merged: Elder) -> list[int]:
    mine = list(Status.objects.filter(elder_id=kept.pk, revoked_at=None).order_by("pk"))
    moved = []
    for status in Status.objects.filter(elder_id=merged.pk, revoked_at=None).order_by("pk"):
        if not any(_overlap(status, own) for own in mine):
            Status.objects.filter(Q(pk=status.pk)).update(elder_id=kept.pk, code=kept.code)
            moved.append(status.pk)
    return moved


def _overlap(a: Status, b: Status) -> bool:
    same = a.kind == b.kind
    return (
        same and (b.ends is None or a.starts <= b.ends) and (a.ends is None or b.starts <= a.ends)
    )
