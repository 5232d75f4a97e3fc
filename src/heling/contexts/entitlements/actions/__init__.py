"""One function per thing that a person does. Each locks, checks, writes and records."""

from heling.contexts.entitlements.actions.applying import (
    apply_for,
    resubmit,
    submit,
    withdraw,
)
from heling.contexts.entitlements.actions.candidates import (
    confirm_candidate,
    decline_candidate,
    dismiss_candidates,
    invite_candidates,
)
from heling.contexts.entitlements.actions.carrying import carry_over, revive
from heling.contexts.entitlements.actions.deciding import decide
from heling.contexts.entitlements.actions.ending import (
    renounce,
    terminate,
    terminate_all,
)
from heling.contexts.entitlements.actions.months import (
    check_closing,
    close_cycle,
    draw_cycle,
    draw_month,
    open_cycle,
)
from heling.contexts.entitlements.actions.objecting import (
    raise_objection,
    raise_public_objection,
    resolve_objection,
)
from heling.contexts.entitlements.actions.publishing import publish_batch
from heling.contexts.entitlements.actions.redetermining import (
    apply_changes,
    elder_of,
    raise_due,
    redetermine,
)
from heling.contexts.entitlements.actions.reviewing import (
    accept,
    first_review,
    request_correction,
    second_review,
)

__all__ = [
    "accept",
    "apply_changes",
    "apply_for",
    "carry_over",
    "check_closing",
    "close_cycle",
    "confirm_candidate",
    "decide",
    "decline_candidate",
    "dismiss_candidates",
    "draw_cycle",
    "draw_month",
    "elder_of",
    "first_review",
    "invite_candidates",
    "open_cycle",
    "publish_batch",
    "raise_due",
    "raise_objection",
    "raise_public_objection",
    "redetermine",
    "renounce",
    "request_correction",
    "resolve_objection",
    "resubmit",
    "revive",
    "second_review",
    "submit",
    "terminate",
    "terminate_all",
    "withdraw",
]
