"""长辈版: my assessment in plain words, and how to disagree."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from heling.contexts.assessment import actions
from heling.contexts.assessment.access import Perm
from heling.contexts.assessment.domain import State
from heling.contexts.assessment.queries.plain import own_results
from heling.contexts.assessment.queries.result import result
from heling.contexts.assessment.web.console import pdf_answer
from heling.contexts.assessment.web.forms import FamilyDisputeForm
from heling.contexts.identity.public import speaker_for
from heling.platform.access.middleware import Request
from heling.platform.web.forms import FORM, answering, form_page, posted


@require_safe
@never_cache
def results(request: Request) -> HttpResponse:
    """Of every elder that the account is or acts for: the level and where help is needed."""
    request.actor.require(Perm.OWN)
    context = {"elders": own_results(today=timezone.localdate(), by=request.actor)}
    return render(request, "assessment/family_results.html", context)


@FORM
@never_cache
def dispute(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.DISPUTE)
    found = result(pk, by=request.actor)
    if found.row.state != State.COMPLETED:
        return render(request, "assessment/family_disputed.html", {"r": found})
    form = FamilyDisputeForm(request.POST or None)
    if posted(request, form):
        today = timezone.localdate()
        speaker = speaker_for(request.actor.user_id, elder_id=found.row.elder_id, on=today)
        with answering(form, places={"理由": "reason"}):
            actions.dispute(
                assessment_id=pk,
                reason=form.cleaned_data["reason"],
                raised_by=request.actor.name,
                relation=speaker.relation_label if speaker else "本人",
                on=today,
                by=request.actor,
            )
            return redirect("assessment_family_dispute", pk=pk)
    return form_page(request, "assessment/family_dispute.html", form, {"r": found})


@FORM
@never_cache
def withdraw(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.DISPUTE)
    found = result(pk, by=request.actor)
    if request.method == "POST":
        actions.withdraw_dispute(
            assessment_id=pk, note="提出人自己撤回", at=timezone.now(), by=request.actor
        )
        return redirect("assessment_family")
    return render(request, "assessment/family_withdraw.html", {"r": found})


@require_safe
@never_cache
def report(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.OWN)
    return pdf_answer(request, pk)
