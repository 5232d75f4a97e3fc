"""What may be done with the journal. Roles get these from identity, which knows the roles."""

from __future__ import annotations

from enum import StrEnum


class Perm(StrEnum):
    ENTRIES = "journal.entries"
    READINGS = "journal.readings"
