"""Registrations that look like one person: the list of pairs, and merging side by side."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from heling.contexts.registry import actions
from heling.contexts.registry.access import Perm
from heling.contexts.registry.queries.comparing import compared
from heling.contexts.registry.queries.lists import suspicious_pairs
from heling.contexts.registry.web.forms import MergeForm
from heling.platform.access.middleware import Request
from heling.platform.web.forms import FORM, answering, form_page, posted


@require_safe
@never_cache
def duplicates(request: Request) -> HttpResponse:
    """Pairs in the territory that a person should look at."""
    request.actor.require(Perm.MERGE)
    context = {"pairs": suspicious_pairs(by=request.actor), "today": timezone.localdate()}
    return render(request, "registry/duplicates.html", context)


@FORM
@never_cache
def merge(request: Request, keep_id: int, merge_id: int) -> HttpResponse:
    """Side by side: which is kept, and what of the other is taken over."""
    request.actor.require(Perm.MERGE)
    both = compared(keep_id, merge_id, on=timezone.localdate(), by=request.actor)
    form = MergeForm(request.POST or None)
    if posted(request, form):
        with answering(form):
            actions.merge_elders(
                keep_id=keep_id,
                merge_id=merge_id,
                take=tuple(form.cleaned_data["take"]),
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
                by=request.actor,
            )
            messages.success(request, "已合并。原登记仍可查到，并指向保留的这一条。")
            return redirect("registry_elder", pk=keep_id)
    context = {"both": both, "taken": set(form["take"].value() or ())}
    return form_page(request, "registry/merge.html", form, context)
