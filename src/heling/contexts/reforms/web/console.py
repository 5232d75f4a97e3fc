"""The studio's pages. Parse, permission, ask or act, answer."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from heling.contexts.reforms import actions, queries, showing
from heling.contexts.reforms.access import Perm
from heling.contexts.reforms.domain.figures import Figures
from heling.contexts.reforms.domain.levers import levers_of
from heling.contexts.reforms.domain.writing import moves_of, read, write
from heling.contexts.reforms.queries import PlanPage, Scenario
from heling.contexts.reforms.web.forms import Moving, Settings
from heling.contexts.reforms.web.tables import PLANS
from heling.kernel.errors import BadInput, Problem, Refused
from heling.platform.access.middleware import Request
from heling.platform.jobs.work import start
from heling.platform.lists.page import list_page
from heling.platform.web.forms import FORM, answering, form_page, posted

_STUDIO = "reforms/studio.html"


@FORM
def plan_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, PLANS)


@FORM
def plan_new(request: Request) -> HttpResponse:
    """A new plan, with a first, empty scenario."""
    request.actor.require(Perm.EDIT)
    today = timezone.localdate()
    initial = {"month": f"{today:%Y-%m}", "months": 12, "certain": True}
    form = Settings(request.POST or None, initial=initial)
    if posted(request, form):
        with answering(form):
            given = {k: v for k, v in form.cleaned_data.items() if k != "seen"}
            plan = actions.make_plan(**given, by=request.actor)
            return redirect("reforms_scenario", plan.pk, 1)
    return form_page(request, "reforms/plan_new.html", form, {})


@require_safe
def plan(request: Request, pk: int) -> HttpResponse:
    """The scenarios of a plan side by side, on the same people, months and axes."""
    request.actor.require(Perm.VIEW)
    page = queries.plan_page(pk, by=request.actor)
    names = queries.county_names(page)
    answers = queries.answered(page, by=request.actor)
    figures = [a.figures for a in answers if a.figures is not None]
    context = {
        "page": page,
        "answers": answers,
        "columns": [showing.shown(f, names) for f in figures],
        "counties": showing.side_by_side(figures, names),
        "by_month": showing.by_month(figures) if figures else (),
        "costs_svg": showing.costs_svg(figures) if figures else None,
        "counties_svg": showing.counties_svg(figures, names) if figures else None,
    }
    return render(request, "reforms/plan.html", context)


@FORM
def settings(request: Request, pk: int) -> HttpResponse:
    """Name, months, assumptions, sharing."""
    request.actor.require(Perm.EDIT)
    page = queries.plan_page(pk, by=request.actor)
    plan = page.plan
    initial = {
        "seen": plan.version,
        "title": plan.title,
        "month": f"{plan.first_month:%Y-%m}",
        **{name: getattr(plan, name) for name in ("months", "certain", "measures", "shared")},
    }
    form = Settings(request.POST or None, initial=initial)
    if posted(request, form):
        with answering(form):
            given = form.cleaned_data | {"seen": _seen(request)}
            actions.change_plan(plan_id=pk, **given, by=request.actor)
            messages.success(request, "已保存。")
            return redirect("reforms_plan", pk)
    _meant_for(form, plan.version)
    return form_page(request, "reforms/settings.html", form, {"page": page})


@FORM
def remove(request: Request, pk: int) -> HttpResponse:
    """Ask, then delete a plan."""
    request.actor.require(Perm.EDIT)
    page = queries.plan_page(pk, by=request.actor)
    if request.method == "POST":
        actions.remove_plan(plan_id=pk, by=request.actor)
        messages.success(request, f"已删除推演“{page.plan.title}”。")
        return redirect("reforms_list")
    return render(request, "reforms/remove.html", {"page": page})


@require_POST
def scenario_new(request: Request, pk: int) -> HttpResponse:
    """One more scenario, empty or a copy (``copy``: the position of the other)."""
    request.actor.require(Perm.EDIT)
    copy = request.POST.get("copy", "")
    try:
        new = actions.add_scenario(
            plan_id=pk, copy_of=int(copy) if copy.isdecimal() else None, by=request.actor
        )
    except Refused as error:
        messages.error(request, str(error))
        return redirect("reforms_plan", pk)
    return redirect("reforms_scenario", pk, new.position)


@FORM
def scenario_remove(request: Request, pk: int, position: int) -> HttpResponse:
    """Ask, then delete one scenario."""
    request.actor.require(Perm.EDIT)
    page = queries.plan_page(pk, by=request.actor)
    found = page.scenario(position)
    if request.method == "POST":
        actions.remove_scenario(plan_id=pk, position=position, by=request.actor)
        messages.success(request, f"已删除“{found.title}”。")
        return redirect("reforms_plan", pk)
    return render(request, "reforms/scenario_remove.html", {"page": page, "scenario": found})


@FORM
def scenario(request: Request, pk: int, position: int) -> HttpResponse:
    """The studio of one scenario: levers left, what they do right. POST saves."""
    request.actor.require(Perm.VIEW)
    page = queries.plan_page(pk, by=request.actor)
    found = page.scenario(position)
    form = _form(request, page, found)
    if request.method == "GET":
        return _studio(request, page, found, form, text=found.text)
    request.actor.require(Perm.EDIT)
    if form.is_valid():
        with answering(form):
            actions.save_scenario(
                plan_id=pk,
                position=position,
                seen=_seen(request),
                title=form.cleaned_data["title"],
                reason=form.cleaned_data["reason"],
                moves=form.moves(),
                by=request.actor,
            )
            messages.success(request, f"“{form.cleaned_data['title']}”已保存。")
            return redirect("reforms_scenario", pk, position)
    _meant_for(form, page.plan.version)
    return _studio(request, page, found, form, text=_text(page, form), status=422)


@require_POST
def results(request: Request, pk: int, position: int) -> HttpResponse:
    """What was moved, counted but not saved: a fragment while a slider moves, else the page."""
    request.actor.require(Perm.VIEW)
    page = queries.plan_page(pk, by=request.actor)
    found = page.scenario(position)
    form = _form(request, page, found)
    form.is_valid()
    return _studio(request, page, found, form, text=_text(page, form))


@FORM
def snapshot(request: Request) -> HttpResponse:
    """Start a snapshot of the city's people in the background."""
    request.actor.require(Perm.EDIT)
    if request.method == "POST":
        return redirect("jobs_run", start("entitlements.snapshot", by=request.actor).pk)
    return render(request, "reforms/snapshot.html")


# The studio's parts


def _form(request: Request, page: PlanPage, found: Scenario) -> Moving:
    levers = levers_of(page.rules, page.plan.first_month)
    reform = read(found.text)
    initial = {
        "seen": page.plan.version,
        "title": found.title,
        "reason": reform.reason if reform else "",
        **Moving.initial_of(levers, moves_of(reform)),
    }
    typed = request.POST if request.method == "POST" else None
    return Moving(typed, initial=initial, levers=levers)


def _meant_for(form: forms.Form, version: int) -> None:
    """After a conflict was shown, what is sent once more is meant for the version of today."""
    if isinstance(form.data, QueryDict) and form.is_bound:
        form.data = form.data.copy()
        form.data["seen"] = str(version)


def _seen(request: Request) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() else -1


def _text(page: PlanPage, form: Moving) -> str:
    """The scenario's text as it would be saved; empty while a field does not read."""
    if form.errors:
        return ""
    given = form.cleaned_data
    starts, city = page.plan.first_month, page.city
    return write(given["title"], city, form.moves(), starts=starts, reason=given["reason"])


def _studio(
    request: Request,
    page: PlanPage,
    found: Scenario,
    form: Moving,
    *,
    text: str,
    status: int = 200,
) -> HttpResponse:
    figures: Figures | None = None
    problems: tuple[Problem, ...] = ()
    try:
        reform = None if form.errors else read(text)
        figures = queries.counted(page, reform, by=request.actor)
    except BadInput as error:
        problems = error.problems
    context = {
        "page": page,
        "scenario": found,
        "form": form,
        "problems": _placed(form, problems),
        "text": text,
        "shown": figures and showing.shown(figures, queries.county_names(page)),
    }
    template = f"{_STUDIO}#results" if request.htmx else _STUDIO  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _placed(form: Moving, problems: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    """(anchor of the field, word, sentence) for what does not compute."""
    return [(form.anchor(p.where), p.where, p.message) for p in problems]
