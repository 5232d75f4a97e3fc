"""Changing what is written about an elder, and where the elder lives."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.common import (
    household_at,
    known_community,
    locked,
    locked_active,
    refresh_tokens,
)
from heling.contexts.registry.domain.particulars import Checked, Particulars, read, residence_code
from heling.contexts.registry.events import ElderChanged, ElderMoved
from heling.contexts.registry.models import Elder
from heling.contexts.registry.queries.duplicates import refuse_same_number
from heling.contexts.registry.queries.history import changed_since
from heling.contexts.registry.sealing import columns, open_field
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Conflict, Problem
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.journal.record import record

# Columns that are compared as they stand; sealed ones are compared by their clear text.
_PLAIN = (
    "name", "sex", "birth", "hukou_code", "hukou_name", "ethnicity", "religion", "education",
    "marital", "living", "medical", "incomes", "diagnoses", "no_supporters", "bank_name",
)  # fmt: skip
_SEALED = {
    "resident_id": ("id", "证件号", ("id_sealed", "id_blind", "id_masked")),
    "phone": ("phone", "电话", ("phone_sealed", "phone_masked")),
    "bank": ("bank", "银行卡", ("bank_sealed", "bank_tail")),
}


@transaction.atomic
def update_elder(
    *, elder_id: int, version: int, changes: Mapping[str, Any], today: date, by: Actor
) -> tuple[str, ...]:
    """Change some of the particulars; returns the Chinese labels of what became different.

    ``changes`` maps fields of :class:`Particulars` to new values; ``code`` and ``address``
    are changed by :func:`move_residence`. ``version`` is the one the form was opened on:
    if somebody saved in between, Conflict says who changed what, and nothing is written.
    """
    by.require(Perm.EDIT)
    elder = locked_active(elder_id, by=by, doing="修改")
    _same_version(elder, version)
    person = read(dataclasses.replace(particulars_of(elder), **changes), today=today)
    return _apply(elder, person, by=by)


def take_over(
    kept: Elder, other: Elder, fields: tuple[str, ...], *, today: date, by: Actor
) -> None:
    """Copy chosen particulars of ``other`` to ``kept`` (for merging). Both are locked."""
    if not fields:
        return
    source = particulars_of(other)
    changes = {f: getattr(source, f) for f in fields}
    _apply(kept, read(dataclasses.replace(particulars_of(kept), **changes), today=today), by=by)


def particulars_of(elder: Elder) -> Particulars:
    """What is written now, numbers in clear: for comparing and copying inside an action."""
    plain: dict[str, Any] = {name: getattr(elder, name) for name in _PLAIN}
    plain |= {name: tuple(plain[name]) for name in ("medical", "incomes", "diagnoses")}
    clear: dict[str, Any] = {
        field: open_field(short, getattr(elder, stored[0]), uid=elder.uid)
        for field, (short, _, stored) in _SEALED.items()
    }
    return Particulars(**plain, **clear, code=elder.code, demo=elder.demo)


def _apply(elder: Elder, person: Checked, *, by: Actor) -> tuple[str, ...]:
    new = columns(person, uid=elder.uid)
    changed = [name for name in _PLAIN if getattr(elder, name) != new[name]]
    labels = [_label(name) for name in changed]
    if "name" in changed:
        changed += ["pinyin", "initials"]
    for field, (short, label, stored) in _SEALED.items():
        value = str(
            getattr(person, field).value if field == "resident_id" else getattr(person, field)
        )
        if value != open_field(short, getattr(elder, stored[0]), uid=elder.uid):
            changed += stored
            labels.append(label)
    if not labels:
        return ()
    if "id_blind" in changed:
        refuse_same_number(person.resident_id, by=by, besides=elder.pk)
    for name in changed:
        setattr(elder, name, new[name])
    elder.version += 1
    with refusing():
        elder.save(update_fields=[*changed, "version"])
    refresh_tokens(elder)
    record(
        ElderChanged(
            elder_id=elder.pk, code=elder.code, version=elder.version, fields=tuple(labels)
        ),
        by=by,
    )
    return tuple(labels)


def _label(name: str) -> str:
    field = Elder._meta.get_field(name)  # noqa: SLF001 - Django's documented API
    return str(getattr(field, "verbose_name", name))


def _same_version(elder: Elder, version: int) -> None:
    if elder.version == version:
        return
    said = "；".join(
        f"{c.who} {c.at:%m月%d日 %H:%M} {c.sentence}" for c in changed_since(elder.pk, version)
    )
    raise Conflict(
        f"在您填写期间，别人已经保存过这位老年人的信息（{said or '内容见时间线'}）。",
        hint="您填写的内容还在，没有写入。请对照最新内容，确认后再保存。",
    )


@transaction.atomic
def move_residence(
    *,
    elder_id: int,
    version: int,
    code: str,
    address: str,
    on: date,
    whole_household: bool,
    today: date,
    by: Actor,
) -> None:
    """Another community or another door, for one elder or everybody behind the door.

    Statuses, supporters and the search index follow by themselves (keys in the database).
    An elder who moves out of the actor's territory is no longer visible to the actor.
    """
    by.require(Perm.EDIT)
    problems: list[Problem] = []
    code = residence_code(code, problems)
    if on > today:
        problems.append(Problem("变更日期", f"{on} 在今天之后，请核对"))
    if not address.strip():
        problems.append(Problem("地址", "没有填写，请写到门牌号"))
    if problems:
        raise BadInput(*problems)
    known_community(code)
    elder = locked_active(elder_id, by=by, doing="变更居住地")
    _same_version(elder, version)
    members = _behind_the_door(elder, by=by) if whole_household else [elder]
    # The right was checked; the new place may lie where the actor will not see the row again.
    with scoped(EVERYTHING):
        household = household_at(code, address, demo=elder.demo)
        for member in members:
            _move(member, household.pk, code=code, on=on, by=by)


def _behind_the_door(elder: Elder, *, by: Actor) -> list[Elder]:
    ids = (
        Elder.objects.visible_to(by)
        .filter(household_id=elder.household_id, state=elder.state, code=elder.code)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return [locked(i, by=by) for i in ids]


def _move(elder: Elder, household_id: int, *, code: str, on: date, by: Actor) -> None:
    left = elder.code
    elder.household_id, elder.code = household_id, code
    elder.version += 1
    elder.save(update_fields=["household_id", "code", "version"])
    record(
        ElderMoved(elder_id=elder.pk, code=left, to_code=code, on=on, version=elder.version), by=by
    )
