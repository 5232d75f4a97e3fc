"""What happens in a life: moving house, moving away, death, and taking back a mistake."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from heling.contexts.registry import actions
from heling.contexts.registry.access import Perm
from heling.contexts.registry.queries.cards import elder_card
from heling.contexts.registry.queries.pages import drill, version_of
from heling.contexts.registry.web.forms import AwayForm, DeathForm, MoveForm, ReasonForm
from heling.kernel.errors import NotFound
from heling.platform.access.middleware import Request
from heling.platform.web.forms import FORM, answering, form_page, posted


@FORM
@never_cache
def move(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.EDIT)
    card = elder_card(pk, by=request.actor)
    where = drill(request.GET.get("under", card.code[:9]))
    start = {"version": version_of(pk, by=request.actor), "on": timezone.localdate()}
    form = MoveForm(request.POST or None, initial=start, places=where.communities)
    if posted(request, form):
        with answering(form):
            actions.move_residence(
                elder_id=pk, today=timezone.localdate(), by=request.actor, **form.cleaned_data
            )
            messages.success(request, "已变更居住地。档案、认定和赡养人一并转到新的社区（村）。")
            return redirect("registry_after", pk=pk)
    return form_page(request, "registry/elder_move.html", form, {"card": card, "where": where})


@FORM
@never_cache
def death(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.RECORD_DEATH)
    card = elder_card(pk, by=request.actor)
    form = DeathForm(request.POST or None)
    if posted(request, form):
        with answering(form):
            actions.record_death(
                elder_id=pk, today=timezone.localdate(), by=request.actor, **form.cleaned_data
            )
            messages.success(request, "已登记去世。正在享受的待遇会自动停止。")
            return redirect("registry_after", pk=pk)
    return form_page(request, "registry/elder_death.html", form, {"card": card})


@FORM
@never_cache
def away(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.RECORD_DEATH)
    card = elder_card(pk, by=request.actor)
    form = AwayForm(request.POST or None)
    if posted(request, form):
        with answering(form):
            actions.record_move_away(
                elder_id=pk, today=timezone.localdate(), by=request.actor, **form.cleaned_data
            )
            messages.success(request, "已登记迁出。正在享受的待遇会自动停止。")
            return redirect("registry_after", pk=pk)
    return form_page(request, "registry/elder_away.html", form, {"card": card})


@FORM
@never_cache
def reinstate(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.RECORD_DEATH)
    card = elder_card(pk, by=request.actor)
    form = ReasonForm(request.POST or None)
    if posted(request, form):
        with answering(form):
            actions.reinstate(
                elder_id=pk, today=timezone.localdate(), by=request.actor, **form.cleaned_data
            )
            messages.success(request, "已恢复在册。")
            return redirect("registry_after", pk=pk)
    return form_page(request, "registry/elder_reinstate.html", form, {"card": card})


@require_safe
@never_cache
def after(request: Request, pk: int) -> HttpResponse:
    """Where to go next: the elder's page, or the list if the elder left the territory."""
    request.actor.require(Perm.VIEW)
    try:
        return redirect("registry_elder", pk=elder_card(pk, by=request.actor).id)
    except NotFound:
        return redirect("registry_elder_list")
