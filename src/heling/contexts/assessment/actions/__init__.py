"""What people do with assessments. One function per deed."""

from heling.contexts.assessment.actions.afterwards import (
    dispute,
    record_report,
    void,
    withdraw_dispute,
)
from heling.contexts.assessment.actions.arranging import assign, start_assessment
from heling.contexts.assessment.actions.filling import (
    add_risk_event,
    remove_risk_event,
    save_answer,
    save_answers,
    set_adjustments,
    set_visit,
)
from heling.contexts.assessment.actions.signing import send_back, sign, submit

__all__ = [
    "add_risk_event",
    "assign",
    "dispute",
    "record_report",
    "remove_risk_event",
    "save_answer",
    "save_answers",
    "send_back",
    "set_adjustments",
    "set_visit",
    "sign",
    "start_assessment",
    "submit",
    "void",
    "withdraw_dispute",
]
