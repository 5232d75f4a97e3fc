"""The door of the rule book: the rules for a day, as known at a moment, and those of a receipt."""

from __future__ import annotations

from heling.contexts.lawbook.actions.archiving import take_in
from heling.contexts.lawbook.events import EditionPublished
from heling.contexts.lawbook.queries.tasks import count_tasks, tasks_for
from heling.contexts.lawbook.rules import law_of, norms_of, rules_of, rules_of_receipt

__all__ = [
    "EditionPublished",
    "count_tasks",
    "law_of",
    "norms_of",
    "rules_of",
    "rules_of_receipt",
    "take_in",
    "tasks_for",
]
