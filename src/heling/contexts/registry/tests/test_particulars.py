from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.contexts.registry.domain.derived import high_age_alone, lives_alone, unsupported
from heling.contexts.registry.domain.particulars import Particulars, read
from heling.contexts.registry.domain.words import Living, Sex
from heling.kernel.errors import BadInput
from heling.kernel.identifiers import resident_id_check_digit

TODAY = date(2026, 11, 1)
GOOD = Particulars(
    name="王小明",
    resident_id="450103194403010016",
    code="450103001001",
    hukou_code="450103",
    phone="13812345678",
)


def number(birth: date, sequence: int = 1) -> str:
    first17 = f"450103{birth:%Y%m%d}{sequence:03d}"
    return first17 + resident_id_check_digit(first17)


def problems(**changes: object) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        read(dataclasses.replace(GOOD, **changes), today=TODAY)  # type: ignore[arg-type]
    return {p.where: p.message for p in caught.value.problems}


def test_sex_and_birth_come_from_the_number_and_codes_are_filled_up() -> None:
    person = read(GOOD, today=TODAY)
    assert (person.sex, person.birth) == (Sex.MALE, date(1944, 3, 1))
    assert person.hukou_code == "450103000000"
    assert person.phone == "+8613812345678"


def test_everything_wrong_is_said_at_once() -> None:
    found = problems(name=" ", resident_id="450103194403010017", code="450103", phone="123")
    assert set(found) == {"姓名", "身份证号", "居住社区（村）", "电话"}
    assert "校验位不对" in found["身份证号"]
    assert "选择到社区" in found["居住社区（村）"]


@pytest.mark.parametrize(
    ("changes", "where", "said"),
    [
        ({"birth": date(2027, 1, 1)}, "出生日期", "在今天之后"),
        ({"birth": date(1944, 3, 2)}, "出生日期", "不一致"),
        ({"sex": "女"}, "性别", "第 17 位不一致"),
        ({"sex": "其他"}, "性别", "不在可选范围内"),
        ({"living": "独自"}, "居住情况", "独居"),
        ({"medical": ("社保",)}, "医疗支付方式", "不在可选范围内"),
        ({"hukou_code": ""}, "户籍地", "没有填写"),
        ({"hukou_code": "4501X"}, "户籍地", "不是区划代码"),
        ({"code": ""}, "居住社区（村）", "没有填写"),
        ({"code": "南湖社区"}, "居住社区（村）", "不是区划代码"),
        ({"bank": "6222-0212-345"}, "银行卡号", "12 至 21 位"),
        ({"bank": "6" * 22}, "银行卡号", "12 至 21 位"),
        ({"name": "王2明"}, "姓名", "数字或符号"),
        ({"resident_id": ""}, "身份证号", "没有填写"),
    ],
)
def test_each_problem_names_its_field(changes: dict[str, object], where: str, said: str) -> None:
    assert said in problems(**changes)[where]


@pytest.mark.parametrize("length", [12, 21])
def test_bank_numbers_at_the_limits_are_taken(length: int) -> None:
    assert read(dataclasses.replace(GOOD, bank="6" * length), today=TODAY).bank == "6" * length


@pytest.mark.parametrize("name", ["买买提·艾力", "買買提 • 艾力", "𠮷田"])
def test_names_with_dots_and_rare_characters_are_names(name: str) -> None:
    assert read(dataclasses.replace(GOOD, name=name), today=TODAY).name


def test_the_youngest_is_taken_on_the_birthday_and_not_the_day_before() -> None:
    birth = date(1967, 11, 1)
    assert read(dataclasses.replace(GOOD, resident_id=number(birth)), today=TODAY)
    assert "58 周岁" in problems(resident_id=number(birth + timedelta(days=1)))["身份证号"]


def test_labels_and_codes_both_read() -> None:
    for text in ("独居", "alone", " 独居 "):
        person = read(
            dataclasses.replace(GOOD, living=text, incomes=("savings", "子女补贴")), today=TODAY
        )
        assert person.living is Living.ALONE
        assert [w.label for w in person.incomes] == ["子女补贴", "个人储蓄"]


@given(st.dates(date(1900, 1, 1), date(1966, 11, 1)), st.integers(1, 999))
def test_any_valid_number_reads_back_its_birth_and_sex(birth: date, sequence: int) -> None:
    person = read(dataclasses.replace(GOOD, resident_id=number(birth, sequence)), today=TODAY)
    assert person.birth == birth
    assert (person.sex is Sex.MALE) == (sequence % 2 == 1)


THREE = st.sampled_from([True, False, None])


@given(st.dates(date(1930, 1, 1), date(1966, 1, 1)), THREE, THREE)
def test_high_age_alone_is_kleene(birth: date, alone: bool | None, support: bool | None) -> None:
    """A definite answer stays the same whatever the unknown parts turn out to be."""
    answer = high_age_alone(birth, TODAY, alone=alone, without_support=support)
    full = {
        high_age_alone(birth, TODAY, alone=a, without_support=s)
        for a in ([alone] if alone is not None else [True, False])
        for s in ([support] if support is not None else [True, False])
    }
    assert full == {answer} if answer is not None else full == {True, False}


@pytest.mark.parametrize(("years", "answer"), [(79, False), (80, True)])
def test_high_age_begins_on_the_eightieth_birthday(years: int, answer: bool) -> None:
    birth = date(TODAY.year - years, TODAY.month, TODAY.day)
    if years == 79:
        birth = date(TODAY.year - 80, TODAY.month, TODAY.day + 1)
    assert high_age_alone(birth, TODAY, alone=True, without_support=True) is answer


def test_support_is_unknown_until_somebody_asks() -> None:
    assert unsupported([], confirmed_none=False) is None
    assert unsupported([], confirmed_none=True) is True
    assert unsupported([True, False], confirmed_none=False) is False
    assert unsupported([True, True], confirmed_none=False) is True


@pytest.mark.parametrize(
    ("absences", "answer"),
    [
        ([None], None),
        ([None, True], None),
        ([True, None], None),
        ([None, False], False),  # one who is near decides, whatever the others do
        ([False, None], False),
    ],
)
@pytest.mark.parametrize("confirmed_none", [False, True])
def test_an_unverified_supporter_is_neither_near_nor_away(
    absences: list[bool | None], answer: bool | None, confirmed_none: bool
) -> None:
    assert unsupported(absences, confirmed_none=confirmed_none) is answer


@pytest.mark.parametrize(("years", "answer"), [(79, False), (80, None)])
def test_unverified_support_leaves_open_only_what_the_age_does_not_decide(
    years: int, answer: bool | None
) -> None:
    birth = date(TODAY.year - years, TODAY.month, TODAY.day)
    assert high_age_alone(birth, TODAY, alone=True, without_support=None) is answer


def test_living_is_unknown_until_somebody_asks() -> None:
    assert lives_alone("") is None
    assert lives_alone("alone") is True
    assert lives_alone("institution") is False
