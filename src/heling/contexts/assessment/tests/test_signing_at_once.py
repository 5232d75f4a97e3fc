"""Both assessors press the button in the same moment: one completes, none is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from heling.contexts.assessment import actions
from heling.contexts.assessment.models import Assessment
from heling.contexts.assessment.testing import TODAY, filled, signed
from heling.contexts.registry.testing import elder
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.journal.models import Entry
from heling.platform.testing.plugin import clone, ensure_template


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database of this test's own, where transactions really commit."""
    from django.conf import settings
    from django.db import connection

    with django_db_blocker.unblock():
        usual = connection.settings_dict["NAME"]
        mine = f"{usual}_signing"
        clone(mine, ensure_template())
        connection.close()
        connection.settings_dict["NAME"] = mine
        yield
        connection.close()
        connection.settings_dict["NAME"] = usual
        settings.CONFIG.server.psql("postgres", f"drop database if exists {mine} with (force)")


@pytest.mark.usefixtures("own_database")
def test_two_signatures_at_once_complete_exactly_once() -> None:
    from django.db import connection

    with scoped(EVERYTHING):
        draft, team = filled(elder())
        assessment = actions.submit(assessment_id=draft.pk, today=TODAY, by=team.nurse)
    ready, errors = threading.Barrier(2), list[Exception]()

    def press(who: Any) -> None:
        try:
            ready.wait(timeout=10)
            with scoped(who):
                signed(assessment, who)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    hands = [threading.Thread(target=press, args=(who,)) for who in (team.nurse, team.other)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(timeout=30)
    assert not errors
    with scoped(EVERYTHING):
        row = Assessment.objects.get()
        assert (row.state, row.in_force) == ("completed", True)
        assert row.team.filter(signed_at=None).count() == 0
        assert Entry.objects.filter(kind="assessment.AssessmentCompleted").count() == 1
        assert Entry.objects.filter(kind="assessment.AssessmentSigned").count() == 2
