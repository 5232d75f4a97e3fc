"""How the person wants pages to look (kept in cookies), and that nobody else keeps them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from heling.kernel.actor import Actor

SIZES = {"normal": "标准", "large": "大字", "elder": "特大"}
DENSITIES = {"cosy": "宽松", "compact": "紧凑"}


@dataclass(frozen=True, slots=True)
class Presentation:
    size: str
    density: str


class PresentationMiddleware:
    """Set ``request.presentation``. The family face starts in elder size."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        default = "elder" if request.path.startswith("/family/") else "normal"
        size = request.COOKIES.get("size", default)
        density = request.COOKIES.get("density", "cosy")
        request.presentation = Presentation(  # type: ignore[attr-defined]
            size if size in SIZES else default, density if density in DENSITIES else "cosy"
        )
        return self.get_response(request)


class PrivateMiddleware:
    """A page shown to somebody logged in is kept nowhere: offices share their computers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        actor: Actor | None = getattr(request, "actor", None)
        known = actor is not None and actor.user_id is not None
        if known and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response
