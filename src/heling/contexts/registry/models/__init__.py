"""Tables of the registry. Import models from here."""

from heling.contexts.registry.models.people import (
    Elder,
    ElderEvent,
    Household,
    Supporter,
    SupporterEvent,
)
from heling.contexts.registry.models.rosters import RosterBatch, RosterRow
from heling.contexts.registry.models.statuses import Status, StatusEvent
from heling.contexts.registry.models.traces import ElderToken, Merge, Transition

__all__ = [
    "Elder",
    "ElderEvent",
    "ElderToken",
    "Household",
    "Merge",
    "RosterBatch",
    "RosterRow",
    "Status",
    "StatusEvent",
    "Supporter",
    "SupporterEvent",
    "Transition",
]
