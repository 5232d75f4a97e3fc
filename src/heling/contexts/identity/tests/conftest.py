from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from heling.contexts.identity.models import Representation
from heling.platform.access.scope import EVERYTHING, scoped


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def soon(now: datetime) -> datetime:
    return now + timedelta(hours=1)


@pytest.fixture
def just_past(now: datetime) -> datetime:
    return now - timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _elders_are_only_numbers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Elders live a floor above. Their key is checked at commit, which no test here reaches:
    take the representations away before pytest-django checks in its stead."""
    yield
    if "db" in request.fixturenames:
        with scoped(EVERYTHING):
            Representation.objects.all().delete()


@pytest.fixture
def today_minus_one() -> date:
    return timezone.localdate() - timedelta(days=1)
