"""我的待办: the next assessment becomes somebody's task by the day alone; no job is needed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from heling.contexts.assessment.domain import Reason
from heling.contexts.assessment.public import count_tasks, tasks_for
from heling.contexts.assessment.testing import COUNTY, completed, draft
from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import OTHER_COUNTY, VILLAGE
from heling.contexts.registry.testing import actor, elder

pytestmark = pytest.mark.usefixtures("db")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "listed", "overdue"),
    [(-31, False, False), (-30, True, False), (0, True, False), (1, True, True)],
)
def test_the_yearly_assessment_is_a_task_from_thirty_days_before(
    days: int, listed: bool, overdue: bool
) -> None:
    done = completed(elder())
    assert done.due_on is not None
    on, street = done.due_on + days * DAY, actor(RoleKey.STREET, VILLAGE[:9])
    found = [(t.todo, t.due_on, t.overdue) for t in tasks_for(street, on=on)]
    assert found == ([("安排定期复评", done.due_on, overdue)] if listed else [])
    assert count_tasks(street, on=on) == len(found)
    for other in (actor(RoleKey.COUNTY, COUNTY), actor(RoleKey.STREET, OTHER_COUNTY[:9])):
        assert count_tasks(other, on=on) == 0


def test_what_is_arranged_is_no_longer_to_be_arranged() -> None:
    done = completed(elder())
    draft(done.elder_id, reason=Reason.ROUTINE)
    assert done.due_on is not None
    street = actor(RoleKey.STREET, VILLAGE[:9])
    assert "安排定期复评" not in [t.todo for t in tasks_for(street, on=done.due_on)]
