"""What every form view does: try, keep what was typed, say what is wrong.

form = EndForm(request.POST or None)
if posted(request, form):
    with answering(form):
        actions.end_status(**form.cleaned_data, by=request.actor)
        return redirect(…)
return form_page(request, "registry/status_end.html", form, {…})
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from heling.kernel.errors import BadInput, Conflict, HelingError, Problem, Refused

FORM = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest, form: forms.Form) -> bool:
    """Was the form sent, and does it read? Whether it says the right things, actions decide."""
    return request.method == "POST" and form.is_valid()


@contextmanager
def answering(
    form: forms.Form,
    *,
    places: Mapping[str, str] | None = None,
    refusals: tuple[type[HelingError], ...] = (Refused, Conflict),
) -> Iterator[None]:
    """What an action inside says no to becomes errors of the form, and the view goes on.

    Problems stand at the fields of their labels, or where ``places`` says (label → field
    name); ``refusals`` stand above the form. Forbidden and NotFound are pages of their own.
    """
    try:
        yield
    except BadInput as error:
        add_problems(form, error.problems, places)
    except refusals as error:
        form.add_error(None, str(error))


def add_problems(
    form: forms.Form, problems: Iterable[Problem], places: Mapping[str, str] | None = None
) -> None:
    """Put each problem at the field of its label, or where ``places`` says."""
    fields = {str(f.label): name for name, f in form.fields.items()} | dict(places or {})
    for problem in problems:
        name = fields.get(problem.where)
        form.add_error(name, problem.message if name else str(problem))


def form_page(
    request: HttpRequest, template: str, form: forms.Form, context: Mapping[str, Any]
) -> HttpResponse:
    """The form to fill in (200), or what was sent with what is wrong about it (422)."""
    status = 422 if request.method == "POST" else 200
    return render(request, template, {**context, "form": form}, status=status)
