"""Registry and scale say the same codes for the same fields of Table A."""

from __future__ import annotations

import pytest

from heling.contexts.assessment.domain import GBT42195, load_scale
from heling.contexts.registry.testing import TABLE_A

# What the registry keeps by leaving the field blank.
BLANK = {"marital": {"unspecified"}, "diagnoses": {"other"}}


@pytest.mark.parametrize("key", sorted(TABLE_A))
def test_the_codes_are_those_of_the_scale(key: str) -> None:
    scale = load_scale(GBT42195).field(key).codes
    registry = {str(word.value) for word in TABLE_A[key]}
    assert scale - registry == BLANK.get(key, set())
    assert registry - scale == set()
