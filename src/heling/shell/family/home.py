"""长辈版: at most five doors, in the order of what people come for."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heling.contexts.registry.public import elder_cards
from heling.platform.access.middleware import Request


@require_safe
def home(request: Request) -> HttpResponse:
    """Whose page it is, and where one can go."""
    by = request.actor
    elders = list(elder_cards(by.elder_ids, by=by).values()) if by.elder_ids else []
    return render(request, "family/home.html", {"elders": elders})
