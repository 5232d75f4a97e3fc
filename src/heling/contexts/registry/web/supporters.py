"""Supporters, and the accounts that speak for an elder, on the console."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from heling.contexts.identity.public import Perm as IdentityPerm
from heling.contexts.identity.public import (
    grant_representation,
    representations_of,
    withdraw_representation,
)
from heling.contexts.registry import actions
from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.queries.cards import elder_card
from heling.contexts.registry.queries.pages import supporter_of
from heling.contexts.registry.web.forms import ReasonForm, RepresentationForm, SupporterForm
from heling.kernel.errors import Conflict, Forbidden, NotFound, Refused
from heling.platform.access.middleware import Request
from heling.platform.web.forms import FORM, answering, form_page, posted


@FORM
@never_cache
def new(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.EDIT)
    card = elder_card(pk, by=request.actor)
    form = SupporterForm(request.POST or None)
    if posted(request, form):
        supporter = SupporterInput(**form.cleaned_data)
        with answering(form):
            actions.add_supporter(elder_id=card.id, supporter=supporter, by=request.actor)
            messages.success(request, "已登记赡养人、扶养人。")
            return redirect("registry_elder", pk=card.id)
    return form_page(request, "registry/supporter.html", form, {"card": card, "line": None})


@FORM
@never_cache
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a supporter; the number is left empty to stay as it is."""
    request.actor.require(Perm.EDIT)
    line, card = supporter_of(pk, by=request.actor)
    start = {n: getattr(line, n) for n in ("name", "relation", "lives", "absent")}
    form = SupporterForm(request.POST or None, initial=start)
    form.fields["phone"].help_text = "已登记的不显示；要更改才填写"
    if posted(request, form):
        data = form.cleaned_data | {"phone": form.cleaned_data["phone"] or None}
        with answering(form):
            actions.change_supporter(
                supporter_id=pk, supporter=SupporterInput(**data), by=request.actor
            )
            messages.success(request, "已保存。")
            return redirect("registry_elder", pk=card.id)
    return form_page(request, "registry/supporter.html", form, {"card": card, "line": line})


@FORM
@never_cache
def remove(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.EDIT)
    line, card = supporter_of(pk, by=request.actor)
    if request.method == "POST":
        actions.remove_supporter(supporter_id=pk, by=request.actor)
        messages.success(request, f"已移除{line.name}，历史记录里仍可查到。")
        return redirect("registry_elder", pk=card.id)
    return render(request, "registry/supporter_remove.html", {"card": card, "line": line})


@FORM
@never_cache
def represent(request: Request, pk: int) -> HttpResponse:
    """Let an account speak for the elder, with recorded consent."""
    request.actor.require(IdentityPerm.REPRESENTATION)
    card = elder_card(pk, by=request.actor)
    form = RepresentationForm(request.POST or None)
    if posted(request, form):
        with answering(form, refusals=(Refused, Conflict, Forbidden)):
            given = grant_representation(
                elder_id=card.id,
                code=card.code,
                at=timezone.now(),
                by=request.actor,
                **form.cleaned_data,
            )
            return render(request, "registry/represented.html", {"card": card, "given": given})
    return form_page(request, "registry/represent.html", form, {"card": card})


@FORM
@never_cache
def withdraw(request: Request, pk: int, representation_id: int) -> HttpResponse:
    """Take the consent back; the account sees nothing from its next request on."""
    request.actor.require(IdentityPerm.REPRESENTATION)
    card = elder_card(pk, by=request.actor)
    rows = representations_of(card.id, by=request.actor)
    row = next((r for r in rows if r.representation_id == representation_id), None)
    if row is None:
        raise NotFound("没有这个代办关系。", hint="请从老年人档案中选择。")
    form = ReasonForm(request.POST or None)
    if posted(request, form):
        with answering(form):
            withdraw_representation(
                representation_id=representation_id,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
                by=request.actor,
            )
            messages.success(request, f"已撤回{row.name}的代办。")
            return redirect("registry_elder", pk=card.id)
    return form_page(request, "registry/withdraw.html", form, {"card": card, "row": row})
