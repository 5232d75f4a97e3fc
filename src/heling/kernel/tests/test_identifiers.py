"""Resident IDs and credit codes: the vectors of shared/standards.md 2.11 and their neighbours."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.kernel.errors import BadInput
from heling.kernel.identifiers import (
    CreditCode,
    ResidentId,
    credit_code_check_character,
    resident_id_check_digit,
)

TODAY = date(2026, 11, 1)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

VALID_IDS = [
    ("11010519491231002X", date(1949, 12, 31), True),
    ("440524188001010014", date(1880, 1, 1), False),
    ("450103194403010016", date(1944, 3, 1), False),
    ("450127193005120021", date(1930, 5, 12), True),
    ("330204193511050031", date(1935, 11, 5), False),
    ("330227192801010046", date(1928, 1, 1), True),
    ("450103192508150059", date(1925, 8, 15), False),
    ("330212196402290064", date(1964, 2, 29), True),
]

VALID_CREDIT_CODES = [
    ("53330200MJ8959573D", "53"),
    ("91350100M000100Y43", "91"),
    ("52450103MJ00000182", "52"),
    ("91330203MA0000015D", "91"),
    ("12450100499000017U", "12"),
    ("52330200MJ0000026P", "52"),
    ("92450107MA5K00012L", "92"),
]


def number_of(area: int, birth: date, sequence: int) -> str:
    first17 = f"{area:06d}{birth:%Y%m%d}{sequence:03d}"
    return first17 + resident_id_check_digit(first17)


resident_ids = st.builds(
    number_of,
    st.integers(110000, 659999),
    st.dates(date(1880, 1, 1), TODAY),
    st.integers(0, 999),
)


@pytest.mark.parametrize(("text", "birth", "female"), VALID_IDS)
def test_published_vectors_are_read(text: str, birth: date, female: bool) -> None:
    parsed = ResidentId.parse(text, today=TODAY)
    assert (parsed.value, parsed.birth, parsed.female) == (text, birth, female)


@pytest.mark.parametrize("text", [text for text, _, _ in VALID_IDS])
def test_every_other_last_character_is_refused(text: str) -> None:
    for last in set("0123456789X") - {text[-1]}:
        with pytest.raises(BadInput, match="校验位不对"):
            ResidentId.parse(text[:-1] + last, today=TODAY)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("330212196402300064", "19640230 不是有效的日期"),
        ("330212196302290064", "19630229 不是有效的日期"),
        ("45010319440301001", "17 位"),
        ("4501031944030100161", "19 位"),
        ("", "0 位"),
        ("45010319440301001A", "别的字符"),
        ("45010319440X010016", "别的字符"),
        ("٤٥٠١٠٣١٩٤٤٠٣٠١٠٠١٦", "别的字符"),
        ("440524187912310014", "出生年份 1879 太早"),
    ],
)
def test_refusals_say_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(BadInput) as refusal:
        ResidentId.parse(text, today=TODAY)
    (problem,) = refusal.value.problems
    assert problem.where == "身份证号"
    assert words in problem.message


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "\ufeff11010519491231002X",
        "11010519491231002X\n",
    ],
)
def test_what_keyboards_add_is_taken_away(typed: str) -> None:
    assert ResidentId.parse(typed, today=TODAY).value == "11010519491231002X"


def test_fifteen_digits_become_eighteen() -> None:
    assert ResidentId.parse("110105491231002", today=TODAY).value == "11010519491231002X"


def test_a_birth_today_is_the_last_that_is_believed() -> None:
    assert ResidentId.parse(number_of(450103, TODAY, 1), today=TODAY).birth == TODAY
    with pytest.raises(BadInput, match="在今天之后"):
        ResidentId.parse(number_of(450103, TODAY + timedelta(days=1), 1), today=TODAY)


def test_area_codes_are_never_compared_with_todays_divisions() -> None:
    unknown = number_of(999999, date(1930, 5, 12), 2)
    assert ResidentId.parse(unknown, today=TODAY).value == unknown


@given(resident_ids)
def test_reading_is_idempotent_and_keeps_birth_and_sex(text: str) -> None:
    parsed = ResidentId.parse(text, today=TODAY)
    assert parsed.value == text
    assert f"{parsed.birth:%Y%m%d}" == text[6:14]
    assert parsed.female == (text[16] in "02468")


@given(resident_ids, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(text: str, at: int, shift: int) -> None:
    """GB 11643 (ISO 7064 mod 11-2) detects every substitution of a single digit."""
    wrong = text[:at] + str((int(text[at]) + shift) % 10) + text[at + 1 :]
    with pytest.raises(BadInput):
        ResidentId.parse(wrong, today=TODAY)


@given(resident_ids, st.integers(0, 15))
def test_two_swapped_neighbours_never_pass(text: str, at: int) -> None:
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if swapped != text:
        with pytest.raises(BadInput):
            ResidentId.parse(swapped, today=TODAY)


@given(st.text(max_size=24))
def test_any_text_is_read_or_refused_never_a_crash(text: str) -> None:
    try:
        value = ResidentId.parse(text, today=TODAY).value
    except BadInput:
        return
    assert resident_id_check_digit(value[:17]) == value[17]


def test_an_id_cannot_be_made_without_its_check_digit() -> None:
    for value in ("450103194403010017", "450103", "11010519491231002x", ""):
        with pytest.raises(ValueError, match=r"ResidentId\.parse"):
            ResidentId(value)


def test_only_the_mask_is_ever_printed() -> None:
    number = ResidentId("450103194403010016")
    assert number.masked == "450***********0016"
    assert str(number) == f"{number}" == number.masked
    assert len(number.masked) == 18
    assert "19440301" not in number.masked


@pytest.mark.parametrize(("text", "kind"), VALID_CREDIT_CODES)
def test_credit_code_vectors_are_read(text: str, kind: str) -> None:
    parsed = CreditCode.parse(text)
    assert (parsed.value, parsed.registry_kind, str(parsed)) == (text, kind, text)


@pytest.mark.parametrize("text", [text for text, _ in VALID_CREDIT_CODES])
def test_every_other_check_character_is_refused(text: str) -> None:
    for last in set(USCC_ALPHABET) - {text[-1]}:
        with pytest.raises(BadInput, match="校验位不对"):
            CreditCode.parse(text[:-1] + last)


@pytest.mark.parametrize(
    "text",
    ["", "53330200MJ8959573", "53330200MJ8959573DD", *(f"5333020{c}MJ8959573D" for c in "IOSVZ")],
)
def test_credit_codes_of_wrong_shape_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="18 位数字和大写字母"):
        CreditCode.parse(text)


@pytest.mark.parametrize(
    "typed",
    ["53330200mj8959573d", " 53330200 MJ8959573D\t", "５３３３０２００ＭＪ８９５９５７３Ｄ"],
)
def test_credit_codes_as_typed(typed: str) -> None:
    assert CreditCode.parse(typed).value == "53330200MJ8959573D"


def test_a_credit_code_cannot_be_made_without_its_check_character() -> None:
    for value in ("53330200MJ8959573E", "5333", "53330200mj8959573d"):
        with pytest.raises(ValueError, match=r"CreditCode\.parse"):
            CreditCode(value)


@given(st.text(USCC_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 30))
def test_one_wrong_character_in_a_credit_code_never_passes(body: str, at: int, by: int) -> None:
    """31 is prime and no weight is a multiple of it, so every single substitution shows."""
    good = body + credit_code_check_character(body)
    assert CreditCode.parse(good).value == good
    other = USCC_ALPHABET[(USCC_ALPHABET.index(good[at]) + by) % 31]
    with pytest.raises(BadInput, match="校验位不对"):
        CreditCode.parse(good[:at] + other + good[at + 1 :])
