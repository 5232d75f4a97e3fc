"""Columns are as narrow as their bounds allow, and never narrower: extreme values stay exact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heling.engines.law import FactColumn
from heling.engines.law.columns import narrowest
from heling.engines.law.syntax import INT_LIMIT
from heling.engines.law.trouble import PackError
from heling.engines.law.units import Bounds

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab

ON = date(2026, 11, 1)
EDGES = [2**k + d for k in (7, 8, 15, 16, 31, 32) for d in (-1, 0)]
FORMULAS = [
    "甲 + 甲", "甲 - 乙", "乙 - 甲", "甲 * 倍", "max(甲, 乙) - min(甲, 乙)", "甲 - 乙 + 甲",
    "(甲 + 乙 if 是 else 甲 - 乙)", "甲 * 倍 - 乙",
]  # fmt: skip
FACTS = """facts:
  甲: {{type: integer, unit: 分, min: {low}, max: {high}, ask: 甲？}}
  乙: {{type: integer, unit: 分, min: {low}, max: {high}, ask: 乙？}}
  是: {{type: bool, ask: 是？}}
constants:
  倍: {{cite: 2, unit: 人/人, versions: [{{from: 2020-01-01, value: 2}}]}}
"""


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("low", [0, 1])
@pytest.mark.parametrize("formula", FORMULAS)
def test_extreme_values_stay_exact(lab: Lab, edge: int, low: int, formula: str) -> None:
    rules = lab.build(
        f"grants:\n  款: {{cite: 2, duty: 应当, benefit: 款, when: 是 or not 是,"
        f" amount: '{formula}', unit: 分}}\n",
        facts=FACTS.format(low=low, high=edge),
    )
    people = [(a, b, c) for a in (low, edge) for b in (low, edge) for c in (True, False)]
    first, second, third = (np.array(values) for values in zip(*people, strict=True))
    kind = narrowest(Bounds(low, edge))
    facts = {
        "甲": FactColumn(first.astype(kind)),
        "乙": FactColumn(second.astype(kind)),
        "是": FactColumn(third),
    }
    column = rules.columns(facts, len(people), ON)["款"]
    for row, (a, b, c) in enumerate(people):
        exact = rules.determine({"甲": a, "乙": b, "是": c}, ON, outlook=False).grant("款")
        assert column.amount is not None
        assert column.amount[row] == (exact.amount or 0)


@given(low=st.integers(-(2**53), 2**53), span=st.integers(0, 2**53))
@settings(max_examples=400)
def test_the_narrowest_type_holds_the_bounds_and_no_narrower_one_does(low: int, span: int) -> None:
    bounds = Bounds(low, low + span)
    kind = np.iinfo(narrowest(bounds))
    assert kind.min <= bounds.low
    assert bounds.high <= kind.max
    for other in (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32):
        limits = np.iinfo(other)
        if limits.bits < kind.bits:
            assert bounds.low < limits.min or bounds.high > limits.max


@pytest.mark.parametrize("edge", [0, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32])
def test_an_amount_column_is_as_narrow_as_its_largest_value(lab: Lab, edge: int) -> None:
    rules = lab.build(
        "grants:\n  款: {cite: 2, duty: 应当, benefit: 款, when: 是, amount: 甲, unit: 分}\n",
        facts=FACTS.format(low=0, high=edge),
    )
    amount = rules.columns({}, 3, ON)["款"].amount
    assert amount is not None
    assert amount.dtype == narrowest(Bounds(0, edge))
    assert np.iinfo(amount.dtype).max >= edge


def test_what_could_leave_the_exact_range_does_not_load(make_lab: Callable[[], Lab]) -> None:
    body = (
        "grants:\n  款: {cite: 2, duty: 应当, benefit: 款, when: 是,"
        " amount: 甲 * 倍 * 倍 * 倍 * 倍, unit: 分}\n"
    )
    most = INT_LIMIT // 16
    rules = make_lab().build(body, facts=FACTS.format(low=0, high=most))
    facts = {"甲": FactColumn(np.array([most])), "是": FactColumn(np.array([True]))}
    amount = rules.columns(facts, 1, ON)["款"].amount
    assert amount is not None
    assert amount.tolist() == [INT_LIMIT]
    with pytest.raises(PackError, match="超出可精确计算的范围"):
        make_lab().build(body, facts=FACTS.format(low=0, high=most + 1))


def test_values_where_a_fact_is_unknown_may_be_anything(lab: Lab) -> None:
    """A filler outside the bounds wraps around unseen: the row is in doubt."""
    rules = lab.build(
        "grants:\n  款: {cite: 2, duty: 应当, benefit: 款, when: 是, amount: 甲 + 乙, unit: 分}\n",
        facts=FACTS.format(low=0, high=100),
    )
    wild = np.array([2**40, 7], dtype=np.int64)
    facts = {
        "甲": FactColumn(wild, np.array([False, True])),
        "乙": FactColumn(np.array([1, 2], dtype=np.uint64)),
        "是": FactColumn(np.array([True, True])),
    }
    column = rules.columns(facts, 2, ON)["款"]
    assert column.status.tolist() == [2, 1]
    assert column.amount is not None
    assert column.amount.tolist() == [0, 9]
