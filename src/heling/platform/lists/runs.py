"""Pages of background jobs: my jobs, one job's progress, asking it to stop."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from heling.kernel.actor import Actor
from heling.kernel.errors import Forbidden, NotFound
from heling.platform.jobs.access import Perm
from heling.platform.jobs.models import Run
from heling.platform.jobs.schedules import overview
from heling.platform.jobs.work import cancel

SHOWN = 50


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.user_id is None:
        raise Forbidden("请先登录。", hint="登录后可以看到自己发起的任务。")
    return actor


def _run(request: HttpRequest, run_id: int) -> Run:
    run = Run.objects.filter(pk=run_id, user_id=_actor(request).user_id).first()
    if run is None:
        raise NotFound("没有这个任务。", hint="只能看到自己发起的任务。")
    return run


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My own jobs, and for those who may see it what runs by the clock."""
    actor = _actor(request)
    runs = Run.objects.filter(user_id=actor.user_id).order_by("-created_at", "-pk")
    clock = overview(timezone.now()) if actor.may(Perm.SCHEDULES) else ()
    context = {"runs": runs[:SHOWN], "shown": SHOWN, "clock": list(clock)}
    return render(request, "lists/runs.html", context)


@require_GET
def one(request: HttpRequest, run_id: int) -> HttpResponse:
    """The page of one job; under HTMX its progress alone, until it is over."""
    run = _run(request, run_id)
    name = "lists/run.html"
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        name = "lists/run.html#progress"
    return render(request, name, {"run": run, "link": _link(run)})


@require_POST
def stop(request: HttpRequest, run_id: int) -> HttpResponse:
    run = _run(request, run_id)
    if not run.over:
        cancel(run)
    return HttpResponseRedirect(reverse("jobs_run", args=[run.pk]))


def _link(run: Run) -> dict[str, str]:
    """Where a finished job leads: ``href`` and ``link`` of its result, when it gave them."""
    result = run.result if isinstance(run.result, dict) else {}
    if not run.over or not result.get("href"):
        return {}
    return {"href": str(result["href"]), "text": str(result.get("link", "查看结果"))}
