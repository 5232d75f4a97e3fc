"""Who may open which page. One row per URL name; rows.py explains the words.

A page of a new context without a row here fails ``test_every_url_has_a_row``.
"""

from __future__ import annotations

from tests.matrix.rows import FORBIDDEN, MISSING, Row, account, console, family, only, public

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
    "identity_home": account(),
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
    "console_home": console(),
    "family_home": family(),
    # background jobs belong to whoever started them
    "jobs_run_list": account(),
    "jobs_run": only("county", face="account", thing="run"),
    "jobs_run_cancel": only("county", face="account", thing="run"),
    "lists_export_file": only(
        "county", face="account", thing="run", but={"anonymous": MISSING, "county": MISSING}
    ),
}

REGISTRY: dict[str, Row] = {
    "registry_elder_list": console("registry.view"),
    "registry_elder_new": console("registry.register"),
    "registry_duplicate_list": console("registry.merge"),
    "registry_merge": console("registry.merge", thing="two elders"),
    "registry_elder": console("registry.view", thing="elder"),
    "registry_elder_edit": console("registry.edit", thing="elder"),
    "registry_reveal": console(
        "registry.reveal",
        thing="elder",
        data={"field": "phone", "ask": "1", "phone-other": "电话回访核对"},
    ),
    "registry_move": console("registry.edit", thing="elder"),
    "registry_death": console("registry.record_death", thing="elder"),
    "registry_away": console("registry.record_death", thing="elder"),
    "registry_reinstate": console("registry.record_death", thing="elder"),
    # leads to the elder's page, or to the list when the elder has left the territory
    "registry_after": console("registry.view", thing="elder anywhere"),
    "registry_status_new": console("registry.certify_status", thing="elder"),
    "registry_status_end": console("registry.certify_status", thing="status"),
    "registry_status_revoke": console("registry.certify_status", thing="status"),
    "registry_supporter_new": console("registry.edit", thing="elder"),
    "registry_supporter_edit": console("registry.edit", thing="supporter"),
    "registry_supporter_remove": console("registry.edit", thing="supporter"),
    "registry_supporter_reveal": console(
        "registry.reveal",
        thing="supporter",
        data={"ask": "1", "supporter-{pk}-other": "电话回访核对"},
    ),
    "registry_represent": console("identity.representation", thing="elder"),
    "registry_withdraw": console(
        "identity.representation", thing="representation", data={"reason": "本人要求"}
    ),
    "registry_roster_list": console("registry.register"),
    "registry_roster_template": console("registry.register"),
    "registry_roster": console("registry.register", thing="roster"),
    "registry_roster_write": console("registry.register", thing="roster"),
    "registry_roster_drop": console("registry.register", thing="roster"),
    "registry_roster_faults": console("registry.register", thing="roster"),
    "registry_family_about": family("registry.own"),
}

_READ = ("assessment.view", "assessment.view_level", "assessment.perform")
_NOT_MINE = {"assessor2": MISSING}  # assessors see the assessments that they take part in

ASSESSMENT: dict[str, Row] = {
    "assessment_list": console(*_READ),
    "assessment_due_list": console("assessment.view"),
    "assessment_dispute_list": console("assessment.view"),
    "assessment_history": console(*_READ, thing="elder"),
    "assessment_arrange": console("assessment.arrange", "assessment.perform", thing="elder"),
    "assessment": console(*_READ, thing="assessment", but=_NOT_MINE),
    "assessment_assign": console("assessment.arrange", thing="assessment"),
    "assessment_form": console("assessment.perform", thing="assessment", but=_NOT_MINE),
    "assessment_facts": console("assessment.perform", thing="assessment", but=_NOT_MINE),
    "assessment_fact": console("assessment.perform", thing="assessment fact", but=_NOT_MINE),
    "assessment_item": console("assessment.perform", thing="assessment item", but=_NOT_MINE),
    "assessment_risks": console("assessment.perform", thing="assessment", but=_NOT_MINE),
    "assessment_risk_remove": console("assessment.perform", thing="risk event", but=_NOT_MINE),
    "assessment_submit": console("assessment.perform", thing="assessment", but=_NOT_MINE),
    "assessment_sign": console("assessment.sign", thing="assessment", but=_NOT_MINE),
    "assessment_send_back": console("assessment.perform", thing="assessment", but=_NOT_MINE),
    "assessment_dispute": console("assessment.record_dispute", thing="assessment"),
    "assessment_dispute_withdraw": console("assessment.record_dispute", thing="assessment"),
    "assessment_void": console(
        "assessment.void",
        "assessment.arrange",
        "assessment.perform",
        thing="assessment",
        but=_NOT_MINE,
    ),
    "assessment_report": console(
        "assessment.view", "assessment.perform", thing="completed assessment", but=_NOT_MINE
    ),
    "assessment_family": family("assessment.own"),
    "assessment_family_dispute": family("assessment.dispute", thing="completed assessment"),
    "assessment_family_withdraw": family("assessment.dispute", thing="completed assessment"),
    "assessment_family_report": family("assessment.own", thing="completed assessment"),
}

ENTITLEMENTS: dict[str, Row] = {
    "entitlements_application_list": console("entitlements.view"),
    "entitlements_application": console("entitlements.view", thing="application"),
    "entitlements_application_step": console("entitlements.accept", thing="application step"),
    "entitlements_elder": console("entitlements.view", thing="elder"),
    "entitlements_apply_for": console("entitlements.apply_for", thing="elder"),
    "entitlements_redetermine": console(
        "entitlements.accept",
        "entitlements.first_review",
        "entitlements.second_review",
        "entitlements.decide",
        thing="elder",
    ),
    "entitlements_determination": console("entitlements.view", thing="determination"),
    "entitlements_decision": console("entitlements.view", thing="decision"),
    "entitlements_candidate_list": console("entitlements.view"),
    "entitlements_discover": console("entitlements.discover"),
    "entitlements_roll": console("entitlements.view", post=("entitlements.snapshot",)),
    "entitlements_roll_list": console("entitlements.view"),
    "entitlements_roll_row": console("entitlements.view", thing="on the roll"),
    "entitlements_notice_list": console("entitlements.view"),
    # a notice is public; the way to each case on it opens for its own offices alone
    "entitlements_notice": console("entitlements.view", thing="public notice"),
    "entitlements_objection_list": console("entitlements.resolve_objection"),
    "entitlements_objection": console("entitlements.resolve_objection", thing="objection"),
    "entitlements_cycle_list": console("entitlements.view"),
    "entitlements_cycle_new": console("entitlements.cycles"),
    # the head of a month holds sums, no person; its lines are under row-level security
    "entitlements_cycle": console("entitlements.view", thing="cycle", personal=False),
    "entitlements_cycle_draw": console("entitlements.cycles", thing="cycle", personal=False),
    "entitlements_cycle_close": console("entitlements.cycles", thing="cycle", personal=False),
    "entitlements_benefits": family("entitlements.own"),
    "entitlements_benefits_of": family("entitlements.own", thing="elder"),
    "entitlements_apply": family("entitlements.apply", thing="elder"),
    "entitlements_mine": family("entitlements.own"),
    "entitlements_my_application": family("entitlements.own", thing="application"),
    "entitlements_my_objection": family("entitlements.apply", thing="application"),
    "entitlements_my_step": family("entitlements.apply", thing="family step"),
    "entitlements_my_decision": family("entitlements.own", thing="decision"),
    "entitlements_my_letter": family("entitlements.own", thing="decision"),
    "portal_notice_list": public(),
    "portal_notice": public(thing="public notice"),
    "portal_objection": public(thing="public line"),
}

_PLAN = {"thing": "plan", "personal": False}
_SCENARIO = {"thing": "scenario", "personal": False}
REFORMS: dict[str, Row] = {
    # a plan holds sums and texts, no person; the snapshot it counts on is never shown
    "reforms_list": console("reforms.view"),
    "reforms_new": console("reforms.edit"),
    "reforms_snapshot": console("reforms.edit"),
    "reforms_plan": console("reforms.view", **_PLAN),
    "reforms_settings": console("reforms.edit", **_PLAN),
    "reforms_remove": console("reforms.edit", **_PLAN),
    "reforms_scenario_new": console("reforms.edit", **_PLAN),
    "reforms_export": console("reforms.view", thing="plan file", personal=False),
    "reforms_scenario": console("reforms.view", **_SCENARIO),
    "reforms_results": console("reforms.view", **_SCENARIO),
    "reforms_text": console("reforms.view", **_SCENARIO),
    "reforms_scenario_remove": console("reforms.edit", **_SCENARIO),
}

LAWBOOK: dict[str, Row] = {
    # editions are public law: every official reads them
    "lawbook_list": console("lawbook.view"),
    "lawbook_pack": console("lawbook.view", thing="pack"),
    "lawbook_edition": console("lawbook.view", thing="edition"),
    # only its own city may begin; another one's is told so
    "lawbook_begin": console("lawbook.draft", thing="pack", but={"city2": FORBIDDEN}),
    # a draft is its city's alone, and not its counties'
    "lawbook_draft": console("lawbook.view", thing="draft"),
    "lawbook_edit": console("lawbook.draft", thing="draft"),
    "lawbook_check": console("lawbook.draft", thing="draft", data={"seen": "1"}),
    "lawbook_prove": console("lawbook.draft", thing="draft", data={"seen": "1"}),
    "lawbook_step": console("lawbook.draft", thing="draft"),
}

PORTAL: dict[str, Row] = {
    "home": public(),
    "portal_law_list": public(),
    "portal_guide_list": public(),
    "portal_city": public(thing="city"),
    "portal_guide": public(thing="city"),
    "portal_law": public(thing="city"),
    "portal_article": public(thing="city"),
    "portal_cite": public(thing="city"),
    "portal_api_calculate": public(),
    "portal_api_trace": public(),
    "portal_api_examine": public(),
    "portal_api_parameters": public(),
    "portal_api_articles": public(),
    "portal_api_schema": public(),
}

ROWS: dict[str, Row] = (
    IDENTITY
    | JOURNAL
    | PLATFORM
    | REGISTRY
    | ASSESSMENT
    | ENTITLEMENTS
    | LAWBOOK
    | REFORMS
    | PORTAL
)
