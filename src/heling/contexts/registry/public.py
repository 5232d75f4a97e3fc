"""The door of the registry: cards, facts, search. Ids and frozen values in and out.

Other tables about an elder should lay a key to ``registry_elder (id, code)`` with
``on update cascade`` so that they follow a move (see migration 0001).
"""

from __future__ import annotations

from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.statuses import Certificate
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.bulk import Batch, Loaded, NewElder, Taken, load
from heling.contexts.registry.domain.derived import high_age_alone, lives_alone, unsupported
from heling.contexts.registry.domain.particulars import Particulars
from heling.contexts.registry.domain.states import ElderState
from heling.contexts.registry.domain.words import Living, StatusKind
from heling.contexts.registry.events import (
    ElderChanged,
    ElderDied,
    ElderLeft,
    ElderMerged,
    ElderMoved,
    ElderRegistered,
    ElderReinstated,
    StatusChanged,
    SupportersChanged,
)
from heling.contexts.registry.imports.direct import bring_in_roster, look_at_roster
from heling.contexts.registry.queries.bulk import (
    FactPage,
    elders_beside,
    fact_pages,
    statuses_turning,
)
from heling.contexts.registry.queries.cards import (
    ElderCard,
    elder_card,
    elder_cards,
    elder_ids_page,
)
from heling.contexts.registry.queries.facts import SourcedFact, facts_of
from heling.contexts.registry.queries.search import behind_number, has_whole_number, search

__all__ = [
    "Batch",
    "Certificate",
    "ElderCard",
    "ElderChanged",
    "ElderDied",
    "ElderLeft",
    "ElderMerged",
    "ElderMoved",
    "ElderRegistered",
    "ElderReinstated",
    "ElderState",
    "FactPage",
    "Living",
    "Loaded",
    "NewElder",
    "Particulars",
    "Perm",
    "SourcedFact",
    "StatusChanged",
    "StatusKind",
    "SupporterInput",
    "SupportersChanged",
    "Taken",
    "behind_number",
    "bring_in_roster",
    "elder_card",
    "elder_cards",
    "elder_ids_page",
    "elders_beside",
    "fact_pages",
    "facts_of",
    "has_whole_number",
    "high_age_alone",
    "lives_alone",
    "load",
    "look_at_roster",
    "search",
    "statuses_turning",
    "unsupported",
]
