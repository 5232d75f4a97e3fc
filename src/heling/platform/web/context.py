"""Template context that every page has: actor, presentation, hotline, demonstration or not."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from heling.kernel.actor import ANONYMOUS
from heling.platform.web.middleware import DENSITIES, SIZES

HOTLINE = {"number": "12349", "name": "养老服务热线"}


def presentation(request: HttpRequest) -> dict[str, Any]:
    return {
        "actor": getattr(request, "actor", ANONYMOUS),
        "presentation": getattr(request, "presentation", None),
        "sizes": SIZES,
        "densities": DENSITIES,
        "demo": settings.DEMO,
        # A city brings its own number in settings.HOTLINE.
        "hotline": getattr(settings, "HOTLINE", HOTLINE),
    }
