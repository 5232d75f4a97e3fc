"""One population of 60,000, drawn once, for everything that is counted."""

from collections.abc import Sequence
from datetime import date

import pytest

from heling.demo import ElderDraft, HouseholdDraft, VillageRef, generate

ON = date(2026, 11, 1)
SEED = 20261101


def make_villages() -> list[VillageRef]:
    """60 villages of two regions with a profile and of one that has none."""
    return [
        VillageRef(
            f"{county}{town:03d}{place:03d}", f"演示{county}-{town}-{place}", urban=place < 3
        )
        for county in ("450103", "450181", "330212", "330281", "510104")
        for town in (1, 2)
        for place in range(1, 7)
    ]


@pytest.fixture(scope="session")
def villages() -> list[VillageRef]:
    return make_villages()


@pytest.fixture(scope="session")
def households(villages: Sequence[VillageRef]) -> list[HouseholdDraft]:
    return list(generate(seed=SEED, elders=60_000, villages=villages, on=ON))


@pytest.fixture(scope="session")
def elders(households: Sequence[HouseholdDraft]) -> list[ElderDraft]:
    return [elder for household in households for elder in household.members]
