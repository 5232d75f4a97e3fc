"""Columns that do not fit are refused by name."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from heling.engines.law import FactColumn, RuleSet
from heling.kernel.errors import BadInput

ON = date(2026, 11, 1)
YES = np.ones(3, dtype=np.bool_)


@pytest.mark.parametrize(
    ("word", "values", "known", "says"),
    [
        ("没有", YES, None, "没有这个事实"),
        ("低保", np.ones(2, dtype=np.bool_), None, "列长应为 3"),
        ("低保", YES, np.ones(2, dtype=np.bool_), "列长应为 3"),
        ("低保", YES, np.ones(3), "known 应为是非列"),
        ("低保", np.ones(3, dtype=np.int64), None, "应为是非列"),
        ("出生日期", np.ones(3), None, "应为日期列"),
        ("失能等级", np.ones(3), None, "应为整数列"),
        ("失能等级", np.array([0, 4, 5]), None, "0 至 4"),
        ("失能等级", np.array([0, -1, 4]), None, "0 至 4"),
        ("护理补贴", np.array([0, 0, 1_000_001]), None, "0 至 1000000"),
    ],
)
def test_refusals(ningbo: RuleSet, word: str, values: Any, known: Any, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        ningbo.columns({word: FactColumn(values, known)}, 3, ON)
    assert caught.value.problems[0].where == word


def test_what_is_unknown_may_hold_anything(ningbo: RuleSet) -> None:
    levels = FactColumn(np.array([0, 99, -7]), np.array([True, False, False]))
    judged = ningbo.columns({"失能等级": levels}, 3, ON)
    assert judged["失能免费服务"].status.tolist() == [0, 2, 2]
    assert judged["失能免费服务"].amount.tolist() == [0, 0, 0]
