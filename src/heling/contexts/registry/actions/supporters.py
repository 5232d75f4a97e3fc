"""Those who owe support (赡养人、扶养人): whom to call, and whether they are near."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction

from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.common import locked_active, refresh_tokens
from heling.contexts.registry.domain.naming import tidy_name
from heling.contexts.registry.domain.words import Lives, Relation, read_word
from heling.contexts.registry.events import SupportersChanged
from heling.contexts.registry.models import Elder, Supporter
from heling.contexts.registry.sealing import phone_columns, supporter_phone_place
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, NotFound, Problem
from heling.kernel.phone import parse_phone
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record


@dataclass(frozen=True, slots=True, kw_only=True)
class SupporterInput:
    """A supporter as written. ``absent`` is 长期不在身边, None while nobody has verified it
    (who lives with the elder is near); ``phone`` None leaves it as it is."""

    name: str
    relation: str
    lives: str
    phone: str | None = ""
    absent: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSupporter:
    """The same, read; ``phone`` is E.164 or empty. Only :func:`read_supporter` makes these."""

    name: str
    relation: Relation
    lives: Lives
    phone: str | None
    absent: bool | None


@transaction.atomic
def add_supporter(*, elder_id: int, supporter: SupporterInput, by: Actor) -> int:
    """Add a supporter and return its id; an elder with supporters is not 经核实无赡养人."""
    by.require(Perm.EDIT)
    elder = locked_active(elder_id, by=by, doing="登记赡养人")
    uid = uuid.uuid4()
    values = supporter_columns(read_supporter(supporter), uid=uid)
    with refusing():
        row = Supporter.objects.create(uid=uid, elder_id=elder.pk, code=elder.code, **values)
    if elder.no_supporters:
        elder.no_supporters = False
        elder.version += 1
        elder.save(update_fields=["no_supporters", "version"])
    _tell(elder, "added", by=by)
    return row.pk


@transaction.atomic
def change_supporter(*, supporter_id: int, supporter: SupporterInput, by: Actor) -> None:
    by.require(Perm.EDIT)
    row, elder = _locked(supporter_id, by=by)
    for name, value in supporter_columns(read_supporter(supporter), uid=row.uid).items():
        setattr(row, name, value)
    with refusing():
        row.save()
    _tell(elder, "changed", by=by)


@transaction.atomic
def remove_supporter(*, supporter_id: int, by: Actor) -> None:
    """Take a supporter off the list; the row stays in the history table."""
    by.require(Perm.EDIT)
    row, elder = _locked(supporter_id, by=by)
    row.delete()
    _tell(elder, "removed", by=by)


def read_supporter(raw: SupporterInput | CheckedSupporter) -> CheckedSupporter:
    """Check every field; what has been read already is not read again.

    Raises BadInput that lists all problems.
    """
    if isinstance(raw, CheckedSupporter):
        return raw
    problems: list[Problem] = []
    name = tidy_name(raw.name)
    if not name:
        problems.append(Problem("姓名", "没有填写"))
    relation = read_word(Relation, raw.relation, where="关系", problems=problems)
    lives = read_word(Lives, raw.lives, where="居住地", problems=problems)
    if relation is None and not raw.relation.strip():
        problems.append(Problem("关系", "没有选择"))
    if lives is None and not raw.lives.strip():
        problems.append(Problem("居住地", "没有选择"))
    if lives is Lives.HOUSEHOLD and raw.absent:
        problems.append(Problem("长期不在身边", "同住的人不会长期不在身边，请核对居住地"))
    phone = _phone(raw.phone, problems)
    if problems or relation is None or lives is None:
        raise BadInput(*problems)
    near = lives is Lives.HOUSEHOLD
    return CheckedSupporter(
        name=name,
        relation=relation,
        lives=lives,
        phone=phone,
        absent=False if near else raw.absent,
    )


def supporter_columns(supporter: CheckedSupporter, *, uid: uuid.UUID) -> dict[str, object]:
    """Columns of a Supporter row, the telephone sealed for ``uid``; without it where it stays."""
    place = supporter_phone_place(uid)
    phone = supporter.phone
    return {
        "name": supporter.name,
        "relation": supporter.relation.value,
        "lives": supporter.lives.value,
        "absent": supporter.absent,
        **({} if phone is None else phone_columns(phone, bound_to=place)),
    }


def _phone(text: str | None, problems: list[Problem]) -> str | None:
    if not (text or "").strip():
        return text and ""
    try:
        return parse_phone(text or "")
    except BadInput as error:
        problems.extend(error.problems)
        return None


def _locked(supporter_id: int, *, by: Actor) -> tuple[Supporter, Elder]:
    row = Supporter.objects.visible_to(by).filter(pk=supporter_id).first()
    if row is None:
        raise NotFound("没有找到这位赡养人、扶养人。")
    elder = locked_active(row.elder_id, by=by, doing="修改赡养人")
    return Supporter.objects.select_for_update().get(pk=supporter_id), elder


def _tell(elder: Elder, change: str, *, by: Actor) -> None:
    refresh_tokens(elder)
    record(SupportersChanged(elder_id=elder.pk, code=elder.code, change=change), by=by)
