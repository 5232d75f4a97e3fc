"""1,500,000 elders, one month, all grants of one city as columns: the engine against hand-written NumPy.

    uv run python benchmarks/law/population.py [--elders 1500000] [--rounds 15]

Two populations: every fact known, and one in five facts unknown at random. The hand-written code
is what a careful programmer writes for exactly these rules: the same birth-day cut-offs, shared
masks, look-up tables, narrow integers; with unknown facts, three-valued logic by hand. Both sides
give status, amount and conflict effect of every grant; results must be identical. The ratio is the
median over pairs timed in turn.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from heling.engines.law import FactColumn, GrantColumn, RuleSet, load_city

ON = date(2026, 11, 1)
CITY = 330200
DENIED, GRANTED, UNKNOWN, OPEN = 0, 1, 2, 3
NONE, KEEPS, YIELDS, EFFECT_UNKNOWN, EFFECT_OPEN = 0, 1, 2, 3, 4

Column = dict[str, FactColumn]
Mask = NDArray[np.bool_]
Outcome = dict[str, tuple[NDArray[np.uint8], NDArray[np.uint8] | None, NDArray[np.uint8] | None]]


def people(size: int, *, complete: bool) -> Column:
    """A made-up city: ages 60 to 100, rare statuses, a few who live or are registered elsewhere."""
    rng = np.random.default_rng(20261101)
    first = date(1926, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
    birth = first + (rng.beta(2.2, 1.3, size) * 41 * 365.25).astype(np.int32)
    share = {
        "居家": 0.97, "低保": 0.03, "低保边缘": 0.02, "优抚": 0.01, "见义勇为": 0.0005,
        "计划生育特殊家庭": 0.01, "重度慢性疾病": 0.12, "独居": 0.15,
    }  # fmt: skip
    facts: dict[str, NDArray[np.generic]] = {
        "出生日期": birth.astype(np.int32),
        "户籍地": np.where(rng.random(size) < 0.93, CITY, 450100).astype(np.int32),
        "居住地": np.where(rng.random(size) < 0.97, CITY, 450100).astype(np.int32),
        "失能等级": rng.choice(5, size, p=[0.8, 0.1, 0.05, 0.03, 0.02]).astype(np.uint8),
        "赡养扶养人": rng.choice(3, size, p=[0.85, 0.12, 0.03]).astype(np.uint8),
        "护理补贴": np.where(rng.random(size) < 0.02, 50_000, 0).astype(np.int32),
        "待遇选择": rng.choice(3, size, p=[0.9, 0.07, 0.03]).astype(np.uint8),
    }
    for word, p in share.items():
        facts[word] = rng.random(size) < p
    unknown = (None if complete else rng.random(size) >= 0.2 for _ in facts)
    return {w: FactColumn(v, k) for (w, v), k in zip(facts.items(), unknown, strict=True)}


def by_hand(f: Column, size: int) -> Outcome:
    """The rules of the Ningbo pack written directly in NumPy, all facts known."""
    v = {word: column.values for word, column in f.items()}
    epoch = date(1970, 1, 1).toordinal()
    cut = {k: date(ON.year - k, ON.month, ON.day).toordinal() - epoch for k in (60, 70, 80)}
    elder, over80 = v["出生日期"] <= cut[60], v["出生日期"] <= cut[80]
    lives_here, at_home = v["居住地"] == CITY, v["居家"]
    here = (v["户籍地"] == CITY) & lives_here & at_home & elder
    low, special = v["低保"] | v["低保边缘"], v["计划生育特殊家庭"]
    family = special | low
    level = v["失能等级"]
    care = here & (v["优抚"] | v["见义勇为"] | family) & (level >= 2)
    hours = np.array([0, 0, 30, 45, 45], dtype=np.uint8)[level] * care
    senior = here & (over80 | (special & (v["出生日期"] <= cut[70])))
    adapt = elder & lives_here & low
    aids = elder & lives_here & at_home & ((level >= 1) | over80)
    visit = over80 & v["独居"] & ((v["赡养扶养人"] == 2) | (v["赡养扶养人"] == 1)) & lives_here
    rival = v["护理补贴"] > 0
    choice = v["待遇选择"]
    effect = (
        np.where((choice == 1) & care, KEEPS, np.where(choice == 2, YIELDS, EFFECT_OPEN)).astype(
            np.uint8
        )
        * rival
    )
    none = np.zeros(size, dtype=np.uint8)
    return {
        "失能免费服务": (care.view(np.uint8), hours, effect * care),
        "意外伤害保险": ((here & (over80 | family)).view(np.uint8), None, None),
        "应急呼叫设施": ((here & (over80 | v["重度慢性疾病"])).view(np.uint8), None, None),
        "高龄免费服务": (senior.view(np.uint8) * np.uint8(OPEN), none, effect * senior),
        "其他规定项目": (here.view(np.uint8) * np.uint8(OPEN), None, None),
        "无障碍改造补贴": (adapt.view(np.uint8) * np.uint8(OPEN), none, None),
        "辅助器具借用": (aids.view(np.uint8), None, None),
        "高龄独居巡访": (visit.view(np.uint8), None, None),
        "优先就诊": ((elder & lives_here & at_home & over80).view(np.uint8), None, None),
    }


class Kleene:
    """Three-valued by hand: (certainly, possibly), the usual pair of masks."""

    __slots__ = ("can", "is_")

    def __init__(self, is_: Mask, can: Mask) -> None:
        self.is_, self.can = is_, can

    def __and__(self, other: Kleene) -> Kleene:
        return Kleene(self.is_ & other.is_, self.can & other.can)

    def __or__(self, other: Kleene) -> Kleene:
        return Kleene(self.is_ | other.is_, self.can | other.can)

    def codes(self, yes: int = GRANTED) -> NDArray[np.uint8]:
        unsure = (self.can & ~self.is_).view(np.uint8) << 1
        return self.is_.view(np.uint8) * np.uint8(yes) + unsure


def by_hand_unknown(f: Column, size: int) -> Outcome:
    """The same rules by hand where facts may be unknown."""

    def known(word: str, holds: Mask) -> Kleene:
        have = f[word].known
        return Kleene(holds & have, holds | ~have)

    def fact(word: str) -> Kleene:
        return known(word, f[word].values)

    epoch = date(1970, 1, 1).toordinal()
    cut = {k: date(ON.year - k, ON.month, ON.day).toordinal() - epoch for k in (60, 70, 80)}
    birth, level = f["出生日期"].values, f["失能等级"].values
    elder, over80 = known("出生日期", birth <= cut[60]), known("出生日期", birth <= cut[80])
    over70 = known("出生日期", birth <= cut[70])
    lives_here = known("居住地", f["居住地"].values == CITY)
    at_home = fact("居家")
    here = known("户籍地", f["户籍地"].values == CITY) & lives_here & at_home & elder
    low, special = fact("低保") | fact("低保边缘"), fact("计划生育特殊家庭")
    family = special | low
    care = here & (fact("优抚") | fact("见义勇为") | family) & known("失能等级", level >= 2)
    hours = np.array([0, 0, 30, 45, 45], dtype=np.uint8)[level] * care.is_
    senior = here & (over80 | (special & over70))
    adapt = elder & lives_here & low
    aids = elder & lives_here & at_home & (known("失能等级", level >= 1) | over80)
    kin = f["赡养扶养人"].values
    visit = over80 & fact("独居") & known("赡养扶养人", (kin == 2) | (kin == 1)) & lives_here
    effect = _effect_by_hand(f, care, senior)
    none = np.zeros(size, dtype=np.uint8)
    care_codes, senior_codes = care.codes(), senior.codes(OPEN)
    return {
        "失能免费服务": (care_codes, hours, effect * (care_codes & 1)),
        "意外伤害保险": ((here & (over80 | family)).codes(), None, None),
        "应急呼叫设施": ((here & (over80 | fact("重度慢性疾病"))).codes(), None, None),
        "高龄免费服务": (senior_codes, none, effect * (senior_codes & 1)),
        "其他规定项目": (here.codes(OPEN), None, None),
        "无障碍改造补贴": (adapt.codes(OPEN), none, None),
        "辅助器具借用": (aids.codes(), None, None),
        "高龄独居巡访": (visit.codes(), None, None),
        "优先就诊": ((elder & lives_here & at_home & over80).codes(), None, None),
    }


def _effect_by_hand(f: Column, care: Kleene, senior: Kleene) -> NDArray[np.uint8]:
    """自愿选择, else 就高 at an hour price that nobody has fixed yet."""
    paid, paid_known = f["护理补贴"].values > 0, f["护理补贴"].known
    choice, choice_known = f["待遇选择"].values, f["待遇选择"].known
    both_known = paid_known & choice_known & ~((care.can & ~care.is_) | (senior.can & ~senior.is_))
    service = choice_known & (choice == 1)
    subsidy = choice_known & (choice == 2) & paid_known & paid
    undecided = np.where(both_known, EFFECT_OPEN, EFFECT_UNKNOWN)
    # An unknown hour value only matters while the choice leaves it open.
    # Hours that nobody has fixed may be none: only certain ones keep the subsidy out.
    clear = paid_known & ~care.can
    serves = np.where(care.is_, KEEPS, np.where(clear, EFFECT_OPEN, EFFECT_UNKNOWN))
    codes = np.where(service, serves, np.where(subsidy, YIELDS, undecided))
    return np.where(paid_known & ~paid, NONE, codes).astype(np.uint8)


def same(ours: dict[str, GrantColumn], theirs: Outcome) -> None:
    """Assert that both gave the same status, amount and effect for every person."""
    assert ours.keys() == theirs.keys()
    for word, (status, amount, effect) in theirs.items():
        for name, a, b in (
            ("status", ours[word].status, status),
            ("amount", ours[word].amount, amount),
            ("effect", ours[word].effect, effect),
        ):
            assert (a is None) == (b is None), f"{word} {name}: one side is missing"
            if a is not None and b is not None:
                differ = np.flatnonzero(a != b)
                assert not len(differ), (
                    f"{word} {name} row {differ[0]}: {a[differ[0]]} {b[differ[0]]}"
                )


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(
    rules: RuleSet, name: str, hand: Callable[[Column, int], Outcome], facts: Column, rounds: int
) -> None:
    """Assert equality, then time both in turn and print the ratio."""
    size = len(facts["低保"].values)
    same(rules.columns(facts, size, ON), hand(facts, size))
    pairs = [
        (seconds(lambda: rules.columns(facts, size, ON)), seconds(lambda: hand(facts, size)))
        for _ in range(rounds)
    ]
    ours, theirs = (statistics.median(p[i] for p in pairs) * 1e3 for i in (0, 1))
    ratio = statistics.median(a / b for a, b in pairs)
    print(
        f"{size:,} elders, {name}: engine {ours:.1f} ms, NumPy by hand {theirs:.1f} ms, "
        f"ratio {ratio:.2f} (target <= 1.0), results identical"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="1.5 M elders as columns against NumPy by hand")
    parser.add_argument("--elders", type=int, default=1_500_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    rules = load_city(str(CITY))
    known, gaps = (people(options.elders, complete=c) for c in (True, False))
    compare(rules, "every fact known", by_hand, known, options.rounds)
    compare(rules, "one in five unknown", by_hand_unknown, gaps, options.rounds)


if __name__ == "__main__":
    main()
