"""What a login must have before it opens a door, and which doors are whose."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from heling.contexts.identity import login
from heling.contexts.identity.acting import Gate
from heling.contexts.identity.roles import ROLES
from heling.kernel.errors import Forbidden
from heling.platform.access.middleware import Request, ask_to_log_in, refuse

# Where each gate leads, and the pages that stay open in front of it.
_OUT = frozenset({"account_logout", "account_reset_password"})
_ENROL = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "account_reauthenticate",
    }
)
_PROVE = frozenset({"mfa_reauthenticate", "mfa_reauthenticate_webauthn"})
DOORS: dict[Gate, tuple[str, frozenset[str], str]] = {
    Gate.ONE_TIME_LOGIN: (
        "account_change_password",
        _OUT | {"account_change_password"},
        "这是柜台交付的一次性密码，请先换成自己的密码。",
    ),
    Gate.NO_SECOND_FACTOR: (
        "mfa_index",
        _OUT | _ENROL,
        "您的岗位须用两步验证登录，请先设置验证器或通行密钥。",
    ),
    Gate.UNPROVED_SECOND_FACTOR: (
        "mfa_reauthenticate",
        _OUT | _PROVE,
        "请再用验证器或通行密钥确认一次是您本人。",
    ),
}

# Faces by address. A page below one of these is closed to strangers and to other faces,
# whether or not its view remembers to ask.
FACES = {"/console/": "console", "/family/": "family"}


class GateMiddleware:
    """Stands inside ``ActorMiddleware``: reads ``request.gate``, closes faces, keeps time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        gate: Gate | None = getattr(request, "gate", None)
        if gate is Gate.EXPIRED:
            logout(request)
            messages.info(request, "您有一段时间没有操作，为保护他人信息已自动退出，请重新登录。")
        elif request.user.is_authenticated:
            login.stamp(request.session, request.login_limits, now=timezone.now())  # type: ignore[attr-defined]
            if gate is not None and (answer := _stop_at(gate, request)) is not None:
                return answer
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Close a face to everybody who does not live there."""
        face = next((f for prefix, f in FACES.items() if request.path.startswith(prefix)), None)
        if face is None:
            return None
        actor = cast("Request", request).actor
        if actor.user_id is None:
            return ask_to_log_in(request)
        role = ROLES.get(actor.role)
        if role is None or role.face != face:
            # Django hands only views' exceptions to process_exception.
            return refuse(
                request,
                Forbidden(
                    "这一页不属于您现在的身份。",
                    hint="如果您有多个身份，请在“切换身份”里换一个。",
                ),
            )
        return None


def _stop_at(gate: Gate, request: HttpRequest) -> HttpResponse | None:
    target, open_pages, sentence = DOORS[gate]
    if _page(request) in open_pages or request.path.startswith("/static/"):
        return None
    messages.warning(request, sentence)
    back = request.get_full_path() if request.method == "GET" else "/"
    url = f"{reverse(target)}?{urlencode({REDIRECT_FIELD_NAME: back})}"
    return HttpResponseClientRedirect(url) if HtmxDetails(request) else HttpResponseRedirect(url)


def _page(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path_info).url_name
    except Resolver404:
        return None
