"""Step-up: some deeds need a factor shown in the last five minutes (ASVS 7.5.3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import HttpResponse

from heling.platform.access.middleware import Request

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponse]


def fresh_factor(view: View[P]) -> View[P]:
    """Before a POST, lead somebody whose last proof is older to confirm, then go on with it.

    The posted fields wait in the session; files do not, so put this on forms without files.
    """

    @wraps(view)
    def confirmed(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST":
            raise_if_reauthentication_required(request, app="")
        return view(request, *args, **kwargs)

    return confirmed
