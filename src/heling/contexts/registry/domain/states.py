"""The life of a registration, as a table."""

from __future__ import annotations

from heling.contexts.registry.domain.words import Word
from heling.kernel.machine import Machine, Step


class ElderState(Word):
    ACTIVE = "active", "在册"
    DECEASED = "deceased", "已故"
    MOVED_AWAY = "moved_away", "迁出"
    MERGED = "merged", "已合并"


ELDER = Machine(
    ElderState,
    {s: s.label for s in ElderState},
    [
        Step(
            "record_death",
            (ElderState.ACTIVE, ElderState.MOVED_AWAY),
            ElderState.DECEASED,
            "登记去世",
        ),
        Step("move_away", (ElderState.ACTIVE,), ElderState.MOVED_AWAY, "登记迁出"),
        Step(
            "reinstate",
            (ElderState.DECEASED, ElderState.MOVED_AWAY),
            ElderState.ACTIVE,
            "恢复在册",
        ),
        Step("merge", (ElderState.ACTIVE, ElderState.MOVED_AWAY), ElderState.MERGED, "合并"),
    ],
)
