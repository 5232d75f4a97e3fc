"""What can go wrong, in words that a clerk can act on.

Every error that may reach a person carries one Chinese sentence that says what is
wrong and, in ``hint``, what to do about it. Faces show both; nothing else is shown.
"""

from __future__ import annotations

from dataclasses import dataclass


class HelingError(Exception):
    """Base of every error meant for a person. ``message`` and ``hint`` are Chinese."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Refused(HelingError):
    """A rule of the domain says no: the request was understood and nothing was changed."""


class Forbidden(HelingError):
    """The actor may see the thing but not do this to it (HTTP 403)."""


class NotFound(HelingError):
    """The thing does not exist *for this actor* (HTTP 404): strangers learn nothing."""


class Conflict(HelingError):
    """Somebody else changed the same thing in between: look again, then decide."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one part of an input.

    ``where`` names the place as the person sees it (a field, ``第 12 行 身份证号``, a
    file and line); ``message`` says what is wrong and what to do.
    """

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}：{self.message}" if self.where else self.message


class BadInput(HelingError):
    """Input that cannot be accepted; ``problems`` lists everything wrong at once."""

    def __init__(self, *problems: Problem, hint: str = "") -> None:
        if not problems:
            raise ValueError("BadInput needs at least one Problem")
        super().__init__("；".join(str(p) for p in problems), hint=hint)
        self.problems: tuple[Problem, ...] = problems

    @classmethod
    def single(cls, where: str, message: str) -> BadInput:
        return cls(Problem(where, message))
