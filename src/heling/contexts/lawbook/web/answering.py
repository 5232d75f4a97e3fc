"""What every form view does: try, keep what was typed, say what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest

from heling.kernel.errors import BadInput, Conflict, Problem, Refused

T = TypeVar("T")
Problems = tuple[Problem, ...]


def attempt(request: HttpRequest, act: Callable[[], T]) -> tuple[T | None, Problems]:
    """``(result, ())``, or ``(None, problems)`` when the action refuses: what it wrote is undone,
    what was typed stays on the page."""
    try:
        return act(), ()
    except BadInput as error:
        problems = error.problems
    except (Refused, Conflict) as error:
        problems = (Problem("", str(error)),)
    request.undo = True  # type: ignore[attr-defined]
    return None, problems
