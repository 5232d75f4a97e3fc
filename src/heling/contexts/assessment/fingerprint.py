"""The fingerprint of what assessors sign: recomputed at any time from what is stored."""

from __future__ import annotations

import hashlib
import json

from heling.contexts.assessment.models import Assessment


def fingerprint(assessment: Assessment) -> str:
    """SHA-256 (hex) over the signed content as canonical JSON.

    The content is the number, scale, day, place, team, answers, adjustments, risk events and
    result. Not in it is what may change later without touching the result: where the elder
    lives, and under which registration.
    """
    content = {
        "assessment": assessment.pk,
        "scale": [assessment.scale, assessment.scale_version, assessment.scale_sha256],
        "reason": [assessment.reason, assessment.reason_note],
        "on": str(assessment.assessed_on),
        "place": assessment.place,
        "guardian": assessment.guardian,
        "team": [[a.user_id, a.name, a.medical, a.expert] for a in assessment.team.all()],
        "answers": assessment.answers,
        "facts": assessment.facts,
        "risk_events": [[e.kind, str(e.on), e.note] for e in assessment.risk_events.all()],
        "adjustments": assessment.adjustments,
        "result": assessment.result,
        "due": str(assessment.due_on),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
