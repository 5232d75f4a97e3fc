"""The public's pages: notices, one notice, an objection. They work without JavaScript."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from heling.contexts.entitlements import actions
from heling.contexts.entitlements.queries import notices
from heling.contexts.entitlements.web import forms
from heling.contexts.entitlements.web.answering import attempt, show
from heling.platform.access.middleware import Request


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    rows = notices.public_notices(on=timezone.localdate())
    return render(
        request,
        "entitlements/public_notices.html",
        {
            "running": [row for row in rows if row.running],
            "past": [row for row in rows if not row.running],
        },
    )


@require_safe
@never_cache
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """A running notice with its lines; a past one says only that it was."""
    page = notices.public_notice(pk, on=timezone.localdate())
    return render(request, "entitlements/public_notice.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def objection(request: Request, pk: int) -> HttpResponse:
    """Object to one line, by name. The answer is a number, nothing of the case."""
    today = timezone.localdate()
    page, line = notices.public_line(pk, on=today)
    form = forms.ObjectionForm(request.POST or None)
    number, problems = attempt(
        request,
        form,
        lambda data: actions.raise_public_objection(line_id=pk, on=today, by=request.actor, **data),
    )
    if number is not None:
        done = {"page": page, "number": number}
        return render(request, "entitlements/public_objection_done.html", done)
    context = {"page": page, "line": line}
    return show(request, "entitlements/public_objection.html", form, problems, context)
