"""Every way a pack can be wrong is one finding with file, line, word and article."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from heling.engines.law.trouble import Finding, PackError

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab


def _findings(build: Callable[[], object]) -> tuple[Finding, ...]:
    with pytest.raises(PackError) as caught:
        build()
    assert all(f.spot.line >= 1 and f.spot.file for f in caught.value.findings)
    return caught.value.findings


def _only(build: Callable[[], object]) -> Finding:
    findings = _findings(build)
    assert len(findings) == 1, findings
    return findings[0]


def _constant(lab: Lab, entry: str) -> Finding:
    return _only(lambda: lab.build("  甲: {" + entry + "}\n"))


def test_the_unbroken_pack_loads(lab: Lab) -> None:
    assert lab.build().city_name == "试验市"


def test_overlapping_versions_name_both_and_the_article(lab: Lab) -> None:
    found = _constant(
        lab,
        "cite: 2/1/1, unit: 小时, versions: [{from: 2020-01-01, to: 2021-06-30, value: 1}, {from: 2021-06-30, value: 2}]",
    )
    assert "日期重叠" in found.message
    assert "2021-06-30" in found.message
    assert found.spot.word == "甲"
    assert found.spot.article == "《试验条例》第二条第一款第（一）项"
    assert found.spot.file == "packs/999900/trial.yaml"


def test_the_line_is_the_line_of_the_word(lab: Lab) -> None:
    found = _constant(lab, "cite: 2, unit: 小时, versions: [{from: 2021-01-01, value: 1}]")
    text = (lab.root / "999900" / "trial.yaml").read_text(encoding="utf-8").splitlines()
    assert text[found.spot.line - 1].lstrip().startswith("甲:")


def test_adjacent_versions_touch_without_overlap(lab: Lab) -> None:
    lab.build(
        "  甲: {cite: 2, unit: 小时, versions: [{from: 2020-01-01, to: 2021-06-30, value: 1}, {from: 2021-07-01, value: 2}]}\n"
    )


def test_a_gap_of_one_day(lab: Lab) -> None:
    found = _constant(
        lab,
        "cite: 2, unit: 小时, versions: [{from: 2020-01-01, to: 2021-06-29, value: 1}, {from: 2021-07-01, value: 2}]",
    )
    assert "空档" in found.message
    assert "2021-06-30" in found.message


def test_versions_that_start_late(lab: Lab) -> None:
    found = _constant(lab, "cite: 2, unit: 小时, versions: [{from: 2020-01-02, value: 1}]")
    assert "2020-01-02 才有" in found.message


def test_versions_that_end_while_the_law_goes_on(lab: Lab) -> None:
    found = _constant(
        lab, "cite: 2, unit: 小时, versions: [{from: 2020-01-01, to: 2025-12-31, value: 1}]"
    )
    assert "2025-12-31" in found.message


@pytest.mark.parametrize("address", ["3", "2/3", "2/1/3", "1/1/1"])
def test_citation_to_a_missing_article(lab: Lab, address: str) -> None:
    found = _constant(
        lab, f"cite: {address}, unit: 小时, versions: [{{from: 2020-01-01, value: 1}}]"
    )
    assert "原文里没有这一条款项" in found.message
    assert found.spot.article.startswith("《试验条例》第")


def test_citation_that_is_no_address(lab: Lab) -> None:
    found = _constant(lab, "cite: 第二条, unit: 小时, versions: [{from: 2020-01-01, value: 1}]")
    assert "不是条文位置" in found.message


def test_quote_that_is_not_in_the_article(lab: Lab) -> None:
    found = _constant(
        lab, "cite: 2/1/1, quote: 五十小时, unit: 小时, versions: [{from: 2020-01-01, value: 50}]"
    )
    assert "五十小时" in found.message


def test_changed_text_breaks_the_pack(lab: Lab) -> None:
    from heling.engines.law.tests.conftest import LAW

    lab.law(LAW.replace("四十五", "四十四"))
    found = _only(lab.build)
    assert "已经改动" in found.message
    assert lab.sha[:12] in found.message


def test_missing_text(lab: Lab) -> None:
    (lab.root / "texts" / "trial.txt").unlink()
    assert any("找不到法规原文" in f.message for f in _findings(lab.build))


def test_text_outside_the_folder_is_not_read(lab: Lab) -> None:
    from heling.engines.law.tests.conftest import HEAD

    head = HEAD.replace("trial.txt", "../../../etc/passwd")
    assert any("找不到法规原文" in f.message for f in _findings(lambda: lab.build(head=head)))


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ("低保户", "不认识的词“低保户”"),
        ("补贴", "条件应当是“是非”"),
        ("低保 and 补贴", "不能当作“是非”"),
        ("低保 == 独居", "是非不用比较"),
        ("补贴 > 老年", "单位不一致"),
        ("补贴 > 5", "单位不一致"),
        ("周岁(出生日期) >= 60", "单位不一致"),
        ("补贴 + 户数 > 0", "单位不一致"),
        ("补贴 > 出生日期", "类型不一致"),
        ("等级 >= 高", "不认识的词“高”"),
        ("等级 == 类别", "类型不一致"),
        ("类别 >= 乙", "没有高低之分"),
        ("户籍地 > 本市", "没有高低之分"),
        ("出生日期 + 出生日期 > 0", "不能加减乘"),
        ("周岁(低保) >= 老年", "应当是一个日期"),
        ("周岁(出生日期, 出生日期) >= 老年", "应当是一个日期"),
        ("低保 if 独居 else 低保", "是非不用 if else"),
        ("max(等级, 等级) >= 中", "只用于数量"),
        ("min() > 0", "至少要有一个值"),
        ("not 补贴", "不能当作“是非”"),
        ("等级 in 中", "in 的右边"),
        ("等级 in ()", "in 的右边"),
    ],
)
def test_type_and_unit_errors(lab: Lab, when: str, says: str) -> None:
    found = _only(lambda: lab.grant(when))
    assert says in found.message
    assert found.spot.word == "服务"
    assert found.spot.article == "《试验条例》第二条第一款"


@pytest.mark.parametrize(
    "when",
    [
        '__import__("os")',
        "低保.real",
        "低保[0]",
        "(lambda: 低保)()",
        "[x for x in 低保]",
        '低保 or "yes"',
        "低保 or 1.5 > 0",
        "低保 is 独居",
        "低保 is not 独居",
        "等级 not in (轻, 中)",
        "补贴 / 户数 > 0",
        "补贴 ** 2 > 0",
        "补贴 % 2 > 0",
        "-补贴 > 0",
        "~低保",
        "低保 & 独居",
        "(x := 低保)",
        'f"{低保}"',
        "{低保}",
        "await 低保",
        "*低保",
        "min(补贴, default=0) > 0",
        "min(*补贴) > 0",
        "eval(低保)",
        "True",
        "None",
        "低保 and",
        "低保; 独居",
        "低保 = 独居",
        "（低保）",
        "",
    ],
)
def test_forbidden_syntax(lab: Lab, when: str) -> None:
    quoted = when.replace("'", "''")
    assert _findings(lambda: lab.grant(quoted))


def test_deep_expressions(lab: Lab) -> None:
    for when in ("(" * 250 + "低保" + ")" * 250, "not " * 400 + "低保", "- " * 900 + "补贴 > 0"):
        assert _findings(lambda when=when: lab.grant(when))


def test_depth_is_counted_and_not_guessed(lab: Lab) -> None:
    assert (
        "层以上"
        in _only(lambda: lab.grant("补贴 > " + "补贴 + (" * 45 + "补贴" + ")" * 45)).message
    )


def test_huge_expression(lab: Lab) -> None:
    found = _only(lambda: lab.grant(" or ".join(["低保"] * 1000)))
    assert "请拆成几个词" in found.message


def test_ten_megabytes(lab: Lab) -> None:
    found = _only(lambda: lab.grant("低保 or " * 700_000 + "低保"))
    assert "上限" in found.message


def test_numbers_that_could_overflow(lab: Lab) -> None:
    found = _only(lambda: lab.grant("补贴 * 补贴 * 补贴 > 0"))
    assert "可精确计算的范围" in found.message


def _defines(*pairs: tuple[str, str]) -> str:
    return "define:\n" + "".join(f"  {w}: {{cite: 2, is: '{e}'}}\n" for w, e in pairs)


def test_circle_of_definitions(lab: Lab) -> None:
    findings = _findings(
        lambda: lab.build(_defines(("甲", "乙 or 低保"), ("乙", "丙"), ("丙", "甲")))
    )
    assert any("甲 → 乙 → 丙 → 甲" in f.message for f in findings)
    assert {f.spot.word for f in findings} <= {"甲", "乙", "丙"}


@pytest.mark.parametrize("downwards", [False, True])
def test_a_long_chain_of_definitions(lab: Lab, downwards: bool) -> None:
    chain = [("层0", "低保"), *((f"层{n}", f"not (层{n - 1} and 独居)") for n in range(1, 400))]
    findings = _findings(lambda: lab.build(_defines(*(chain[::-1] if downwards else chain))))
    assert any("拆平" in f.message for f in findings)


def test_a_word_defined_by_itself(lab: Lab) -> None:
    assert "甲 → 甲" in _only(lambda: lab.build(_defines(("甲", "甲")))).message


def test_all_mistakes_are_reported_at_once(lab: Lab) -> None:
    findings = _findings(
        lambda: lab.build(_defines(("甲", "没有"), ("乙", "补贴 and 低保"), ("丙", "1.5")))
    )
    assert [f.spot.word for f in findings] == ["甲", "乙", "丙"]


def test_the_same_word_twice(lab: Lab) -> None:
    found = _only(lambda: lab.build(_defines(("低保", "独居"))))
    assert "已经在" in found.message
    assert "trial.yaml" in found.message


def test_duplicate_key(lab: Lab) -> None:
    assert "写了两次" in _only(lambda: lab.build(_defines(("甲", "低保"), ("甲", "独居")))).message


def test_this_city_is_a_fixed_word(lab: Lab) -> None:
    assert "固定的词" in _only(lambda: lab.build(_defines(("本市", "低保")))).message


def test_a_word_that_is_no_name(lab: Lab) -> None:
    assert any(
        "不能作词" in f.message for f in _findings(lambda: lab.build(_defines(("2级", "低保"))))
    )


def test_unknown_field(lab: Lab) -> None:
    found = _only(lambda: lab.grant("低保", ", colour: 红"))
    assert "不认识的栏目“colour”" in found.message


def test_missing_fields(lab: Lab) -> None:
    findings = _findings(lambda: lab.build("grants:\n  服务: {duty: 应当, when: 低保}\n"))
    assert {"缺少“cite”", "缺少“benefit”"} <= {f.message for f in findings}


def test_a_right_without_condition(lab: Lab) -> None:
    findings = _findings(
        lambda: lab.build("grants:\n  服务: {cite: 2, duty: 应当, benefit: 服务}\n")
    )
    assert any("when" in f.message for f in findings)


def test_unknown_duty(lab: Lab) -> None:
    findings = _findings(
        lambda: lab.build("grants:\n  服务: {cite: 2, duty: 必须, benefit: 服务, when: 低保}\n")
    )
    assert any("“必须”不可用" in f.message for f in findings)


def test_amount_of_another_unit(lab: Lab) -> None:
    assert "单位不一致" in _only(lambda: lab.grant("低保", ", amount: 重时, unit: 分/月")).message


def test_amount_without_unit(lab: Lab) -> None:
    assert "单位不一致" in _only(lambda: lab.grant("低保", ", amount: 重时")).message


def test_table_with_a_strange_row(lab: Lab) -> None:
    rest = ", amount: {table: 等级, rows: {重: 重时, 特重: 中时}, else: 中时}, unit: 小时/月"
    assert "“特重”不是“等级”的等级" in _only(lambda: lab.grant("低保", rest)).message


def test_table_with_a_missing_row(lab: Lab) -> None:
    rest = ", amount: {table: 等级, rows: {重: 重时, 中: 中时}}, unit: 小时/月"
    assert "缺少“轻”" in _only(lambda: lab.grant("低保", rest)).message


def test_table_of_something_that_is_no_enum(lab: Lab) -> None:
    rest = ", amount: {table: 低保, rows: {重: 重时}}, unit: 小时/月"
    assert "查表要用等级" in _only(lambda: lab.grant("低保", rest)).message


def test_value_and_open_at_once(lab: Lab) -> None:
    found = _constant(
        lab, "cite: 2, unit: 小时, open: {filled_by: 市}, versions: [{from: 2020-01-01, value: 1}]"
    )
    assert "要写且只写一个" in found.message


@pytest.mark.parametrize("value", ["1.5", "四十五", "1e3", "-1", "''"])
def test_values_that_are_not_whole_numbers(lab: Lab, value: str) -> None:
    assert _constant(lab, f"cite: 2, unit: 小时, versions: [{{from: 2020-01-01, value: {value}}}]")


def test_an_impossible_date(lab: Lab) -> None:
    findings = _findings(
        lambda: lab.build("  甲: {cite: 2, unit: 小时, versions: [{from: 2020-02-30, value: 1}]}\n")
    )
    assert any("不是日期" in f.message for f in findings)


def test_dates_the_wrong_way_round(lab: Lab) -> None:
    findings = _findings(
        lambda: lab.build(
            "  甲: {cite: 2, unit: 小时, versions: [{from: 2020-01-01, to: 2019-01-01, value: 1}]}\n"
        )
    )
    assert any("早于开始日期" in f.message for f in findings)


def test_integer_facts_need_a_limit(lab: Lab) -> None:
    facts = "facts:\n  钱: {type: integer, unit: 分, ask: 多少？}\n"
    assert any("溢出" in f.message for f in _findings(lambda: lab.build(facts=facts)))


def test_import_of_nothing(lab: Lab) -> None:
    assert "不存在" in _only(lambda: lab.build("imports: [cn/nothing]\n")).message


def test_imports_in_a_circle(lab: Lab) -> None:
    assert any(
        "成圈" in f.message for f in _findings(lambda: lab.build("imports: [999900/trial]\n"))
    )


def test_import_that_starts_later(lab: Lab) -> None:
    late = lab.root / "999900" / "late.yaml"
    late.write_text(
        "pack: 999900/late\nkind: national\nlaw: {title: 晚, external: true}\nin_force: {from: 2020-01-02}\n",
        encoding="utf-8",
    )
    assert "晚于本包" in _only(lambda: lab.build("imports: [999900/late]\n")).message


_GRANTS = """grants:
  甲项: {cite: 2/1/1, duty: 应当, benefit: 甲, when: 低保, amount: 重时, unit: 小时/月}
  乙项: {cite: 2/1/2, duty: 应当, benefit: 乙, when: 独居, amount: 中时, unit: 小时/月}
conflicts:
  重复: {cite: 2/2, %s}
"""


@pytest.mark.parametrize(
    ("conflict", "says"),
    [
        ("rule: exclusive, between: {甲: {grants: [甲项]}}", "至少要有两方"),
        (
            "rule: exclusive, between: {甲: {grants: [没有]}, 乙: {grants: [乙项]}}",
            "“没有”不是应当给付",
        ),
        ("rule: higher_of, between: {甲: {grants: [甲项]}, 乙: {grants: [乙项]}}", "缺少 value"),
        (
            "rule: higher_of, between: {甲: {grants: [甲项], value: 甲项}, 乙: {when: 补贴 > 0, value: 补贴}}",
            "单位不一致",
        ),
        (
            "rule: choice, choice: 低保, between: {甲: {grants: [甲项]}, 乙: {grants: [乙项]}}",
            "等级事实",
        ),
        (
            "rule: choice, choice: 类别, between: {甲: {grants: [甲项]}, 丙: {grants: [乙项]}}",
            "“丙”这个选项",
        ),
        ("rule: choice, between: {甲: {grants: [甲项]}, 乙: {grants: [乙项]}}", "要写 choice"),
        (
            "rule: stack, between: {甲: {grants: [甲项], when: 低保}, 乙: {grants: [乙项]}}",
            "要么写 grants",
        ),
    ],
)
def test_conflicts_that_make_no_sense(lab: Lab, conflict: str, says: str) -> None:
    findings = _findings(lambda: lab.build(_GRANTS % conflict))
    assert any(says in f.message for f in findings), findings


def test_interpretation_of_nothing(lab: Lab) -> None:
    body = "interpretations:\n  读法: {cite: 2, note: 如此, applies_to: [没有]}\n"
    assert "“没有”" in _only(lambda: lab.build(body)).message


def test_only_a_law_that_is_not_here_may_leave_its_article_unsaid(lab: Lab) -> None:
    from heling.engines.law.tests.conftest import HEAD

    body = "constants:\n  数: {cite: 待核实, unit: 户, versions: [{from: 2020-01-01, value: 1}]}\n"
    finding = _only(lambda: lab.build(body, facts=""))
    assert "“待核实”不是条文位置" in finding.message
    away = HEAD.replace("text: trial.txt, sha256: {sha}", "external: true")
    (pack,) = lab.build(body, facts="", head=away).packs
    assert pack.constants[0].cite.label == "《试验条例》（条号待核实）"


def _measure(lab: Lab, fills: str) -> Callable[[], object]:
    from heling.engines.law.ruleset import build

    path = lab.root / "999900" / "measure.yaml"
    path.write_text(
        "pack: 999900/measure\nkind: measure\nlaw: {title: 办法, external: true}\n"
        f"in_force: {{from: 2021-01-01}}\nimports: [999900/trial]\nfills:\n  {fills}\n",
        encoding="utf-8",
    )
    lab.write()
    return lambda: build((f"999900/{path.stem}",), "999900", lab.root)


def test_a_measure_may_only_fill_what_is_open(lab: Lab) -> None:
    fill = "重时: {filled_by: 市政府, source: 试, unit: 小时/月, versions: [{from: 2021-01-01, value: 50}]}"
    assert "不能填写" in _only(_measure(lab, fill)).message


def test_a_measure_in_another_unit(lab: Lab) -> None:
    fill = "价格: {filled_by: 市政府, source: 试, unit: 分/月, versions: [{from: 2021-01-01, value: 50}]}"
    assert "单位不一致" in _only(_measure(lab, fill)).message


def test_a_measure_by_somebody_whom_the_term_does_not_name(lab: Lab) -> None:
    fill = "价格: {filled_by: 区政府, source: 试, unit: 分/小时, versions: [{from: 2021-01-01, value: 50}]}"
    finding = _only(_measure(lab, fill))
    assert "留待“市政府”规定，这里写的是“区政府”" in finding.message
    assert finding.spot.file.endswith("measure.yaml")
    assert (finding.spot.line, finding.spot.word) == (7, "价格")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "空"),
        ("pack: [", "YAML"),
        ("a: &x 1\nb: *x\n", "锚点"),
        ("- 1\n", "名称: 内容"),
        ("pack: x\n", "缺少“law”"),
    ],
)
def test_files_that_are_no_packs(lab: Lab, text: str, says: str) -> None:
    from heling.engines.law.ruleset import build

    path = lab.root / "999900" / "trial.yaml"
    path.write_text(text, encoding="utf-8")
    assert any(
        says in f.message
        for f in _findings(lambda: build((f"999900/{path.stem}",), "999900", lab.root))
    )


def test_not_utf8(lab: Lab) -> None:
    from heling.engines.law.ruleset import build

    path = lab.root / "999900" / "trial.yaml"
    path.write_bytes("pack: 甲".encode("gbk"))
    assert "UTF-8" in _only(lambda: build((f"999900/{path.stem}",), "999900", lab.root)).message
