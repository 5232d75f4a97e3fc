"""The door of identity: who acts, which roles exist, who speaks for whom."""

from __future__ import annotations

from heling.contexts.identity.access import Perm
from heling.contexts.identity.acting import actor_again, actor_for, actor_of_account
from heling.contexts.identity.actions.posts import Granted, issue_first_password
from heling.contexts.identity.actions.representation import (
    RepresentationGiven,
    grant_representation,
    withdraw_representation,
)
from heling.contexts.identity.demo import (
    DemoAccount,
    demo_accounts,
    demo_code,
    demo_family,
    demo_table,
)
from heling.contexts.identity.fresh import fresh_factor
from heling.contexts.identity.holders import Holder, holders
from heling.contexts.identity.models import Consent, Relation
from heling.contexts.identity.queries import RepresentationRow, representations_of
from heling.contexts.identity.roles import ROLES, Role, RoleKey, grant, permissions_of
from heling.contexts.identity.speakers import Speaker, speaker_for

CONSENTS: list[tuple[str, str]] = Consent.choices
RELATIONS: list[tuple[str, str]] = Relation.choices

__all__ = [
    "CONSENTS",
    "RELATIONS",
    "ROLES",
    "DemoAccount",
    "Granted",
    "Holder",
    "Perm",
    "RepresentationGiven",
    "RepresentationRow",
    "Role",
    "RoleKey",
    "Speaker",
    "actor_again",
    "actor_for",
    "actor_of_account",
    "demo_accounts",
    "demo_code",
    "demo_family",
    "demo_table",
    "fresh_factor",
    "grant",
    "grant_representation",
    "holders",
    "issue_first_password",
    "permissions_of",
    "representations_of",
    "speaker_for",
    "withdraw_representation",
]
