"""What may be seen of jobs beyond one's own. Roles get this from identity, which knows them."""

from __future__ import annotations

from enum import StrEnum


class Perm(StrEnum):
    SCHEDULES = "jobs.schedules"
