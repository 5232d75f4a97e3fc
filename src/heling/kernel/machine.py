"""States as a table.

From the one table come the action's rule, the buttons that a screen shows, the
database's own refusal (``pgtrigger.FSM``), the diagram in the docs and the stateful
test. A domain module writes the table; nothing else repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from heling.kernel.errors import Refused

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """One arrow: ``name`` (the action), where it may start, where it ends, its Chinese label."""

    name: str
    sources: tuple[S, ...]
    target: S
    label: str


class Machine(Generic[S]):
    """An immutable transition table over one StrEnum of states.

    ``labels`` gives the Chinese word for every state, used in refusals and on screens.
    """

    def __init__(self, states: type[S], labels: dict[S, str], steps: Iterable[Step[S]]) -> None:
        self.states = states
        self.labels = labels
        self.steps: dict[str, Step[S]] = {}
        for step in steps:
            if step.name in self.steps:
                raise ValueError(f"transition {step.name} is written twice")
            self.steps[step.name] = step
        missing = set(states) - set(labels)
        if missing:
            raise ValueError(f"states without a Chinese label: {sorted(missing)}")

    def next(self, step: str, current: str) -> S:
        """The state after ``step``, or Refused with a sentence that says why not."""
        arrow = self.steps[step]
        state = self.states(current)
        if state not in arrow.sources:
            raise Refused(
                f"现在是“{self.labels[state]}”，不能{arrow.label}。",
                hint=f"只有{'、'.join(f'“{self.labels[s]}”' for s in arrow.sources)}时才可以。",
            )
        return arrow.target

    def available(self, current: str) -> tuple[Step[S], ...]:
        """The steps that may start from ``current``, in table order."""
        state = self.states(current)
        return tuple(s for s in self.steps.values() if state in s.sources)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All (from, to) pairs, for ``pgtrigger.FSM``."""
        return tuple(sorted({(s, a.target) for a in self.steps.values() for s in a.sources}))

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram, for the docs."""
        lines = ["stateDiagram-v2"]
        for arrow in self.steps.values():
            lines += [
                f"    {self.labels[s]} --> {self.labels[arrow.target]}: {arrow.label}"
                for s in arrow.sources
            ]
        return "\n".join(lines)
