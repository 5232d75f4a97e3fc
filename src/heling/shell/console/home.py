"""The officials' first page: my tasks by deadline, not charts."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from heling.contexts.assessment import public as assessment
from heling.contexts.entitlements import public as entitlements
from heling.contexts.lawbook import public as lawbook
from heling.kernel.actor import Actor
from heling.platform.access.middleware import Request

SHOWN = 50


@require_safe
@never_cache
def home(request: Request) -> HttpResponse:
    by, today = request.actor, timezone.localdate()
    tasks = [
        *entitlements.tasks_for(by, on=today),
        *assessment.tasks_for(by, on=today),
        *lawbook.tasks_for(by, on=today),
    ]
    tasks.sort(key=lambda task: task.due_on)
    context = {
        "tasks": tasks[:SHOWN],
        "total": _total(by, today=today),
        "overdue": sum(task.overdue for task in tasks),
        "today": today,
    }
    return render(request, "console/home.html", context)


def _total(by: Actor, *, today: date) -> int:
    counted = entitlements.count_tasks(by, on=today) + assessment.count_tasks(by, on=today)
    return counted + lawbook.count_tasks(by)
