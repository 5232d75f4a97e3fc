"""Showing a sealed value in clear, always with a purpose and always written down."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from heling.contexts.registry.access import Perm
from heling.contexts.registry.domain.naming import readable_phone
from heling.contexts.registry.domain.words import Diagnosis, label
from heling.contexts.registry.models import Elder, Supporter
from heling.contexts.registry.sealing import open_field, supporter_phone_place
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, NotFound
from heling.platform.crypto import unseal
from heling.platform.journal.record import record_reading

_FIELDS: dict[str, tuple[str, Callable[[Elder], str]]] = {
    "id": ("证件号", lambda e: open_field("id", e.id_sealed, uid=e.uid)),
    "phone": ("电话", lambda e: readable_phone(open_field("phone", e.phone_sealed, uid=e.uid))),
    "bank": ("银行卡号", lambda e: open_field("bank", e.bank_sealed, uid=e.uid)),
    "diagnoses": ("疾病诊断", lambda e: "、".join(label(Diagnosis, d) for d in e.diagnoses)),
}
REVEALABLE = tuple(_FIELDS)


@transaction.atomic
def reveal(*, elder_id: int, field: str, purpose: str, by: Actor) -> str:
    """The clear value of one field. The reading is recorded with its purpose."""
    by.require(Perm.REVEAL)
    purpose = _purpose(purpose)
    elder = Elder.objects.visible_to(by).filter(pk=elder_id).first()
    if elder is None or field not in _FIELDS:
        raise NotFound("没有找到要查看的内容。")
    name, read = _FIELDS[field]
    record_reading(by=by, elder_id=elder.pk, code=elder.code, fields=[name], purpose=purpose)
    return read(elder)


@transaction.atomic
def reveal_supporter_phone(*, supporter_id: int, purpose: str, by: Actor) -> str:
    """The telephone number of a supporter, recorded against the elder."""
    by.require(Perm.REVEAL)
    purpose = _purpose(purpose)
    row = Supporter.objects.visible_to(by).filter(pk=supporter_id).first()
    if row is None or not row.phone_sealed:
        raise NotFound("没有登记电话。")
    record_reading(
        by=by, elder_id=row.elder_id, code=row.code, fields=["赡养人电话"], purpose=purpose
    )
    return readable_phone(unseal(row.phone_sealed, bound_to=supporter_phone_place(row.uid)))


def _purpose(text: str) -> str:
    purpose = text.strip()
    if len(purpose) < 2:
        raise BadInput.single("查看目的", "没有填写，请选择或写明为什么要看")
    return purpose[:200]
