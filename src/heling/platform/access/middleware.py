"""One transaction, one scope and one actor per request."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string

from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Conflict, Forbidden, HelingError, NotFound, Refused
from heling.platform.access.scope import scoped

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
    everything the request wrote is rolled back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.load: Callable[..., Actor] = import_string(settings.ACTOR_LOADER)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            actor = self.load(request, request_id=uuid.uuid4().hex)
            cast("Request", request).actor = actor
            with scoped(actor):
                response = self.get_response(request)
                if response.status_code >= 500 or getattr(request, "undo", False):
                    transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        request.undo = True  # type: ignore[attr-defined]
        if not isinstance(error, HelingError):
            return None
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
        return render(request, "web/error.html", {"error": error, "status": status}, status=status)
