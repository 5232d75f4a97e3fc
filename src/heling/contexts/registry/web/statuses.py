"""Status facts on the console: certified, ended, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from heling.contexts.registry import actions
from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.statuses import Certificate
from heling.contexts.registry.queries.cards import elder_card
from heling.contexts.registry.queries.pages import status_of
from heling.contexts.registry.web.forms import EndForm, RevokeForm, StatusForm, add_problems
from heling.kernel.errors import BadInput, Refused
from heling.platform.access.middleware import Request

FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
@never_cache
def new(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.CERTIFY)
    card = elder_card(pk, by=request.actor)
    form = StatusForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"grade": int(form.cleaned_data["grade"] or 0) or None}
        try:
            actions.add_status(
                elder_id=card.id,
                certificate=Certificate(**data),
                today=timezone.localdate(),
                by=request.actor,
            )
        except BadInput as error:
            add_problems(form, error.problems)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已登记身份认定。待遇会按新的情况重新计算。")
            return redirect("registry_elder", pk=card.id)
    status = 422 if request.method == "POST" else 200
    return render(request, "registry/status_new.html", {"form": form, "card": card}, status=status)


@FORM
@never_cache
def end(request: Request, pk: int) -> HttpResponse:
    """Set the last day on which a status holds."""
    request.actor.require(Perm.CERTIFY)
    line, card = status_of(pk, on=timezone.localdate(), by=request.actor)
    form = EndForm(request.POST or None, initial={"ends": line.ends})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_status(status_id=pk, ends=form.cleaned_data["ends"], by=request.actor)
        except BadInput as error:
            add_problems(form, error.problems)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已登记结束日期。")
            return redirect("registry_elder", pk=card.id)
    context = {"form": form, "card": card, "line": line}
    status = 422 if request.method == "POST" else 200
    return render(request, "registry/status_end.html", context, status=status)


@FORM
@never_cache
def revoke(request: Request, pk: int) -> HttpResponse:
    """The certification was wrong: it counts for nothing, but stays readable."""
    request.actor.require(Perm.CERTIFY)
    line, card = status_of(pk, on=timezone.localdate(), by=request.actor)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke_status(
                status_id=pk, why=form.cleaned_data["why"], at=timezone.now(), by=request.actor
            )
        except BadInput as error:
            add_problems(form, error.problems)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已撤销。待遇会按新的情况重新计算。")
            return redirect("registry_elder", pk=card.id)
    context = {"form": form, "card": card, "line": line}
    status = 422 if request.method == "POST" else 200
    return render(request, "registry/status_revoke.html", context, status=status)
