"""What happened to assessments, for the journal and for higher contexts. No clear names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from heling.platform.journal.record import AboutElder


@dataclass(frozen=True)
class _OfAssessment(AboutElder):
    subject: ClassVar[str] = "assessment"

    assessment_id: int


@dataclass(frozen=True)
class AssessmentArranged(_OfAssessment):
    kind: ClassVar[str] = "assessment.AssessmentArranged"
    label: ClassVar[str] = "安排能力评估"

    scale: str
    reason: str


@dataclass(frozen=True)
class AssessmentReassigned(_OfAssessment):
    kind: ClassVar[str] = "assessment.AssessmentReassigned"
    label: ClassVar[str] = "调整评估人员或日期"


@dataclass(frozen=True)
class AssessmentSubmitted(_OfAssessment):
    kind: ClassVar[str] = "assessment.AssessmentSubmitted"
    label: ClassVar[str] = "评估表提交签字"


@dataclass(frozen=True)
class AssessmentSentBack(_OfAssessment):
    kind: ClassVar[str] = "assessment.AssessmentSentBack"
    label: ClassVar[str] = "评估表退回修改"


@dataclass(frozen=True)
class AssessmentSigned(_OfAssessment):
    """One assessor signed; ``result_sha256`` is the fingerprint of what was signed."""

    kind: ClassVar[str] = "assessment.AssessmentSigned"
    label: ClassVar[str] = "评估人员签字"

    result_sha256: str


@dataclass(frozen=True)
class AssessmentCompleted(_OfAssessment):
    """``level`` is a number of ``scale``; ``on`` the day of assessment."""

    kind: ClassVar[str] = "assessment.AssessmentCompleted"
    label: ClassVar[str] = "能力评估完成"

    scale: str
    level: int
    on: date


@dataclass(frozen=True)
class AssessmentSuperseded(_OfAssessment):
    kind: ClassVar[str] = "assessment.AssessmentSuperseded"
    label: ClassVar[str] = "评估被新的评估取代"

    successor_id: int


@dataclass(frozen=True)
class AssessmentDisputed(_OfAssessment):
    """The dispute's words stay in its protected row."""

    kind: ClassVar[str] = "assessment.AssessmentDisputed"
    label: ClassVar[str] = "对评估结果提出异议"

    dispute_id: int


@dataclass(frozen=True)
class DisputeWithdrawn(_OfAssessment):
    kind: ClassVar[str] = "assessment.DisputeWithdrawn"
    label: ClassVar[str] = "撤回对评估结果的异议"

    dispute_id: int


@dataclass(frozen=True)
class AssessmentVoided(_OfAssessment):
    """``graded``: it had been completed, so levels built on it have to be looked at again."""

    kind: ClassVar[str] = "assessment.AssessmentVoided"
    label: ClassVar[str] = "评估作废"

    graded: bool


@dataclass(frozen=True)
class ReportDownloaded(_OfAssessment):
    kind: ClassVar[str] = "assessment.ReportDownloaded"
    label: ClassVar[str] = "下载评估报告"
