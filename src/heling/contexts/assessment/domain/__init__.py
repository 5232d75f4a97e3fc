"""The assessment context without Django: scales as data, grading, process rules, states."""

from heling.contexts.assessment.domain.answers import NOTHING_STATED, Adjustments
from heling.contexts.assessment.domain.interchange import result_json, score_json
from heling.contexts.assessment.domain.process import (
    REASON_LABELS,
    Assessor,
    Due,
    Reason,
    RiskEvent,
    add_months,
    check_reason,
    check_team,
    next_due,
    recent_risk_events,
)
from heling.contexts.assessment.domain.reading import parse_scale
from heling.contexts.assessment.domain.scale import (
    Certainty,
    Field,
    FieldKind,
    Group,
    IncomparableScales,
    Item,
    Level,
    Option,
    Scale,
)
from heling.contexts.assessment.domain.scoring import ScaleResult, score
from heling.contexts.assessment.domain.states import ASSESSMENT, State
from heling.contexts.assessment.domain.store import GBT42195, LTC2021, load_scale, scale_ids

__all__ = [
    "ASSESSMENT",
    "GBT42195",
    "LTC2021",
    "NOTHING_STATED",
    "REASON_LABELS",
    "Adjustments",
    "Assessor",
    "Certainty",
    "Due",
    "Field",
    "FieldKind",
    "Group",
    "IncomparableScales",
    "Item",
    "Level",
    "Option",
    "Reason",
    "RiskEvent",
    "Scale",
    "ScaleResult",
    "State",
    "add_months",
    "check_reason",
    "check_team",
    "load_scale",
    "next_due",
    "parse_scale",
    "recent_risk_events",
    "result_json",
    "scale_ids",
    "score",
    "score_json",
]
