"""Norms about others than elders: what each kind says, at its edges, and what a pack may not say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.engines.law.library import cities, default_root
from heling.engines.law.model import UNVERIFIED, Duty, Entity
from heling.engines.law.norm_judge import later
from heling.engines.law.normbook import NormBook, build_norms, load_norms
from heling.engines.law.norms import Standing
from heling.engines.law.schema import examination_schema
from heling.engines.law.service import examine_json
from heling.engines.law.trouble import Finding, PackError
from heling.kernel.errors import BadInput, Conflict, NotFound

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab

from heling.engines.law.tests.conftest import HEAD
from heling.engines.law.tests.strategies import CITIES

ON = date(2026, 11, 1)
NANNING, NINGBO = "450100", "330200"

FACTS = """facts:
  户数: {of: compound, type: integer, unit: 户, min: 1, max: 9999, change: fixed, ask: 户数？}
  面积: {of: compound, type: integer, unit: 平方米, max: 9999, change: claim, ask: 面积？}
  有用途: {of: compound, type: bool, change: claim, ask: 用途？}
  开始: {of: institution, type: date, change: fixed, ask: 开始？}
  完成: {of: institution, type: date, change: claim, ask: 完成？}
  上次: {of: institution, type: date, change: claim, ask: 上次？}
constants:
  百户: {cite: 2, unit: 户, versions: [{from: 2020-01-01, value: 100}]}
  每份: {cite: 2, unit: 平方米, versions: [{from: 2020-01-01, value: 30}]}
  三月: {cite: 2, unit: 月, versions: [{from: 2020-01-01, value: 3}]}
  十日: {cite: 2, unit: 日, versions: [{from: 2020-01-01, value: 10}]}
  空数: {cite: 2, unit: 平方米, open: {filled_by: 市政府}}
"""


def _book(lab: Lab, norms: str) -> NormBook:
    path = lab.write("norms:\n" + norms, facts=FACTS, head=HEAD.replace("ordinance", "norms"))
    return build_norms((f"999900/{path.stem}",), "999900", lab.root)


def _wrong(lab: Lab, norms: str) -> str:
    with pytest.raises(PackError) as caught:
        _book(lab, norms)
    found: tuple[Finding, ...] = caught.value.findings
    assert len(found) == 1, found
    assert found[0].spot.file.endswith("trial.yaml")
    assert found[0].spot.line > 1
    return found[0].message


QUOTA = (
    "  面积够: {cite: 2/1, kind: quota, of: compound, duty: 应当, says: 面积,"
    " measure: 面积, at_least: '进一(户数, 百户) * 每份', unit: 平方米}\n"
)


@pytest.mark.parametrize(
    ("households", "area", "standing", "required"),
    [
        (1, 29, "broken", 30),
        (1, 30, "kept", 30),
        (100, 30, "kept", 30),
        (101, 30, "broken", 60),
        (101, 59, "broken", 60),
        (101, 60, "kept", 60),
        (200, 60, "kept", 60),
    ],
)
def test_a_started_hundred_counts_as_a_hundred(
    lab: Lab, households: int, area: int, standing: str, required: int
) -> None:
    found = _book(lab, QUOTA).examine("compound", {"户数": households, "面积": area}, ON)
    norm = found.norm("面积够")
    assert (norm.standing, norm.required, norm.actual) == (standing, required, area)
    assert norm.gap == max(0, required - area)


@pytest.mark.parametrize(
    ("day", "length", "unit", "due"),
    [
        (date(2024, 1, 31), 1, "月", date(2024, 2, 29)),
        (date(2023, 1, 31), 1, "月", date(2023, 2, 28)),
        (date(2024, 2, 29), 1, "年", date(2025, 2, 28)),
        (date(2023, 11, 30), 3, "月", date(2024, 2, 29)),
        (date(2023, 12, 31), 1, "日", date(2024, 1, 1)),
        (date(2023, 12, 15), 12, "月", date(2024, 12, 15)),
    ],
)
def test_time_ends_on_a_day_that_exists(day: date, length: int, unit: str, due: date) -> None:
    assert later(day, length, unit) == due


DEADLINE = (
    "  限期: {cite: 2/1, kind: deadline, of: institution, duty: 应当, says: 限期,"
    " after: 开始, within: 十日, done: 完成}\n"
)
CADENCE = (
    "  每季: {cite: 2/1, kind: cadence, of: institution, duty: 应当, says: 每季,"
    " every: 三月, last: 上次}\n"
)


@pytest.mark.parametrize(
    ("facts", "on", "standing"),
    [
        ({"开始": "2026-10-01", "完成": "2026-10-11"}, ON, "kept"),
        ({"开始": "2026-10-01", "完成": "2026-10-12"}, ON, "broken"),
        ({"开始": "2026-10-01"}, date(2026, 10, 11), "bound"),
        ({"开始": "2026-10-01"}, date(2026, 10, 12), "unknown"),
        ({"完成": "2026-10-01"}, ON, "unknown"),
    ],
)
def test_a_deadline_ends_with_its_last_day(
    lab: Lab, facts: dict[str, Any], on: date, standing: str
) -> None:
    norm = _book(lab, DEADLINE).examine("institution", facts, on).norm("限期")
    assert norm.standing == standing
    assert norm.due == (date(2026, 10, 11) if "开始" in facts else None)
    if standing == "unknown":
        assert norm.missing == (("完成",) if "开始" in facts else ("开始",))


@pytest.mark.parametrize(
    ("last", "standing"), [("2026-08-01", "kept"), ("2026-07-31", "broken"), (None, "unknown")]
)
def test_a_cadence_is_broken_the_day_after(lab: Lab, last: str | None, standing: str) -> None:
    norm = _book(lab, CADENCE).examine("institution", {"上次": last}, ON).norm("每季")
    assert norm.standing == standing


def test_an_open_limit_is_open_and_never_zero(lab: Lab) -> None:
    book = _book(lab, QUOTA.replace("'进一(户数, 百户) * 每份'", "空数"))
    norm = book.examine("compound", {"户数": 1, "面积": 0}, ON).norm("面积够")
    assert (norm.standing, norm.required, norm.gap) == (Standing.OPEN, None, None)
    assert [(o.term, o.filled_by) for o in norm.open_terms] == [("空数", "市政府")]


@pytest.mark.parametrize(
    ("norm", "said"),
    [
        (QUOTA.replace("at_least", "at_most"), "at_most"),
        (QUOTA.replace(", unit: 平方米", ", unit: 户"), "单位不一致"),
        (QUOTA.replace("measure: 面积", "measure: 上次"), "数量"),
        (
            QUOTA.replace("of: compound", "of: institution"),
            "说的是住宅小区，这一条说的是养老服务机构",
        ),
        (QUOTA.replace("进一(户数, 百户)", "进一(户数, 面积)"), "每份可能是 0"),
        (QUOTA.replace("进一(户数, 百户)", "进一(户数)"), "两个数量"),
        (QUOTA.replace("duty: 应当", "duty: 必须"), "不可用"),
        (QUOTA.replace("cite: 2/1", "cite: 9"), "没有这一条"),
        (DEADLINE.replace("within: 十日", "within: 百户"), "日、月或年"),
        (DEADLINE.replace("after: 开始", "after: 十日"), "应当是一个日期"),
        (CADENCE.replace(", last: 上次", ", lowest: 每份"), "没有 lowest"),
        (
            "  罚: {cite: 2, kind: penalty, of: compound, duty: 可以, says: 罚, when: 有用途,"
            " lowest: 每份, highest: 每份}\n",
            "以分计",
        ),
        (
            "  罚: {cite: 2, kind: penalty, of: compound, duty: 可以, says: 罚, lowest: 每份,"
            " highest: 每份}\n",
            "when",
        ),
    ],
)
def test_a_wrong_norm_is_refused_with_its_place(lab: Lab, norm: str, said: str) -> None:
    with pytest.raises(PackError) as caught:
        _book(lab, norm)
    assert any(said in f.message for f in caught.value.findings), caught.value.findings
    assert all(f.spot.line > 1 for f in caught.value.findings)


def test_rights_and_norms_do_not_mix(lab: Lab) -> None:
    assert "没有 grants" in _wrong(
        lab, QUOTA + "grants:\n  服务: {cite: 2, duty: 应当, benefit: 服务, when: 有用途}\n"
    )
    with pytest.raises(PackError, match="没有 norms"):
        lab.build("norms:\n" + QUOTA, facts=FACTS)


@pytest.fixture(params=CITIES)
def book(request: pytest.FixtureRequest) -> NormBook:
    return load_norms(request.param)


def test_every_norm_is_cited_word_for_word(book: NormBook) -> None:
    stored = {p.id for p in book.packs if p.text is not None}
    for norm in book.norms:
        assert norm.cite.quote or norm.pack not in stored, norm.word
        assert norm.says
        if norm.pack not in stored:  # then the result says that nobody has read the text
            (found,) = (p for p in book.provisions if p.norm is norm)
            assert any(r.status == UNVERIFIED for r in found.readings)


def test_what_is_only_encouraged_never_counts_as_broken(book: NormBook) -> None:
    soft = [p for p in book.provisions if p.norm.duty in (Duty.ENCOURAGE, Duty.EXPLORE, Duty.MAY)]
    assert soft
    assert all(p.test is None for p in soft)


def test_examinations_fit_their_schema(book: NormBook) -> None:
    schema = examination_schema()
    for entity in Entity:
        data = book.examine(entity, {}, ON).to_json()
        jsonschema.validate(json.loads(json.dumps(data)), schema)


_COMPOUND = st.fixed_dictionaries(
    {},
    optional={
        "小区建设情况": st.sampled_from(["新建", "已建成"]),
        "小区户数": st.integers(1, 3000),
        "养老设施面积": st.integers(0, 1000),
        "最小一处面积": st.integers(0, 400),
        "集中配置": st.booleans(),
        "集中配置户数": st.integers(1, 9000),
        "集中配置面积": st.integers(0, 3000),
        "集中配置最小一处": st.integers(0, 400),
        "配置实施计划": st.booleans(),
    },
)


@given(facts=_COMPOUND, hidden=st.sets(st.sampled_from(["小区户数", "集中配置", "养老设施面积"])))
def test_a_missing_fact_never_turns_a_certain_standing(
    facts: dict[str, Any], hidden: set[str]
) -> None:
    book = load_norms(NANNING)
    whole = book.examine("compound", facts, ON)
    part = book.examine("compound", {w: v for w, v in facts.items() if w not in hidden}, ON)
    for norm in part.norms:
        if (
            norm.standing is not Standing.UNKNOWN
            and whole.norm(norm.id).standing is not norm.standing
        ):
            assert norm.standing is Standing.OPEN  # then a missing fact could not have decided
            raise AssertionError((norm, whole.norm(norm.id)))


@given(facts=_COMPOUND)
def test_nanning_quotas_are_what_the_article_says(facts: dict[str, Any]) -> None:
    """Article 10 recomputed by hand, in hundredths."""
    found = load_norms(NANNING).examine("compound", facts, ON)
    if facts.get("小区建设情况") == "新建" and {"小区户数", "养老设施面积"} <= facts.keys():
        enough = facts["养老设施面积"] * 100 >= facts["小区户数"] * 30
        assert found.norm("新建小区设施面积").standing == ("kept" if enough else "broken")


def test_a_receipt_is_recomputed_and_a_false_one_refused() -> None:
    book = load_norms(NANNING)
    facts = {"小区建设情况": "新建", "小区户数": 1001, "养老设施面积": 300}
    found = book.examine("compound", facts, ON)
    assert book.recompute(Entity.COMPOUND, found.receipt) == found
    forged = type(found.receipt)(
        **{**_fields(found.receipt), "facts": {**facts, "养老设施面积": 301}}
    )
    with pytest.raises(Conflict, match="不一致"):
        book.recompute(Entity.COMPOUND, forged)
    with pytest.raises(Conflict, match="不同"):
        load_norms(NINGBO).recompute(Entity.COMPOUND, found.receipt)


def _fields(receipt: Any) -> dict[str, Any]:
    return {name: getattr(receipt, name) for name in receipt.__dataclass_fields__}


def test_one_citys_norms_do_not_know_the_others_words() -> None:
    with pytest.raises(BadInput, match="没有“最小一处面积”"):
        load_norms(NINGBO).examine("compound", {"最小一处面积": 300}, ON)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: examine_json(NANNING, "street", ON, {}), BadInput),
        (lambda: examine_json("999999", "compound", ON, {}), NotFound),
        (lambda: examine_json(NANNING, "compound", ON, {"小区户数": 0}), BadInput),
        (lambda: examine_json(NANNING, "compound", ON, []), BadInput),  # type: ignore[arg-type]
    ],
)
def test_bad_input_is_refused(call: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


def test_every_city_has_its_norms() -> None:
    for city in cities(default_root()):
        assert load_norms(city).norms
