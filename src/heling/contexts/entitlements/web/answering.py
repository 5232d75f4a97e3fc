"""What every form view does: try, keep what was typed, say what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heling.kernel.errors import BadInput, Problem, Refused

T = TypeVar("T")
Problems = tuple[Problem, ...]


def attempt(
    request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], T]
) -> tuple[T | None, Problems]:
    """``(result, ())`` after a good post; ``(None, problems)`` when there is nothing to do yet
    or the action refuses. What the action wrote is undone; what was typed stays."""
    if request.method != "POST" or not form.is_valid():
        return None, ()
    try:
        return act(form.cleaned_data), ()
    except BadInput as error:
        problems = error.problems
    except Refused as error:
        problems = (Problem("", str(error)),)
    request.undo = True  # type: ignore[attr-defined]
    return None, problems


def show(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    problems: Problems,
    context: Mapping[str, Any],
) -> HttpResponse:
    """The form's page: 200 to fill in, 422 with what is wrong."""
    status = 422 if form.errors or problems else 200
    return render(request, template, {**context, "form": form, "problems": problems}, status=status)
