"""Particulars as columns: what is sealed, what is masked, under which tokens it is found.

The one place that turns clear numbers into stored ones. Actions, the roster import and the
demonstration loader all call it, so a row looks the same whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from heling.contexts.registry.domain.naming import search_keys, spell
from heling.contexts.registry.domain.particulars import Checked
from heling.kernel.identifiers import ResidentId
from heling.kernel.phone import mask_phone
from heling.platform.crypto import blind, seal, unseal

_TOKEN_SIZE = 8  # 64 bits: about one false companion among ten million rows, and half the index


def columns(person: Checked, *, uid: UUID) -> dict[str, Any]:
    """Values for the columns of an Elder row, by field name (without household and state)."""
    pinyin, initials = spell(person.name)
    return {
        "uid": uid,
        "code": person.code,
        "name": person.name,
        "pinyin": pinyin,
        "initials": initials,
        "sex": person.sex.value,
        "birth": person.birth,
        **id_columns(person.resident_id, uid=uid),
        **phone_columns(person.phone, bound_to=f"registry_elder.phone.{uid}"),
        **bank_columns(person.bank, uid=uid),
        "bank_name": person.bank_name,
        "hukou_code": person.hukou_code,
        "hukou_name": person.hukou_name,
        "ethnicity": person.ethnicity,
        "religion": person.religion,
        "education": person.education.value if person.education else "",
        "marital": person.marital.value if person.marital else "",
        "living": person.living.value if person.living else "",
        "medical": [w.value for w in person.medical],
        "incomes": [w.value for w in person.incomes],
        "diagnoses": [w.value for w in person.diagnoses],
        "no_supporters": person.no_supporters,
        "demo": person.demo,
    }


def id_columns(number: ResidentId, *, uid: UUID) -> dict[str, Any]:
    return {
        "id_sealed": seal(number.value, bound_to=f"registry_elder.id.{uid}"),
        "id_blind": blind_id(number),
        "id_masked": number.masked,
    }


def phone_columns(phone: str, *, bound_to: str) -> dict[str, Any]:
    """``phone`` is E.164 or empty."""
    return {
        "phone_sealed": seal(phone, bound_to=bound_to) if phone else None,
        "phone_masked": mask_phone(phone) if phone else "",
    }


def bank_columns(bank: str, *, uid: UUID) -> dict[str, Any]:
    return {
        "bank_sealed": seal(bank, bound_to=f"registry_elder.bank.{uid}") if bank else None,
        "bank_tail": bank[-4:],
    }


def open_field(field: str, value: bytes | memoryview | None, *, uid: UUID) -> str:
    """Clear text of an elder's ``id``, ``phone`` or ``bank``. Only for :mod:`actions.revealing`
    and for writing the same value elsewhere; every reading by a person is recorded there.
    """
    return unseal(value, bound_to=f"registry_elder.{field}.{uid}") if value else ""


def supporter_phone_place(uid: UUID) -> str:
    return f"registry_supporter.phone.{uid}"


def blind_id(number: ResidentId) -> bytes:
    """The blind index of a resident ID: equal numbers of all rows give equal bytes."""
    return blind(number.value, purpose="registry.id")


def tokens(name: str, *, id_tail: str, phones: Iterable[str]) -> set[bytes]:
    """Fingerprints under which an elder is found (see :func:`search_keys`)."""
    return {token(k) for k in search_keys(name, id_tail=id_tail, phones=tuple(phones))}


def token(key: str) -> bytes:
    return blind(key, purpose="registry.search", size=_TOKEN_SIZE)
