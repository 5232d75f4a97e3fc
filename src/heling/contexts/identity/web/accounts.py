"""allauth's pages where ours must do a little more, and the ones it does not have."""

from __future__ import annotations

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from heling.contexts.identity import demo, login, queries
from heling.contexts.identity.acting import FAMILY_HAT, HAT_KEY, home
from heling.contexts.identity.roles import ROLES
from heling.kernel.errors import NotFound, Refused
from heling.platform.access.middleware import Request, ask_to_log_in


class ActivateTotp(ActivateTOTPView):
    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        login.note_second_factor(self.request, kind="totp")
        return response


class AddPasskey(AddWebAuthnView):
    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        login.note_second_factor(self.request, kind="webauthn")
        return response


class RemovePasskey(RemoveWebAuthnView):
    def form_valid(self, form: Form) -> HttpResponse:
        adapter = get_adapter()
        if adapter.can_delete_authenticator(self.get_object()):
            return super().form_valid(form)  # type: ignore[no-any-return]
        get_account_adapter().add_message(
            self.request,
            messages.ERROR,
            message=adapter.error_messages["cannot_delete_authenticator"],
        )
        return HttpResponseRedirect(self.get_success_url())


@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    """What to do about a lost password: no reset by post, a person at a counter gives a new one."""
    return render(request, "account/forgotten.html")


@require_safe
def first_page(request: Request) -> HttpResponse:
    """Back to work: the first page of the face that the present identity lives on."""
    role = ROLES.get(request.actor.role)
    if request.actor.user_id is None or role is None:
        return ask_to_log_in(request)
    return redirect(home(role.face))


@require_http_methods(["GET", "HEAD", "POST"])
def hats(request: Request) -> HttpResponse:
    """Which of the person's identities acts now; one is worn at a time."""
    if request.actor.user_id is None:
        return ask_to_log_in(request)
    mine = queries.hats(
        user_id=request.actor.user_id,
        hat=request.session.get(HAT_KEY),
        today=timezone.localdate(),
    )
    if request.method == "POST":
        chosen = next((h for h in mine if h.value == request.POST.get("hat")), None)
        if chosen is None:
            raise Refused("这个身份现在不能用。", hint="请刷新页面，从列表中选择。")
        request.session[HAT_KEY] = FAMILY_HAT if chosen.value == FAMILY_HAT else int(chosen.value)
        messages.success(request, f"现在的身份：{chosen.label} {chosen.place}")
        return redirect(home("family" if chosen.value == FAMILY_HAT else "console"))
    return render(request, "identity/hats.html", {"hats": mine})


@require_safe
@never_cache
def demonstration(request: Request) -> HttpResponse:
    """The demonstration's accounts with their current codes. Does not exist in production."""
    if not settings.DEMO:
        raise NotFound("没有这个页面。", hint="请从首页进入。")
    context = {"accounts": demo.demo_table(), "left": demo.seconds_left()}
    return render(request, "identity/demo.html", context)
