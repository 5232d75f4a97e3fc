"""Editions and law texts (append-only), drafts and their steps. Invariants stand in the database."""

from heling.contexts.lawbook.models.draft import Draft, DraftStep
from heling.contexts.lawbook.models.edition import Edition, Text

__all__ = ["Draft", "DraftStep", "Edition", "Text"]
