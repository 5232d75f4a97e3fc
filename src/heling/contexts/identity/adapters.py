"""How django-allauth fits the house: closed sign-up, sealed secrets, fresh factors, our words."""

from __future__ import annotations

import base64
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from heling.contexts.identity import login
from heling.contexts.identity.acting import HAT_KEY, home, standing_of
from heling.contexts.identity.models import User
from heling.platform.crypto import seal, unseal

FRESH_FOR = 300  # seconds that a password or code counts as just given


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "用户名或密码不对，请核对后重新输入。忘记密码请看下方说明。",
        "too_many_login_attempts": "失败次数太多，请 5 分钟后再试。忘记密码请联系本单位管理员。",
        "incorrect_password": "密码不对，请重新输入。",
        "enter_current_password": "现在的密码不对，请重新输入。",
        "rate_limited": "操作太快，请稍等一分钟再试。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are opened by the person's own unit or at the counter, never by a form."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Turn away, after the right password: inactive, lapsed first password, stray demo."""
        lapsed = user.initial_until is not None and user.initial_until <= timezone.now()
        if not user.is_active or lapsed or (user.demo and not settings.DEMO):
            clear_login(request)
            return redirect("account_inactive")
        return None

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        login.begin(request.session)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the first page of the face that the person lives on."""
        standing = standing_of(request.user, timezone.localdate())  # type: ignore[arg-type]
        return home(standing.face(request.session.get(HAT_KEY)))

    def set_password(self, user: User, password: str) -> None:
        """A password chosen by the person ends the one-time password."""
        user.initial_until = None
        super().set_password(user, password)

    def clean_password(self, password: str, user: User | None = None) -> str:
        if user is not None and user.check_password(password):
            raise ValidationError("新密码不能与现在的密码相同，请换一个。")
        return str(super().clean_password(password, user))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Whoever has a second factor confirms with it; the password alone is not enough."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        strong = [m for m in methods if m["id"].startswith("mfa_")]
        return strong if strong and login.has_second_factor(user) else methods

    def is_reauthentication_required(self, *, app: str) -> bool:
        """A login of the last minutes is as fresh as confirming again."""
        records = get_authentication_records(self.request, self.request.user)
        return not any(time.time() - record["at"] < FRESH_FOR for record in records)


class MfaAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "验证码不对或已经用过。请输入手机上显示的最新 6 位数字。",
        "cannot_delete_authenticator": "您的岗位必须使用两步验证，不能停用最后一种方式。",
    }

    _PLACE = "mfa_authenticator.data"

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, bound_to=self._PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), bound_to=self._PLACE)

    def get_totp_label(self, user: User) -> str:
        return user.username

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last second factor of an account that holds a post which needs one."""
        user = authenticator.user
        others = Authenticator.objects.filter(
            user=user, type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        ).exclude(pk=authenticator.pk)
        return others.exists() or not standing_of(user, timezone.localdate()).second_factor


def client_ip(request: HttpRequest) -> str | None:
    """One opinion on the client's address for both throttles; trusts ``HELING_TRUSTED_PROXIES``."""
    address: str | None = get_client_ip(request)
    return address
