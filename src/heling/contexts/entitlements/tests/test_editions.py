"""A city publishes an edition of its own: new days follow it, old determinations keep theirs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from heling.contexts.entitlements import law, testing
from heling.contexts.entitlements.domain.objections import Cause
from heling.contexts.entitlements.jobs import discover_candidates
from heling.contexts.entitlements.models import Candidate
from heling.contexts.entitlements.testing import INSURANCE, TODAY
from heling.contexts.entitlements.verifying import verify_receipts
from heling.contexts.lawbook import testing as lawbook
from heling.contexts.lawbook.testing import NOW, YOUNGER
from heling.engines.law import Status
from heling.kernel.actor import system
from heling.platform.jobs.models import Run
from heling.platform.jobs.work import Progress

pytestmark = pytest.mark.usefixtures("db")
SEVENTY_SEVEN = date(1949, 5, 1)
DAY = timedelta(days=1)


def test_a_stored_determination_is_still_computed_again_under_its_own_edition() -> None:
    office, elder_id = testing.office(), testing.elder(SEVENTY_SEVEN)
    before = law.store(
        law.determine(elder_id, on=TODAY, by=office.city), cause=Cause.CHECK, by=office.city
    )
    lawbook.published(YOUNGER, effective_from=TODAY, at=NOW)
    after = law.store(
        law.determine(elder_id, on=TODAY, by=office.city), cause=Cause.CHECK, by=office.city
    )
    assert law.read(before).grant(INSURANCE).status is Status.UNKNOWN
    assert law.read(after).grant(INSURANCE).status is Status.GRANTED
    for stored in (before, after):
        checked = law.recheck(stored)
        assert checked.matches, checked.message
    report = verify_receipts(by=system("审计"))
    assert (report.checked, report.matching, report.superseded) == (2, 2, 0)
    lawbook.published({"# 宁波市": "# 宁波"}, effective_from=TODAY, at=NOW + DAY)
    assert law.recheck(before).matches
    assert law.recheck(after).matches


def test_days_before_the_edition_use_the_one_before_it() -> None:
    office, elder_id = testing.office(), testing.elder(SEVENTY_SEVEN)
    lawbook.published(YOUNGER, effective_from=TODAY, at=NOW)

    def found(on: date) -> Status:
        return law.determine(elder_id, on=on, by=office.city).determination.grant(INSURANCE).status

    assert [found(TODAY - DAY), found(TODAY), found(TODAY + DAY)] == [
        Status.UNKNOWN,
        Status.GRANTED,
        Status.GRANTED,
    ]


def test_the_search_for_the_unserved_follows_the_edition() -> None:
    office, elder_id = testing.office(), testing.elder(SEVENTY_SEVEN)

    def insured() -> bool:
        run = Run.objects.create(job="entitlements.discover", title="x", user_id=None, actor={})
        discover_candidates(Progress(run.pk), office.city, on=TODAY.isoformat())
        return Candidate.objects.filter(elder_id=elder_id, grant=INSURANCE).exists()

    assert not insured()
    lawbook.published(YOUNGER, effective_from=TODAY, at=NOW)
    assert insured()
