"""Bitmaps say of every elder what columns say, and their totals are the columns' sums."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heling.engines.law import FactColumn, RuleSet
from heling.engines.law.bits import GrantBits
from heling.engines.law.bitstore import BitStore
from heling.engines.law.masks import Mask
from heling.engines.law.planes import Arithmetic, column, constant, packed, sliced, unpacked, width
from heling.engines.law.tests.strategies import (
    ON,
    PROGRAM,
    RULED,
    RULES,
    SLOW,
    columns_of,
    person_of,
    program_text,
    rules_of,
)
from heling.engines.law.units import Bounds
from heling.kernel.errors import BadInput

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab


def _rows(store: BitStore, mask: Mask | None) -> Any:
    return np.zeros(store.size, dtype=np.bool_) if mask is None else store.rows(mask)


def _status(store: BitStore, bits: GrantBits) -> Any:
    parts = (bits.granted, bits.unknown, bits.open)
    return sum(_rows(store, m).astype(int) * code for code, m in enumerate(parts, start=1))


def _effect(store: BitStore, bits: GrantBits) -> Any:
    parts = (bits.keeps, bits.yields, bits.unsure, bits.pending)
    return sum(_rows(store, m).astype(int) * code for code, m in enumerate(parts, start=1))


def assert_same(rules: RuleSet, facts: dict[str, FactColumn], districts: Any, on: date) -> None:
    size = len(districts)
    store = BitStore(rules.facts, facts, size, districts)
    wanted, found = rules.columns(facts, size, on), rules.bits.run(store, on)
    totals = rules.totals(store, on)
    assert found.keys() == wanted.keys() == totals.grants.keys()
    for word, bits in found.items():
        seen, total = wanted[word], totals.grants[word]
        assert _status(store, bits).tolist() == seen.status.tolist()
        effect = np.zeros(size, dtype=int) if seen.effect is None else seen.effect
        assert _effect(store, bits).tolist() == effect.tolist()
        enjoyed = (seen.status == 1) & (effect <= 1)
        for n, code in enumerate(totals.districts):
            here = districts == code
            assert total.granted[n] == int(((seen.status == 1) & here).sum())
            assert total.unknown[n] == int(((seen.status == 2) & here).sum())
            assert total.open[n] == int(((seen.status == 3) & here).sum())
            assert total.enjoyed[n] == int((enjoyed & here).sum())
            if seen.amount is not None:
                assert total.amount is not None
                amounts = seen.amount[enjoyed & here].tolist()
                assert total.amount[n] == sum(amounts)
                if total.price is not None:
                    assert total.cost is not None
                    assert total.cost[n] == sum(amounts) * total.price


@pytest.mark.parametrize("measures", [False, True])
@pytest.mark.parametrize("city", RULED)
def test_bits_agree_with_columns_on_the_real_packs(city: str, measures: bool) -> None:
    rules = rules_of(city, measures=measures)

    @given(
        people=st.lists(person_of(rules), min_size=1, max_size=30),
        days=st.integers(0, 2000),
        data=st.data(),
    )
    @settings(SLOW, max_examples=60)
    def check(people: list[dict[str, Any]], days: int, data: st.DataObject) -> None:
        size = len(people)
        codes = data.draw(st.lists(st.integers(1, 3), min_size=size, max_size=size))
        on = ON + timedelta(days=days)
        assert_same(rules, columns_of(rules, people), np.array(codes), on)

    check()


@given(program=PROGRAM, rule=RULES, data=st.data())
@settings(SLOW)
def test_bits_agree_with_columns_on_any_program(
    make_lab: Callable[[], Lab],
    program: list[tuple[str, str | None, bool]],
    rule: str,
    data: st.DataObject,
) -> None:
    rules = make_lab().build(program_text(program, rule))
    people = data.draw(st.lists(person_of(rules), min_size=1, max_size=15))
    codes = data.draw(st.lists(st.integers(1, 2), min_size=len(people), max_size=len(people)))
    assert_same(rules, columns_of(rules, people), np.array(codes), ON)


@pytest.mark.parametrize("sizes", [[1], [63, 1], [64, 64], [65, 127, 2], [1, 1, 200]])
def test_districts_around_whole_words(ningbo: RuleSet, sizes: list[int]) -> None:
    rng = np.random.default_rng(7)
    size = sum(sizes)
    districts = rng.permutation(np.repeat(np.arange(len(sizes)) + 330201, sizes))
    facts = {
        "出生日期": FactColumn(rng.integers(-16_000, -1_000, size), rng.random(size) < 0.9),
        "户籍地": FactColumn(np.full(size, 330200)),
        "居住地": FactColumn(np.full(size, 330200)),
        "居家": FactColumn(np.ones(size, dtype=np.bool_)),
        "低保": FactColumn(rng.random(size) < 0.5, rng.random(size) < 0.9),
    }
    assert_same(ningbo, facts, districts, ON)


def test_nobody_at_all(ningbo: RuleSet) -> None:
    store = BitStore(ningbo.facts, {}, 0)
    totals = ningbo.totals(store, ON)
    assert totals.districts == ()
    assert totals.cost == ()


def test_one_row_back_as_json(ningbo: RuleSet) -> None:
    people: list[dict[str, Any]] = [
        {"出生日期": date(1954, 3, 2), "失能等级": "重度", "低保": True, "居住地": "330200"},
        {"护理补贴": 500, "独居": False},
    ]
    store = BitStore(ningbo.facts, columns_of(ningbo, people), 2, np.array([2, 1]))
    assert store.person(0) == people[0] | {"出生日期": "1954-03-02"}
    assert store.person(1) == people[1]
    assert (store.district(0), store.district(1)) == (2, 1)
    mask = store.holds("低保")
    assert mask is not None
    assert store.first(mask) == 0
    assert store.first(mask ^ mask) is None


def test_districts_that_do_not_fit_are_refused(ningbo: RuleSet) -> None:
    with pytest.raises(BadInput, match="区县"):
        BitStore(ningbo.facts, {}, 3, np.array([1, 2]))


BOUNDS = st.tuples(st.integers(-(2**20), 2**20), st.integers(0, 2**20)).map(
    lambda t: Bounds(t[0], t[0] + t[1])
)


def _numbers(bounds: Bounds) -> st.SearchStrategy[list[int]]:
    edges = st.sampled_from([bounds.low, bounds.high])
    return st.lists(edges | st.integers(bounds.low, bounds.high), min_size=64, max_size=64)


@given(data=st.data(), a=BOUNDS, b=BOUNDS)
@settings(SLOW, max_examples=80)
def test_arithmetic_on_planes_is_arithmetic(data: st.DataObject, a: Bounds, b: Bounds) -> None:
    first, second = (np.array(data.draw(_numbers(x))) for x in (a, b))
    fixed = data.draw(st.integers(b.low, b.high))
    sums = Arithmetic(packed(np.ones(64, dtype=np.bool_)))
    x = sliced(first, a)
    for y, other in ((sliced(second, b), second), (constant(fixed), np.full(64, fixed))):
        assert column(sums.add(x, y, width(a + b)), 64).tolist() == (first + other).tolist()
        assert column(sums.subtract(x, y, width(a - b)), 64).tolist() == (first - other).tolist()
        assert column(sums.multiply(x, y, width(a * b)), 64).tolist() == (first * other).tolist()
        assert unpacked(sums.less(x, y)).tolist() == (first < other).tolist()
        assert unpacked(sums.equal(x, y)).tolist() == (first == other).tolist()


@given(
    homes=st.lists(st.integers(0, 5), min_size=1, max_size=40),
    data=st.data(),
)
def test_once_takes_the_first_of_every_household(
    ningbo: RuleSet, homes: list[int], data: st.DataObject
) -> None:
    size = len(homes)
    mine, other = (
        np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size))) for _ in range(2)
    )
    facts = {
        "出生日期": FactColumn(np.arange(size)),
        "低保": FactColumn(mine),
        "残疾": FactColumn(other),
    }
    store = BitStore(ningbo.facts, facts, size, households=np.array(homes))
    found = store.rows(_given(store.once(store.holds("低保"), store.holds("残疾"))))
    wanted: dict[int, int] = {}
    for row, home in enumerate(homes):
        if mine[row] and not any(other[r] for r in range(size) if homes[r] == home):
            wanted.setdefault(home, row)
    assert np.flatnonzero(found).tolist() == sorted(wanted.values())


def _given(mask: Any) -> Any:
    assert mask is not None
    return mask


def test_household_grants_count_households(ningbo: RuleSet) -> None:
    facts = {
        "出生日期": FactColumn(np.array([-20_000, -19_000, -18_000, -15_000])),  # 三位八十岁以上
        "户籍地": FactColumn(np.full(4, 330200)),
        "居住地": FactColumn(np.full(4, 330200)),
        "居家": FactColumn(np.ones(4, dtype=np.bool_), np.array([True, True, True, False])),
    }
    homes = np.array([0, 0, 1, 1])
    alone = ningbo.totals(BitStore(ningbo.facts, facts, 4), ON).grants["应急呼叫设施"]
    assert (alone.enjoyed, alone.unknown, alone.per_household) == ((3,), (1,), False)
    store = BitStore(ningbo.facts, facts, 4, households=homes)
    counted = ningbo.totals(store, ON).grants
    assert counted["应急呼叫设施"].enjoyed == (2,)
    assert counted["应急呼叫设施"].unknown == (0,), "the household has it already"
    assert counted["意外伤害保险"].enjoyed == (3,), "people, not households"
    assert counted["意外伤害保险"].per_household is False


def test_households_that_do_not_fit_are_refused(ningbo: RuleSet) -> None:
    with pytest.raises(BadInput, match="户"):
        BitStore(ningbo.facts, {}, 3, households=np.array([1, 2]))
