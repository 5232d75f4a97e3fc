"""What people do with the rule book, and what the software does when it brings new packs."""

from heling.contexts.lawbook.actions.archiving import take_in
from heling.contexts.lawbook.actions.drafting import (
    begin_draft,
    recall_draft,
    save_draft,
    submit_draft,
    withdraw_draft,
)
from heling.contexts.lawbook.actions.publishing import publish_draft, return_draft

__all__ = [
    "begin_draft",
    "publish_draft",
    "recall_draft",
    "return_draft",
    "save_draft",
    "submit_draft",
    "take_in",
    "withdraw_draft",
]
