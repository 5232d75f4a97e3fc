"""The whole thread at the level of actions, and what it refuses on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from heling.contexts.entitlements import actions, law, testing
from heling.contexts.entitlements.models import Award, StatusRow
from heling.contexts.entitlements.testing import CALL, INSURANCE
from heling.kernel.errors import Refused

pytestmark = pytest.mark.usefixtures("db")


def test_from_application_to_award() -> None:
    office, elder_id = testing.office(), testing.elder()
    case = testing.published(elder_id, INSURANCE, CALL, by=office)
    ends = case.publicity_ends
    assert ends == date(2026, 11, 9)

    with pytest.raises(Refused, match="才结束"):
        actions.decide(application_id=case.pk, on=ends, by=office.county)
    decision = actions.decide(application_id=case.pk, on=ends + timedelta(days=1), by=office.county)

    case.refresh_from_db()
    assert (case.state, case.owner, case.due_on) == ("granted", "nobody", None)
    assert {(a.grant, a.starts, a.ends) for a in Award.objects.filter(application=case)} == {
        (INSURANCE, date(2026, 11, 10), None),
        (CALL, date(2026, 11, 10), None),
    }
    assert decision.lines[0]["cite"].endswith("第一款第（二）项")
    steps = StatusRow.objects.filter(application=case).order_by("pk")
    assert [s.step for s in steps] == [
        "apply", "submit", "accept", "pass_first", "pass_second", "publish", "grant",
    ]  # fmt: skip
    assert all(law.recheck(s).matches for s in [case.determination])
