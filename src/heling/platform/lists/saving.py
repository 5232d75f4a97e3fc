"""Saved views: a name for a query string, for its owner only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from heling.platform.lists.models import SavedView
from heling.platform.lists.state import State

MOST = 20


def _mine(state: State) -> QuerySet[SavedView]:
    return SavedView.objects.filter(user_id=state.actor.user_id or 0, list=state.definition.key)


def views_of(state: State) -> list[dict[str, Any]]:
    """The actor's saved views of this list, with their addresses."""
    if state.actor.user_id is None:
        return []
    return [
        {"pk": v.pk, "name": v.name, "href": f"?{v.query}", "current": v.query == state.bookmark}
        for v in _mine(state)[:MOST]
    ]


def save(request: HttpRequest, state: State) -> HttpResponse:
    """Save the present query under a name; the same name again replaces it."""
    name = request.POST.get("name", "").strip()
    mine = _mine(state)
    if not name or len(name) > 30:
        messages.error(request, "请给常用视图起个 1 到 30 个字的名字，再保存。")
    elif state.actor.user_id is None:
        messages.error(request, "登录之后才能保存常用视图。")
    elif mine.exclude(name=name).count() >= MOST:
        messages.error(request, f"最多保存 {MOST} 个常用视图，请先删去不用的。")
    else:
        SavedView.objects.update_or_create(
            user_id=state.actor.user_id,
            list=state.definition.key,
            name=name,
            defaults={"query": state.bookmark},
        )
        messages.success(request, f"已保存为常用视图“{name}”。")
    return HttpResponseRedirect(request.get_full_path())


def delete(request: HttpRequest, state: State) -> HttpResponse:
    """Delete one of the actor's own views; somebody else's is not found and nothing happens."""
    pk = request.POST.get("view", "")
    gone = _mine(state).filter(pk=pk).first() if pk.isdigit() else None
    if gone is not None:
        gone.delete()
        messages.success(request, f"已删去常用视图“{gone.name}”。")
    return HttpResponseRedirect(request.get_full_path())
