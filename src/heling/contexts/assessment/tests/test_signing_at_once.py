"""Both assessors press the button in the same moment: one completes, none is lost."""

from __future__ import annotations

from typing import Any

import pytest

from heling.contexts.assessment import actions
from heling.contexts.assessment.models import Assessment
from heling.contexts.assessment.testing import TODAY, filled, signed
from heling.contexts.registry.testing import elder
from heling.kernel.actor import Actor
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.journal.models import Entry
from heling.platform.testing.at_once import together, within


@pytest.mark.usefixtures("own_database")
def test_two_signatures_at_once_complete_exactly_once() -> None:
    with scoped(EVERYTHING):
        draft, team = filled(elder())
        assessment = actions.submit(assessment_id=draft.pk, today=TODAY, by=team.nurse)

    def press(by: Actor) -> Any:
        return signed(assessment, by)

    signatures = together(within(team.nurse, press), within(team.other, press))
    assert not [s for s in signatures if isinstance(s, Exception)]
    with scoped(EVERYTHING):
        row = Assessment.objects.get()
        assert (row.state, row.in_force) == ("completed", True)
        assert row.team.filter(signed_at=None).count() == 0
        assert Entry.objects.filter(kind="assessment.AssessmentCompleted").count() == 1
        assert Entry.objects.filter(kind="assessment.AssessmentSigned").count() == 2
