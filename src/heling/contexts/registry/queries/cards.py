"""The card of an elder: what other contexts and lists may show, numbers masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from heling.contexts.places import public as places
from heling.contexts.registry.domain.states import ElderState
from heling.contexts.registry.models import Elder
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound
from heling.kernel.period import age_on

_COLUMNS = (
    "id", "uid", "name", "sex", "birth", "code", "hukou_code", "hukou_name", "id_masked",
    "phone_masked", "living", "state", "died_on", "demo", "household_id", "household__address",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ElderCard:
    """One elder, without clear numbers.

    ``code`` and ``hukou_code`` have 12 digits; ``place_name`` is the full name of the
    community; ``sex``, ``living`` and ``state`` are values of the registry's words.
    """

    id: int
    uid: UUID
    name: str
    sex: str
    birth: date
    code: str
    place_name: str
    hukou_code: str
    hukou_name: str
    id_masked: str
    phone_masked: str
    living: str
    state: str
    died_on: date | None
    demo: bool
    household_id: int
    address: str

    @property
    def active(self) -> bool:
        return self.state == ElderState.ACTIVE

    def age(self, on: date) -> int:
        """周岁 on a day; of the deceased, at death."""
        return age_on(self.birth, min(on, self.died_on) if self.died_on else on)


def elder_card(elder_id: int, *, by: Actor) -> ElderCard:
    """The card, or NotFound for a stranger. Of a merged registration: the one it points to."""
    merged_into = (
        Elder.objects.visible_to(by).filter(pk=elder_id).values_list("merged_into", flat=True)
    )
    card = next(_cards([merged_into.first() or elder_id], by=by), None)
    if card is None:
        raise NotFound("没有找到这位老年人。", hint="可能不在您的辖区内，请核对后再查。")
    return card


def elder_cards(elder_ids: Iterable[int], *, by: Actor) -> dict[int, ElderCard]:
    """Cards of those of the ids that the actor may see; the others are left out."""
    return {card.id: card for card in _cards(list(elder_ids), by=by)}


def elder_ids_page(*, by: Actor, after_id: int = 0, limit: int = 1000) -> list[int]:
    """Ids of active elders in scope, ascending, after ``after_id``: for jobs that walk all."""
    return list(
        Elder.objects.visible_to(by)
        .filter(state=ElderState.ACTIVE, pk__gt=after_id)
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )


def _cards(ids: list[int], *, by: Actor) -> Iterator[ElderCard]:
    rows = list(
        Elder.objects.visible_to(by).filter(pk__in=ids).order_by("pk").values_list(*_COLUMNS)
    )
    names = places.names(row[5] for row in rows)
    for row in rows:
        values = dict(zip(_COLUMNS, row, strict=True))
        values["address"] = values.pop("household__address") or ""
        yield ElderCard(place_name=names.get(values["code"], values["code"]), **values)
