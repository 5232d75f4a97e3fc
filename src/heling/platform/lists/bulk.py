"""Doing one thing to many rows: pick, preview, act, be told what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from heling.kernel.errors import BadInput, Forbidden, NotFound
from heling.platform.lists import cells
from heling.platform.lists.definition import COUNT_LIMIT, BulkAction
from heling.platform.lists.keyset import Order, key_of, page_of
from heling.platform.lists.state import State

SHOWN = 50


@dataclass(frozen=True)
class Picked:
    """The rows picked on the page, or every row that passes the filters."""

    rows: QuerySet[Any]
    everything: bool
    ids: tuple[str, ...]


def answer(request: HttpRequest, state: State, key: str) -> HttpResponse:
    """Preview an action, or carry it out when the preview was confirmed."""
    action = next((a for a in state.definition.actions if a.key == key), None)
    if action is None:
        raise NotFound("没有这个操作。", hint="请回到列表重新选择。")
    if not action.allowed_to(state.actor):
        raise Forbidden("您的岗位没有这项权限。", hint="如工作需要，请向本单位管理员申请。")
    try:
        picked = _picked(request, state)
    except BadInput as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(request.get_full_path())
    confirmed = request.POST.get("confirmed") == "yes"
    form = action.form(request.POST if confirmed else None) if action.form else None
    if confirmed and (form is None or form.is_valid()):
        return _carry_out(request, state, action, picked, form)
    return _preview(request, state, action, picked, form)


def _picked(request: HttpRequest, state: State) -> Picked:
    rows = state.narrowed()
    everything = request.POST.get("everything") == "yes"
    ids = tuple(dict.fromkeys(request.POST.getlist("pick")))
    if everything:
        return Picked(rows, everything, ())
    if not ids:
        raise BadInput.single("", "还没有选择任何一条，请先勾选要处理的行。")
    pk = key_of(state.definition.rows(state.actor).model)
    try:
        wanted = [pk.to_python(value) for value in ids]
    except forms.ValidationError:
        raise BadInput.single("", "选择的内容已经失效，请回到列表重新勾选。") from None
    # Not ``rows``: what was picked stays picked even if the filters changed since.
    return Picked(state.definition.rows(state.actor).filter(pk__in=wanted), everything, ids)


def _carry_out(
    request: HttpRequest,
    state: State,
    action: BulkAction,
    picked: Picked,
    form: forms.Form | None,
) -> HttpResponse:
    ids = tuple(picked.rows.order_by("pk").values_list("pk", flat=True)[: COUNT_LIMIT + 1])
    if len(ids) > COUNT_LIMIT:
        messages.error(request, f"一次最多处理 {COUNT_LIMIT:,} 条，请缩小条件，分批处理。")
        return HttpResponseRedirect(request.get_full_path())
    outcome = action.run(by=state.actor, ids=ids, **(form.cleaned_data if form else {}))
    return render(
        request,
        "lists/done.html",
        {
            "list": state.definition,
            "action": action,
            "outcome": outcome,
            "back": request.get_full_path(),
        },
    )


def _preview(
    request: HttpRequest,
    state: State,
    action: BulkAction,
    picked: Picked,
    form: forms.Form | None,
) -> HttpResponse:
    page = page_of(picked.rows, Order("pk"), "", size=SHOWN)
    context = {
        "list": state.definition,
        "state": state,
        "action": action,
        "picked": picked,
        "page": page,
        "limit": COUNT_LIMIT,
        "too_many": page.more_than,
        "missing": 0 if picked.everything else len(picked.ids) - page.count,
        "heads": [(c.label, c.kind in cells.NUMBERS) for c in state.columns],
        "lines": cells.lines(state.definition, state.columns, page.rows),
        "form": form,
        "back": request.get_full_path(),
    }
    return render(request, "lists/preview.html", context)
