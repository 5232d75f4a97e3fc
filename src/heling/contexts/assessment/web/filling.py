"""Filling in: the whole form on a desk, one item per screen on a phone (Table A: ``facts.py``)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from heling.contexts.assessment import actions
from heling.contexts.assessment.access import Perm
from heling.contexts.assessment.domain import State
from heling.contexts.assessment.queries.sheet import Sheet, sheet
from heling.contexts.assessment.web.forms import (
    RiskEventForm,
    SheetForm,
    initial_of,
    item_field,
)
from heling.kernel.errors import Refused
from heling.platform.access.middleware import Request
from heling.platform.web.forms import FORM, answering, form_page, posted

PARTS = ("visit", "items", "facts")


def open_draft(request: Request, assessment_id: int) -> Sheet:
    """The form, for one of the team while it is a draft."""
    request.actor.require(Perm.PERFORM)
    found = sheet(assessment_id, today=timezone.localdate(), by=request.actor)
    if found.row.state != State.DRAFT:
        raise Refused(
            f"评估现在是“{found.row.get_state_display()}”，内容不能再改。",
            hint="待签字的评估可以先退回修改。",
        )
    return found


@FORM
@never_cache
def form(request: Request, pk: int) -> HttpResponse:
    """The whole form on one page. With HTMX a change saves the answers and answers the totals."""
    found = open_draft(request, pk)
    if request.method != "POST":
        return _desk(request, found, blank(found, PARTS))
    filled = SheetForm(request.POST, scale=found.scale, parts=PARTS)
    if request.htmx:  # type: ignore[attr-defined]
        filled.is_valid()
        _save_answers(request, found, filled)
        return _desk(request, open_draft(request, pk), filled, part="#totals")
    doing = request.POST.get("do", "save")
    if save(request, found, filled) and (doing != "submit" or _submit(request, pk, filled)):
        return redirect(_after(doing), pk=pk)
    return _desk(request, open_draft(request, pk), filled, status=422)


def _after(doing: str) -> str:
    """Where each button of the form leads."""
    return {"submit": "assessment_sign", "risks": "assessment_risks"}.get(doing, "assessment_form")


def _desk(
    request: Request, found: Sheet, filled: SheetForm, *, part: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "sheet": found,
        "form": filled,
        "groups": [(g, [filled[line.item.code] for line in g.lines]) for g in found.groups],
        "facts": [filled[name] for name in _fact_names(filled)],
    }
    return render(request, f"assessment/form.html{part}", context, status=status)


def _fact_names(filled: SheetForm) -> list[str]:
    items = {i.code for i in filled.scale.items}
    return [n for n in filled.fields if n not in items and n not in ("on", "place", "guardian")]


def blank(found: Sheet, parts: tuple[str, ...]) -> SheetForm:
    initial: dict[str, Any] = initial_of(found.row)
    initial["on"] = initial["on"] or timezone.localdate()
    return SheetForm(initial=initial, scale=found.scale, parts=parts)


def _version(request: Request) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isdecimal() and len(raw) < 10 else 0


def _save_answers(request: Request, found: Sheet, filled: SheetForm) -> None:
    actions.save_answers(
        assessment_id=found.row.pk,
        answers=filled.answers(),
        version=_version(request),
        by=request.actor,
    )


def save(request: Request, found: Sheet, filled: SheetForm) -> bool:
    """Save every part that the form has; on a problem the form says so and False comes back."""
    if not filled.is_valid():
        return False
    pk, by, data = found.row.pk, request.actor, filled.cleaned_data
    with answering(filled, places=filled.places()):
        if "items" in filled.parts:
            _save_answers(request, found, filled)
        if data.get("on") or data.get("place"):
            actions.set_visit(
                assessment_id=pk,
                on=data["on"] or timezone.localdate(),
                place=data["place"],
                guardian=data["guardian"],
                today=timezone.localdate(),
                by=by,
            )
        if "facts" in filled.parts:
            actions.set_adjustments(assessment_id=pk, facts=filled.facts(), by=by)
        return True
    return False


def _submit(request: Request, pk: int, filled: SheetForm) -> bool:
    with answering(filled, places=filled.places()):
        actions.submit(assessment_id=pk, today=timezone.localdate(), by=request.actor)
        return True
    return False


@require_POST
def submit(request: Request, pk: int) -> HttpResponse:
    """From the phone: all answered, now for the signatures; else the form says what is missing."""
    found = open_draft(request, pk)
    filled = SheetForm(initial_of(found.row), scale=found.scale, parts=PARTS)
    filled.is_valid()
    if _submit(request, pk, filled):
        return redirect("assessment_sign", pk=pk)
    return _desk(request, found, filled, status=422)


class ItemForm(forms.Form):
    """One item, as one question."""


@FORM
@never_cache
def item(request: Request, pk: int, code: str) -> HttpResponse:
    """One item per screen: choosing and going on saves; the way back is always there."""
    found = open_draft(request, pk)
    line = found.line(code)
    asked = ItemForm(request.POST or None, initial={"answer": line.chosen})
    asked.fields["answer"] = item_field(line.item)
    status = 200
    if request.method == "POST":
        status = 422
        if asked.is_valid() and _saved_item(request, found, code, asked):
            following = next((n for n in found.lines if n.number == line.number + 1), None)
            if following is None:
                return redirect("assessment", pk=pk)
            return redirect("assessment_item", pk=pk, code=following.item.code)
    before = next((n for n in found.lines if n.number == line.number - 1), None)
    context = {
        "sheet": found,
        "line": line,
        "group": next(g.group for g in found.groups if line in g.lines),
        "form": asked,
        "field": asked["answer"],
        "before": before,
    }
    return render(request, "assessment/item.html", context, status=status)


def _saved_item(request: Request, found: Sheet, code: str, asked: ItemForm) -> bool:
    answer = asked.cleaned_data["answer"]
    if not answer:
        asked.add_error("answer", "请选一项，再进入下一题")
        return False
    with answering(asked):
        actions.save_answer(
            assessment_id=found.row.pk,
            item=code,
            answer=answer,
            version=_version(request),
            by=request.actor,
        )
        return True
    return False


@FORM
@never_cache
def risks(request: Request, pk: int) -> HttpResponse:
    """Risk events with their days: list, add, take back."""
    found = open_draft(request, pk)
    if found.scale.raises is None:
        return redirect("assessment_form", pk=pk)
    filled = RiskEventForm(request.POST or None, scale=found.scale)
    if posted(request, filled):
        with answering(filled, places={"事件": "kind"}):
            actions.add_risk_event(
                assessment_id=pk,
                **filled.cleaned_data,
                today=timezone.localdate(),
                by=request.actor,
            )
            messages.success(request, "已登记。")
            return redirect("assessment_risks", pk=pk)
    return form_page(request, "assessment/risks.html", filled, {"sheet": found})


@require_POST
def risk_remove(request: Request, pk: int, event_id: int) -> HttpResponse:
    actions.remove_risk_event(assessment_id=pk, event_id=event_id, by=request.actor)
    messages.success(request, "已删去。")
    return redirect("assessment_risks", pk=pk)
