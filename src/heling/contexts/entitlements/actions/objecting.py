"""异议: anybody may object while a notice runs; somebody who signed nothing answers."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.casework import lock_case, own, required, take
from heling.contexts.entitlements.domain.objections import (
    OBJECTION,
    ObjectionChannel,
    ObjectionState,
)
from heling.contexts.entitlements.domain.procedure import due_on
from heling.contexts.entitlements.events import Objected, ObjectionResolved
from heling.contexts.entitlements.models import Application, Entry, Notice, Objection
from heling.contexts.entitlements.sealing import sealed
from heling.kernel.actor import Actor, system
from heling.kernel.errors import BadInput, NotFound, Problem, Refused
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import scoped
from heling.platform.journal.record import record

MOST = 2000


@transaction.atomic
def raise_public_objection(
    *, line_id: int, objector: str, contact: str, content: str, on: date, by: Actor
) -> int:
    """From the public page: object to one line of a running notice. Returns the number.

    The person may not see the case, so the look-up runs as the platform itself; nothing of
    the case comes back but the objection's number.
    """
    with scoped(system(f"公示异议（{by.name}）")):
        entry = (
            Entry.objects.select_related("notice", "application").filter(line_id=line_id).first()
        )
        if entry is None:
            raise NotFound("没有找到这一条公示。", hint="请从公示页重新进入。")
        _check_running(entry.notice, on=on)
        case = lock_case(entry.application_id, by=system("公示异议"))
        if case.notice_id != entry.notice_id:
            raise Refused("这一条已不在公示。", hint="可以拨打公示上的电话反映。")
        return _raise(case, ObjectionChannel.PUBLIC, objector, contact, content, on=on, by=by).pk


@transaction.atomic
def raise_objection(
    *, application_id: int, objector: str, contact: str, content: str, on: date, by: Actor
) -> Objection:
    """At the counter, or by the elder's own side. Raises Refused outside the period."""
    case = lock_case(application_id, by=by)
    if own(case, by=by):
        by.require(Perm.OWN)
        channel = ObjectionChannel.FAMILY
    else:
        by.require(Perm.RECORD_OBJECTION)
        channel = ObjectionChannel.COUNTER
    notice = Notice.objects.filter(pk=case.notice_id or 0).first()
    if notice is None:
        raise Refused("这份申请还没有公示，不能提出异议。", hint="对办理有意见请直接联系经办人。")
    _check_running(notice, on=on)
    return _raise(case, channel, objector, contact, content, on=on, by=by)


def _check_running(notice: Notice, *, on: date) -> None:
    """Objections are taken from the day of publication to the last day of the period."""
    if not notice.published_on <= on <= notice.ends:
        raise Refused(
            f"公示期已于 {notice.ends:%Y年%-m月%-d日} 结束，不能再提出异议。",
            hint=f"仍有意见，请联系{notice.body_name} {notice.body_phone}".rstrip() + "。",
        )


def _raise(
    case: Application,
    channel: ObjectionChannel,
    objector: str,
    contact: str,
    content: str,
    *,
    on: date,
    by: Actor,
) -> Objection:
    _check(objector, contact, content)
    uid = uuid.uuid4()
    take(case, "object", by=by, on=on)
    with refusing():
        objection = Objection.objects.create(
            uid=uid,
            application=case,
            code=case.code,
            elder_id=case.elder_id,
            channel=channel,
            **sealed(uid, objector=objector, contact=contact, content=content),
            due_on=due_on(case.city, "objection", on),
        )
    record(
        Objected(
            application_id=case.pk,
            elder_id=case.elder_id,
            code=case.code,
            objection_id=objection.pk,
            channel=channel,
        ),
        by=by,
    )
    return objection


def _check(objector: str, contact: str, content: str) -> None:
    problems = []
    if not objector.strip():
        problems.append(Problem("您的姓名", "请填写，异议须实名提出；姓名只有处理人员能看到"))
    if not contact.strip():
        problems.append(Problem("联系方式", "请填写电话或地址，以便答复您"))
    if len(content.strip()) < 10:
        problems.append(Problem("异议内容", "请写明情况（至少 10 个字）"))
    if len(content) > MOST:
        problems.append(Problem("异议内容", f"最多 {MOST} 字，现在有 {len(content)} 字"))
    if problems:
        raise BadInput(*problems)


@transaction.atomic
def resolve_objection(
    *, objection_id: int, upheld: bool, reason: str, on: date, by: Actor, seen: int | None = None
) -> Application:
    """处理异议, by somebody who reviewed nothing of the case.

    Upheld: the case goes back to review (a new round) and other open objections join it.
    Rejected, and none left open: the publicity stands.
    """
    by.require(Perm.RESOLVE)
    objection = Objection.objects.visible_to(by).filter(pk=objection_id).first()
    if objection is None:
        raise NotFound("没有找到这条异议。", hint="可能不在您的辖区内，请核对编号。")
    case = lock_case(objection.application_id, by=by, seen=seen)
    objection = Objection.objects.select_for_update().get(pk=objection_id)
    state = OBJECTION.next("uphold" if upheld else "reject", objection.state)
    if case.reviews.filter(user_id=by.user_id).exists():
        raise Refused("您审核过这份申请，不能处理对它的异议。", hint="请由没有参与审核的同事处理。")
    _close(objection, state, required(reason, where="处理理由"), by=by)
    rest = Objection.objects.filter(application=case, state=ObjectionState.OPEN).order_by("pk")
    if upheld:
        for other in rest:
            _close(
                other,
                OBJECTION.next("merge", other.state),
                f"与第 {objection.pk} 号异议并案：{reason.strip()}",
                by=by,
            )
        case.round += 1
        case.notice_id, case.publicity_ends = None, None
        take(case, "uphold_objection", by=by, on=on, reason=reason.strip())
    elif not rest.exists():
        assert case.publicity_ends is not None  # noqa: S101 - the case is on a notice
        start = max(on, case.publicity_ends)
        take(case, "clear_objections", by=by, on=on, start=start, reason=reason.strip())
    return case


def _close(objection: Objection, state: ObjectionState, reason: str, *, by: Actor) -> None:
    objection.state = state
    objection.reason = reason
    objection.handled_by, objection.handler_name = by.user_id, by.name
    objection.handled_at = Now()
    with refusing():
        objection.save(
            update_fields=["state", "reason", "handled_by", "handler_name", "handled_at"]
        )
    record(
        ObjectionResolved(
            application_id=objection.application_id,
            elder_id=objection.elder_id,
            code=objection.code,
            objection_id=objection.pk,
            outcome=state,
        ),
        by=by,
    )
