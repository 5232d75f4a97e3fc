"""Template context that every page has: actor, presentation, whether this is a demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from heling.kernel.actor import ANONYMOUS


def presentation(request: HttpRequest) -> dict[str, Any]:
    return {
        "actor": getattr(request, "actor", ANONYMOUS),
        "presentation": getattr(request, "presentation", None),
        "demo": settings.DEMO,
    }
