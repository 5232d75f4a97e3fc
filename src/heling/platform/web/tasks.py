"""我的待办: what each context has for somebody to do, as the first page of a console lists it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: ``url_name`` and ``url_args`` lead to where it is done.

    ``about`` names whom it is about and ``place`` where that is, in Chinese; ``overdue`` is
    as of the day on which it was asked for.
    """

    todo: str
    about: str
    place: str
    due_on: date
    overdue: bool
    url_name: str
    url_args: tuple[int, ...]
