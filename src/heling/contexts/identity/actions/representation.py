"""Who speaks for an elder, with which consent, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from heling.contexts.identity.access import Perm
from heling.contexts.identity.accounts import find_or_open
from heling.contexts.identity.events import RepresentationGranted, RepresentationWithdrawn
from heling.contexts.identity.models import Consent, Relation, Representation
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Problem, Refused
from heling.kernel.identifiers import Territory
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.journal.record import record


@dataclass(frozen=True, slots=True)
class RepresentationGiven:
    """``first_password``: of an account opened just now; shown once, kept nowhere."""

    representation_id: int
    username: str
    name: str
    first_password: str | None


@transaction.atomic
def grant_representation(
    *,
    elder_id: int,
    code: str,
    username: str,
    name: str,
    relation: str,
    consent: str,
    document: str = "",
    starts: date | None = None,
    ends: date | None = None,
    at: datetime,
    by: Actor,
) -> RepresentationGiven:
    """Let an account speak for an elder (``relation="self"``: it *is* the elder).

    ``code`` is the elder's 12-digit division; the caller has made sure that the elder
    exists and is visible to ``by``. Raises BadInput, Forbidden or Refused.
    """
    by.require(Perm.REPRESENTATION)
    if by.territory is None or not by.territory.contains(Territory.parse(code)):
        raise NotFound("没有这位老年人。", hint="请从老年人列表中选择。")
    starts = starts or timezone.localdate(at)
    _check(relation, consent, document, starts, ends)
    account = find_or_open(username=username, name=name, code=code, at=at, by=by)
    if account.user.pk == by.user_id:
        raise Forbidden("不能登记自己代办。", hint="请由另一位工作人员核对并登记。")
    with refusing():
        given = Representation.objects.create(
            user=account.user,
            elder_id=elder_id,
            code=code,
            relation=relation,
            consent=consent,
            document=document.strip(),
            recorded_by_id=by.user_id,
            starts=starts,
            ends=ends,
        )
    record(
        RepresentationGranted(
            representation_id=given.pk,
            elder_id=elder_id,
            code=code,
            user_id=account.user.pk,
            name=account.user.name,
            relation=relation,
            consent=consent,
        ),
        by=by,
    )
    return RepresentationGiven(
        given.pk, account.user.username, account.user.name, account.first_password
    )


@transaction.atomic
def withdraw_representation(
    *, representation_id: int, reason: str, at: datetime, by: Actor
) -> None:
    """Take the consent back, effective at the next request of the account.

    The elder, the person who represents, or a clerk who has REPRESENTATION may do it.
    """
    given = (
        Representation.objects.visible_to(by)
        .select_related("user")
        .select_for_update(of=("self",))
        .filter(pk=representation_id)
        .first()
    )
    if given is None:
        raise NotFound("没有这个代办关系。", hint="请从列表中选择。")
    if not _may_withdraw(given, by):
        raise Forbidden("只有老年人本人、代办人或社区工作人员可以撤回。", hint="请联系社区窗口。")
    if given.withdrawn_at is not None:
        raise Refused("这个代办关系已经撤回。", hint="请刷新页面。")
    if not reason.strip():
        raise BadInput.single("理由", "请写明撤回的理由，例如“老年人本人要求”")
    given.withdrawn_at = at
    given.save(update_fields=["withdrawn_at"])
    record(
        RepresentationWithdrawn(
            representation_id=given.pk,
            elder_id=given.elder_id,
            code=given.code,
            user_id=given.user_id,
            name=given.user.name,
            reason=reason.strip(),
        ),
        by=by,
    )


def _may_withdraw(given: Representation, by: Actor) -> bool:
    if by.may(Perm.REPRESENTATION) or given.user_id == by.user_id:
        return True
    with scoped(EVERYTHING):
        return (
            Representation.objects.filter(
                user=by.user_id, elder_id=given.elder_id, relation=Relation.SELF
            )
            .current(timezone.localdate())
            .exists()
        )


def _check(relation: str, consent: str, document: str, starts: date, ends: date | None) -> None:
    problems = []
    if relation not in Relation.values:
        problems.append(Problem("关系", "请从列表中选择"))
    if consent not in Consent.values:
        problems.append(Problem("同意方式", "请从列表中选择"))
    own = relation == Relation.SELF
    if own != (consent == Consent.SELF):
        problems.append(
            Problem("同意方式", "本人账号选“本人”；代办必须写明老年人怎样同意，请重新选择")
        )
    elif not own and not document.strip():
        problems.append(
            Problem("同意的凭据", "请写明凭据，例如委托书编号，或口头同意的时间、地点和见证人")
        )
    if ends is not None and ends < starts:
        problems.append(Problem("止", "结束日期不能早于开始日期，请改正"))
    if problems:
        raise BadInput(*problems)
