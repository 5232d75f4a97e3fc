"""Arranging, signing, results, doubts and voiding on the console."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from heling.contexts.assessment import actions
from heling.contexts.assessment.access import Perm
from heling.contexts.assessment.domain import ASSESSMENT, State
from heling.contexts.assessment.queries.result import Result, result
from heling.contexts.assessment.queries.rows import arranging, history
from heling.contexts.assessment.queries.sheet import sheet
from heling.contexts.assessment.report import report_pdf
from heling.contexts.assessment.web.forms import (
    ArrangeForm,
    DisputeForm,
    ReasonForm,
    SignForm,
    TeamForm,
)
from heling.contexts.identity.public import fresh_factor
from heling.contexts.registry.public import elder_card
from heling.kernel.actor import Actor
from heling.kernel.errors import Conflict, Forbidden, Refused
from heling.platform.access.middleware import Request
from heling.platform.web.forms import FORM, answering, form_page, posted


def require_any(by: Actor, *permissions: Perm) -> None:
    if not any(by.may(p) for p in permissions):
        by.require(permissions[0])


@require_safe
@never_cache
def page(request: Request, pk: int) -> HttpResponse:
    """One assessment, whatever its state: what is to be done, or what came out."""
    require_any(request.actor, Perm.VIEW, Perm.VIEW_LEVEL, Perm.PERFORM)
    found = result(pk, by=request.actor)
    if found.row.state in (State.DRAFT, State.AWAITING_SIGNATURE):
        work = sheet(pk, today=timezone.localdate(), by=request.actor)
        context = {"r": found, "sheet": work, **_powers(found, request.actor)}
        return render(request, "assessment/work.html", context)
    return render(request, "assessment/result.html", {"r": found, **_powers(found, request.actor)})


def _powers(found: Result, by: Actor) -> dict[str, bool]:
    """Which buttons this person may press now: the state's steps and the permissions."""
    steps = {s.name for s in ASSESSMENT.available(found.row.state)}
    mine = any(a.user_id == by.user_id for a in found.team)
    open_ = found.row.completed_at is None
    return {
        "mine": mine,
        "may_fill": mine and "submit" in steps and by.may(Perm.PERFORM),
        "may_sign": mine and "complete" in steps and by.may(Perm.SIGN),
        "may_assign": "submit" in steps and by.may(Perm.ARRANGE),
        "may_dispute": "dispute" in steps and by.may(Perm.RECORD_DISPUTE),
        "may_withdraw": "withdraw_dispute" in steps and by.may(Perm.RECORD_DISPUTE),
        "may_review": found.row.state == State.DISPUTED and by.may(Perm.ARRANGE_REVIEW),
        "may_void": "void" in steps
        and (by.may(Perm.VOID) or (open_ and (mine or by.may(Perm.ARRANGE)))),
        "may_print": not open_ and (by.may(Perm.VIEW) or mine),
    }


@require_safe
def elder_history(request: Request, elder_id: int) -> HttpResponse:
    require_any(request.actor, Perm.VIEW, Perm.VIEW_LEVEL, Perm.PERFORM)
    context = {
        "elder": elder_card(elder_id, by=request.actor),
        "lines": history(elder_id, by=request.actor),
        "may_arrange": request.actor.may(Perm.ARRANGE) or request.actor.may(Perm.PERFORM),
    }
    return render(request, "assessment/history.html", context)


@FORM
@never_cache
def arrange(request: Request, elder_id: int) -> HttpResponse:
    """A new assessment of one elder; with ``?reviews=`` the review of a disputed one."""
    raw = request.GET.get("reviews", "")
    reviews_id = int(raw) if raw.isdecimal() and len(raw) < 19 else None
    require_any(request.actor, *_arrangers(reviews_id))
    offered = arranging(elder_id, on=timezone.localdate(), by=request.actor, reviews_id=reviews_id)
    form = ArrangeForm(
        request.POST or None,
        offered=offered,
        review=reviews_id is not None,
        initial=_suggested(
            request.actor, assessed_before=offered.assessed_before, reviews_id=reviews_id
        ),
    )
    if posted(request, form):
        with answering(form, refusals=(Refused, Conflict, Forbidden)):
            made = actions.start_assessment(
                elder_id=elder_id,
                reviews_id=reviews_id,
                today=timezone.localdate(),
                by=request.actor,
                **_team(form),
            )
            messages.success(request, "已安排，评估人员在“评估任务”里可以看到。")
            return redirect("assessment", pk=made.pk)
    context = {"offered": offered, "reviews_id": reviews_id}
    return form_page(request, "assessment/arrange.html", form, context)


def _arrangers(reviews_id: int | None) -> tuple[Perm, ...]:
    return (Perm.ARRANGE, Perm.PERFORM) if reviews_id is None else (Perm.ARRANGE_REVIEW,)


def _suggested(by: Actor, *, assessed_before: bool, reviews_id: int | None) -> dict[str, Any]:
    usual = "routine" if assessed_before else "first"
    return {
        "scale": "gbt42195-2022",
        "reason": "review" if reviews_id else usual,
        "assessors": [by.user_id] if by.may(Perm.PERFORM) else [],
        "planned_on": timezone.localdate() if by.may(Perm.PERFORM) else None,
    }


def _team(form: TeamForm) -> dict[str, Any]:
    """What the form says, as the actions take it."""
    return form.cleaned_data | {"experts": frozenset(form.cleaned_data["experts"])}


@FORM
@never_cache
def assign(request: Request, pk: int) -> HttpResponse:
    """Other people, another day or place, while it is a draft."""
    request.actor.require(Perm.ARRANGE)
    found = result(pk, by=request.actor)
    offered = arranging(
        found.row.elder_id,
        on=timezone.localdate(),
        by=request.actor,
        reviews_id=found.row.reviews_id,
    )
    form = TeamForm(
        request.POST or None,
        offered=offered,
        initial={
            "assessors": [a.user_id for a in found.team],
            "experts": [a.user_id for a in found.team if a.expert],
            "planned_on": found.row.planned_on,
            "place": found.row.place,
        },
    )
    if posted(request, form):
        with answering(form):
            actions.assign(
                assessment_id=pk, today=timezone.localdate(), by=request.actor, **_team(form)
            )
            messages.success(request, "已调整。")
            return redirect("assessment", pk=pk)
    return form_page(request, "assessment/assign.html", form, {"r": found})


@fresh_factor
@FORM
@never_cache
def sign(request: Request, pk: int) -> HttpResponse:
    """The result once more, and the own name under it. A POST needs a fresh proof of identity."""
    request.actor.require(Perm.SIGN)
    found = result(pk, by=request.actor)
    if found.row.state != State.AWAITING_SIGNATURE:
        return redirect("assessment", pk=pk)
    form = SignForm(request.POST or None, initial={"sha256": found.row.result_sha256})
    if posted(request, form):
        with answering(form):
            signed = actions.sign(
                assessment_id=pk, **form.cleaned_data, at=timezone.now(), by=request.actor
            )
            done = signed.state == State.COMPLETED
            messages.success(
                request, "签字完成，评估已生效。" if done else "您已签字，等另一位签字。"
            )
            return redirect("assessment", pk=pk)
    mine = next((a for a in found.team if a.user_id == request.actor.user_id), None)
    return form_page(request, "assessment/sign.html", form, {"r": found, "member": mine})


@FORM
@never_cache
def send_back(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.PERFORM)
    return _with_reason(
        request,
        pk,
        lambda reason: actions.send_back(assessment_id=pk, reason=reason, by=request.actor),
        title="退回修改",
        hint="已有的签字会全部作废，改好后要重新提交、重新签字。",
        label="要改什么",
    )


@FORM
@never_cache
def void(request: Request, pk: int) -> HttpResponse:
    require_any(request.actor, Perm.VOID, Perm.ARRANGE, Perm.PERFORM)
    return _with_reason(
        request,
        pk,
        lambda reason: actions.void(
            assessment_id=pk, reason=reason, at=timezone.now(), by=request.actor
        ),
        title="作废评估",
        hint="作废不能恢复，记录仍然保留。被它取代的上一次评估会重新有效。",
        label="为什么作废",
    )


def _with_reason(
    request: Request, pk: int, act: Any, *, title: str, hint: str, label: str
) -> HttpResponse:
    """Ask for one reason, then act; a refusal stays on the page with what was typed."""
    found = result(pk, by=request.actor)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = label
    if posted(request, form):
        with answering(form):
            act(form.cleaned_data["reason"])
            messages.success(request, f"{title}：已办理。")
            return redirect("assessment", pk=pk)
    context = {"r": found, "title": title, "hint": hint}
    return form_page(request, "assessment/reason.html", form, context)


@FORM
@never_cache
def dispute(request: Request, pk: int) -> HttpResponse:
    """At the counter: write down who disagrees with what."""
    request.actor.require(Perm.RECORD_DISPUTE)
    found = result(pk, by=request.actor)
    form = DisputeForm(request.POST or None)
    if posted(request, form):
        with answering(form):
            actions.dispute(
                assessment_id=pk, **form.cleaned_data, on=timezone.localdate(), by=request.actor
            )
            messages.success(request, "异议已登记，由区县民政安排其他评估人员复评。")
            return redirect("assessment", pk=pk)
    return form_page(request, "assessment/dispute.html", form, {"r": found})


@FORM
@never_cache
def withdraw(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.RECORD_DISPUTE)
    return _with_reason(
        request,
        pk,
        lambda reason: actions.withdraw_dispute(
            assessment_id=pk, note=reason, at=timezone.now(), by=request.actor
        ),
        title="撤回异议",
        hint="请确认是提出人本人要求撤回。原结果照旧有效。",
        label="撤回的原因",
    )


@require_safe
@never_cache
def report(request: Request, pk: int) -> HttpResponse:
    """The PDF report. Taking it is written to the journal."""
    require_any(request.actor, Perm.VIEW, Perm.PERFORM)
    return pdf_answer(request, pk)


def pdf_answer(request: Request, pk: int) -> HttpResponse:
    actions.record_report(assessment_id=pk, by=request.actor)
    found = result(pk, by=request.actor)
    body = report_pdf(found, printed_by=request.actor.name, at=timezone.localtime())
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="assessment-{pk}.pdf"'
    return answer
