"""Who may be the same person, asked before saving.

Inside the actor's territory candidates are shown with masked numbers. Outside it only the
equal resident ID counts, and the answer names nobody: a unique number is a covert channel
(shared/trust.md A3).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from heling.contexts.registry.domain.naming import address_key, spell
from heling.contexts.registry.domain.particulars import Checked
from heling.contexts.registry.domain.states import ElderState
from heling.contexts.registry.models import Elder, ElderToken
from heling.contexts.registry.queries.cards import ElderCard, elder_cards
from heling.contexts.registry.sealing import blind_id, token
from heling.kernel.actor import Actor
from heling.kernel.errors import Refused
from heling.kernel.identifiers import ResidentId
from heling.platform.access.scope import EVERYTHING, scoped

ELSEWHERE = "该证件已在本市登记，请联系区县民政核实。"
_MOST = 20
_NOT_MERGED = ~Q(state=ElderState.MERGED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registration that may be the same person; ``reasons`` are Chinese, strongest first."""

    card: ElderCard
    reasons: tuple[str, ...]


def candidates(person: Checked, *, by: Actor) -> list[Candidate]:
    """Possible duplicates that the actor may see: same number, same name and birth date,
    or same sound and address. Strongest first, at most 20."""
    reasons: dict[int, list[str]] = {}
    for ids, reason in (
        (_same_number(person, by=by), "证件号相同"),
        (_same_name_and_birth(person, by=by), "姓名和出生日期相同"),
        (_same_sound_and_address(person, by=by), "姓名读音和地址相同"),
    ):
        for elder_id in ids:
            reasons.setdefault(elder_id, []).append(reason)
    cards = elder_cards(list(reasons)[:_MOST], by=by)
    return [Candidate(cards[i], tuple(why)) for i, why in reasons.items() if i in cards]


def refuse_same_number(number: ResidentId, *, by: Actor, besides: int | None = None) -> None:
    """Raise Refused if another registration has the number: named if visible, else neutral."""
    same = Q(id_blind=blind_id(number)) & _NOT_MERGED & ~Q(pk=besides)
    if by_name := Elder.objects.visible_to(by).filter(same).values_list("name", flat=True).first():
        raise Refused(
            f"这个证件号已登记为“{by_name}”。", hint="请打开已有的登记修改，不要重复登记。"
        )
    with scoped(EVERYTHING):
        elsewhere = Elder.objects.filter(same).exists()
    if elsewhere:
        raise Refused(ELSEWHERE)


def _same_number(person: Checked, *, by: Actor) -> list[int]:
    found = Elder.objects.visible_to(by).filter(id_blind=blind_id(person.resident_id))
    return list(found.filter(_NOT_MERGED).order_by("pk").values_list("pk", flat=True))


def _same_name_and_birth(person: Checked, *, by: Actor) -> list[int]:
    named = ElderToken.objects.visible_to(by).filter(
        token=token(f"n:{person.name.replace('·', '')}")
    )
    return list(
        Elder.objects.visible_to(by)
        .filter(pk__in=named.values("elder_id"), name=person.name, birth=person.birth)
        .order_by("pk")
        .values_list("pk", flat=True)[:_MOST]
    )


def _same_sound_and_address(person: Checked, *, by: Actor) -> list[int]:
    key = address_key(person.address)
    if not key:
        return []
    return list(
        Elder.objects.visible_to(by)
        .filter(
            _NOT_MERGED,
            code=person.code,
            pinyin=spell(person.name)[0],
            household__address_key=key,
            household__code=person.code,
        )
        .order_by("pk")
        .values_list("pk", flat=True)[:_MOST]
    )
