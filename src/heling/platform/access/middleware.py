"""One transaction, one scope and one actor per request."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Conflict, Forbidden, HelingError, NotFound, Refused
from heling.platform.access.refusals import refusal
from heling.platform.access.scope import EVERYTHING, narrow, scoped

log = logging.getLogger(__name__)

if TYPE_CHECKING:

    class Request(HttpRequest):
        """A request after ``ActorMiddleware``: what every view of ours receives."""

        actor: Actor

else:
    Request = HttpRequest

STATUS: dict[type[HelingError], int] = {
    BadInput: 422,
    Refused: 409,
    Conflict: 409,
    Forbidden: 403,
    NotFound: 404,
}


class ActorMiddleware:
    """Build ``request.actor``, open the transaction, set its scope, answer our errors.

    An error of ours that no view caught becomes one page with its sentence and hint;
    everything the request wrote is rolled back. Somebody not logged in who may not do
    this is asked to log in; every other refusal is written to the security log.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.load: Callable[..., Actor] = import_string(settings.ACTOR_LOADER)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # One transaction; who is asking is read with open eyes, everything else with theirs.
        with scoped(EVERYTHING):
            actor = self.load(request, request_id=uuid.uuid4().hex)
            cast("Request", request).actor = actor
            narrow(actor)
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "undo", False):
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        request.undo = True  # type: ignore[attr-defined]
        if isinstance(error, DatabaseError):
            error = refusal(error) or error
        return refuse(request, error) if isinstance(error, HelingError) else None


def refuse(request: HttpRequest, error: HelingError) -> HttpResponse:
    """One page with the sentence and the hint of ``error``, or the way to the login page."""
    actor = cast("Request", request).actor
    if isinstance(error, (Forbidden, NotFound)):
        log.warning(
            "refused %s %s %s to user %s as %s (request %s)",
            *(type(error).__name__, request.method, request.path),
            *(actor.user_id, actor.role, actor.request_id),
        )
    if isinstance(error, Forbidden) and actor.user_id is None:
        return ask_to_log_in(request)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    return render(request, "web/error.html", {"error": error, "status": status}, status=status)


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the login page and back; a fragment's request turns the whole page."""
    htmx = HtmxDetails(request)
    if htmx:
        return HttpResponseClientRedirect(redirect_to_login(htmx.current_url_abs_path or "/").url)
    # A form posted after the session ended cannot be resumed: start where forms start.
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
