"""People who do not exist: a repeatable population for demonstrations and load tests.

A floor beside the engines: it imports only the kernel, the standard library, NumPy and
pypinyin, and knows no database. Everything that it makes carries ``demo=True``.
"""

from heling.demo.ability import ITEM_MAXIMA, answers_for
from heling.demo.dirty import Dirt, DirtyRow, dirty_roster_rows
from heling.demo.drafts import (
    Ability,
    ElderDraft,
    HouseholdDraft,
    StatusDraft,
    Supporter,
    VillageRef,
)
from heling.demo.population import generate
from heling.demo.roster import ROSTER_COLUMNS, roster_rows, write_csv, write_xlsx

__all__ = [
    "ITEM_MAXIMA",
    "ROSTER_COLUMNS",
    "Ability",
    "Dirt",
    "DirtyRow",
    "ElderDraft",
    "HouseholdDraft",
    "StatusDraft",
    "Supporter",
    "VillageRef",
    "answers_for",
    "dirty_roster_rows",
    "generate",
    "roster_rows",
    "write_csv",
    "write_xlsx",
]
