"""Measures that answer what norms leave open: who may, in which order, and how it shows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from heling.engines.law.library import norm_packs
from heling.engines.law.model import Entity
from heling.engines.law.normbook import NormBook, build_norms, load_norms
from heling.engines.law.norms import NormResult, Standing
from heling.engines.law.shelf import shelf_of
from heling.engines.law.tests.conftest import HEAD
from heling.engines.law.trouble import Finding, PackError

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab

ON = date(2026, 11, 1)
FACTS = """facts:
  户数: {of: compound, type: integer, unit: 户, min: 1, max: 9999, change: fixed, ask: 户数？}
  面积: {of: compound, type: integer, unit: 平方米, max: 9999, change: claim, ask: 面积？}
constants:
  百户: {cite: 2, unit: 户, versions: [{from: 2020-01-01, value: 100}]}
  空数: {cite: 2, unit: 平方米, open: {filled_by: 市政府}}
"""
QUOTA = (
    "norms:\n  面积够: {cite: 2/1, kind: quota, of: compound, duty: 应当, says: 面积,"
    " measure: 面积, at_least: '进一(户数, 百户) * 空数', unit: 平方米}\n"
)
FILL = "空数: {filled_by: 市政府, source: 试, status: 待核实, unit: 平方米, versions: [{from: 2021-01-01, value: 20}]}"


def _book(lab: Lab, fill: str = FILL, *, name: str = "z-measure", extra: str = "") -> NormBook:
    lab.write(QUOTA, facts=FACTS, head=HEAD.replace("ordinance", "norms"))
    (lab.root / "999900" / f"{name}.yaml").write_text(
        f"pack: 999900/{name}\nkind: norm-measure\nlaw: {{title: 办法, external: true}}\n"
        f"in_force: {{from: 2021-01-01}}\nimports: [999900/trial]\nfills:\n  {fill}\n{extra}",
        encoding="utf-8",
    )
    names = norm_packs("999900", shelf_of(lab.root), measures=True)
    return build_norms(names, "999900", lab.root)


def _examine(book: NormBook, on: date = ON) -> NormResult:
    return book.examine("compound", {"户数": 101, "面积": 39}, on).norm("面积够")


@pytest.mark.parametrize("name", ["a-measure", "z-measure"])
def test_a_measure_fills_whether_it_is_read_first_or_last(lab: Lab, name: str) -> None:
    norm = _examine(_book(lab, name=name))
    assert (norm.standing, norm.required, norm.gap) == (Standing.BROKEN, 40, 1)
    assert [m.word for m in norm.unverified] == ["空数"]


def test_before_the_measure_begins_the_term_is_still_open(lab: Lab) -> None:
    book = _book(lab)
    assert _examine(book, date(2020, 12, 31)).standing is Standing.OPEN
    assert _examine(book, date(2021, 1, 1)).standing is Standing.BROKEN


def test_without_measures_the_term_stays_open(lab: Lab) -> None:
    _book(lab)
    norm = _examine(load_norms("999900", lab.root))
    assert (norm.standing, norm.required) == (Standing.OPEN, None)
    assert _examine(load_norms("999900", lab.root, measures=True)).required == 40


@pytest.mark.parametrize(
    ("fill", "extra", "said"),
    [
        (FILL.replace("市政府", "区政府"), "", "留待“市政府”规定，这里写的是“区政府”"),
        (FILL.replace("filled_by: 市政府, ", ""), "", "缺少“filled_by”"),
        (FILL.replace("unit: 平方米", "unit: 户"), "", "单位不一致"),
        (FILL.replace("空数", "百户").replace("平方米", "户"), "", "不能填写"),
        (FILL.replace("value: 20", "value: -1"), "", "负数"),
        (FILL.replace("2021-01-01", "2021-01-02"), "", "2021-01-02 才有"),
        (FILL, QUOTA, "没有 norms"),
        (FILL, "grants: {}\n", "没有 grants"),
    ],
)
def test_a_wrong_measure_is_refused_with_its_place(
    lab: Lab, fill: str, extra: str, said: str
) -> None:
    with pytest.raises(PackError) as caught:
        _book(lab, fill, extra=extra)
    found: tuple[Finding, ...] = caught.value.findings
    assert any(said in f.message for f in found), found
    assert all(f.spot.file.endswith("z-measure.yaml") and f.spot.line > 1 for f in found)


def test_two_measures_may_not_both_answer(lab: Lab) -> None:
    _book(lab, name="a-measure")
    with pytest.raises(PackError, match="已经由"):
        _book(lab)


def test_the_lost_numbers_of_ningbo_13_are_assumed_and_say_so() -> None:
    book = load_norms("330200", measures=True)
    facts = {"小区建设情况": "新建", "小区户数": 850, "配建用房面积": 179}
    norm = book.examine(Entity.COMPOUND, facts, ON).norm("新建小区用房面积")
    assert (norm.standing, norm.required, norm.gap) == (Standing.BROKEN, 180, 1)
    assert "新建每百户面积" in {m.word for m in norm.unverified}
    assert any("假定" in m.note for m in norm.unverified)
