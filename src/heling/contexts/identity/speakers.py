"""On what footing an account speaks for an elder: snapshots for those who file papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from heling.contexts.identity.models import Consent, Relation, Representation


@dataclass(frozen=True, slots=True)
class Speaker:
    """Relation and recorded consent of one representation, as Chinese labels."""

    is_self: bool
    relation_label: str
    consent_label: str
    document: str


def speaker_for(user_id: int | None, *, elder_id: int, on: date) -> Speaker | None:
    """How the account may speak for the elder on a day; None when it may not."""
    if user_id is None:
        return None
    row = (
        Representation.objects.filter(user_id=user_id, elder_id=elder_id)
        .current(on)
        .order_by("pk")
        .first()
    )
    if row is None:
        return None
    return Speaker(
        is_self=row.relation == Relation.SELF,
        relation_label=str(Relation(row.relation).label),
        consent_label=str(Consent(row.consent).label),
        document=row.document,
    )
