"""One telephone, one spelling: otherwise one number would have two blind indexes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.kernel.errors import BadInput
from heling.kernel.phone import mask_phone, parse_phone


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+8613812345678",
        "+86 138 1234 5678",
        "008613812345678",
        "8613812345678",
        "１３８１２３４５６７８",
        "(+86)13812345678",
        "138–1234–5678",
    ],
)
def test_one_mobile_in_many_spellings(typed: str) -> None:
    assert parse_phone(typed) == "+8613812345678"


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("0771-5512345", "+867715512345"),
        ("(0771) 5512345", "+867715512345"),
        ("（０７７１）５５１２３４５", "+867715512345"),
        ("+86 0771 5512345", "+867715512345"),
        ("+867715512345", "+867715512345"),
        ("010-65551234", "+861065551234"),
        ("+861065551234", "+861065551234"),
        ("0574-87654321", "+8657487654321"),
    ],
)
def test_landlines(typed: str, e164: str) -> None:
    assert parse_phone(typed) == e164


@pytest.mark.parametrize(
    "typed",
    [
        "", "110", "1381234567", "138123456789", "12812345678", "10812345678", "5512345",
        "7715512345", "0771-1512345", "+8513812345678", "1381234567a", "١٣٨١٢٣٤٥٦٧٨", "无",
    ],
)  # fmt: skip
def test_other_texts_are_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="不是手机号（11 位）或带区号的固定电话"):
        parse_phone(typed)


@given(st.from_regex(r"\A(1[3-9][0-9]{9}|0[1-9][0-9]{1,2}[2-9][0-9]{6,7})\Z"))
def test_the_normal_form_reads_back(typed: str) -> None:
    normal = parse_phone(typed)
    assert parse_phone(normal) == normal
    assert normal.isascii()


@given(st.text(max_size=16))
def test_any_text_is_read_or_refused_never_a_crash(text: str) -> None:
    try:
        normal = parse_phone(text)
    except BadInput:
        return
    assert parse_phone(normal) == normal


def test_masks_hide_the_middle() -> None:
    assert mask_phone("+8613812345678") == "138****5678"
    assert mask_phone("+867715512345") == "771****2345"
