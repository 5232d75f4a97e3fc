"""The elder's and the family's pages: few words, one thing a page, what happens next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from heling.contexts.entitlements import actions
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.queries import explaining, family
from heling.contexts.entitlements.web import forms
from heling.contexts.entitlements.web.answering import attempt, show
from heling.contexts.entitlements.web.console import letter as pdf
from heling.contexts.entitlements.web.wizard import ANSWER, GRANTS, NOTE, Wizard
from heling.kernel.errors import NotFound
from heling.platform.access.middleware import Request

FORM = ["GET", "HEAD", "POST"]


@require_safe
def benefits(request: Request) -> HttpResponse:
    """For one elder go straight to the answer; for several ask which."""
    elders = family.elders_of(request.actor)
    if len(elders) == 1:
        return redirect("entitlements_benefits_of", elders[0].id)
    return render(request, "entitlements/family_elders.html", {"elders": elders})


@require_safe
def benefits_of(request: Request, elder_id: int) -> HttpResponse:
    """我能享受什么？"""
    page = family.benefits(elder_id, on=timezone.localdate(), by=request.actor)
    return render(request, "entitlements/family_benefits.html", {"page": page})


@require_http_methods(FORM)
def apply_for(request: Request, elder_id: int) -> HttpResponse:
    """Apply, one question a page: which benefits, what is not known yet, anything to add."""
    request.actor.require(Perm.APPLY)
    card = family.own_card(elder_id, by=request.actor)
    wizard = Wizard.read(request.POST)
    if "back" in request.POST:
        return _ask(request, elder_id, wizard, card, given=wizard.back())
    if request.method != "POST":
        wizard.grants = request.GET.getlist("grant")
        return _choose(request, elder_id, wizard, card, None)
    if wizard.page == GRANTS:
        return _choose(request, elder_id, wizard, card, request.POST)
    if wizard.page == ANSWER:
        return _answer(request, elder_id, wizard, card)
    case = actions.apply_for(
        elder_id=elder_id,
        grants=wizard.grants,
        answers=wizard.facts(),
        statement=request.POST.get("statement", "")[:1000],
        on=timezone.localdate(),
        by=request.actor,
    )
    messages.success(request, "申请已经交上去了。")
    return redirect("entitlements_my_application", case.pk)


def _choose(request: Request, elder_id: int, wizard: Wizard, card: Any, data: Any) -> HttpResponse:
    offered = family.offered(elder_id, on=timezone.localdate(), by=request.actor)
    form = forms.ChooseGrants(data, offered=offered, initial={"grants": wizard.grants})
    if data is not None and form.is_valid():
        wizard.grants = form.cleaned_data["grants"]
        return _ask(request, elder_id, wizard, card)
    return _page(request, card, wizard, GRANTS, form)


def _answer(request: Request, elder_id: int, wizard: Wizard, card: Any) -> HttpResponse:
    left = _left(request, elder_id, wizard)
    if left:
        form = forms.Answer(request.POST, asked=left[0])
        if not form.is_valid():
            return _page(request, card, wizard, ANSWER, form, left=len(left))
        wizard.add(left[0], str(form.cleaned_data["answer"]))
    return _ask(request, elder_id, wizard, card)


def _ask(
    request: Request, elder_id: int, wizard: Wizard, card: Any, *, given: str = ""
) -> HttpResponse:
    """The next page: the choice of benefits again, the next open question, or the end."""
    if not wizard.grants or (wizard.page == GRANTS and "back" in request.POST):
        return _choose(request, elder_id, wizard, card, None)
    left = _left(request, elder_id, wizard)
    if left:
        form = forms.Answer(None, asked=left[0], initial={"answer": given})
        return _page(request, card, wizard, ANSWER, form, left=len(left))
    return _page(request, card, wizard, NOTE, forms.Note())


def _left(request: Request, elder_id: int, wizard: Wizard) -> tuple[Any, ...]:
    return family.questions_for(
        elder_id,
        wizard.grants,
        answers=wizard.facts(),
        on=timezone.localdate(),
        by=request.actor,
    )


def _page(
    request: Request, card: Any, wizard: Wizard, page: str, form: Any, *, left: int = 0
) -> HttpResponse:
    step = 1 if page == GRANTS else len(wizard.answers) + 2
    hidden = [] if page == GRANTS else wizard.hidden
    context = {
        "card": card,
        "page": page,
        "form": form,
        "field": next(iter(form)),
        "hidden": hidden,
        "step": step,
        "total": step + left if page != GRANTS else None,
        "last": page == NOTE,
    }
    status = 422 if form.errors else 200
    return render(request, "entitlements/family_apply.html", context, status=status)


@require_safe
def applications(request: Request) -> HttpResponse:
    """办理进度."""
    mine = family.my_applications(on=timezone.localdate(), by=request.actor)
    return render(request, "entitlements/family_applications.html", {"applications": mine})


@require_safe
def application(request: Request, pk: int) -> HttpResponse:
    page = family.my_application(pk, on=timezone.localdate(), by=request.actor)
    return render(request, "entitlements/family_application.html", {"page": page})


Act = Callable[..., Any]
STEPS: dict[str, tuple[str, type[forms.Versioned], Act, str]] = {
    "confirm": (
        "我需要，请办理",
        forms.Agreement,
        actions.confirm_candidate,
        "好的，已经开始办理。",
    ),
    "decline": ("我不需要", forms.Reason, actions.decline_candidate, "知道了，一年内不再问您。"),
    "withdraw": ("撤回申请", forms.Reason, actions.withdraw, "申请已撤回，随时可以再申请。"),
    "resubmit": ("补充材料", forms.Resubmission, actions.resubmit, "已经重新交上去了。"),
    "renounce": ("放弃这项待遇", forms.Reason, actions.renounce, "已按您的意思结束，可以再申请。"),
}


@require_http_methods(FORM)
def application_step(request: Request, pk: int, step: str) -> HttpResponse:
    """One thing that the applicant's side may do to an application.

    Where the law still wants to know something, that is asked first, one question a page.
    """
    request.actor.require(Perm.APPLY)
    if step not in STEPS:
        raise NotFound("没有这一步。", hint="请从“办理进度”进入。")
    label, form_class, act, done = STEPS[step]
    today = timezone.localdate()
    page = family.my_application(pk, on=today, by=request.actor)
    wizard, asks = Wizard.read(request.POST), issubclass(form_class, forms.Asking)
    if asks and (question := _question(request, page, wizard, label)) is not None:
        return question
    sent = request.method == "POST" and wizard.page != ANSWER and "back" not in request.POST
    answers = {"answers": wizard.facts()} if asks else {}
    form = form_class(request.POST if sent else None, initial={"seen": page.version})
    case, problems = attempt(
        request,
        form,
        lambda data: act(application_id=pk, on=today, by=request.actor, **{**data, **answers}),
    )
    if case is not None:
        messages.success(request, done)
        return redirect("entitlements_my_application", pk)
    context = {"page": page, "label": label, "hidden": wizard.hidden if asks else []}
    return show(request, "entitlements/family_step.html", form, problems, context)


def _question(
    request: Request, page: family.Progress, wizard: Wizard, label: str
) -> HttpResponse | None:
    """The next open question about a case; None when everything has been answered."""
    given = wizard.back() if "back" in request.POST else ""

    def left() -> tuple[Any, ...]:
        known, today = wizard.facts(), timezone.localdate()
        return family.case_questions(page.id, on=today, by=request.actor, answers=known)

    asked, form = left(), None
    if asked and wizard.page == ANSWER and "back" not in request.POST:
        form = forms.Answer(request.POST, asked=asked[0])
        if form.is_valid():
            wizard.add(asked[0], str(form.cleaned_data["answer"]))
            asked, form = left(), None
    if not asked:
        return None
    form = form or forms.Answer(None, asked=asked[0], initial={"answer": given})
    step = len(wizard.answers) + 1
    context = {
        "page": page,
        "label": label,
        "hidden": wizard.hidden,
        "form": form,
        "field": form["answer"],
        "step": step,
        "total": step + len(asked),
        "first": step == 1,
    }
    status = 422 if form.errors else 200
    return render(request, "entitlements/family_question.html", context, status=status)


@require_http_methods(FORM)
def objection(request: Request, pk: int) -> HttpResponse:
    """Object to one's own case while it is on a notice."""
    today = timezone.localdate()
    page = family.my_application(pk, on=today, by=request.actor)
    form = forms.ObjectionForm(request.POST or None, initial={"objector": request.actor.name})
    raised, problems = attempt(
        request,
        form,
        lambda data: actions.raise_objection(application_id=pk, on=today, by=request.actor, **data),
    )
    if raised is not None:
        messages.success(request, "您的意见已经收到，会有人核实后答复您。")
        return redirect("entitlements_my_application", pk)
    context = {"page": page, "label": "提出意见", "hidden": []}
    return show(request, "entitlements/family_step.html", form, problems, context)


@require_safe
def decision(request: Request, pk: int) -> HttpResponse:
    """A decision in plain words; the letter is one click away."""
    request.actor.require(Perm.OWN)
    row = family.decision_for(pk, by=request.actor)
    wanted = [line["grant"] for line in row.lines]
    pages = {
        e.standing.grant: e.article_url
        for e in explaining.explain(row.determination, wanted).grants
    }
    context = {
        "decision": row,
        "lines": [
            (
                line,
                line["starts"] and date.fromisoformat(line["starts"]),
                pages.get(line["grant"], ""),
            )
            for line in row.lines
        ],
    }
    return render(request, "entitlements/family_decision.html", context)


@require_safe
def letter(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.OWN)
    return pdf(request, pk)
