"""A step of a case is said in the words of its table."""

from __future__ import annotations

import pytest

from heling.contexts.entitlements.domain.states import CASE
from heling.contexts.entitlements.events import Moved


@pytest.mark.parametrize("step", CASE.steps)
def test_a_step_is_said_in_the_words_of_the_table(step: str) -> None:
    moved = Moved(application_id=1, elder_id=1, code="330203001001", step=step, before="", after="")
    assert moved.sentence() == f"申请：{CASE.steps[step].label}"


def test_a_step_that_is_no_more_has_the_label() -> None:
    moved = Moved(application_id=1, elder_id=1, code="330203001001", step="x", before="", after="")
    assert moved.sentence() == "申请办理"
