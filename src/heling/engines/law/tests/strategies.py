"""Random people and random programs over every operation of the language, for property tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from heling.engines.law import FactColumn, RuleSet, load_city
from heling.engines.law.facts import read_facts
from heling.engines.law.library import cities, default_root
from heling.engines.law.model import Fact
from heling.engines.law.shelf import FolderShelf, LayeredShelf
from heling.engines.law.units import Kind

ON = date(2026, 11, 1)
EPOCH = date(1970, 1, 1)
CITIES = cities(default_root())
"""Every city with a folder of packs: nobody counts them by hand."""
STORED = tuple(c for c in CITIES if load_city(c).laws)
"""Those whose ordinance stands here word for word."""
OVERLAID = "330200 with overlays"
RULED = (*CITIES, OVERLAID)
"""Every rule set of the house, and one whose districts give more. Overlays of real districts are
not known: these two are made up, and stand nowhere but here."""
_OVERLAY = """pack: 330200/{code}-more
kind: overlay
city: {{code: "330200", name: 宁波市}}
district: {{code: "{code}", name: {name}, fact: 居住区县}}
law: {{title: {name}补充规定（演示）, external: true, source: 演示}}
in_force: {{from: {since}, status: 待核实, source: 演示}}
imports: [330200/home-care-2018, cn/district]
raises:
"""
_HOURS = "  {word}: {{unit: 小时/月, source: 演示, status: 待核实, versions: [{versions}]}}\n"


def _overlays() -> dict[str, bytes]:
    haishu = _OVERLAY.format(code="330203", name="海曙区", since="2024-01-01")
    haishu += _HOURS.format(
        word="重度时数",
        versions="{from: 2024-01-01, to: 2026-10-31, value: 50}, {from: 2026-11-01, value: 60}",
    )
    haishu += _HOURS.format(word="中度时数", versions="{from: 2024-01-01, value: 45}")
    jiangbei = _OVERLAY.format(code="330205", name="江北区", since="2026-11-02")
    jiangbei += _HOURS.format(word="重度时数", versions="{from: 2026-11-02, value: 46}")
    haishu += "properties:\n  重度不低于市里: {cite: 待核实, claim: {never_below: 重度时数}}\n"
    return {"330200/330203-more": haishu.encode(), "330200/330205-more": jiangbei.encode()}


OVERLAID_SHELF = LayeredShelf(FolderShelf(default_root()), _overlays())


def rules_of(name: str, *, measures: bool = False) -> RuleSet:
    """One of :data:`RULED`."""
    if name == OVERLAID:
        return load_city("330200", OVERLAID_SHELF, measures=measures)
    return load_city(name, measures=measures)


SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)


def value_of(fact: Fact) -> st.SearchStrategy[Any]:
    """Facts as a person would write them, with the values near every threshold well represented."""
    kind = fact.type.kind
    if kind is Kind.BOOL:
        return st.booleans()
    if kind is Kind.ENUM:
        return st.sampled_from(fact.type.levels)
    if kind is Kind.CITY:
        return st.sampled_from([*CITIES, "999900", "330203001002"])
    if kind is Kind.COUNTY:
        return st.sampled_from(["330203", "330205001001", "330212", "999901", "999902"])
    if kind is Kind.DATE:
        around = [date(ON.year - k, ON.month, ON.day) for k in (60, 70, 80)]
        near = [d + timedelta(days=n) for d in around for n in (-1, 0, 1)]
        return st.sampled_from([*near, date(1964, 2, 29)]) | st.dates(date(1900, 1, 1), ON)
    low, high = fact.bounds.low, fact.bounds.high
    return st.sampled_from([low, low + 1, high]) | st.integers(low, high)


def person_of(rules: RuleSet) -> st.SearchStrategy[dict[str, Any]]:
    """A person of whom any set of facts may be unknown."""
    return st.fixed_dictionaries({}, optional={w: value_of(f) for w, f in rules.facts.items()})


def columns_of(rules: RuleSet, people: list[dict[str, Any]]) -> dict[str, FactColumn]:
    found = {}
    for word, fact in rules.facts.items():
        told = [_told(fact, p, rules) for p in people]
        known = np.array([word in p for p in told])
        encoded = [_encode(fact, p[word]) if word in p else _filler(fact) for p in told]
        dtype: Any = np.bool_ if fact.type.kind is Kind.BOOL else np.int64
        found[word] = FactColumn(np.array(encoded, dtype=dtype), known)
    return found


def _told(fact: Fact, person: dict[str, Any], rules: RuleSet) -> dict[str, Any]:
    """What a person says; a county may be read off the place that it lies within."""
    if not fact.within:
        return person
    county = read_facts(person, rules.facts, ON).values.get(fact.word)
    return {} if county is None else {fact.word: f"{county}"}


def _filler(fact: Fact) -> int:
    return fact.bounds.low


def _encode(fact: Fact, value: Any) -> int:
    if fact.type.kind is Kind.ENUM:
        return fact.type.levels.index(value)
    if fact.type.kind is Kind.CITY:
        return int(value[:4]) * 100
    if fact.type.kind is Kind.COUNTY:
        return int(value[:6])
    if fact.type.kind is Kind.DATE:
        return (value - EPOCH).days
    return value


NUMBERS = st.sampled_from(
    [
        "补贴",
        "min(0, 补贴)",
        "max(补贴, 0)",
        "重时 * 价格",
        "中时 * 价格",
        "补贴 + 补贴",
        "补贴 - 补贴",
        "进一(补贴, 户数) * 户数",
    ]
)
TRUTHS = st.sampled_from(
    [
        "低保", "独居", "另定", "等级 >= 中", "等级 < 重", "等级 != 轻", "类别 == 甲", "类别 in (甲, 乙)",
        "户籍地 == 本市", "户籍地 == 居住地", "居住地 != 户籍地", "周岁(出生日期) >= 老年",
        "老年 > 周岁(出生日期)", "周岁(出生日期) <= 老年", "周岁(出生日期) == 老年",
        "周岁(出生日期) != 老年", "重时 > 中时", "户数 * 每户 > 每户 * 户数",
    ]
)  # fmt: skip


def _bigger_numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        st.tuples(inner, st.sampled_from("+-"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, TRUTHS, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
    )


NUMERIC = st.recursive(NUMBERS, _bigger_numbers, max_leaves=4)


def _bigger_truths(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda t: f"not ({t})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(NUMERIC, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMERIC).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
    )


CONDITIONS = st.recursive(TRUTHS, _bigger_truths, max_leaves=8)
PROGRAM = st.lists(
    st.tuples(CONDITIONS, st.none() | NUMERIC, st.booleans()), min_size=2, max_size=4
)
RULES = st.sampled_from(["exclusive", "higher_of", "stack", "choice"])


def program_text(grants: list[tuple[str, str | None, bool]], rule: str) -> str:
    lines = ["grants:"]
    for n, (when, amount, tabled) in enumerate(grants):
        rest = ""
        if amount is not None:
            formula = (
                f"{{table: 等级, rows: {{轻: '0', 重: '{amount}'}}, else: 补贴}}"
                if tabled
                else f"'{amount}'"
            )
            rest = f", amount: {formula}, unit: 分/月"
        lines.append(f"  项{n}: {{cite: 2, duty: 应当, benefit: 项, when: '{when}'{rest}}}")
    if rule == "stack":
        return "\n".join(lines) + "\n"
    choice = ", choice: 类别, otherwise: higher_of" if rule == "choice" else ""
    lines += [
        "conflicts:",
        f"  重复: {{cite: 2/2, rule: {rule}{choice}, between: {{",
        "    甲: {grants: [项0], value: 补贴 + 补贴}, 乙: {when: 独居, value: 重时 * 价格}}}",
    ]
    return "\n".join(lines) + "\n"
