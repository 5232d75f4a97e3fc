"""Status facts on the console: certified, ended, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from heling.contexts.registry import actions
from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.statuses import Certificate
from heling.contexts.registry.queries.cards import elder_card
from heling.contexts.registry.queries.pages import status_of
from heling.contexts.registry.web.forms import EndForm, RevokeForm, StatusForm
from heling.platform.access.middleware import Request
from heling.platform.web.forms import FORM, answering, form_page, posted


@FORM
@never_cache
def new(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.CERTIFY)
    card = elder_card(pk, by=request.actor)
    form = StatusForm(request.POST or None)
    if posted(request, form):
        data = form.cleaned_data | {"grade": int(form.cleaned_data["grade"] or 0) or None}
        with answering(form):
            actions.add_status(
                elder_id=card.id,
                certificate=Certificate(**data),
                today=timezone.localdate(),
                by=request.actor,
            )
            messages.success(request, "已登记身份认定。待遇会按新的情况重新计算。")
            return redirect("registry_elder", pk=card.id)
    return form_page(request, "registry/status_new.html", form, {"card": card})


@FORM
@never_cache
def end(request: Request, pk: int) -> HttpResponse:
    """Set the last day on which a status holds."""
    request.actor.require(Perm.CERTIFY)
    line, card = status_of(pk, on=timezone.localdate(), by=request.actor)
    form = EndForm(request.POST or None, initial={"ends": line.ends})
    if posted(request, form):
        with answering(form):
            actions.end_status(status_id=pk, ends=form.cleaned_data["ends"], by=request.actor)
            messages.success(request, "已登记结束日期。")
            return redirect("registry_elder", pk=card.id)
    return form_page(request, "registry/status_end.html", form, {"card": card, "line": line})


@FORM
@never_cache
def revoke(request: Request, pk: int) -> HttpResponse:
    """The certification was wrong: it counts for nothing, but stays readable."""
    request.actor.require(Perm.CERTIFY)
    line, card = status_of(pk, on=timezone.localdate(), by=request.actor)
    form = RevokeForm(request.POST or None)
    if posted(request, form):
        with answering(form):
            actions.revoke_status(
                status_id=pk, why=form.cleaned_data["why"], at=timezone.now(), by=request.actor
            )
            messages.success(request, "已撤销。待遇会按新的情况重新计算。")
            return redirect("registry_elder", pk=card.id)
    return form_page(request, "registry/status_revoke.html", form, {"card": card, "line": line})
