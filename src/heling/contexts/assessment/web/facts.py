"""The visit and Table A on a phone: a short form, then one question a screen, each saved at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from heling.contexts.assessment import actions
from heling.contexts.assessment.domain.filling import NO_RISK_EVENTS, asked_fields
from heling.contexts.assessment.queries.result import said
from heling.contexts.assessment.queries.sheet import Sheet
from heling.contexts.assessment.web.filling import blank, open_draft, save
from heling.contexts.assessment.web.forms import FactForm, SheetForm, fact_keys, initial_of
from heling.kernel.errors import NotFound
from heling.platform.access.middleware import Request
from heling.platform.web.forms import FORM, answering, form_page


@FORM
@never_cache
def facts(request: Request, pk: int) -> HttpResponse:
    """When and where; below, what has been answered of Table A, to look at and to change."""
    found = open_draft(request, pk)
    filled = blank(found, ("visit",))
    if request.method == "POST":
        filled = SheetForm(request.POST, scale=found.scale, parts=("visit",))
        if save(request, found, filled):
            return _on(found, ("", *fact_keys(found.scale)), "")
    context = {"sheet": found, "answered": _answered(found)}
    return form_page(request, "assessment/facts.html", filled, context)


@FORM
@never_cache
def fact(request: Request, pk: int, key: str) -> HttpResponse:
    """One question of Table A. Left empty it stays open: nothing is stated that nobody asked."""
    found = open_draft(request, pk)
    keys = fact_keys(found.scale)
    if key not in keys:
        raise NotFound(f"《{found.scale.title}》没有这一项。", hint="请返回这次评估。")
    posted = request.POST if request.method == "POST" else None
    form = FactForm(posted, initial=initial_of(found.row), scale=found.scale, key=key)
    if form.is_bound and form.is_valid():
        with answering(form):
            stated = form.among(initial_of(found.row))
            actions.set_adjustments(assessment_id=pk, facts=stated, by=request.actor)
            if request.POST.get("do") == "risks":
                return redirect("assessment_risks", pk=pk)
            return _on(found, keys, key)
    at = keys.index(key)
    context = {
        "sheet": found,
        "field": form[key],
        "number": at + 1,
        "total": len(keys),
        "before": keys[at - 1] if at else "",
        "about_risks": key == NO_RISK_EVENTS,
    }
    return form_page(request, "assessment/fact.html", form, context)


def _on(found: Sheet, keys: tuple[str, ...], key: str) -> HttpResponse:
    """To the next question, then to the items, then back to the assessment."""
    pk, following = found.row.pk, keys[keys.index(key) + 1 :]
    if following:
        return redirect("assessment_fact", pk=pk, key=following[0])
    if found.missing:
        return redirect("assessment_item", pk=pk, code=found.missing[0].item.code)
    return redirect("assessment", pk=pk)


def _answered(found: Sheet) -> list[tuple[str, str, str]]:
    """(key, question, answer) of Table A so far; the answer is empty where nothing is stated."""
    stored: dict[str, Any] = found.row.facts
    lines = [
        (f.key, f.name, said(f, stored[f.key]) if f.key in stored else "")
        for f in asked_fields(found.scale)
    ]
    if NO_RISK_EVENTS in fact_keys(found.scale):
        events = f"已登记 {len(found.events)} 次" if found.events else ""
        none = "近 30 天没有发生" if stored.get(NO_RISK_EVENTS) else ""
        lines.append((NO_RISK_EVENTS, "照护风险事件", events or none))
    return lines
