"""How django-allauth fits the house: closed sign-up, our labels."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are opened by the person's own unit or at the counter, never by a form."""
        return False


class MfaAdapter(DefaultMFAAdapter):
    pass
