"""Steps that every action on a draft shares: find and lock it, take a step, write it down."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from heling.contexts.lawbook.access import Perm
from heling.contexts.lawbook.checking import Identity, digest
from heling.contexts.lawbook.domain.states import DRAFT
from heling.contexts.lawbook.events import DraftMoved
from heling.contexts.lawbook.models import Draft, DraftStep
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Conflict, Forbidden, NotFound
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record


def identity(draft: Draft) -> Identity:
    return Identity(draft.pack, draft.city, draft.kind)


def person(by: Actor) -> int:
    """The account that acts: drafts and editions are signed by people."""
    if by.user_id is None:
        raise Forbidden("规则草稿要由有账号的工作人员办理。", hint="请登录后再办。")
    return by.user_id


def lock_draft(draft_id: int, *, by: Actor, seen: int | None = None) -> Draft:
    """The draft, locked. NotFound for a stranger; Conflict when somebody has changed it since
    the person opened the page (``seen``)."""
    by.require(Perm.VIEW)
    with refusing():
        draft = (
            Draft.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=draft_id).first()
        )
    if draft is None:
        raise NotFound("没有找到这份草稿。", hint="可能不是本市的草稿，请从规则库进入。")
    if seen is not None and draft.version != seen:
        raise Conflict(
            f"您打开页面之后，{draft.last_name}改过这份草稿。",
            hint="您写的内容还在下面，没有保存；请与现在的草稿对照后再改。",
        )
    return draft


def take(draft: Draft, step: str, *, by: Actor, reason: str = "", **changes: Any) -> None:
    """One step of the table, saved with its row and its event."""
    draft.state = DRAFT.next(step, draft.state)
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.version += 1
    draft.changed_at = Now()
    draft.save()
    draft.refresh_from_db(fields=["changed_at"])
    wrote(draft, step, by=by, reason=reason)


def wrote(draft: Draft, step: str, *, by: Actor, reason: str = "") -> None:
    """Append the step; all but mere saving is in the journal too."""
    sha256 = digest(draft.text)
    DraftStep.objects.create(
        draft=draft,
        code=draft.code,
        step=step,
        state=draft.state,
        version=draft.version,
        sha256=sha256,
        reason=reason,
        user_id=by.user_id,
        actor_name=by.name,
        role=by.role,
    )
    if step != "save":
        record(
            DraftMoved(
                draft_id=draft.pk,
                code=draft.code,
                pack=draft.pack,
                step=step,
                sha256=sha256,
                reason=reason,
            ),
            by=by,
        )


def required(reason: str, what: str) -> str:
    if not reason.strip():
        raise BadInput.single(what, f"请写明{what}")
    return reason.strip()
