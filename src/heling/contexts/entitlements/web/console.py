"""The officials' pages: cases, determinations, notices, objections, decisions, months."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heling.contexts.entitlements import actions, letters
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.domain.objections import Cause
from heling.contexts.entitlements.queries import cases, explaining, family, months
from heling.contexts.entitlements.queries import roll as rolls
from heling.contexts.entitlements.web import forms, tables
from heling.contexts.entitlements.web.answering import attempt, show
from heling.contexts.entitlements.web.steps import STEPS
from heling.contexts.registry import public as registry
from heling.kernel.errors import NotFound
from heling.platform.access.middleware import Request
from heling.platform.jobs.work import start
from heling.platform.lists.page import list_page

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
def application_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, tables.APPLICATIONS)


@require_http_methods(FORM)
def candidate_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, tables.CANDIDATES)


@require_http_methods(FORM)
def notice_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, tables.NOTICES)


@require_http_methods(FORM)
def objection_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, tables.OBJECTIONS)


@require_http_methods(FORM)
def cycle_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, tables.CYCLES)


@require_http_methods(FORM)
def roll_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, tables.ROLL)


@require_http_methods(FORM)
def roll(request: Request) -> HttpResponse:
    """应享名册: how many elders have which right, and how many of them enjoy it."""
    request.actor.require(Perm.VIEW)
    if request.method == "POST":
        request.actor.require(Perm.SNAPSHOT)
        return redirect("jobs_run", start("entitlements.roll", by=request.actor).pk)
    page = rolls.roll_page(on=timezone.localdate(), by=request.actor)
    may = request.actor.may(Perm.SNAPSHOT)
    context = {"page": page, "may_draw": may, "labels": rolls.SAID_LABELS.values()}
    return render(request, "entitlements/roll.html", context)


@require_safe
def roll_row(request: Request, elder_id: int) -> HttpResponse:
    """What the roll says about one elder, right by right."""
    request.actor.require(Perm.VIEW)
    page = rolls.row_page(elder_id, by=request.actor)
    return render(request, "entitlements/roll_row.html", {"page": page})


@require_safe
def application(request: Request, pk: int) -> HttpResponse:
    """One case: where it stands, why, and what this official may do."""
    request.actor.require(Perm.VIEW)
    page = cases.case_page(pk, on=timezone.localdate(), by=request.actor)
    steps = [(key, step) for key, step in STEPS.items() if step.shown(page.may)]
    return render(request, "entitlements/application.html", {"page": page, "steps": steps})


@require_http_methods(FORM)
def application_step(request: Request, pk: int, step: str) -> HttpResponse:
    """One step of a case, on a page of its own with what is needed to decide it."""
    if step not in STEPS:
        raise NotFound("没有这一步。", hint="请从申请页面进入。")
    known, today, actor = STEPS[step], timezone.localdate(), request.actor
    known.require(actor)
    page = cases.case_page(pk, on=today, by=actor)
    initial = {"seen": page.case.version, **forms.initial_days(today, resumes=page.resumes)}
    asked = known.asks(pk, on=today, by=actor)
    form = known.form_for(page)(request.POST or None, initial=initial, **asked)
    done, problems = attempt(request, form, lambda data: known.act(pk, data, on=today, by=actor))
    if done:
        messages.success(request, done)
        return redirect("entitlements_application", pk)
    context = {"page": page, "step": known}
    return show(request, "entitlements/application_step.html", form, problems, context)


@require_http_methods(FORM)
def apply_for(request: Request, elder_id: int) -> HttpResponse:
    """代办申请: a clerk applies for an elder who agreed."""
    request.actor.require(Perm.APPLY_FOR)
    today, actor = timezone.localdate(), request.actor
    card = registry.elder_card(elder_id, by=actor)
    offered = family.offered(elder_id, on=today, by=actor)
    asked = family.questions_for(
        elder_id, [grant for grant, *_ in offered], answers={}, on=today, by=actor
    )
    form = forms.ClerkApplication(request.POST or None, offered=offered, asked=asked)
    case, problems = attempt(
        request,
        form,
        lambda data: actions.apply_for(elder_id=elder_id, on=today, by=actor, **data),
    )
    if case is not None:
        messages.success(request, "申请已提交，等待街道受理。")
        return redirect("entitlements_application", case.pk)
    context = {"card": card, "asked": asked}
    return show(request, "entitlements/apply_for.html", form, problems, context)


@require_safe
def elder(request: Request, elder_id: int) -> HttpResponse:
    """All that an elder has applied for, enjoys, and waits to be determined again."""
    request.actor.require(Perm.VIEW)
    page = cases.elder_page(elder_id, on=timezone.localdate(), by=request.actor)
    return render(request, "entitlements/elder.html", {"page": page})


@require_POST
def redetermine(request: Request, elder_id: int) -> HttpResponse:
    """重新认定, at the press of a button; the changes are shown on the elder's page."""
    changes = actions.redetermine(
        elder_id=elder_id, cause=Cause.CHECK, on=timezone.localdate(), by=request.actor
    )
    if changes:
        named = "、".join(change.benefit for change in changes)
        messages.warning(request, f"结果有变化：{named}。请到申请页面办理“变更”。")
    else:
        messages.success(request, "已按今天的事实重新认定，已给予的待遇没有变化。")
    return redirect("entitlements_elder", elder_id)


@require_safe
def determination(request: Request, pk: int) -> HttpResponse:
    """Why: every grant with reasons, citations, what would change it, and the receipt."""
    request.actor.require(Perm.VIEW)
    page = explaining.determination_page(pk, by=request.actor)
    card = registry.elder_card(page.elder_id, by=request.actor)
    return render(request, "entitlements/determination.html", {"page": page, "card": card})


@require_safe
def notice(request: Request, pk: int) -> HttpResponse:
    """A notice with the way to each case, for officials of its territory."""
    request.actor.require(Perm.VIEW)
    page = cases.notice_page(pk, on=timezone.localdate(), by=request.actor)
    return render(request, "entitlements/notice.html", {"page": page})


@require_http_methods(FORM)
def objection(request: Request, pk: int) -> HttpResponse:
    """One objection in clear, and its resolution by somebody who reviewed nothing."""
    today, actor = timezone.localdate(), request.actor
    page = cases.objection_page(pk, by=actor)
    form = forms.Resolution(request.POST or None, initial={"seen": page.case.version})
    case, problems = attempt(
        request,
        form,
        lambda data: actions.resolve_objection(
            objection_id=pk,
            upheld=data["outcome"] == "uphold",
            reason=data["reason"],
            on=today,
            by=actor,
            seen=data["seen"],
        ),
    )
    if case is not None:
        messages.success(request, "异议已处理。")
        return redirect("entitlements_application", case.pk)
    return show(request, "entitlements/objection.html", form, problems, {"page": page})


@require_safe
def decision(request: Request, pk: int) -> HttpResponse:
    """The decision letter as PDF."""
    request.actor.require(Perm.VIEW)
    return letter(request, pk)


def letter(request: Request, pk: int) -> HttpResponse:
    """The PDF of a decision that the actor may read."""
    row = family.decision_for(pk, by=request.actor)
    card = registry.elder_card(row.elder_id, by=request.actor)
    pdf = letters.letter_pdf(row, name=card.name, place=card.place_name)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="decision-{row.pk}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(FORM)
def discover(request: Request) -> HttpResponse:
    """Start the search for elders who have a right that nobody has claimed."""
    request.actor.require(Perm.DISCOVER)
    if request.method == "POST":
        return redirect("jobs_run", start("entitlements.discover", by=request.actor).pk)
    return render(request, "entitlements/discover.html")


@require_http_methods(FORM)
def cycle_new(request: Request) -> HttpResponse:
    """Open the roster of a month and draw it in the background."""
    request.actor.require(Perm.CYCLES)
    today, actor = timezone.localdate(), request.actor
    form = forms.Month(request.POST or None, initial={"month": f"{today:%Y-%m}"})
    cycle, problems = attempt(
        request, form, lambda data: actions.open_cycle(month=data["month"], on=today, by=actor)
    )
    if cycle is not None:
        start("entitlements.draw_cycle", by=actor, cycle_id=cycle.pk)
        messages.success(request, "名册正在编制。")
        return redirect("entitlements_cycle", cycle.pk)
    return show(request, "entitlements/cycle_new.html", form, problems, {})


@require_safe
def cycle(request: Request, pk: int) -> HttpResponse:
    """A month: totals by grant, the state, and the fingerprint when it is sealed."""
    request.actor.require(Perm.VIEW)
    page = months.cycle_page(pk, on=timezone.localdate(), by=request.actor)
    return render(request, "entitlements/cycle.html", {"page": page})


@require_POST
def cycle_draw(request: Request, pk: int) -> HttpResponse:
    """Draw an open month anew."""
    request.actor.require(Perm.CYCLES)
    # Another city's roster is not there: say so now, not in a failed job.
    months.cycle_page(pk, on=timezone.localdate(), by=request.actor)
    run = start("entitlements.draw_cycle", by=request.actor, cycle_id=pk)
    return redirect("jobs_run", run.pk)


@require_http_methods(FORM)
def cycle_close(request: Request, pk: int) -> HttpResponse:
    """封存 in the background, after a page that says that nothing can be changed afterwards."""
    request.actor.require(Perm.CYCLES)
    today, actor = timezone.localdate(), request.actor
    if request.method == "POST":
        # What stands in the way is said now, not in a failed job.
        actions.check_closing(cycle_id=pk, on=today, by=actor)
        return redirect("jobs_run", start("entitlements.close_cycle", by=actor, cycle_id=pk).pk)
    page = months.cycle_page(pk, on=today, by=actor)
    return render(request, "entitlements/cycle_close.html", {"page": page})
