from __future__ import annotations

import pytest

from heling.contexts.registry.domain.naming import (
    address_key,
    name_keys,
    readable_phone,
    search_keys,
    spell,
    tidy_name,
)


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("王小明", "wang xiao ming", "wxm"),
        ("单雄信", "shan xiong xin", "sxx"),
        ("覃秀英", "qin xiu ying", "qxy"),
        ("曾国强", "zeng guo qiang", "zgq"),
        ("吕凤仙", "lv feng xian", "lfx"),
        ("买买提·艾力", "mai mai ti ai li", "mmtal"),
    ],
)
def test_names_are_spelled_as_surnames_are_read(name: str, pinyin: str, initials: str) -> None:
    assert spell(name) == (pinyin, initials)


def test_one_spelling_of_a_name() -> None:
    assert tidy_name(" 买买提 • 艾力 ") == "买买提·艾力"
    assert tidy_name("王　小明") == "王小明"


def test_keys_are_the_whole_name_and_neighbouring_characters() -> None:
    assert set(name_keys("王小明")) == {"n:王小明", "n:王小", "n:小明"}
    assert set(name_keys("王明")) == {"n:王明"}
    keys = search_keys("王小明", id_tail="001X", phones=("+8613812345678",))
    assert {"t:001X", "p:wangxiaoming", "i:wxm", "f:+8613812345678"} < keys


def test_addresses_compare_without_spaces_and_punctuation() -> None:
    assert address_key("演示路 1 号，3 栋（B）") == address_key("演示路1号3栋B")
    assert address_key("演示路1号") != address_key("演示路11号")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("+8613812345678", "138 1234 5678"), ("+867715551234", "07715551234"), ("", "")],
)
def test_phones_are_shown_as_dialled(stored: str, shown: str) -> None:
    assert readable_phone(stored) == shown
