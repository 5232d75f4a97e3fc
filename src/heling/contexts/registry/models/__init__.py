"""Tables of the registry. Import models from here."""

from heling.contexts.registry.imports.models import Batch, Row
from heling.contexts.registry.models.people import (
    Elder,
    ElderEvent,
    Household,
    Supporter,
    SupporterEvent,
)
from heling.contexts.registry.models.statuses import Status, StatusEvent
from heling.contexts.registry.models.traces import ElderToken, Merge, Transition

__all__ = [
    "Batch",
    "Elder",
    "ElderEvent",
    "ElderToken",
    "Household",
    "Merge",
    "Row",
    "Status",
    "StatusEvent",
    "Supporter",
    "SupporterEvent",
    "Transition",
]
