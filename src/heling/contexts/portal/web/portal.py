"""The public face: what anybody may read, without an account and without JavaScript.

Pages differ by person only through cookies (text size, login), so a browser may keep them
for a few minutes as long as its cookies stay the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from heling.contexts.portal import queries

KEEP_SECONDS = 300

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """GET and HEAD only; the browser may keep the page while its cookies stay the same."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        patch_cache_control(response, private=True, max_age=KEEP_SECONDS)
        return response

    return answer


@public
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html", {"cities": queries.cities(on=timezone.localdate())})


@public
def law_list(request: HttpRequest) -> HttpResponse:
    return render(
        request, "portal/law_list.html", {"cities": queries.cities(on=timezone.localdate())}
    )


@public
def guide_list(request: HttpRequest) -> HttpResponse:
    return render(
        request, "portal/guide_list.html", {"cities": queries.cities(on=timezone.localdate())}
    )


@public
def city(request: HttpRequest, code: str) -> HttpResponse:
    context = {
        "city": queries.city(code, on=timezone.localdate()),
        "contact": queries.contact(code),
    }
    return render(request, "portal/city.html", context)


@public
def guide(request: HttpRequest, code: str) -> HttpResponse:
    context = {
        "city": queries.city(code, on=timezone.localdate()),
        "contact": queries.contact(code),
    }
    return render(request, "portal/guide.html", context)


@public
def law(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    page = queries.law_page(code, slug, on=timezone.localdate())
    return render(request, "portal/law.html", {"page": page})


@public
def article(request: HttpRequest, code: str, slug: str, number: int) -> HttpResponse:
    page = queries.article_page(code, slug, number, on=timezone.localdate())
    return render(request, "portal/article.html", {"page": page})


@public
def cite(request: HttpRequest, code: str, address: str) -> HttpResponse:
    """From a citation (``22/1/4``, optionally ``?law=title``) to the words it cites."""
    today, title = timezone.localdate(), request.GET.get("law", "")
    slug, number, anchor = queries.cited(code, address, on=today, title=title)
    target = reverse("portal_article", args=[code, slug, number])
    return HttpResponseRedirect(f"{target}#{anchor}")
