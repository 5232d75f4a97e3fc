"""Addresses of identity. Of allauth only what is used is mounted, page by page."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as usersessions
from django.urls import path

from heling.contexts.identity.web import accounts
from heling.contexts.identity.web import console as views

entrance = [
    path("", accounts.first_page, name="identity_home"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/forgotten/", accounts.forgotten, name="account_reset_password"),
    path("sessions/", usersessions.list_usersessions, name="usersessions_list"),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", accounts.ActivateTotp.as_view(), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("2fa/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/passkeys/add/", accounts.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("2fa/passkeys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path(
        "2fa/passkeys/reauthenticate/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/passkeys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path(
        "2fa/passkeys/<int:pk>/remove/",
        accounts.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("posts/", accounts.hats, name="identity_posts"),
]

console = [
    path("accounts/", views.post_list, name="identity_account_list"),
    path("accounts/new/", views.post_role, name="identity_post_role"),
    path("accounts/new/<slug:role>/", views.post_new, name="identity_post_new"),
    path("accounts/<int:pk>/end/", views.post_end, name="identity_post_end"),
    path("accounts/<int:pk>/password/", views.first_password, name="identity_first_password"),
    path("staff-sessions/", views.staff_session, name="identity_staff_session"),
    path(
        "staff-sessions/<int:pk>/close/",
        views.staff_session_close,
        name="identity_staff_session_close",
    ),
]

portal = [path("demo/", accounts.demonstration, name="identity_demo")]
