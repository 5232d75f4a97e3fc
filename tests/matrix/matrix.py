"""Who may open which page. One row per URL name; rows.py explains the words.

A page of a new context without a row here fails ``test_every_url_has_a_row``.
"""

from __future__ import annotations

from tests.matrix.rows import Row, account, console, only, public

IDENTITY: dict[str, Row] = {
    # before and around the login
    "account_login": public(),
    "account_logout": public(),
    "account_inactive": public(),
    "account_reset_password": public(),
    "mfa_authenticate": public(),
    "mfa_login_webauthn": public(),
    "identity_demo": public(),
    # one's own account
    "account_reauthenticate": account(),
    "account_change_password": account(),
    "usersessions_list": account(),
    "mfa_index": account(),
    "mfa_reauthenticate": account(),
    "mfa_activate_totp": account(),
    "mfa_deactivate_totp": account(),
    "mfa_view_recovery_codes": account(),
    "mfa_generate_recovery_codes": account(),
    "mfa_download_recovery_codes": account(),
    "mfa_list_webauthn": account(),
    "mfa_add_webauthn": account(),
    "mfa_reauthenticate_webauthn": account(),
    "mfa_edit_webauthn": account(thing="passkey"),
    "mfa_remove_webauthn": account(thing="passkey"),
    "identity_posts": account(data={"hat": "0"}),
    # posts of others
    "identity_account_list": console("identity.posts"),
    "identity_post_role": console("identity.posts"),
    "identity_post_new": console("identity.posts", thing="role"),
    "identity_post_end": console("identity.posts", thing="post", data={"reason": "调离"}),
    "identity_first_password": console("identity.posts", thing="post"),
    # platform staff
    "identity_staff_session": console(
        "identity.staff_session", "identity.staff_session_list", post=("identity.staff_session",)
    ),
    "identity_staff_session_close": only("inside", "city", thing="staff_session"),
}

JOURNAL: dict[str, Row] = {
    "journal_entry_list": console("journal.entries"),
    "journal_reading_list": console("journal.readings"),
}

PLATFORM: dict[str, Row] = {
    "presentation": public(),
    "ui": public(),
    "ui_family": public(),
    "ui_question": public(),
    "ui_portal": public(),
}

ROWS: dict[str, Row] = IDENTITY | JOURNAL | PLATFORM
