"""Posts and accounts, and the sessions of platform staff, on the console."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heling.contexts.identity import queries
from heling.contexts.identity.access import Perm, appointable, require_role
from heling.contexts.identity.actions.posts import end_post, grant_post, issue_first_password
from heling.contexts.identity.actions.staff_sessions import (
    close_staff_session,
    open_staff_session,
)
from heling.contexts.identity.fresh import fresh_factor
from heling.contexts.identity.roles import ROLES, RoleKey
from heling.contexts.identity.web.forms import PostForm, ReasonForm, StaffSessionForm
from heling.kernel.errors import BadInput, Forbidden, Refused
from heling.platform.access.middleware import Request

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _page(request: Request) -> int:
    raw = request.GET.get("page", "1")
    return int(raw) if raw.isdecimal() and 0 < int(raw) < 100_000 else 1


@require_safe
def post_list(request: Request) -> HttpResponse:
    request.actor.require(Perm.POSTS)
    role, text = request.GET.get("role", ""), request.GET.get("q", "").strip()
    past, page = "past" in request.GET, _page(request)
    rows, more = queries.posts(by=request.actor, role=role, text=text, past=past, page=page)
    context = {
        "rows": rows,
        "roles": queries.role_choices(),
        "role": role,
        "q": text,
        "past": past,
        "page": page,
        "more": more,
    }
    return render(request, "identity/post_list.html", context)


@require_safe
def post_role(request: Request) -> HttpResponse:
    """First question: which post?"""
    request.actor.require(Perm.POSTS)
    roles = queries.role_choices(appointable(request.actor))
    return render(request, "identity/post_role.html", {"roles": roles})


@fresh_factor
@FORM
@never_cache
def post_new(request: Request, role: str) -> HttpResponse:
    """Second question: who, and where. The first password is shown once, in the answer."""
    by, under = request.actor, request.GET.get("under", "")
    require_role(by, role)
    form = PostForm(
        request.POST or None,
        places=queries.places_for(role=role, by=by, under=under),
        assessor=role == RoleKey.ASSESSOR,
    )
    context: dict[str, Any] = {
        "form": form,
        "role": ROLES[role],
        "counties": queries.counties(by=by, role=role),
        "under": under,
    }
    if request.method == "POST" and form.is_valid():
        try:
            granted = grant_post(**form.cleaned_data, role=role, at=timezone.now(), by=by)
        except (BadInput, Refused, Forbidden) as error:
            context["problems"] = getattr(error, "problems", (error,))
        else:
            return render(request, "identity/first_password.html", {"granted": granted})
    status = 422 if request.method == "POST" else 200
    return render(request, "identity/post_new.html", context, status=status)


@fresh_factor
@FORM
def post_end(request: Request, pk: int) -> HttpResponse:
    request.actor.require(Perm.POSTS)
    row = queries.post(post_id=pk, by=request.actor)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        end_post(
            post_id=pk, reason=form.cleaned_data["reason"], at=timezone.now(), by=request.actor
        )
        messages.success(request, f"已免去 {row.name} 的“{row.role}”岗位，即时生效。")
        return redirect("identity_account_list")
    status = 422 if request.method == "POST" else 200
    return render(request, "identity/post_end.html", {"row": row, "form": form}, status=status)


@fresh_factor
@FORM
@never_cache
def first_password(request: Request, pk: int) -> HttpResponse:
    """A new one-time password for the holder of a post, handed over face to face."""
    request.actor.require(Perm.POSTS)
    row = queries.post(post_id=pk, by=request.actor)
    if request.method == "POST":
        granted = issue_first_password(user_id=row.user_id, at=timezone.now(), by=request.actor)
        return render(request, "identity/first_password.html", {"granted": granted})
    return render(request, "identity/first_password_ask.html", {"row": row})


@fresh_factor
@FORM
def staff_session(request: Request) -> HttpResponse:
    """Every session of the territory; platform staff open theirs here."""
    by, now = request.actor, timezone.now()
    rows, more = queries.staff_sessions(by=by, now=now, page=_page(request))
    context: dict[str, Any] = {"rows": rows, "more": more, "page": _page(request)}
    status = 200
    if by.may(Perm.STAFF_SESSION):
        form = StaffSessionForm(request.POST or None, places=queries.session_places(by=by))
        context |= {"form": form, "now_open": queries.open_session(by=by)}
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    open_staff_session(**form.cleaned_data, at=now, by=by)
                except (BadInput, Refused) as error:
                    context["problems"] = getattr(error, "problems", (error,))
                else:
                    return redirect("identity_staff_session")
    elif request.method == "POST":
        by.require(Perm.STAFF_SESSION)
    return render(request, "identity/staff_session.html", context, status=status)


@require_POST
def staff_session_close(request: Request, pk: int) -> HttpResponse:
    close_staff_session(session_id=pk, at=timezone.now(), by=request.actor)
    messages.success(request, "会话已结束，从现在起看不到任何个人信息。")
    return redirect("identity_staff_session")
