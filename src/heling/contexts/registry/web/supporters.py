"""Supporters, and the accounts that speak for an elder, on the console."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

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
from heling.contexts.registry.web.forms import (
    ReasonForm,
    RepresentationForm,
    SupporterForm,
    add_problems,
)
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.platform.access.middleware import Request

FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
@never_cache
def new(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.EDIT)
    card = elder_card(pk, by=request.actor)
    form = SupporterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            supporter = SupporterInput(**form.cleaned_data)
            actions.add_supporter(elder_id=card.id, supporter=supporter, by=request.actor)
        except BadInput as error:
            add_problems(form, error.problems)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已登记赡养人、扶养人。")
            return redirect("registry_elder", pk=card.id)
    context = {"form": form, "card": card, "line": None}
    status = 422 if request.method == "POST" else 200
    return render(request, "registry/supporter.html", context, status=status)


@FORM
@never_cache
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a supporter; the number is left empty to stay as it is."""
    request.actor.require(Perm.EDIT)
    line, card = supporter_of(pk, by=request.actor)
    start = {n: getattr(line, n) for n in ("name", "relation", "lives", "absent")}
    form = SupporterForm(request.POST or None, initial=start)
    form.fields["phone"].help_text = "已登记的不显示；要更改才填写"
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"phone": form.cleaned_data["phone"] or None}
        try:
            actions.change_supporter(
                supporter_id=pk, supporter=SupporterInput(**data), by=request.actor
            )
        except BadInput as error:
            add_problems(form, error.problems)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已保存。")
            return redirect("registry_elder", pk=card.id)
    context = {"form": form, "card": card, "line": line}
    status = 422 if request.method == "POST" else 200
    return render(request, "registry/supporter.html", context, status=status)


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
    given = None
    if request.method == "POST" and form.is_valid():
        try:
            given = grant_representation(
                elder_id=card.id,
                code=card.code,
                at=timezone.now(),
                by=request.actor,
                **form.cleaned_data,
            )
        except BadInput as error:
            add_problems(form, error.problems)
        except (Refused, Forbidden) as error:
            form.add_error(None, str(error))
    if given is not None:
        return render(request, "registry/represented.html", {"card": card, "given": given})
    status = 422 if request.method == "POST" else 200
    return render(request, "registry/represent.html", {"form": form, "card": card}, status=status)


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
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_representation(
                representation_id=representation_id,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
                by=request.actor,
            )
        except BadInput as error:
            add_problems(form, error.problems)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已撤回{row.name}的代办。")
            return redirect("registry_elder", pk=card.id)
    context = {"form": form, "card": card, "row": row}
    status = 422 if request.method == "POST" else 200
    return render(request, "registry/withdraw.html", context, status=status)
