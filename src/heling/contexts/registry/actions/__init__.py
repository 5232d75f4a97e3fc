"""What people do to the registry. One function per thing done; see house.md §4."""

from heling.contexts.registry.actions.changing import move_residence, update_elder
from heling.contexts.registry.actions.leaving import record_death, record_move_away, reinstate
from heling.contexts.registry.actions.merging import merge_elders
from heling.contexts.registry.actions.registering import register_elder
from heling.contexts.registry.actions.revealing import reveal
from heling.contexts.registry.actions.statuses import add_status, end_status, revoke_status
from heling.contexts.registry.actions.supporters import (
    add_supporter,
    change_supporter,
    remove_supporter,
)

__all__ = [
    "add_status",
    "add_supporter",
    "change_supporter",
    "end_status",
    "merge_elders",
    "move_residence",
    "record_death",
    "record_move_away",
    "register_elder",
    "reinstate",
    "remove_supporter",
    "reveal",
    "revoke_status",
    "update_elder",
]
