"""长辈版: what is written down about me."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from heling.contexts.registry.access import Perm
from heling.contexts.registry.queries.pages import elder_page
from heling.platform.access.middleware import Request


@require_safe
@never_cache
def about(request: Request) -> HttpResponse:
    """The registered particulars of every elder that the account is or speaks for, read-only."""
    request.actor.require(Perm.OWN)
    today = timezone.localdate()
    pages = [elder_page(i, on=today, by=request.actor) for i in request.actor.elder_ids]
    return render(request, "registry/family_about.html", {"pages": pages})
