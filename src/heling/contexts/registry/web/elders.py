"""Finding, registering, showing and changing elders on the console."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from heling.contexts.identity.public import Perm as IdentityPerm
from heling.contexts.identity.public import representations_of
from heling.contexts.registry import actions
from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.revealing import REVEALABLE, reveal_supporter_phone
from heling.contexts.registry.domain.particulars import read
from heling.contexts.registry.queries.duplicates import Candidate, candidates
from heling.contexts.registry.queries.editing import editable
from heling.contexts.registry.queries.history import timeline
from heling.contexts.registry.queries.pages import (
    PlaceChoice,
    communities,
    counties,
    elder_page,
    streets,
)
from heling.contexts.registry.web.forms import EditForm, PersonForm, RevealForm
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Conflict, Refused
from heling.platform.access.middleware import Request
from heling.platform.web.forms import FORM, add_problems, answering, form_page, posted

LABELS = {"id": "证件号", "phone": "电话", "bank": "银行卡号", "diagnoses": "疾病诊断"}


@FORM
@never_cache
def new(request: Request) -> HttpResponse:
    """Register: fill in, look at who may be the same person, save."""
    request.actor.require(Perm.REGISTER)
    under = request.GET.get("under", "")
    places = communities(by=request.actor, under=under)
    form = PersonForm(
        request.POST or None,
        places=places,
        counties=counties(by=request.actor),
        initial=_first(places),
    )
    alike: list[Candidate] = []
    if posted(request, form):
        try:
            alike = _alike(form, request.actor)
            if not alike or request.POST.get("different") == "yes":
                return _registered(request, form)
        except BadInput as error:
            add_problems(form, error.problems)
        except Refused as error:
            form.add_error("resident_id", str(error))
    context = {"alike": alike, "under": under, "streets": streets(by=request.actor)}
    return form_page(request, "registry/elder_new.html", form, context)


def _first(places: list[Any]) -> dict[str, str]:
    """A clerk of one community need not choose it."""
    return {"code": places[0].code} if len(places) == 1 else {}


def _alike(form: PersonForm, by: Actor) -> list[Candidate]:
    return candidates(read(form.particulars(), today=timezone.localdate()), by=by)


def _registered(request: Request, form: PersonForm) -> HttpResponse:
    pk = actions.register_elder(
        particulars=form.particulars(), today=timezone.localdate(), by=request.actor
    )
    messages.success(request, "已登记。接下来可以登记赡养人、身份认定，或安排能力评估。")
    return redirect("registry_elder", pk=pk)


@require_safe
@never_cache
def elder(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.VIEW)
    by, today = request.actor, timezone.localdate()
    page = elder_page(pk, on=today, by=by)
    if page.card.id != pk:  # a merged registration leads to the kept one
        return redirect("registry_elder", pk=page.card.id)
    context = {
        "e": page,
        "may": {p.name.lower(): by.may(p) for p in Perm},
        "may_represent": by.may(IdentityPerm.REPRESENTATION),
        "speakers": representations_of(pk, by=by),
        "timeline": timeline(pk, by=by, most=30),
        "today": today,
    }
    return render(request, "registry/elder.html", context)


@FORM
@never_cache
def edit(request: Request, pk: int) -> HttpResponse:
    """All particulars but the residence. Somebody else's save in between is shown, not lost."""
    request.actor.require(Perm.EDIT)
    now = editable(pk, by=request.actor)
    offered = counties(by=request.actor)
    form = EditForm(request.POST or None, initial=now.initial, counties=offered)
    conflict = None
    if posted(request, form):
        try:
            changed = actions.update_elder(
                elder_id=pk,
                version=form.cleaned_data["version"],
                changes=form.changes(),
                today=timezone.localdate(),
                by=request.actor,
            )
        except BadInput as error:
            add_problems(form, error.problems)
        except Refused as error:
            form.add_error("resident_id", str(error))
        except Conflict as error:
            conflict = error
            now = editable(pk, by=request.actor)  # it may have been saved since this began
            form = _again(form, now.initial["version"], offered)
        else:
            said = f"已保存：{'、'.join(changed)}。" if changed else "没有改动，未保存。"
            messages.success(request, said)
            return redirect("registry_elder", pk=pk)
    context = {"form": form, "card": now.card, "conflict": conflict, "now": now.labelled}
    status = 409 if conflict else 422 if request.method == "POST" else 200
    return render(request, "registry/elder_edit.html", context, status=status)


def _again(form: EditForm, version: int, offered: list[PlaceChoice]) -> EditForm:
    """The same typing on top of the newest version: saving again is then a decision."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["version"] = str(version)
    return EditForm(data, counties=offered)


@never_cache
@require_POST
def reveal(request: Request, pk: int) -> HttpResponse:
    """First why, then the value; the reading is written down."""
    field = request.POST.get("field", "")
    if field not in REVEALABLE:
        field = REVEALABLE[0]
    return _reveal(
        request,
        field,
        LABELS[field],
        lambda purpose: actions.reveal(elder_id=pk, field=field, purpose=purpose, by=request.actor),
    )


@never_cache
@require_POST
def reveal_supporter(request: Request, pk: int) -> HttpResponse:
    return _reveal(
        request,
        f"supporter-{pk}",
        "赡养人电话",
        lambda purpose: reveal_supporter_phone(supporter_id=pk, purpose=purpose, by=request.actor),
    )


def _reveal(request: Request, field: str, label: str, show: Any) -> HttpResponse:
    request.actor.require(Perm.REVEAL)
    form = RevealForm(request.POST if "ask" in request.POST else None, prefix=field)
    shown = ""
    if form.is_bound and form.is_valid():
        with answering(form, places={"查看目的": "purpose"}, refusals=()):
            shown = show(form.purpose_text())
    context = {"form": form, "field": field, "label": label, "shown": shown}
    template = "registry/reveal.html"
    part = f"{template}#value" if getattr(request, "htmx", False) else template
    return render(request, part, context, status=422 if form.errors else 200)
