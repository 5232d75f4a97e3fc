"""What the edit form starts from, and what stands now where two clerks meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from heling.contexts.registry.domain.words import Education, Living, Marital, Sex, label
from heling.contexts.registry.models import Elder
from heling.contexts.registry.queries.cards import ElderCard, elder_card
from heling.kernel.actor import Actor

_PLAIN = (
    "version", "name", "sex", "birth", "ethnicity", "religion", "hukou_code", "hukou_name",
    "living", "no_supporters", "bank_name", "education", "marital", "medical", "incomes",
    "diagnoses",
)  # fmt: skip
_WORDS = {"sex": Sex, "living": Living, "education": Education, "marital": Marital}
_NOT_SHOWN = {"version", "no_supporters", "medical", "incomes", "diagnoses", "hukou_code"}


@dataclass(frozen=True, slots=True)
class Editable:
    """``initial`` values of the form (sealed numbers are not among them) and, for a person to
    compare, ``labelled`` ones: (label, value) in Chinese."""

    card: ElderCard
    initial: dict[str, Any]
    labelled: tuple[tuple[str, str], ...]


def editable(elder_id: int, *, by: Actor) -> Editable:
    """NotFound for a stranger."""
    card = elder_card(elder_id, by=by)
    elder = Elder.objects.visible_to(by).get(pk=card.id)
    initial = {name: getattr(elder, name) for name in _PLAIN if name != "hukou_code"}
    return Editable(card, initial, tuple(_labelled(elder)))


def _labelled(elder: Elder) -> list[tuple[str, str]]:
    lines = []
    for name in _PLAIN:
        if name in _NOT_SHOWN:
            continue
        value = getattr(elder, name)
        shown = label(_WORDS[name], value) if name in _WORDS else str(value)
        lines.append((str(Elder._meta.get_field(name).verbose_name), shown))  # type: ignore[union-attr]  # noqa: SLF001
    lines += [("证件号", elder.id_masked), ("电话", elder.phone_masked)]
    return lines
