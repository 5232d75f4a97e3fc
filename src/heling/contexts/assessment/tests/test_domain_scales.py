"""The scales as data: sums, texts, pinned hashes, and files that must be refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from heling.contexts.assessment.domain import (
    GBT42195,
    LTC2021,
    FieldKind,
    load_scale,
    parse_scale,
    scale_ids,
    store,
)
from heling.kernel.errors import BadInput

# A changed value under the same version rewrites history: give it a new version, keep the
# old file as <id>@<version>.yaml, then change the pin.
PINNED = {
    (GBT42195, "1"): "0622aab0083045ead9d37f4d20292a2f8464a63568f067d0bda48a67b653734c",
    (LTC2021, "1"): "172f9b0b369f072d2211a2a5953c486be4dba5c742f5408adbfcfda3f5656ee6",
}


def text_of(scale_id: str) -> str:
    return (store.scale_folder() / f"{scale_id}.yaml").read_text(encoding="utf-8")


def refused(scale_id: str, old: str, new: str) -> str:
    """The message for a scale file in which ``old`` became ``new``."""
    text = text_of(scale_id)
    assert old in text
    with pytest.raises(BadInput) as caught:
        parse_scale(text.replace(old, new, 1), "x.yaml")
    return caught.value.message


def test_values_are_pinned() -> None:
    found = {(s.id, s.version): s.sha256 for s in map(load_scale, scale_ids())}
    assert found == PINNED


def test_hash_ignores_layout_and_sees_values() -> None:
    text = text_of(LTC2021)
    same = parse_scale(f"# another comment\n\n{text}", "x.yaml")
    other = parse_scale(text.replace("需部分帮助（夹菜、盛饭）", "需部分帮助"), "x.yaml")
    assert same.sha256 == load_scale(LTC2021).sha256 != other.sha256


def test_gbt_group_maxima() -> None:
    scale = load_scale(GBT42195)
    assert [(g.code, len(g.items), g.max) for g in scale.groups] == [
        ("B.1", 8, 32),
        ("B.2", 4, 15),
        ("B.3", 9, 28),
        ("B.4", 5, 15),
    ]
    assert scale.max == 90


def test_gbt_items_with_other_maxima_than_four() -> None:
    found = {i.code: i.max for i in load_scale(GBT42195).items if i.max != 4}
    assert found == {
        "B.2.4": 3,
        "B.3.7": 1,
        "B.3.8": 1,
        "B.3.9": 2,
        "B.4.1": 2,
        "B.4.2": 2,
        "B.4.4": 3,
    }


def test_ltc_structure() -> None:
    scale = load_scale(LTC2021)
    assert [(g.name, len(g.items), g.max) for g in scale.groups] == [
        ("日常生活活动能力", 10, 100),
        ("认知能力", 4, 16),
        ("感知觉与沟通能力", 3, 12),
    ]


@pytest.mark.parametrize("scale_id", [GBT42195, LTC2021])
def test_every_option_is_written_out(scale_id: str) -> None:
    for item in load_scale(scale_id).items:
        for option in item.options:
            assert option.text, item.title
            assert "…" not in option.text, item.title


def test_better_is_the_higher_score() -> None:
    by_code = {i.code: {o.score: o.text for o in i.options} for i in load_scale(GBT42195).items}
    assert by_code["B.1.2"][4] == "独立完成，不需要协助"
    assert by_code["B.1.2"][0] == "完全依赖他人协助，且不能给予配合"


def test_level_words_are_the_standards_own() -> None:
    assert [str(v) for v in load_scale(GBT42195).levels] == [
        "0 级 能力完好",
        "1 级 能力轻度受损（轻度失能）",
        "2 级 能力中度受损（中度失能）",
        "3 级 能力重度受损（重度失能）",
        "4 级 能力完全丧失（完全失能）",
    ]
    assert [v.name for v in load_scale(LTC2021).levels] == [
        "基本正常",
        "轻度失能",
        "中度失能",
        "重度失能Ⅰ级",
        "重度失能Ⅱ级",
        "重度失能Ⅲ级",
    ]


def test_table_a_serves_forms() -> None:
    scale = load_scale(GBT42195)
    assert scale.field("education").pairs[0] == ("illiterate", "文盲")
    assert scale.field("risk_events").kind is FieldKind.COUNTS
    health = [f.code for f in scale.table_a if f.code.startswith("A.5.")]
    assert health == [f"A.5.{n}" for n in range(1, 13)]
    icd = {c.code: c.icd for c in scale.field("diagnoses").choices}
    assert icd["F00-F03"] == "F00-F03"
    assert icd["amputation"] == ""
    with pytest.raises(KeyError):
        scale.field("income_tax")


def test_unknown_scale_names_the_known_ones() -> None:
    with pytest.raises(
        BadInput, match=r"没有编号为“\.\./secret”的量表.*gbt42195-2022、ltc-2021-37"
    ):
        load_scale("../secret")


def test_unknown_version() -> None:
    assert load_scale(GBT42195, "1") == load_scale(GBT42195)
    with pytest.raises(BadInput, match="没有第 0 版，现行的是第 1 版"):
        load_scale(GBT42195, "0")


def test_an_older_version_stays_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    current = text_of(LTC2021)
    (tmp_path / f"{LTC2021}.yaml").write_text(current.replace('version: "1"', 'version: "2"'))
    (tmp_path / f"{LTC2021}@1.yaml").write_text(current)
    monkeypatch.setattr(store, "scale_folder", lambda: tmp_path)
    fresh = store.load_scale.__wrapped__
    assert store.scale_ids() == (LTC2021,)
    assert fresh(LTC2021).version == "2"
    assert fresh(LTC2021, "1").sha256 == PINNED[LTC2021, "1"]


# Files that must be refused ---------------------------------------------------------------


def test_seen_wrong_transport_max_of_two_is_refused() -> None:
    message = refused(
        GBT42195,
        "          - {score: 3, text: 能自己骑车",
        "          - {score: 2, text: 能自己骑车",
    )
    assert "B.4 感知觉与社会参与：各项最高分之和是 14，应为 15" in message
    assert "B.4.4 使用交通工具外出：2 分有多个选项" in message


def test_seen_wrong_total_of_72_is_refused() -> None:
    assert "各指标满分之和是 90，应为 72" in refused(GBT42195, "max: 90", "max: 72")


def test_seen_wrong_bands_are_refused() -> None:
    """Higher-is-worse bands: the worst level at the top."""
    assert "分数越低等级应越差" in refused(
        GBT42195,
        "{low: 90, high: 90, level: 0, certainty: V2}\n  - {low: 66, high: 89, level: 1",
        "{low: 90, high: 90, level: 4, certainty: V2}\n  - {low: 66, high: 89, level: 0",
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("low: 66, high: 89", "low: 67, high: 89", "66 分不属于任何一档"),
        ("low: 66, high: 89", "low: 65, high: 89", "65 分同时属于多档"),
        ("low: 0, high: 29", "low: 1, high: 29", "0 分不属于任何一档"),
        ("low: 90, high: 90, level: 0", "low: 90, high: 91, level: 0", "超出 0–90 分"),
        ("low: 0, high: 29, level: 4", "low: 0, high: 29, level: 5", "指向不存在的等级 5"),
        ("number: 4", "number: 5", "等级编号应从 0 起逐一递增"),
        ("code: B.1.2", "code: B.1.1", "B.1.1：编号写了两次"),
        ("ladder: s4", "ladder: s5", "没有名为“s5”的共用选项"),
        (
            "{score: 3, text: 在他人指导",
            "{score: 4, text: 在他人指导",
            "4 分有多个选项，每个都要有 code",
        ),
        (
            "diagnoses: [F00-F03, F04-F99]",
            "diagnoses: [F00-F03, Z99]",
            "诊断 Z99 不在疾病诊断一栏里",
        ),
        ("      coma: true\n", "", "R1：应有且只有一个条件"),
        (
            "{score: 0, text: 近一个月内出现过攻",
            "{score: 2, text: 近一个月内出现过攻",
            "B.3.7 攻击行为：最低分应是 0 分",
        ),
        ("          - {score: 1, text: 未出现}\n", "", "B.3.7 攻击行为：至少要有两个选项"),
        ("text: 未出现", 'text: ""', "B.3.7 攻击行为：1 分没有文字"),
        ("set_level: 4", "set_level: 7", "R1：没有等级 7"),
        ("set_level: 4", "worsen: 0", "R1：应有且只有一个后果"),
        ("choice: once", "choice: twice", "together.choice 应是 once 或 each"),
        ("key: sex", "key: name", "基本信息的键写了两次"),
        ("code: female", "code: male", "选项“male”写了两次"),
        ("name: 姓名, kind: text", "name: 姓名, kind: single", "选择类的字段要有选项"),
        ("method: sum", "method: guess", "“guess”不在 sum、combination 之内"),
        ("certainty: V2", "certainty: V9", "“V9”不在 V2、V1、M 之内"),
        ("max: 32", 'max: "32"', "'32' 的类型不对，应是 int"),
        ("max: 32", "max: true", "True 的类型不对，应是 int"),
        ("title: 老年人能力评估规范", "titel: 老年人能力评估规范", "缺少“title”"),
        ("method: sum", "method: sum\nextra: 1", "不认识的键：extra"),
        ("method: sum", "method: sum\nmethod: sum", "“method”写了两次"),
        ("method: sum", "method: [", "不是有效的 YAML"),
    ],
)
def test_broken_gbt_files(old: str, new: str, said: str) -> None:
    assert said in refused(GBT42195, old, new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("low: 65, high: 95", "low: 70, high: 95", "65 分不属于任何一档"),
        ("low: 4, high: 15", "low: 3, high: 15", "3 分同时属于多档"),
        ("[3, 3, 4, 5]", "[3, 3, 4]", "应是 4 行 4 列"),
        ("[3, 3, 4, 5]", "[3, 3, 4, 6]", "有的格子指向不存在的等级"),
        ("[3, 3, 4, 5]", "[3, 3, 4, 2]", "往右、往下等级只能更差"),
        ('columns: ["2", "3"]', 'columns: ["2", "2"]', "行、列所用的指标与量表的指标不一致"),
        ("score: 5, text: 需部分帮助（夹", "score: 6, text: 需部分帮助（夹", "6 分不是 5 的倍数"),
        ("combination:\n", "ladders:\n  - x\ncombinatio:\n", "应是一组"),
    ],
)
def test_broken_ltc_files(old: str, new: str, said: str) -> None:
    assert said in refused(LTC2021, old, new)


def test_all_problems_are_listed_at_once() -> None:
    message = refused(GBT42195, "max: 32\n", "max: 31\n")
    assert "应为 31" in message
    assert "各指标满分之和是 89，应为 90" in message


def test_a_combination_scale_needs_its_table() -> None:
    text = text_of(LTC2021)
    start, end = text.index("combination:\n"), text.index("# 医保发")
    with pytest.raises(BadInput, match="缺少组合表"):
        parse_scale(text[:start] + text[end:], "x.yaml")
