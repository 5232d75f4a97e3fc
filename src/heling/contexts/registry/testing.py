"""Factories for everybody's tests: actors of each role and elders who do not exist."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from django.utils import timezone

from heling.contexts.identity.public import RoleKey, permissions_of
from heling.contexts.places.testing import VILLAGE, plant
from heling.contexts.registry.actions import (
    add_status,
    add_supporter,
    merge_elders,
    move_residence,
    record_death,
    record_move_away,
    register_elder,
    reinstate,
)
from heling.contexts.registry.actions.statuses import Certificate
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.domain.particulars import Particulars
from heling.contexts.registry.domain.words import (
    Certifier,
    Diagnosis,
    Education,
    Income,
    Living,
    Marital,
    Medical,
    Sex,
    StatusKind,
    Word,
)
from heling.contexts.registry.models import Elder
from heling.kernel.actor import Actor
from heling.kernel.identifiers import Territory, resident_id_check_digit

TODAY = date(2026, 11, 1)
_serial = itertools.count(1)
_NAMES = ("王小明", "李秀英", "张建国", "陈桂兰", "周阿凤", "徐根宝", "沈月仙", "应国平")
_BODIES = {
    StatusKind.YOUFU: Certifier.VETERANS,
    StatusKind.JIANYIYONGWEI: Certifier.GOVERNMENT,
    StatusKind.JISHENG: Certifier.HEALTH,
    StatusKind.DISABILITY: Certifier.DISABLED_FEDERATION,
    StatusKind.CHRONIC: Certifier.HOSPITAL,
}


TABLE_A: dict[str, type[Word]] = {
    "sex": Sex,
    "education": Education,
    "living": Living,
    "marital": Marital,
    "payment": Medical,
    "income": Income,
    "diagnoses": Diagnosis,
}
"""Fields of GB/T 42195 Table A that are kept here, by the key of the assessment scale."""


def resident_id(birth: date, *, female: bool = False, area: str = "990103") -> str:
    """A valid number of nobody; each call gives another (499 per day of birth and sex)."""
    number = next(_serial) % 499 * 2 + (2 if female else 1)
    first17 = f"{area}{birth:%Y%m%d}{number:03d}"
    return first17 + resident_id_check_digit(first17)


def actor(role: RoleKey, territory: str = VILLAGE, *, user_id: int | None = None) -> Actor:
    """An official with all that the role may do, acting for a territory (digits of its code)."""
    return Actor(
        user_id=user_id,
        name=f"测试{role}",
        role=role,
        permissions=permissions_of(role),
        territory=Territory(territory),
    )


def family_of(*elder_ids: int, user_id: int | None = None) -> Actor:
    """A family member who acts for these elders."""
    return Actor(
        user_id=user_id,
        name="测试家属",
        role=RoleKey.FAMILY,
        permissions=permissions_of(RoleKey.FAMILY),
        elder_ids=elder_ids,
    )


def particulars(
    *, birth: date = date(1946, 5, 1), female: bool = False, **changes: Any
) -> Particulars:
    """Particulars that can be registered; ``changes`` replace fields."""
    serial = next(_serial)
    fields: dict[str, Any] = {
        "name": _NAMES[serial % len(_NAMES)],
        "resident_id": resident_id(birth, female=female),
        "code": VILLAGE,
        "hukou_code": VILLAGE,
        "phone": f"139{serial:08d}",
        "address": f"演示路{serial}号",
        "living": "spouse",
        "demo": True,
    }
    return Particulars(**fields | changes)


def elder(*, birth: date = date(1946, 5, 1), female: bool = False, **changes: Any) -> int:
    """Register an elder through the real action, planting the community; returns the id."""
    person = particulars(birth=birth, female=female, **changes)
    plant(person.code)
    clerk = actor(RoleKey.COMMITTEE, person.code)
    return register_elder(particulars=person, today=TODAY, by=clerk)


def certificate(kind: StatusKind = StatusKind.DIBAO, **changes: Any) -> Certificate:
    """A complete certificate of a kind; ``changes`` replace fields."""
    fields: dict[str, Any] = {
        "kind": kind.value,
        "certifier": _BODIES.get(kind, Certifier.CIVIL_AFFAIRS).value,
        "certified_by": "测试县民政局",
        "document": f"演示认字〔2025〕{next(_serial)}号",
        "starts": date(2025, 1, 1),
        "grade": 2 if kind is StatusKind.DISABILITY else None,
        "demo": True,
    }
    return Certificate(**fields | changes)


def status(
    elder_id: int, kind: StatusKind = StatusKind.DIBAO, *, code: str = VILLAGE, **changes: Any
) -> int:
    """Certify a status of an elder who lives in ``code``; returns the status id."""
    official = actor(RoleKey.STREET, code[:9])
    return add_status(
        elder_id=elder_id, certificate=certificate(kind, **changes), today=TODAY, by=official
    )


def supporter(elder_id: int, *, absent: bool | None, code: str = VILLAGE) -> int:
    """Write down a son: long away, near, or (None) nobody has verified; returns the row's id."""
    return add_supporter(
        elder_id=elder_id,
        supporter=SupporterInput(name="王小", relation="son", lives="unknown", absent=absent),
        by=actor(RoleKey.COMMITTEE, code),
    )


# --- what happens in a life, by the real actions, with the events they record -------------------


def moved(elder_id: int, to: str, *, on: date = TODAY) -> None:
    """To another community (12 digits), which is planted."""
    plant(to)
    row = _row(elder_id)
    move_residence(
        elder_id=elder_id,
        version=row.version,
        code=to,
        address="新址一号",
        on=on,
        whole_household=False,
        today=on,
        by=actor(RoleKey.STREET, row.code[:9]),
    )


def died(elder_id: int, *, on: date = TODAY) -> None:
    by = actor(RoleKey.STREET, _row(elder_id).code[:9])
    record_death(elder_id=elder_id, on=on, source="死亡证明 1", today=on, by=by)


def left(elder_id: int, *, on: date = TODAY) -> None:
    by = actor(RoleKey.STREET, _row(elder_id).code[:9])
    record_move_away(elder_id=elder_id, on=on, destination="外省", today=on, by=by)


def reinstated(elder_id: int, *, on: date = TODAY) -> None:
    by = actor(RoleKey.STREET, _row(elder_id).code[:9])
    reinstate(elder_id=elder_id, reason="误登记", today=on, by=by)


def merged(keep_id: int, merge_id: int) -> None:
    """The second registration becomes part of the first; both lie in one city."""
    merge_elders(
        keep_id=keep_id,
        merge_id=merge_id,
        take=(),
        reason="同一人重复登记",
        at=timezone.now(),
        by=actor(RoleKey.CITY, _row(keep_id).code[:4]),
    )


def _row(elder_id: int) -> Elder:
    return Elder.objects.get(pk=elder_id)
