"""Two people at the same moment: one of them is told so, and nothing happens twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from heling.contexts.entitlements import actions, testing
from heling.contexts.entitlements.models import Item, Review
from heling.contexts.entitlements.testing import INSURANCE, TODAY
from heling.kernel.actor import Actor, system
from heling.kernel.errors import Conflict, Refused
from heling.platform.access.scope import scoped
from heling.platform.testing.plugin import clone, ensure_template

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database of this test's own, where transactions really commit."""
    with django_db_blocker.unblock():
        usual = connection.settings_dict["NAME"]
        mine = f"{usual}_at_once"
        clone(mine, ensure_template())
        connection.close()
        connection.settings_dict["NAME"] = mine
        yield
        connection.close()
        connection.settings_dict["NAME"] = usual
        settings.CONFIG.server.psql("postgres", f"drop database if exists {mine} with (force)")


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at once, each on a connection of its own; results or the errors raised."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index: int) -> None:
        barrier.wait()
        try:
            results[index] = acts[index]()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def within(by: Actor, act: Callable[..., Any], **arguments: Any) -> Callable[[], Any]:
    def run() -> Any:
        with scoped(by):
            return act(by=by, **arguments)

    return run


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
