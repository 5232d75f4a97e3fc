"""How the person wants pages to look (kept in cookies), and that nobody else keeps them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from heling.kernel.actor import Actor

SIZES = {"normal": "标准", "large": "大字", "elder": "特大"}
DENSITIES = {"cosy": "宽松", "compact": "紧凑"}
FAMILY, CONSOLE = "/family/", "/console/"
CAME = "came"  # cookie of this visit: it has been on the family face


@dataclass(frozen=True, slots=True)
class Presentation:
    size: str
    density: str


class PresentationMiddleware:
    """Set ``request.presentation``. What was chosen holds on every face.

    As long as nothing was chosen, the family face is in elder size, and for the rest of the
    visit so is what it leads to (login, the law, guides): nobody follows a citation into
    small print. A desk stays a desk: the console does not grow with it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        default = _default(request)
        size = request.COOKIES.get("size", default)
        density = request.COOKIES.get("density", "cosy")
        request.presentation = Presentation(  # type: ignore[attr-defined]
            size if size in SIZES else default, density if density in DENSITIES else "cosy"
        )
        response = self.get_response(request)
        if request.path.startswith(FAMILY) and CAME not in request.COOKIES:
            response.set_cookie(
                CAME, "family", samesite="Lax", httponly=True, secure=request.is_secure()
            )
        return response


def _default(request: HttpRequest) -> str:
    came = CAME in request.COOKIES and not request.path.startswith(CONSOLE)
    return "elder" if came or request.path.startswith(FAMILY) else "normal"


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
