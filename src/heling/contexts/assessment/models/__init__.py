"""Tables of the assessment context. Import models from here."""

from heling.contexts.assessment.models.assessment import Assessment
from heling.contexts.assessment.models.parts import Assessor, Dispute, RiskEvent
from heling.contexts.assessment.models.traces import Answered, Transition

__all__ = ["Answered", "Assessment", "Assessor", "Dispute", "RiskEvent", "Transition"]
