"""What happens in a life: moving house, moving away, death, and taking back a mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from heling.contexts.registry import actions
from heling.contexts.registry.access import Perm
from heling.contexts.registry.queries.cards import elder_card
from heling.contexts.registry.queries.pages import drill, version_of
from heling.contexts.registry.web.forms import (
    AwayForm,
    DeathForm,
    MoveForm,
    ReasonForm,
    add_problems,
)
from heling.kernel.errors import BadInput, Conflict, NotFound, Refused
from heling.platform.access.middleware import Request

FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
@never_cache
def move(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.EDIT)
    card = elder_card(pk, by=request.actor)
    where = drill(request.GET.get("under", card.code[:9]))
    start = {"version": version_of(pk, by=request.actor), "on": timezone.localdate()}
    form = MoveForm(request.POST or None, initial=start, places=where.communities)
    context = {"card": card, "where": where}
    return _answer(
        request,
        form,
        "registry/elder_move.html",
        context,
        lambda data: actions.move_residence(
            elder_id=pk, today=timezone.localdate(), by=request.actor, **data
        ),
        said="已变更居住地。档案、认定和赡养人一并转到新的社区（村）。",
        pk=pk,
    )


@FORM
@never_cache
def death(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.RECORD_DEATH)
    card = elder_card(pk, by=request.actor)
    return _answer(
        request,
        DeathForm(request.POST or None),
        "registry/elder_death.html",
        {"card": card},
        lambda data: actions.record_death(
            elder_id=pk, today=timezone.localdate(), by=request.actor, **data
        ),
        said="已登记去世。正在享受的待遇会自动停止。",
        pk=pk,
    )


@FORM
@never_cache
def away(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.RECORD_DEATH)
    card = elder_card(pk, by=request.actor)
    return _answer(
        request,
        AwayForm(request.POST or None),
        "registry/elder_away.html",
        {"card": card},
        lambda data: actions.record_move_away(
            elder_id=pk, today=timezone.localdate(), by=request.actor, **data
        ),
        said="已登记迁出。正在享受的待遇会自动停止。",
        pk=pk,
    )


@FORM
@never_cache
def reinstate(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.RECORD_DEATH)
    card = elder_card(pk, by=request.actor)
    return _answer(
        request,
        ReasonForm(request.POST or None),
        "registry/elder_reinstate.html",
        {"card": card},
        lambda data: actions.reinstate(
            elder_id=pk, today=timezone.localdate(), by=request.actor, **data
        ),
        said="已恢复在册。",
        pk=pk,
    )


@require_safe
@never_cache
def after(request: Request, pk: int) -> HttpResponse:
    """Where to go next: the elder's page, or the list if the elder left the territory."""
    request.actor.require(Perm.VIEW)
    try:
        return redirect("registry_elder", pk=elder_card(pk, by=request.actor).id)
    except NotFound:
        return redirect("registry_elder_list")


def _answer(
    request: Request,
    form: forms.Form,
    template: str,
    context: dict[str, Any],
    act: Callable[[dict[str, Any]], object],
    *,
    said: str,
    pk: int,
) -> HttpResponse:
    """Show the form; act on it; everything typed stays when the action says no."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except BadInput as error:
            add_problems(form, error.problems)
        except (Refused, Conflict) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            return redirect("registry_after", pk=pk)
    status = 422 if request.method == "POST" else 200
    return render(request, template, context | {"form": form}, status=status)
