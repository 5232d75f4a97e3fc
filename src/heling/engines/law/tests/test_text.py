"""Both stored laws, addressed down to the item."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.engines.law.library import default_root
from heling.engines.law.text import (
    Address,
    LawText,
    chinese_numeral,
    parse_law,
    read_numeral,
)


def _law(name: str) -> LawText:
    return parse_law((default_root() / "texts" / name).read_bytes())


NINGBO, NANNING = _law("330200-2018.txt"), _law("450100-2025.txt")


@given(st.integers(1, 999))
def test_numerals_read_back(number: int) -> None:
    assert read_numeral(chinese_numeral(number)) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (10, "十"), (12, "十二"), (22, "二十二"), (105, "一百零五"), (110, "一百一十")],
)
def test_numerals_as_laws_print_them(number: int, text: str) -> None:
    assert chinese_numeral(number) == text


def test_every_article_is_there_once() -> None:
    assert [a.number for a in NINGBO.articles] == list(range(1, 48))
    assert [a.number for a in NANNING.articles] == list(range(1, 21))


def test_chapters_and_titles() -> None:
    assert NINGBO.title == "宁波市居家养老服务条例"
    assert NANNING.title == "南宁市居家社区养老服务规定"
    assert NINGBO.article(22).chapter == "第三章 服务供给与保障"
    assert NINGBO.article(47).chapter == "第六章 附则"
    assert NANNING.article(16).chapter == ""
    assert NINGBO.preamble.startswith("（宁波市第十五届")


def test_a_list_and_its_opening_are_one_paragraph() -> None:
    article = NINGBO.article(22)
    assert [len(p.items) for p in article.paragraphs] == [5, 0]
    assert article.paragraphs[0].text.endswith("下列居家养老服务项目：")
    assert article.paragraphs[1].text.startswith("前款规定的服务项目")


def test_text_after_a_list_is_the_next_paragraph() -> None:
    assert [len(p.items) for p in NINGBO.article(27).paragraphs] == [5, 0]
    assert [len(p.items) for p in NANNING.article(12).paragraphs] == [4]


@pytest.mark.parametrize(("article", "paragraphs"), [(4, 2), (8, 1), (10, 4), (14, 2)])
def test_lines_broken_by_page_ends_are_joined(article: int, paragraphs: int) -> None:
    found = NANNING.article(article).paragraphs
    assert len(found) == paragraphs
    assert all(p.text.endswith("。") for p in found)


def test_a_joined_sentence_reads_on() -> None:
    assert "人力资源和社会保障、自然资源" in NANNING.article(4).paragraphs[1].text
    assert "多个住宅小区可以统筹规划" in NANNING.article(10).paragraphs[1].text


def test_cite_gives_label_and_verbatim_words() -> None:
    cited = NINGBO.cite(Address(22, 1, 4))
    assert cited.label == "《宁波市居家养老服务条例》第二十二条第一款第（四）项"
    assert cited.quote.startswith("为八十周岁以上老年人以及计划生育特殊家庭中七十周岁以上老年人")
    assert cited.address == "22/1/4"


def test_label_leaves_out_the_only_paragraph() -> None:
    assert NINGBO.cite(Address(45, 1, 4)).label == "《宁波市居家养老服务条例》第四十五条第（四）项"
    assert NANNING.cite(Address(18, 2)).label == "《南宁市居家社区养老服务规定》第十八条第二款"


@pytest.mark.parametrize("address", ["48", "22/3", "22/1/6", "22/2/1", "1/2"])
def test_a_place_that_does_not_exist_cites_nothing(address: str) -> None:
    assert NINGBO.cite(Address.parse(address)) is None


@pytest.mark.parametrize("text", ["", "0", "22/0", "第22条", "22/1/4/1", "22-1", "a"])
def test_what_is_not_an_address(text: str) -> None:
    assert Address.parse(text) is None


@given(st.integers(1, 999), st.integers(0, 99), st.integers(0, 99))
def test_addresses_print_and_read_back(article: int, paragraph: int, item: int) -> None:
    address = Address(article, paragraph, item if paragraph else 0)
    assert Address.parse(str(address)) == address


@pytest.mark.parametrize(
    ("name", "law"), [("330200-2018.txt", NINGBO), ("450100-2025.txt", NANNING)]
)
def test_every_line_of_the_file_is_in_some_article(name: str, law: LawText) -> None:
    raw = (default_root() / "texts" / name).read_text(encoding="utf-8")
    lines = raw[raw.index("第一条") :].splitlines()
    kept = "".join(p.whole for a in law.articles for p in a.paragraphs)
    for line in lines:
        words = re.sub(r"^第[一-龥]+条\s*", "", line.strip("# ")).strip()
        assert re.match(r"第[一-龥]+章 ", words) or words in kept


def test_a_text_without_articles_is_refused() -> None:
    with pytest.raises(ValueError, match="numbered"):
        parse_law("只是一段话。".encode())


def test_a_text_that_skips_an_article_is_refused() -> None:
    with pytest.raises(ValueError, match="numbered"):
        parse_law("某法\n第一条 甲。\n第三条 丙。".encode())
