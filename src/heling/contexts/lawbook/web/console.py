"""The officials' pages of the rule book: packs, editions, drafts, the editor, the steps."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heling.contexts.lawbook import actions
from heling.contexts.lawbook.access import Perm
from heling.contexts.lawbook.queries import drafts, packs
from heling.contexts.lawbook.web import forms
from heling.contexts.lawbook.web.answering import Problems, attempt
from heling.contexts.lawbook.web.steps import STEPS
from heling.kernel.errors import NotFound
from heling.platform.access.middleware import Request

FORM = ["GET", "HEAD", "POST"]
NOTHING: dict[str, Any] = {"stale": "", "verdict": None, "proofs": None, "asked": False}
STALE = "您打开页面之后，别人改过这份草稿，先不检查。您写的内容还在，保存时会提示怎样对照。"


@require_safe
def pack_list(request: Request) -> HttpResponse:
    """Every pack with the edition in force and the drafts that this official may see."""
    request.actor.require(Perm.VIEW)
    groups = packs.groups(on=timezone.localdate(), by=request.actor)
    return render(request, "lawbook/list.html", {"groups": groups})


@require_safe
def pack(request: Request, folder: str, name: str) -> HttpResponse:
    """The history of one pack, and two of its editions compared."""
    request.actor.require(Perm.VIEW)
    page = packs.pack_page(
        f"{folder}/{name}",
        on=timezone.localdate(),
        by=request.actor,
        old=_number(request.GET.get("old")),
        new=_number(request.GET.get("new")),
    )
    template = "lawbook/pack.html#comparison" if _fragment(request) else "lawbook/pack.html"
    return render(request, template, {"page": page})


@require_POST
def begin(request: Request, folder: str, name: str) -> HttpResponse:
    """Begin a draft, and go to write."""
    request.actor.require(Perm.DRAFT)
    made = actions.begin_draft(pack=f"{folder}/{name}", at=timezone.now(), by=request.actor)
    return redirect("lawbook_edit", made.pk)


@require_safe
def edition(request: Request, pk: int) -> HttpResponse:
    """One edition in full: text, report, signatures."""
    request.actor.require(Perm.VIEW)
    page = packs.edition_page(pk, on=timezone.localdate(), by=request.actor)
    return render(request, "lawbook/edition.html", {"page": page})


@require_safe
def draft(request: Request, pk: int) -> HttpResponse:
    """Where a draft stands, what it changes, what happened so far."""
    request.actor.require(Perm.VIEW)
    page = drafts.draft_page(pk, by=request.actor)
    steps = [(key, step) for key, step in STEPS.items() if key in page.head.may]
    return render(request, "lawbook/draft.html", {"page": page, "steps": steps})


@require_http_methods(FORM)
def edit(request: Request, pk: int) -> HttpResponse:
    """The authoring screen. A post saves, and goes on to another article, or to what was changed
    (``review``), when asked to."""
    request.actor.require(Perm.DRAFT)
    if request.method != "POST":
        return _editor(request, pk)
    drafts.draft_page(pk, by=request.actor)
    typed, problems = attempt(request, lambda: forms.typed_in(request.POST))
    if typed is None:
        return _editor(request, pk, problems=problems)
    saved, problems = attempt(
        request,
        lambda: actions.save_draft(
            draft_id=pk,
            text=drafts.text_of(pk, typed=typed, by=request.actor),
            seen=typed.seen,
            by=request.actor,
        ),
    )
    if saved is None:
        return _editor(request, pk, typed=typed, problems=problems)
    messages.success(request, "已保存。")
    if request.POST.get("goto") == "review":
        return redirect("lawbook_draft", pk)
    part = request.POST.get("goto") or request.POST.get("part", "")
    return redirect(f"{reverse('lawbook_edit', args=[pk])}?part={part[:8]}")


@require_POST
def check(request: Request, pk: int) -> HttpResponse:
    """What is wrong with what stands in the boxes, while somebody types. Keeps nothing."""
    request.actor.require(Perm.DRAFT)
    return _looked_at(request, pk, "check")


@require_POST
def prove(request: Request, pk: int) -> HttpResponse:
    """The proofs of what stands in the boxes. Keeps nothing."""
    request.actor.require(Perm.DRAFT)
    return _looked_at(request, pk, "proofs")


def _looked_at(request: Request, pk: int, panel: str) -> HttpResponse:
    """One panel of the editor: alone for HTMX, in the whole page otherwise."""
    by, today = request.actor, timezone.localdate()
    head = drafts.draft_page(pk, by=by).head
    typed = forms.typed_in(request.POST)
    found = NOTHING | {"stale": STALE if typed.seen != head.version else ""}
    if not found["stale"]:
        found["verdict"] = drafts.verdict(pk, typed=typed, on=today, by=by)
        if panel == "proofs":
            found["proofs"] = drafts.proofs(pk, typed=typed, on=today, by=by)
            found["asked"] = True
    if _fragment(request):
        return render(request, f"lawbook/edit.html#{panel}", {"head": head, **found})
    return _editor(request, pk, typed=typed, found=found)


def _editor(
    request: Request,
    pk: int,
    *,
    typed: drafts.Typed | None = None,
    problems: Problems = (),
    found: dict[str, Any] | None = None,
) -> HttpResponse:
    asked = request.POST.get("part") or request.GET.get("part", "")
    page = drafts.editor(pk, part=asked, by=request.actor, typed=typed)
    if not page.head.writable:
        return redirect("lawbook_draft", pk)
    if found is None:
        now = typed if typed is not None and not page.left_over else drafts.Typed(page.seen)
        today = timezone.localdate()
        found = NOTHING | {"verdict": drafts.verdict(pk, typed=now, on=today, by=request.actor)}
    dirty = typed is not None and not page.left_over
    context = {"page": page, "head": page.head, "problems": problems, "dirty": dirty, **found}
    return render(request, "lawbook/edit.html", context, status=422 if problems else 200)


@require_http_methods(FORM)
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """One step of a draft, on a page of its own with what is needed to decide it."""
    if step not in STEPS:
        raise NotFound("没有这一步。", hint="请从草稿页面进入。")
    known, by, now = STEPS[step], request.actor, timezone.now()
    by.require(known.permission)
    page = drafts.draft_page(pk, by=by)
    form = known.form(request.POST or None, initial={"seen": page.head.version})
    problems: Problems = ()
    if request.method == "POST" and form.is_valid():
        done, problems = attempt(request, lambda: known.do(pk, form.cleaned_data, now, by))
        if done is not None:
            messages.success(request, known.done)
            return redirect("lawbook_draft", pk)
    context = {"page": page, "step": known, "key": step, "form": form, "problems": problems}
    context |= _when(request, pk)
    template = "lawbook/step.html#when" if _fragment(request) else "lawbook/step.html"
    return render(request, template, context, status=422 if problems or form.errors else 200)


def _when(request: Request, pk: int) -> dict[str, Any]:
    """What follows from the chosen day: 追溯, and editions that would apply no more."""
    day = _day(request.POST.get("effective_from") or request.GET.get("effective_from"))
    if day is None:
        return {"day": None}
    gone = drafts.superseded_by(pk, effective_from=day, by=request.actor)
    return {"day": day, "past": day < timezone.localdate(), "gone": gone}


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:  # 2026-02-30
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 7 else None


def _fragment(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))
