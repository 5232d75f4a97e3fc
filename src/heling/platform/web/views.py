"""The size switch, as a plain form: it works without JavaScript and comes back safely."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from heling.platform.web.middleware import DENSITIES, SIZES

YEAR = 365 * 24 * 3600


@require_POST
def presentation(request: HttpRequest) -> HttpResponse:
    """Keep the chosen size and density in cookies; unknown values change nothing."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    for name, known in (("size", SIZES), ("density", DENSITIES)):
        value = request.POST.get(name)
        if value in known:
            response.set_cookie(
                name,
                value,
                max_age=YEAR,
                samesite="Lax",
                httponly=True,
                secure=request.is_secure(),
            )
    return response
