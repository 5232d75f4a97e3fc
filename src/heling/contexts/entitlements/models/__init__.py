"""Cases, determinations, notices, awards and months. Invariants stand in the database."""

from heling.contexts.entitlements.models.case import (
    Application,
    Item,
    Review,
    Stage,
    StatusRow,
    Verdict,
)
from heling.contexts.entitlements.models.finding import Candidate, Determination, Due
from heling.contexts.entitlements.models.months import Cycle, Line
from heling.contexts.entitlements.models.notice import Entry, Notice, NoticeLine, Objection
from heling.contexts.entitlements.models.outcome import Award, Decision
from heling.contexts.entitlements.models.roll import Explanation, Roll, RollRow, Situation
from heling.contexts.entitlements.models.snapshots import Snapshot

__all__ = [
    "Application",
    "Award",
    "Candidate",
    "Cycle",
    "Decision",
    "Determination",
    "Due",
    "Entry",
    "Explanation",
    "Item",
    "Line",
    "Notice",
    "NoticeLine",
    "Objection",
    "Review",
    "Roll",
    "RollRow",
    "Situation",
    "Snapshot",
    "Stage",
    "StatusRow",
    "Verdict",
]
