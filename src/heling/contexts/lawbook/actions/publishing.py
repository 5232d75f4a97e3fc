"""审定: another person publishes a draft from a day on, or sends it back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from heling.contexts.lawbook.access import Perm
from heling.contexts.lawbook.actions.archiving import edition, one_at_a_time
from heling.contexts.lawbook.actions.drafting import MOST_SHOWN, examined
from heling.contexts.lawbook.casework import identity, lock_draft, person, required, take
from heling.contexts.lawbook.checking import check, digest, report_of, shelf_with
from heling.contexts.lawbook.domain.states import DRAFT, Origin
from heling.contexts.lawbook.events import EditionPublished
from heling.contexts.lawbook.models import Draft, Edition
from heling.engines.law.library import read
from heling.engines.law.model import Pack
from heling.engines.law.trouble import Findings
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, Problem, Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record

LAST_DAY = date(2100, 12, 31)
"""The last day that proofs look at (docs/law/proofs.md)."""


@transaction.atomic
def publish_draft(
    *,
    draft_id: int,
    seen: int,
    effective_from: date | None,
    reason: str,
    at: datetime,
    by: Actor,
) -> Edition:
    """Publish a submitted draft for all days from ``effective_from`` on, known from now on.

    Checks and proves again, in the company of the packs of that day. Raises Forbidden for
    whoever wrote at it, Refused when its text is not the submitted one, BadInput for a missing
    or impossible day, a missing reason, or anything that the check finds.
    """
    by.require(Perm.PUBLISH)
    draft = lock_draft(draft_id, by=by, seen=seen)
    DRAFT.next("publish", draft.state)
    if person(by) in {draft.author_id, *draft.writers}:
        raise Forbidden("您起草或者修改过这份草稿，不能自己审定。", hint="请由另一位同事审定。")
    reason = required(reason, "发布的理由")
    if digest(draft.text) != draft.checked_sha256:
        raise Refused(
            "草稿的内容与提交时检查过的不一致，不能发布。", hint="请退回，由起草人重新提交。"
        )
    shelf = shelf_with(draft.text, identity(draft), on=effective_from or LAST_DAY)
    pack = read(draft.pack, shelf, Findings())
    day = _day(effective_from, pack)
    checked, proved = examined(draft, on=day)
    _fits_later(draft, after=day)
    assert pack is not None  # noqa: S101 - it was just checked
    one_at_a_time()
    made = edition(pack, draft.text.encode(), shelf, origin=Origin.PUBLISHED, at=at)
    made.effective_from = day
    made.author_id, made.author_name = draft.author_id, draft.author_name
    made.approver_id, made.approver_name = person(by), by.name
    made.writers, made.reason = draft.writers, reason
    made.report = report_of(checked, proved, on=day)
    with refusing():
        made.save(force_insert=True)
    take(draft, "publish", by=by, reason=reason, edition=made)
    record(
        EditionPublished(
            edition_id=made.pk,
            code=draft.code,
            pack=made.pack,
            number=made.number,
            sha256=made.sha256,
            effective_from=day,
            retroactive=day < timezone.localdate(at),
            reason=reason,
        ),
        by=by,
    )
    return made


def _day(effective_from: date | None, pack: Pack | None) -> date:
    where = "适用起始日"
    if effective_from is None:
        raise BadInput.single(where, "请写明从哪一天起适用")
    if effective_from > LAST_DAY:
        raise BadInput.single(where, f"不能晚于 {LAST_DAY}，请核对年份")
    if pack is not None and effective_from < pack.period.start:
        raise BadInput.single(where, f"法规自 {pack.period.start} 起施行，不能更早")
    return effective_from


def _fits_later(draft: Draft, *, after: date) -> None:
    """Editions of the city's other packs that begin later will keep company with this one: it has
    to load and pass its tests beside each of them too. Raises BadInput naming the day."""
    others = Edition.objects.filter(city=draft.city, origin=Origin.PUBLISHED)
    later = others.exclude(pack=draft.pack).filter(effective_from__gt=after)
    for day in sorted(set(later.values_list("effective_from", flat=True))):
        found = check(draft.text, identity(draft), on=day, whole=False).findings
        if found:
            problems = [Problem(str(f.spot), f"自 {day} 起不能用：{f.message}") for f in found]
            raise BadInput(*problems[:MOST_SHOWN], hint="那天起有别的规则包换版，请一并核对。")


@transaction.atomic
def return_draft(*, draft_id: int, reason: str, by: Actor) -> Draft:
    """退回: not yet; those who drafted read why."""
    by.require(Perm.PUBLISH)
    draft = lock_draft(draft_id, by=by)
    reason = required(reason, "退回的理由")
    take(draft, "return", by=by, reason=reason, checked_sha256="", report={})
    return draft
