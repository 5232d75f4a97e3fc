"""Two people at the same moment: one of them is told so, and nothing happens twice."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from heling.contexts.entitlements import actions, testing
from heling.contexts.entitlements.models import Item, Review
from heling.contexts.entitlements.testing import INSURANCE, TODAY
from heling.contexts.registry import testing as elders
from heling.kernel.actor import system
from heling.kernel.errors import Conflict, Refused
from heling.platform.access.scope import scoped
from heling.platform.testing.at_once import somebody_waits_for_a_lock, together, wait_until, within

pytestmark = pytest.mark.usefixtures("own_database")


def test_two_reviewers_at_once() -> None:
    with scoped(system("测试")):
        office = testing.office()
        case = testing.applied(testing.elder(), by=office)
        case = actions.accept(application_id=case.pk, on=TODAY, by=office.street)
        colleague = testing.office().street
    given = {"application_id": case.pk, "verdict": "pass", "on": TODAY, "seen": case.version}
    results = together(
        within(office.street, actions.first_review, **given),
        within(colleague, actions.first_review, **given),
    )
    assert sorted(type(r).__name__ for r in results) == ["Application", "Conflict"]
    conflict = next(r for r in results if isinstance(r, Conflict))
    assert "已将它办到“初审通过”" in str(conflict)
    with scoped(system("测试")):
        assert Review.objects.filter(application=case).count() == 1


def test_two_clerks_apply_for_the_same_grant_at_once() -> None:
    with scoped(system("测试")):
        office, elder_id = testing.office(), testing.elder()
        other = testing.office().clerk
    given = {"elder_id": elder_id, "grants": [INSURANCE], "on": TODAY, "consent": "电话同意"}
    results = together(
        within(office.clerk, actions.apply_for, **given),
        within(other, actions.apply_for, **given),
    )
    assert sorted(type(r).__name__ for r in results) == ["Application", "Refused"]
    refusal = next(r for r in results if isinstance(r, Refused))
    assert "已有正在办理或正在享受" in str(refusal)
    with scoped(system("测试")):
        assert Item.objects.filter(elder_id=elder_id).count() == 1


def test_a_case_is_accepted_while_its_elder_moves() -> None:
    """The mover comes when the case is written and not yet committed: it waits its turn, and
    what was written follows. (Were the key to the elder checked at commit only, they would
    wait for each other, and the clerk's commit would fail where nobody can say why.)"""
    with scoped(system("测试")):
        office, elder_id = testing.office(), testing.elder()
        case = testing.applied(elder_id, by=office)
    written = threading.Event()

    def accept_and_linger() -> Any:
        with scoped(office.street):
            done = actions.accept(application_id=case.pk, on=TODAY, by=office.street)
            written.set()
            wait_until(somebody_waits_for_a_lock)
            time.sleep(1.2)  # longer than the server waits before it looks for a deadlock
        return done

    def move() -> str:
        written.wait(10)
        with scoped(office.street):
            elders.moved(elder_id, "330203002001")
        return "moved"

    accepted, moved = together(accept_and_linger, move)
    assert (type(accepted).__name__, moved) == ("Application", "moved")
    with scoped(testing.office("330203002001").street):
        case.refresh_from_db()
        assert (case.state, case.code) == ("accepted", "330203002001")
        assert [s.step for s in case.steps.order_by("pk")] == ["apply", "submit", "accept"]
